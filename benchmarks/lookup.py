"""Measures look-ups over ten thousand posts, prints a table, and writes the figures to lookup.md beside it.

    uv run python -m benchmarks.lookup [--posts 10000] [--compared 2000]

Starts and look-ups run in processes of their own (lookup_bot.py); the same searches are then asked of `grep`
and of SQLite FTS5 (lookup_others.py). Exit code 1 when a goal is missed. It takes about a quarter of an hour.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.lookup_others import Score, compared
from benchmarks.make_archive import CORPUS, ROOT, make_archive
from bot.posts.parsing import parse_post

REPORT = Path(__file__).with_suffix(".md")
WARM_STARTS = 7
SEARCHES = ("/news search", "/news topic", "/news search in vain")

MEANT = """\
Starts are measured by the clock, from before Python itself starts, with all imports of `ainews run`, until
`open_app` is done: the database is open, the posts are read, every look-up is answered. At a cold start
there is no cache and the search finds more posts by the minute, newest first, until everything is
searchable; at a warm start everything is, and of several the one in the middle counts. A process beside the
bot then composes all posts once, so that none is long to open: the look-ups are measured after it. The
login to Discord is not part of it. A file that is read was read shortly before, so it comes from the
system's memory and not from the disk. A reload is measured from its call until the changed text is found by
the search. Other work on the machine counts as well: compare the clock with the processor's time."""

Row = tuple[str, str, str, bool | None]
"""What, how much, the goal, whether it is met (None: there is none)."""


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--compared", type=int, default=2_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lookup-") as folder:
        work = Path(folder)
        content = work / "content"
        size = make_archive(content, arguments.posts, CORPUS if CORPUS.exists() else ROOT / "content")
        load = os.getloadavg()[0]
        cold = phase(content, work / "state", "start")
        warms = [phase(content, work / "state", "start") for _ in range(WARM_STARTS)]
        ahead = phase(content, work / "state", "compose")
        looked = phase(content, work / "state", "look")
        rows = list(judged(cold, warms, ahead, looked))
        scores = compare(content, work, arguments.compared)
    heading = f"{arguments.posts:,} posts, {size / 1e6:,.0f} MB, {os.cpu_count()} processors"
    heading += f"; counting to ten million takes Python {platform.python_version()} {yardstick():.2f} s"
    heading += f"; load average {load:.1f} before, {os.getloadavg()[0]:.1f} after"
    tables = [measured(rows), beside(looked), others(scores, arguments.compared)]
    for table in tables:
        Console().print(table)
    print(heading)
    REPORT.write_text(report(heading, tables), "utf-8")
    return int(any(met is False for *_, met in rows))


def phase(content: Path, state: Path, name: str) -> dict[str, Any]:
    """The figures of a process that runs the bot."""
    state.mkdir(exist_ok=True)
    arguments = [str(time.monotonic()), str(content), str(state), name]
    command = [sys.executable, "-m", "benchmarks.lookup_bot", *arguments]
    # As where the bot lives: Python compiles its modules once, not at every start.
    kept = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, env=kept)  # noqa: S603 - our own
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def yardstick() -> float:
    """Seconds that this machine takes for ten million steps of Python: runs on others compare with it."""
    started = time.perf_counter()
    for _ in range(10_000_000):
        pass
    return time.perf_counter() - started


def judged(
    cold: dict[str, Any], warms: list[dict[str, Any]], ahead: dict[str, Any], looked: dict[str, Any]
) -> Iterator[Row]:
    """The goals, one a row."""
    yield limit("cold start: look-ups in service", cold["service"], 10, "s")
    yield "cold start: everything searchable", f"{cold['searchable']:.1f} s", "", None
    yield "  of the processor, until in service", f"{cold['cpu']:.1f} s", "", None
    fastest, *_, slowest = warms = sorted(warms, key=itemgetter("searchable"))
    warm = warms[len(warms) // 2]
    yield limit(f"warm start: everything in service, median of {len(warms)}", warm["searchable"], 2, "s")
    yield "  fastest and slowest", f"{fastest['searchable']:.2f} to {slowest['searchable']:.2f} s", "", None
    yield "  of the processor", f"{warm['cpu']:.1f} s", "", None
    yield "  of it Python's own start and all imports", f"{warm['imported']:.2f} s", "", None
    yield f"{ahead['posts']:,} posts composed ahead, beside the bot", f"{ahead['composed']:.0f} s", "", None
    yield "  on the disk", f"{ahead['kept']:.0f} MB", "", None
    yield limit("reload after one changed file, median", looked["reload"][2][0], 0.3, "s")
    yield "  of the processor", f"{looked['reload'][2][1]:.2f} s", "", None
    yield limit("memory after all look-ups", looked["memory"]["all"], 350, "MB")
    yield "  of it without pages of files", f"{looked['memory']['own']:.0f} MB", "", None
    yield "memory at most, while everything is indexed", f"{cold['memory']['peak']:.0f} MB", "", None
    yield "  of it without pages of files", f"{cold['memory']['own peak']:.0f} MB", "", None
    for name, times in looked["looked"].items():
        if name in SEARCHES:
            yield limit(f"{name}, p95", times["p95"], 50, "ms")
        else:
            yield limit(f"{name}, p99", times["p99"], 20, "ms")
    yield limit("longest while reloads run beside", max(looked["beside"].values()), 250, "ms")


def limit(what: str, value: float, goal: float, unit: str) -> Row:
    """A row with a goal."""
    digits = 2 if unit == "s" else 1
    return what, f"{value:.{digits}f} {unit}", f"< {goal} {unit}", value < goal


def compare(content: Path, work: Path, count: int) -> list[Score]:
    """Our index and the others over the newest posts; grep reads a folder with just these."""
    some = work / "some"
    posts = []
    for file in sorted(content.rglob("*.md"), reverse=True)[:count]:
        path = some / file.relative_to(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(file)
        shown = path.relative_to(some).as_posix()
        posts.append(parse_post(path.read_bytes(), shown, today=dt.date(2026, 12, 1)).post)
    return compared(some, posts, work)


def measured(rows: list[Row]) -> Table:
    """The goals as a table."""
    table = Table("", "measured", "goal", "", title="Look-ups")
    for what, value, goal, met in rows:
        table.add_row(what, value, goal, {True: "met", False: "MISSED", None: ""}[met])
    return table


def beside(looked: dict[str, Any]) -> Table:
    """The longest of each kind while reloads ran."""
    table = Table("", "longest", title="While one changed file after another is reloaded")
    for name, longest in looked["beside"].items():
        table.add_row(name, f"{longest:.0f} ms")
    return table


def others(scores: list[Score], count: int) -> Table:
    """The tools side by side."""
    tools = list(dict.fromkeys(score.tool for score in scores))
    table = Table("", *tools, title=f"Right posts found, and median time, in {count:,} posts")
    for kind in dict.fromkeys(score.kind for score in scores):
        cells = {
            score.tool: f"{score.recall:.0%}, {score.milliseconds:.1f} ms"
            for score in scores
            if score.kind == kind
        }
        table.add_row(kind, *(cells[tool] for tool in tools))
    return table


def report(heading: str, tables: list[Table]) -> str:
    """The tables as Markdown."""
    parts = ["# Look-ups", f"Written by `uv run python -m benchmarks.lookup` over {heading}.", MEANT]
    for table in tables:
        columns = [list(column.cells) for column in table.columns]
        head = [str(column.header) for column in table.columns]
        lines = [
            "| " + " | ".join(map(str, row)) + " |"
            for row in (head, ["---"] * len(head), *zip(*columns, strict=True))
        ]
        parts += [f"## {table.title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
