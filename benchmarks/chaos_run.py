"""One bot, or several on the same shards, killed at random moments: what chaos.py counts."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.progress import Progress
from sqlalchemy import func, select

from bot.adapters.database.engine import open_database
from bot.adapters.database.tables import deliveries
from bot.delivery.models import Subscription
from bot.delivery.timetable import Timetable
from tests.support.discord_double.bot_process import BotProcess, start_bot
from tests.support.discord_double.long_posts import PARTS, faults_in, parts_of, write_long_post
from tests.support.discord_double.process import Double, start_double
from tests.support.subscribing import save_subscription

START_SECONDS = 3.0
"""About how long the bot takes from its start to its first message."""
STALLED_SECONDS = 45.0
"""Longer than the bot's heartbeat: without a message for so long, nothing more is expected to come."""
SETTLED_SECONDS = 22.0
"""How long a last life is watched for what should not come: longer than a dead process's claims last."""
MISHAPS: tuple[dict[str, Any], ...] = (
    {"kind": "reset"},
    {"kind": "reset", "after": True},
    {"kind": "answer", "status": 503},
    {"kind": "answer", "status": 500, "after": True},
    {"kind": "answer", "status": 520, "after": True},
)
"""What may become of a request; discord.py tries again by itself after a 500 only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done to the bot; ``latency`` and ``nonce_seconds`` are the double's.

    Attributes:
        mishaps: how probable it is that a request meets one of MISHAPS.
    """

    database: str
    kills: int
    channels: int
    posts: int
    processes: int
    latency: float
    nonce_seconds: float
    mishaps: float
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
    fallen: int = 0
    repeats: int = 0
    too_many: int = 0
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.unconfirmed or self.fallen or self.faults.total() or self.kills < self.plan.kills)


@dataclass(slots=True)
class Run:
    """One plan being carried out in a folder, on a database."""

    plan: Plan
    double: Double
    folder: Path
    url: str
    stack: AsyncExitStack
    bots: dict[int, BotProcess] = field(default_factory=dict)
    fallen: int = 0

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
        """Write one post after the other, each when half of the one before is out.

        All are today's, for one of long ago is archive and goes nowhere; their slugs put them in order.
        """
        today = str(datetime.now(UTC).date())
        for number, slug in enumerate(self.plan.slugs):
            write_long_post(self.folder / "content", slug, today)
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
        await self.bots[victim].kill()
        for number in self.bots:
            if self.bots[number].ended:
                self.fallen += number != victim
                await self.start(number)

    async def finish(self) -> None:
        """Wait until all is there or nothing comes any more, stop, and look whether another life adds any."""
        await self.double.mend()
        before = -1
        while before < (stored := await self.stored()) < self.plan.total:
            before = stored
            await self.double.counts(stored=self.plan.total, timeout=STALLED_SECONDS)
        for number in self.bots:
            if not self.bots[number].ended:
                await self.bots[number].stop()
            await self.start(number)
        await asyncio.sleep(START_SECONDS + SETTLED_SECONDS)
        for bot in self.bots.values():
            self.fallen += bot.ended
            if not bot.ended:
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
        for number, mishap in enumerate(MISHAPS if plan.mishaps else ()):
            chance = plan.mishaps / len(MISHAPS)
            await double.fault(**mishap, probability=chance, seed=plan.seed + number, times=None)
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
    outcome.fallen = run.fallen
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
            await save_subscription(engine, subscription)


async def confirmed(url: str) -> int:
    """How many parts the ledger holds for sent."""
    query = select(func.count()).select_from(deliveries).where(deliveries.c.state == "sent")
    async with open_database(url) as engine, engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())
