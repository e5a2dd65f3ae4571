"""A world in memory in which deliveries go wrong at any step: for the state machine of the delivery tests."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.delivery.models import Subscription
from bot.delivery.publisher import Publisher
from bot.delivery.timetable import Timetable
from bot.delivery.withdrawing import withdraw, withdraw_in_doubt
from bot.errors import SendRefused, SendUncertain
from bot.formatting.compose import Layout
from bot.formatting.messages import Card, Message
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.delivering import CrashError
from tests.support.discord_fake import MemoryPostbox, Sent
from tests.support.ledger_in_memory import MemoryLedger, MemorySubscriptions, Rows

LEASE = timedelta(seconds=15)
CHANNELS: dict[int, tuple[Layout, Timetable]] = {
    100: (Layout.FULL, Timetable(at=None)),
    200: (Layout.THREAD, Timetable(at=None)),
    300: (Layout.FULL, Timetable(at=time(9))),
    400: (Layout.FULL, Timetable(at=None, weekdays=frozenset({0, 2, 4}))),
}


class LineComposer:
    """``bot.delivery.ports.Composer`` that makes a message of each line: fast, and easy to check."""

    async def messages(self, post: Post, layout: Layout, locale: str) -> tuple[Message, ...]:  # noqa: ARG002 - the port's
        return tuple(
            Message(content=f"{post.slug} {part} {line}") for part, line in enumerate(post.body.splitlines())
        )

    def corrected(self, message: Message, on: date, locale: str) -> Message:  # noqa: ARG002 - the port's
        return replace(message, content=f"{message.content} corrected {on}")

    async def listed(self, posts: Sequence[Post], locale: str) -> Message:  # noqa: ARG002 - the port's
        return Message(cards=(Card(title="list", description=" ".join(map(token, posts))),))


def token(post: Post) -> str:
    """What a list card says of a post: it changes with it."""
    return f"{post.slug}:{post.body.splitlines()[0]}"


@dataclass(slots=True)
class Hazard:
    """Yields to others at random, and may let the process die before or after its n-th step."""

    chance: random.Random
    steps: int | None = None
    dies_after: bool = False

    async def step(self, act: Callable[[], Awaitable[Any]]) -> Any:
        for _ in range(self.chance.randrange(3)):
            await asyncio.sleep(0)
        if self.steps is not None:
            self.steps -= 1
            if self.steps == 0 and not self.dies_after:
                raise CrashError
        result = await act()
        if self.steps == 0:
            raise CrashError
        return result


class Hazardous:
    """Any port, each of whose calls is a step of a ``Hazard``."""

    def __init__(self, port: object, hazard: Hazard) -> None:
        self._port, self._hazard = port, hazard

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not asyncio.iscoroutinefunction(method):
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            return await self._hazard.step(lambda: method(*arguments, **named))

        return call


@dataclass(slots=True)
class Universe:
    """Discord, its clock, the bot's clock, the posts, and any number of the bot's processes."""

    time: datetime = datetime(2024, 5, 5, tzinfo=UTC)
    skew: timedelta = timedelta(0)
    archive: Archive = field(default_factory=Archive)
    first_seen: dict[str, datetime] = field(default_factory=dict)
    rows: Rows = field(default_factory=Rows)
    subscriptions: MemorySubscriptions = field(default_factory=MemorySubscriptions)
    postbox: MemoryPostbox = field(init=False)

    def __post_init__(self) -> None:
        self.postbox = MemoryPostbox(clock=lambda: self.time)
        self.subscriptions.known = [
            Subscription(
                channel_id=channel,
                layout=layout,
                timetable=timetable,
                created_at=self.time - timedelta(days=3),
            )
            for channel, (layout, timetable) in CHANNELS.items()
        ]

    def now(self) -> datetime:
        """The bot's clock."""
        return self.time + self.skew

    def publisher(self, hazard: Hazard) -> Publisher:
        """A process of the bot, with nothing in its memory."""
        return Publisher(
            ledger=Hazardous(MemoryLedger(self.rows, LEASE), hazard),
            subscriptions=self.subscriptions,
            postbox=Hazardous(self.postbox, hazard),
            news=self,
            composer=LineComposer(),
            clock=self.now,
        )

    def add(self, post: Post) -> None:
        """A new post, or another version of one."""
        others = (item for item in self.archive.posts if item.slug != post.slug)
        self.archive = Archive.of([*others, post])
        self.first_seen.setdefault(post.slug, self.now())

    def switch(self, channel: int) -> None:
        """A server chooses the other layout for its channel."""
        self.subscriptions.known = [
            replace(one, layout=Layout.THREAD if one.layout is Layout.FULL else Layout.FULL)
            if one.channel_id == channel
            else one
            for one in self.subscriptions.known
        ]

    async def take_back(self, slug: str, hazard: Hazard) -> None:
        """An operator withdraws a post in a process of the bot."""
        publisher = self.publisher(hazard)
        await withdraw(slug, publisher.ledger, publisher.postbox)
        await withdraw_in_doubt(slug, publisher, self.subscription_of)

    async def subscription_of(self, channel: int) -> Subscription | None:
        """The channel's subscription."""
        return next((one for one in self.subscriptions.known if one.channel_id == channel), None)

    def drop(self, slug: str) -> None:
        """A post whose file is gone."""
        self.archive = Archive.of(item for item in self.archive.posts if item.slug != slug)

    def fail_next(self, kind: str, wait: int) -> None:
        """Let a request to Discord fail in a way, after ``wait`` others; once."""
        left = wait

        def act(error: BaseException) -> Callable[[], None]:
            def once() -> None:
                nonlocal left
                left -= 1
                if left == -1:
                    raise error

            return once

        if kind == "refused":
            self.postbox.before = act(SendRefused("no", status=400, code=50035, permanent=False))
        elif kind == "lost on the way":
            self.postbox.before = act(SendUncertain("time-out"))
        elif kind == "answer lost":
            self.postbox.after = act(SendUncertain("time-out"))

    def heal(self) -> None:
        """No request fails any more."""
        self.postbox.before = self.postbox.after = lambda: None

    def there(self, channel: int) -> list[Sent]:
        """The channel's messages that are there, in order, its threads' too."""
        threads = {sent.id for sent in self.postbox.sent if sent.channel_id == channel}
        return [sent for sent in self.postbox.there() if sent.channel_id in {channel, *threads}]
