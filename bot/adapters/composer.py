"""Composes posts in a worker thread and keeps the latest results, whole posts also on the disk."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct, field

from bot.adapters.readings.store import ReadingStore, key_of, row_of
from bot.formatting.compose import ComposeOptions, Layout, Reading, compose, compose_section, read
from bot.formatting.corrected import with_correction
from bot.formatting.messages import Message
from bot.formatting.rest import rest_message
from bot.i18n import Catalogues
from bot.posts.models import Post

KEPT = 64
"""How many composed posts are kept: a delivery to many channels and its readers' look-ups share them."""

_Value = TypeVar("_Value")


class CachedComposer(Struct, frozen=True):
    """``bot.delivery.ports.Composer``; the key holds the content's hash, so a change is seen at once."""

    catalogues: Catalogues
    site_url: str | None = None
    store: ReadingStore | None = None
    _readings: OrderedDict[str, Reading] = field(default_factory=OrderedDict)
    _others: OrderedDict[tuple[str, Layout | int], tuple[Message, ...]] = field(default_factory=OrderedDict)

    async def messages(self, post: Post, layout: Layout, locale: str) -> tuple[Message, ...]:
        """The whole post in a layout."""
        if layout is Layout.FULL:
            return (await self.reading(post, locale)).messages
        key = (key_of(post, locale), layout)
        if (kept := _kept(self._others, key)) is not None:
            return kept
        messages = await asyncio.to_thread(compose, post, self._options(locale, layout))
        return _keep(self._others, key, messages)

    async def reading(self, post: Post, locale: str) -> Reading:
        """The post as somebody pages through it."""
        key = key_of(post, locale)
        if (kept := _kept(self._readings, key)) is not None:
            return kept
        return _keep(self._readings, key, await asyncio.to_thread(self._read, key, post, locale))

    async def section(self, post: Post, index: int, locale: str) -> tuple[Message, ...]:
        """One section of the post. Raises IndexError when it has no such section."""
        key = (key_of(post, locale), index)
        if (kept := _kept(self._others, key)) is not None:
            return kept
        messages = await asyncio.to_thread(compose_section, post, index, self._options(locale))
        return _keep(self._others, key, messages)

    def corrected(self, message: Message, on: date, locale: str) -> Message:
        """A post's first message with a line that says that it was corrected, and when."""
        return with_correction(message, on, self.catalogues.words(locale))

    async def listed(self, posts: Sequence[Post], locale: str) -> Message:
        """One message that names these posts and lets a reader open each."""
        return await asyncio.to_thread(rest_message, posts, self.catalogues.words(locale))

    def _read(self, key: str, post: Post, locale: str) -> Reading:
        if self.store is None:
            return read(post, self._options(locale))
        reading = self.store.get(key)
        if reading is None:
            reading = read(post, self._options(locale))
            self.store.put({key: row_of(reading)})
        return reading

    def _options(self, locale: str, layout: Layout = Layout.FULL) -> ComposeOptions:
        return ComposeOptions(words=self.catalogues.words(locale), layout=layout, site_url=self.site_url)


_Key = TypeVar("_Key")


def _kept(cache: OrderedDict[_Key, _Value], key: _Key) -> _Value | None:
    value = cache.get(key)
    if value is not None:
        cache.move_to_end(key)
    return value


def _keep(cache: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    cache[key] = value
    while len(cache) > KEPT:
        cache.popitem(last=False)
    return value
