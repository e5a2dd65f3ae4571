"""Composes posts in a worker thread and keeps the latest results."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.formatting.compose import ComposeOptions, Layout, compose, compose_section
from bot.formatting.corrected import with_correction
from bot.formatting.messages import Message
from bot.formatting.rest import rest_message
from bot.i18n import Catalogues
from bot.posts.models import Post

KEPT = 64
"""How many composed posts are kept: a delivery to many channels and its readers' look-ups share them."""

_Key = tuple[str, str, Layout, str, int | None]


@dataclass(frozen=True, slots=True)
class CachedComposer:
    """``bot.delivery.ports.Composer``; the key holds the content's hash, so a change is seen at once."""

    catalogues: Catalogues
    site_url: str | None = None
    _kept: OrderedDict[_Key, tuple[Message, ...]] = field(default_factory=OrderedDict)

    async def messages(self, post: Post, layout: Layout, locale: str) -> tuple[Message, ...]:
        """The whole post in a layout."""
        return await self._composed(post, layout, locale, None)

    async def section(self, post: Post, index: int, locale: str) -> tuple[Message, ...]:
        """One section of the post. Raises IndexError when it has no such section."""
        return await self._composed(post, Layout.FULL, locale, index)

    def corrected(self, message: Message, on: date, locale: str) -> Message:
        """A post's first message with a line that says that it was corrected, and when."""
        return with_correction(message, on, self.catalogues.words(locale))

    async def listed(self, posts: Sequence[Post], locale: str) -> Message:
        """One message that names these posts and lets a reader open each."""
        return await asyncio.to_thread(rest_message, posts, self.catalogues.words(locale))

    async def _composed(
        self, post: Post, layout: Layout, locale: str, section: int | None
    ) -> tuple[Message, ...]:
        key = (post.slug, post.content_hash, layout, locale, section)
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        options = ComposeOptions(words=self.catalogues.words(locale), layout=layout, site_url=self.site_url)
        if section is None:
            messages = await asyncio.to_thread(compose, post, options)
        else:
            messages = await asyncio.to_thread(compose_section, post, section, options)
        self._kept[key] = messages
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return messages
