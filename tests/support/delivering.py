"""A publisher over a real ledger and a postbox in memory, with a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.composer import CachedComposer
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.models import Subscription
from bot.delivery.publisher import Publisher
from bot.delivery.timetable import Timetable
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import Post
from tests.support.discord_fake import MemoryPostbox

CHANNEL = 100
LONG_BODY = "\n\n".join(f"## 부분 {number}\n\n" + "긴 문장이 이어져요. " * 300 for number in range(5))


class CrashError(BaseException):
    """The process dies here: nothing in the project catches it."""


@dataclass
class World:
    """A publisher with a clock that the test turns."""

    engine: AsyncEngine
    now: datetime = datetime(2024, 5, 5, 0, 0, tzinfo=UTC)
    archive: Archive = field(default_factory=Archive)
    first_seen: dict[str, datetime] = field(default_factory=dict)
    postbox: MemoryPostbox = field(init=False)

    def __post_init__(self) -> None:
        self.postbox = MemoryPostbox(clock=lambda: self.now)

    def publisher(self) -> Publisher:
        return Publisher(
            ledger=SqlLedger(self.engine),
            subscriptions=SqlSubscriptions(self.engine),
            postbox=self.postbox,
            news=self,
            composer=CachedComposer(catalogues=load_catalogues()),
            clock=lambda: self.now,
        )

    async def subscribe(self, *posts: Post) -> None:
        subscription = Subscription(
            channel_id=CHANNEL, timetable=Timetable(at=None), created_at=self.now - timedelta(days=1)
        )
        await SqlSubscriptions(self.engine).follow_settings(subscription)
        self.archive = Archive.of(posts)
        self.first_seen = {item.slug: self.now for item in posts}

    def texts(self) -> list[str]:
        return [sent.message.cards[0].description or "" for sent in self.postbox.sent]

    def nonces(self) -> list[str]:
        return [sent.nonce for sent in self.postbox.sent]


def once(error: BaseException, at: int = 1) -> Callable[[], None]:
    """Raises at its ``at``-th call, and never again."""
    calls = 0

    def act() -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise error

    return act
