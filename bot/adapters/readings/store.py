"""Keeps posts on the disk as they were composed: a long one takes half a second to compose, none to read.

Measured over the corpus: a millisecond a kilobyte to compose, a tenth of it to read back. The file
may be deleted at any time, and is begun anew when the code or the words that composed it change.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from bot.adapters.cache_file import TROUBLE, CacheFile
from bot.adapters.source_hash import source_hash
from bot.formatting.compose import Reading
from bot.formatting.messages import Card, Message
from bot.posts.models import Post
from bot.posts.sections import Section

log = logging.getLogger(__name__)

_FAST: Final = 1
"""Of zlib's levels."""


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A reading, whose messages are nothing but cards."""

    messages: tuple[tuple[Card, ...], ...]
    sections: tuple[Section, ...]


_READER: Final = msgspec.msgpack.Decoder(_Row)


class ReadingStore(Struct, frozen=True):
    """Readings by ``key_of``. Nothing here raises: without a usable file posts are composed. It blocks."""

    cache: CacheFile

    @classmethod
    def at(cls, file: Path, manner: str) -> ReadingStore:
        """In this file; ``manner`` names the settings that decide how posts are composed."""
        return cls(CacheFile(file, f"{source_hash()} {manner}"))

    def get(self, key: str) -> Reading | None:
        """The reading, if it is kept."""
        try:
            with self.cache.opened() as connection:
                found = connection.execute("SELECT row FROM rows WHERE key = ?", (key,)).fetchone()
            return reading_of(found[0]) if found else None
        except (*TROUBLE, zlib.error) as error:
            log.warning("a post is composed anew, since %s cannot be used: %s", self.cache.file, error)
            self.cache.forget()
            return None

    def put(self, rows: Mapping[str, bytes]) -> None:
        """Keep what ``row_of`` made of readings, by key."""
        try:
            with self.cache.opened() as connection:
                connection.executemany("INSERT OR REPLACE INTO rows (key, row) VALUES (?, ?)", rows.items())
        except TROUBLE as error:
            log.warning("%s was not written: %s", self.cache.file, error)

    def keep_only(self, keys: Collection[str]) -> frozenset[str]:
        """Forget all others; gives the keys that are kept already."""
        try:
            with self.cache.opened() as connection:
                kept = {key for (key,) in connection.execute("SELECT key FROM rows")}
                gone = [(key,) for key in kept.difference(keys)]
                connection.executemany("DELETE FROM rows WHERE key = ?", gone)
        except TROUBLE as error:
            log.warning("%s cannot be used: %s", self.cache.file, error)
            return frozenset()
        return frozenset(kept.intersection(keys))


def key_of(post: Post, locale: str) -> str:
    """What a reading is kept under; another one whenever the post would read otherwise."""
    return f"{locale} {post.date} {post.content_hash} {post.slug}"


def row_of(reading: Reading) -> bytes:
    """The reading as bytes.

    Raises:
        ValueError: a message has more than cards, which ``Layout.FULL`` never makes.
    """
    if any(message != Message(cards=message.cards) for message in reading.messages):
        raise ValueError("only messages of nothing but cards are kept")
    row = _Row(tuple(message.cards for message in reading.messages), reading.sections)
    return zlib.compress(msgspec.msgpack.encode(row), _FAST)


def reading_of(row: bytes) -> Reading:
    """The reading of which ``row_of`` made this. Raises ValueError or zlib.error where nothing did."""
    kept = _READER.decode(zlib.decompress(row))
    return Reading(messages=tuple(Message(cards=cards) for cards in kept.messages), sections=kept.sections)
