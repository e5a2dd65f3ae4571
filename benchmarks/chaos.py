"""Kills the bot over and over while it delivers: does every channel get every part once and in order?

    uv run python -m benchmarks.chaos [--kills 200] [--posts 500] [--runs sqlite postgresql pair] [--write]

The bot runs as a process against a Discord on this machine (tests/support/discord_double); SIGKILL strikes
after a random number of messages and a random wait, sometimes while it starts. ``--posts`` counts
deliveries: posts times channels. In the run ``pair`` two processes serve the same shards on PostgreSQL, and
one of them is killed each time. ``--mishaps 0.01`` lets so many of the requests end in a reset before or
after the message is stored, in a 503, or in a 500 or 520 over a message that is stored. ``--write`` writes
the figures to chaos.md beside this file. Exit code 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.chaos_run import Outcome, Plan, carry_out
from tests.support.discord_double.long_posts import FAULTS, PARTS
from tests.support.postgres import fresh_database, start_postgres

REPORT = Path(__file__).with_suffix(".md")
RUNS = {"sqlite": ("sqlite", 1), "postgresql": ("postgresql", 1), "pair": ("postgresql", 2)}
"""By name: the database, and how many processes."""


async def run_all(plans: Sequence[Plan]) -> list[Outcome]:
    """One after the other; a folder is kept where something went wrong."""
    outcomes = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress, start_postgres() as postgres:
        for plan in plans:
            folder = Path(tempfile.mkdtemp(prefix="chaos-"))
            is_sqlite = plan.database == "sqlite"
            url = f"sqlite+aiosqlite:///{folder}/ainews.db" if is_sqlite else await fresh_database(postgres)
            outcomes.append(await carry_out(plan, folder, url, progress))
            if outcomes[-1].is_good:
                shutil.rmtree(folder)
            else:
                progress.console.print(f"the logs are in {folder}/bot-*")
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Rows of a figure's name and its value in each run."""
    rows: dict[str, list[object]] = {
        "database": [outcome.plan.database for outcome in outcomes],
        "processes on the same shards": [outcome.plan.processes for outcome in outcomes],
        "killed": [outcome.kills for outcome in outcomes],
        "deliveries": [outcome.plan.posts * outcome.plan.channels for outcome in outcomes],
        "messages": [outcome.plan.total for outcome in outcomes],
        **{name: [outcome.faults[name] for outcome in outcomes] for name in FAULTS},
        "ended by themselves": [outcome.fallen for outcome in outcomes],
        "not confirmed in the ledger": [outcome.unconfirmed for outcome in outcomes],
        "sent twice, made one by the nonce": [outcome.repeats for outcome in outcomes],
        "answers of 429": [outcome.too_many for outcome in outcomes],
        "minutes": [f"{outcome.seconds / 60:.1f}" for outcome in outcomes],
    }
    return [[name, *map(str, values)] for name, values in rows.items()]


def report(outcomes: Sequence[Outcome]) -> str:
    """The figures in Markdown."""
    plan = outcomes[0].plan
    heading, *rows = figures(outcomes)
    lines = [
        f"Written by `uv run python -m benchmarks.chaos {' '.join(sys.argv[1:])}`.",
        f"{os.cpu_count()} processors; posts of {PARTS} messages; {plan.channels} channels;",
        f"{plan.latency * 1000:.0f} ms a request; nonces remembered for {plan.nonce_seconds:.0f} s;",
        f"mishaps {plan.mishaps:.1%}; seed {plan.seed}.",
    ]
    table = [f"| {' | '.join(row)} |" for row in (heading, ["---"] * len(heading), *rows)]
    return "\n".join(["# Killed at random moments", "", *lines, "", *table, ""])


def main() -> int:
    """Kill, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--posts", type=int, default=100, help="deliveries: posts times channels")
    parser.add_argument("--channels", type=int, default=25)
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS))
    parser.add_argument("--latency", type=float, default=0.1, help="seconds")
    parser.add_argument("--nonce-seconds", type=float, default=120.0)
    parser.add_argument("--mishaps", type=float, default=0.0, help="probability for each request")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write chaos.md")
    wanted = parser.parse_args()
    plans = [
        Plan(
            database=RUNS[name][0],
            processes=RUNS[name][1],
            kills=wanted.kills,
            channels=wanted.channels,
            posts=-(-wanted.posts // wanted.channels),
            latency=wanted.latency,
            nonce_seconds=wanted.nonce_seconds,
            mishaps=wanted.mishaps,
            seed=wanted.seed,
        )
        for name in wanted.runs
    ]
    outcomes = asyncio.run(run_all(plans))
    heading, *rows = figures(outcomes)
    table = Table(*heading)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    if wanted.write:
        REPORT.write_text(report(outcomes), "utf-8")
    return int(not all(outcome.is_good for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
