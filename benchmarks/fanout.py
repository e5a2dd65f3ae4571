"""Sends one post of three messages to thousands of channels and measures the bot meanwhile.

    uv run python -m benchmarks.fanout [--channels 2000] [--latency 0.12] [--write]

The bot runs as a process against a Discord on this machine (tests/support/discord_double) that lets 50
requests a second pass. Its memory is that of the process; how long its event loop was blocked is told by
pings over the gateway, whose answers wait for the loop (and for this machine: it is an upper bound); a
member uses a slash command every other second. ``--write`` writes the figures to fanout.md beside this
file. Exit code 1 when a goal is missed. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import update
from sqlalchemy.ext.asyncio import create_async_engine

from bot.adapters.database.engine import open_database
from bot.adapters.database.tables import subscriptions
from bot.delivery.models import Subscription
from bot.delivery.timetable import Timetable
from tests.support.discord_double.bot_process import BotProcess, start_bot
from tests.support.discord_double.long_posts import PARTS, faults_in, parts_of, write_long_post
from tests.support.discord_double.process import Double, start_double
from tests.support.subscribing import save_subscription

REPORT = Path(__file__).with_suffix(".md")
CALM_SECONDS = 4.0
"""After its first post, until the bot's memory is taken for that of a bot at rest."""
STALLED_SECONDS = 45.0
"""Longer than the bot's heartbeat: without a message for so long, nothing more is expected to come."""
PROBE_SECONDS = 0.02
COMMAND_SECONDS = 2.0
SAMPLE_SECONDS = 0.25

Row = tuple[str, str, str, bool | None]
"""What, how much, the goal, whether it is met (None: there is none)."""


@dataclass(slots=True, kw_only=True)
class Measured:
    """What was seen while the post went out; seconds and bytes."""

    memory_before: int = 0
    memory: list[int] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    round_trips: list[float] = field(default_factory=list)
    answers: list[float | None] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    requests: dict[str, int] = field(default_factory=dict)

    @property
    def pace(self) -> float:
        """Requests a second, from the first to the last."""
        return (len(self.arrivals) - 1) / (self.arrivals[-1] - self.arrivals[0])

    @property
    def slowest_answer(self) -> float:
        """Seconds until the slowest command was answered; without end if one never was."""
        return max((float("inf") if answer is None else answer for answer in self.answers), default=0)


async def measure(channels: int, latency: float, folder: Path) -> Measured:
    """Let the bot send the post to that many channels."""
    (folder / "content").mkdir()
    url = f"sqlite+aiosqlite:///{folder}/ainews.db"
    measured = Measured()
    async with start_double(guilds=channels + 1, channels=1, latency=latency) as double:
        first, *others = await double.channels()
        await subscribe_paused(url, others)
        write_long_post(folder / "content", "warm")
        settings = {"NEWS_CHANNEL_ID": str(first), "DATABASE_URL": url}
        async with start_bot(double, folder, **settings) as bot:
            await double.wait(stored=PARTS, ready=1, timeout=120)
            await asyncio.sleep(CALM_SECONDS)
            await double.set(probing=PROBE_SECONDS)
            measured.memory_before = memory_of(bot)
            before = await double.traffic()
            await awaken(url, others)
            write_long_post(folder / "content", "wide")
            watching = asyncio.create_task(watch(bot, measured))
            using = asyncio.create_task(use_commands(double, first, measured))
            await all_sent(double, PARTS * (channels + 2))
            for task in (watching, using):
                task.cancel()
            await bot.stop()
        after = await double.traffic()
        measured.arrivals = after["arrivals"][len(before["arrivals"]) :]
        measured.round_trips = after["round_trips"][len(before["round_trips"]) :]
        messages = await double.messages()
        for channel in others:
            measured.faults.update(faults_in(parts_of(messages[channel]), ["wide"]))
        measured.requests = (await double.counts())["requests"]
    return measured


async def subscribe_paused(url: str, channels: Sequence[int]) -> None:
    """Channels that get nothing yet, so that the bot can be seen at rest."""
    async with open_database(url) as engine:
        for channel in channels:
            timetable = Timetable(at=None)
            subscription = Subscription(
                channel_id=channel,
                guild_id=channel - 1,
                timetable=timetable,
                created_at=datetime.now(UTC),
                paused_because="not yet",
            )
            await save_subscription(engine, subscription)


