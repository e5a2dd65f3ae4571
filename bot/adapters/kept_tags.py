"""Keeps the index of all tags on the disk: to make it, every post's front matter would have to be read."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

import msgspec
from msgspec import Struct

from bot.adapters.cache_file import TROUBLE, CacheFile, sealed, unsealed
from bot.adapters.source_hash import source_hash
from bot.posts.archive import Archive
from bot.posts.models import Post, TagKind
from bot.posts.search.aliases import Aliases
from bot.posts.tag_entries import Entry, Numbered, TagCount, numbered, rank_of
from bot.posts.tag_index import TagIndex

log = logging.getLogger(__name__)

VERSION: Final = 1
"""Raised whenever rows change: older ones are then forgotten, as they are when posts mean something else."""
_FEW: Final = 500
"""Posts up to which an index is made as soon as it is read."""


class _Row(Struct, frozen=True, array_like=True, gc=False):
    """An ``Entry``, whose posts are numbers from 0, the newest post's.

    ``text`` and ``kinds`` only where they say more than ``folded`` and the tag's kind.
    """

    folded: str
    tally: TagCount
    posts: bytes
    text: str | None
    kinds: frozenset[TagKind] | None


_ONLY: Final = {kind: frozenset((kind,)) for kind in TagKind}
_READER: Final = msgspec.msgpack.Decoder(list[_Row])


class KeptTags(Struct, frozen=True):
    """The index of some posts in a file. Nothing here raises: without it the index is made. It blocks."""

    cache: CacheFile

    @classmethod
    def at(cls, file: Path) -> Self:
        """In this file."""
        return cls(CacheFile(file, f"{VERSION} {source_hash()}"))

    def index_of(self, newest_first: Sequence[Post], aliases: Aliases) -> TagIndex:
        """The index of these posts: the kept one where it is of just these."""
        if len(newest_first) <= _FEW:
            return TagIndex.of(newest_first, aliases)
        try:
            with self.cache.opened() as connection:
                key = _key_of(newest_first, aliases)
                found = connection.execute("SELECT row FROM rows WHERE key = ?", (key,)).fetchone()
            if found:
                return TagIndex.of_entries(list(_entries(found[0], newest_first)), aliases)
        except TROUBLE as error:
            log.warning("the tags are indexed anew, since %s cannot be used: %s", self.cache.file, error)
            self.cache.forget()
        return TagIndex.of(newest_first, aliases)

    def keep(self, archive: Archive) -> None:
        """Write the archive's index, unless it is there."""
        if len(archive) <= _FEW:
            return
        newest_first = archive.posts[::-1]
        key = _key_of(newest_first, archive.aliases)
        try:
            with self.cache.opened() as connection:
                if connection.execute("SELECT 1 FROM rows WHERE key = ?", (key,)).fetchone():
                    return
                connection.execute("DELETE FROM rows")
                row = _row_of(archive.tag_index, newest_first)
                connection.execute("INSERT INTO rows (key, row) VALUES (?, ?)", (key, row))
        except TROUBLE as error:
            log.warning("%s was not written: %s", self.cache.file, error)


def _key_of(newest_first: Sequence[Post], aliases: Aliases) -> str:
    """Another one whenever a post, its day, the order, or what is the same tag changes."""
    posts = (f"{post.slug}:{post.date.isoformat()}:{post.content_hash}" for post in newest_first)
    return hashlib.sha256("\n".join((aliases.meaning, *posts)).encode("utf-8", "surrogatepass")).hexdigest()


def _row_of(index: TagIndex, newest_first: Sequence[Post]) -> bytes:
    numbers = {post.slug: number for number, post in enumerate(newest_first)}
    rows = [
        _Row(
            folded=entry.folded,
            tally=entry.tally,
            posts=numbered(numbers[post.slug] for post in entry.posts),
            text=None if entry.text == entry.folded else entry.text,
            kinds=None if entry.kinds == _ONLY[entry.tally.tag.kind] else entry.kinds,
        )
        for entry in index.entries
    ]
    return sealed(msgspec.msgpack.encode(rows))


def _entries(row: bytes, newest_first: Sequence[Post]) -> Iterator[Entry]:
    for kept in _READER.decode(unsealed(row)):
        yield Entry(
            folded=kept.folded,
            tally=kept.tally,
            posts=Numbered(newest_first, kept.posts),
            text=kept.text or kept.folded,
            rank=rank_of(kept.tally),
            kinds=kept.kinds or _ONLY[kept.tally.tag.kind],
        )
