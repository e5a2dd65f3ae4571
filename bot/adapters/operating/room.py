"""What the operator's commands work with, and which posts and channels their options mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.adapters.composer import CachedComposer
from bot.adapters.database.decisions import SqlDecisions
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.operating import SqlOperating
from bot.adapters.library import Library
from bot.adapters.metrics import Metrics
from bot.adapters.operating.recent_lines import RecentLines
from bot.delivery.models import is_list
from bot.delivery.ports import Clock
from bot.delivery.publisher import Publisher
from bot.formatting.operating.choosing import ChannelName, find_channel, find_post
from bot.formatting.plain import title_of
from bot.i18n import Words
from bot.posts.keys import short_key
from bot.posts.models import Post

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot
    from bot.adapters.content_git.source import GitContent
    from bot.adapters.database.subscriptions import SqlSubscriptions


class ControlRoom(Struct, frozen=True, kw_only=True):
    """The operator's control room.

    Attributes:
        started_at: aware; when this process started.
        several: other processes may work with the same database.
    """

    bot: NewsBot
    ledger: SqlLedger
    operating: SqlOperating
    decisions: SqlDecisions
    composer: CachedComposer
    metrics: Metrics
    lines: RecentLines
    clock: Clock
    started_at: datetime
    several: bool
    git: GitContent | None = None

    @property
    def library(self) -> Library:
        """The posts."""
        return self.bot.services.library

    @property
    def publisher(self) -> Publisher:
        """Whoever delivers."""
        return self.bot.services.publisher

    @property
    def subscriptions(self) -> SqlSubscriptions:
        """The channels."""
        return self.bot.services.subscriptions

    async def channels(self) -> list[ChannelName]:
        """Every channel that ever subscribed, of all servers.

        Raises:
            StoreError: the database is out of reach.
        """
        known = await self.subscriptions.channels()
        return [self.channel(one.channel_id, one.guild_id) for one in known]

    def channel(self, channel_id: int, guild_id: int | None = None) -> ChannelName:
        """A channel by the names that this process's gateway has told."""
        found = self.bot.get_channel(channel_id)
        guild = getattr(found, "guild", None) or self.bot.get_guild(guild_id or 0)
        return ChannelName(
            channel_id=channel_id, name=getattr(found, "name", None), server=guild.name if guild else None
        )

    async def channel_meant(self, typed: str) -> int | None:
        """The id of the channel that was chosen or typed. Raises StoreError."""
        return find_channel([], typed) or find_channel(await self.channels(), typed)

    def post_meant(self, typed: str | None) -> Post | None:
        """The post that was chosen or typed; None typed: the newest."""
        return find_post(self.library.archive, typed or "")

    def draft_meant(self, typed: str | None) -> Post | None:
        """The draft of this slug or path: no list offers one, but its author wants to see it."""
        wanted = (typed or "").strip()
        return next((post for post in self.library.snapshot.drafts if wanted in {post.slug, post.path}), None)

    async def slug_meant(self, typed: str) -> str | None:
        """The slug that was chosen or typed, also of a post whose file is no more. Raises StoreError."""
        if post := self.post_meant(typed):
            return post.slug
        wanted = typed.strip()
        slugs: Sequence[str] = await self.operating.slugs()
        return next((slug for slug in slugs if wanted in {slug, short_key(slug)}), None)

    def title(self, slug: str, words: Words) -> str:
        """A delivery's title, plain text: a post's, or that it is a list card."""
        if is_list(slug):
            return words("admin.doubt.list")
        post = self.library.archive.by_slug(slug)
        return title_of(post) if post else slug
