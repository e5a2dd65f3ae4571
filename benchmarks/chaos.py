"""Kills the bot over and over while it delivers: does every channel get every part once and in order?

    uv run python -m benchmarks.chaos [--kills 200] [--posts 500] [--databases sqlite postgresql] [--write]

The bot runs as a process against a Discord on this machine (tests/support/discord_double); SIGKILL strikes
after a random number of messages and a random wait, sometimes while it starts. ``--posts`` counts deliveries:
posts times channels. With ``--processes 2`` (PostgreSQL) two serve the same shards, and one of them is killed
each time. ``--write`` writes the figures to chaos.md beside this file. Exit code 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, select

from bot.adapters.database.engine import open_database
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.database.tables import deliveries
from bot.delivery.models import Subscription
from bot.delivery.timetable import Timetable
from tests.support.discord_double.bot_process import BotProcess, start_bot
from tests.support.discord_double.long_posts import FAULTS, PARTS, faults_in, parts_of, write_long_post
from tests.support.discord_double.process import Double, start_double
from tests.support.postgres import fresh_database, start_postgres

REPORT = Path(__file__).with_suffix(".md")
FIRST_DAY = date(2025, 1, 1)
START_SECONDS = 3.0
"""About how long the bot takes from its start to its first message."""
STALLED_SECONDS = 45.0
"""Longer than the bot's heartbeat: without a message for so long, nothing more is expected to come."""
SETTLED_SECONDS = 5.0
"""How long a last life is watched for messages that should not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done to the bot; ``latency`` and ``nonce_seconds`` are the double's."""

    database: str
    kills: int
    channels: int
    posts: int
    processes: int
    latency: float
    nonce_seconds: float
    seed: int

    @property
    def slugs(self) -> list[str]:
        """The posts, oldest first."""
        return [f"post-{number:03}" for number in range(self.posts)]

    @property
    def total(self) -> int:
        """How many messages there are to be in the end."""
        return PARTS * self.posts * self.channels


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What was found in the end."""

    plan: Plan
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    unconfirmed: int = 0
    repeats: int = 0
    too_many: int = 0
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.unconfirmed or self.faults.total() or self.kills < self.plan.kills)


@dataclass(slots=True)
class Run:
    """One plan being carried out in a folder, on a database."""

    plan: Plan
    double: Double
    folder: Path
    url: str
    stack: AsyncExitStack
    bots: dict[int, BotProcess] = field(default_factory=dict)

    async def start(self, number: int) -> None:
        """Start the bot of that number; each has a folder of its own, the posts are everybody's."""
        home = self.folder / f"bot-{number}"
        home.mkdir(exist_ok=True)
        settings = {"DATABASE_URL": self.url, "CONTENT_DIR": str(self.folder / "content")}
        self.bots[number] = await self.stack.enter_async_context(start_bot(self.double, home, **settings))

    async def stored(self) -> int:
        """How many messages are in all channels."""
        return int((await self.double.counts())["stored"])

    async def feed(self) -> None:
        """Write one post after the other, each when half of the one before is out."""
        for number, slug in enumerate(self.plan.slugs):
            write_long_post(self.folder / "content", slug, str(FIRST_DAY + timedelta(days=number)))
            enough = PARTS * self.plan.channels * (number + 0.5)
            while (await self.double.counts(stored=enough))["stored"] < enough:
                pass

    async def kill_at_random(self, dice: random.Random, lives: int) -> None:
        """Let the bots send for a while, of which ``lives`` make up the rest, and kill one of them."""
        stored = await self.stored()
        messages = round(dice.expovariate(lives / max(1, self.plan.total - stored)))
        messages = min(messages, (self.plan.total - stored) // 3)
        if messages:
            await self.double.counts(stored=stored + messages, timeout=STALLED_SECONDS)
            await asyncio.sleep(dice.uniform(0, 1.5 * self.plan.latency))
        else:
            await asyncio.sleep(dice.uniform(0, START_SECONDS))
        victim = dice.randrange(self.plan.processes)
        if self.bots[victim].ended:
            raise SystemExit(f"the bot ended by itself: see {self.bots[victim].log}")
        await self.bots[victim].kill()
        await self.start(victim)

    async def finish(self) -> None:
        """Wait until all is there or nothing comes any more, stop, and look whether another life adds any."""
        before = -1
        while before < (stored := await self.stored()) < self.plan.total:
            before = stored
            await self.double.counts(stored=self.plan.total, timeout=STALLED_SECONDS)
        for number in self.bots:
            await self.bots[number].stop()
            await self.start(number)
        await asyncio.sleep(START_SECONDS + SETTLED_SECONDS)
        for bot in self.bots.values():
            await bot.stop()


async def carry_out(plan: Plan, folder: Path, url: str, progress: Progress) -> Outcome:
    """Do to the bot what the plan says."""
    began = time.monotonic()
    dice = random.Random(plan.seed)  # noqa: S311 - no secret
    outcome = Outcome(plan=plan)
    task = progress.add_task(f"{plan.database} × {plan.processes}", total=plan.kills)
    (folder / "content").mkdir()
    wanted = {"channels": plan.channels, "latency": plan.latency, "nonce_seconds": plan.nonce_seconds}
    async with start_double(**wanted) as double, AsyncExitStack() as stack:
        await subscribe(url, await double.channels())
        run = Run(plan, double, folder, url, stack)
        feeding = asyncio.create_task(run.feed())
        for number in range(plan.processes):
            await run.start(number)
        for kill in range(plan.kills):
            await run.kill_at_random(dice, plan.kills - kill)
            outcome.kills += 1
            progress.update(task, advance=1)
        await run.finish()
        feeding.cancel()
        for parts in map(parts_of, (await double.messages()).values()):
            outcome.faults.update(faults_in(parts, plan.slugs))
        counts = await double.counts()
    outcome.unconfirmed = plan.total - await confirmed(url)
    outcome.repeats = counts["repeats"]
    outcome.too_many = counts["requests"].get("POST 429", 0)
    outcome.seconds = time.monotonic() - began
    return outcome


async def subscribe(url: str, channels: Sequence[int]) -> None:
    """Every channel gets every post as soon as it is out."""
    async with open_database(url) as engine:
        for channel in channels:
            subscription = Subscription(
                channel_id=channel, timetable=Timetable(at=None), created_at=datetime.now(UTC)
            )
            await SqlSubscriptions(engine).save(subscription)


async def confirmed(url: str) -> int:
    """How many parts the ledger holds for sent."""
    query = select(func.count()).select_from(deliveries).where(deliveries.c.state == "sent")
    async with open_database(url) as engine, engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


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
        f"seed {plan.seed}.",
    ]
    table = [f"| {' | '.join(row)} |" for row in (heading, ["---"] * len(heading), *rows)]
    return "\n".join(["# Killed at random moments", "", *lines, "", *table, ""])


def main() -> int:
    """Kill, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--posts", type=int, default=100, help="deliveries: posts times channels")
    parser.add_argument("--channels", type=int, default=25)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument(
        "--processes", type=int, default=1, help="more than 1 only with --databases postgresql"
    )
    parser.add_argument("--latency", type=float, default=0.1, help="seconds")
    parser.add_argument("--nonce-seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write chaos.md")
    wanted = parser.parse_args()
    if wanted.processes > 1 and "sqlite" in wanted.databases:
        parser.error("SQLite serves one process: --databases postgresql")
    plans = [
        Plan(
            database=database,
            kills=wanted.kills,
            channels=wanted.channels,
            posts=-(-wanted.posts // wanted.channels),
            processes=wanted.processes,
            latency=wanted.latency,
            nonce_seconds=wanted.nonce_seconds,
            seed=wanted.seed,
        )
        for database in wanted.databases
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