async def awaken(url: str, channels: Sequence[int]) -> None:
    """Let the channels get what is out from now on; straight in the database that the bot has open."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        wanted = subscriptions.c.channel_id.in_(channels)
        now = {"paused_because": None, "created_at": datetime.now(UTC)}
        await connection.execute(update(subscriptions).where(wanted).values(**now))
    await engine.dispose()


async def all_sent(double: Double, total: int) -> None:
    """Show how far it is until all is there, or nothing comes any more."""
    with Progress() as progress:
        task = progress.add_task("messages", total=total)
        last, since = -1, time.monotonic()
        while (stored := int((await double.counts())["stored"])) < total:
            progress.update(task, completed=stored)
            if stored != last:
                last, since = stored, time.monotonic()
            if time.monotonic() - since > STALLED_SECONDS:
                return
            await asyncio.sleep(SAMPLE_SECONDS)
        progress.update(task, completed=total)


async def watch(bot: BotProcess, measured: Measured) -> None:
    """Note the bot's memory again and again."""
    while True:
        measured.memory.append(memory_of(bot))
        await asyncio.sleep(SAMPLE_SECONDS)


async def use_commands(double: Double, channel: int, measured: Measured) -> None:
    """A member asks for the latest post every other second."""
    while True:
        used = await double.slash(channel, "news", {"type": 1, "name": "latest", "options": []})
        measured.answers.append(used["seconds"])
        await asyncio.sleep(COMMAND_SECONDS)


def memory_of(bot: BotProcess) -> int:
    """The process's resident memory in bytes."""
    pages = int(Path(f"/proc/{bot.process.pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def judged(measured: Measured) -> Iterator[Row]:
    """The issue's goals, one a row."""
    growth = (max(measured.memory) - measured.memory_before) / 1e6
    blocked = max(measured.round_trips)
    too_many = sum(count for name, count in measured.requests.items() if name.endswith(" 429"))
    seconds = measured.arrivals[-1] - measured.arrivals[0]
    yield "requests a second", f"{measured.pace:.1f}", ">= 43", measured.pace >= 43  # noqa: PLR2004 - the goal
    yield "answers of 429", f"{too_many}", "0", too_many == 0
    for name, count in measured.faults.items():
        yield f"messages {name}", f"{count}", "0", count == 0
    yield "memory growth", f"{growth:.1f} MB", "< 20 MB", growth < 20  # noqa: PLR2004 - the goal
    yield "event loop blocked, at most", f"{blocked * 1000:.0f} ms", "< 100 ms", blocked < 0.1  # noqa: PLR2004 - the goal
    slowest = measured.slowest_answer
    yield "/news latest answered, at most", f"{slowest * 1000:.0f} ms", "< 500 ms", slowest < 0.5  # noqa: PLR2004 - the goal
    yield "all sent in", str(timedelta(seconds=round(seconds))), "", None
    yield "memory before", f"{measured.memory_before / 1e6:.1f} MB", "", None
    yield "commands used", f"{len(measured.answers)}", "", None


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--channels", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.12, help="seconds")
    parser.add_argument("--write", action="store_true", help="write fanout.md")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fanout-") as folder:
        measured = asyncio.run(measure(wanted.channels, wanted.latency, Path(folder)))
        log = (Path(folder) / "bot.log").read_text("utf-8").splitlines()
    rows = list(judged(measured))
    table = Table("", "measured", "goal", "")
    marks: dict[bool | None, str] = {True: "met", False: "MISSED", None: ""}
    for what, value, goal, met in rows:
        table.add_row(what, value, goal, marks[met])
    Console().print(table)
    unusual = [line for line in log if '"level": "info"' not in line]
    print("\n".join(unusual[:20]))
    if wanted.write:
        heading = f"Written by `uv run python -m benchmarks.fanout {' '.join(sys.argv[1:])}`."
        size = f"{PARTS} messages to {wanted.channels:,} channels, {wanted.latency * 1000:.0f} ms a request"
        lines = ["| | measured | goal | |", "| --- | --- | --- | --- |"]
        lines += [f"| {what} | {value} | {goal} | {marks[met]} |" for what, value, goal, met in rows]
        said = [
            f"# One post to {wanted.channels:,} channels",
            "",
            heading,
            f"{size}; {os.cpu_count()} processors.",
        ]
        REPORT.write_text("\n".join([*said, "", *lines, ""]), "utf-8")
    return int(any(met is False for *_, met in rows))


if __name__ == "__main__":
    sys.exit(main())
