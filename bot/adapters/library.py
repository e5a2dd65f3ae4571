"""The posts in service: one snapshot of the content folder, swapped in one assignment."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from msgspec import Struct, field

from bot.adapters.database.seen import SqlPostsSeen
from bot.adapters.files import ContentFolder
from bot.adapters.search_index import SearchIndex
from bot.adapters.snapshots import ContentSnapshot, Difference
from bot.delivery.planning import BACKDATED, is_news
from bot.delivery.ports import Clock
from bot.posts.archive import Archive

log = logging.getLogger(__name__)

_LARGE = 1_000
"""Posts from which on searching them for garbage would be felt: a tenth of a second for ten thousand."""
_MOST_NAMED = 5
"""Posts that a line of the log names."""


class _Service(Struct, frozen=True, kw_only=True):
    """What readers see at one moment; never changed, only replaced."""

    snapshot: ContentSnapshot
    first_seen: Mapping[str, datetime]


class Library(Struct):
    """``bot.delivery.ports.News`` over a content folder. ``reload`` must run once before anything is read."""

    folder: ContentFolder
    seen: SqlPostsSeen
    clock: Clock
    search: SearchIndex = field(default_factory=SearchIndex)
    _service: _Service | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def archive(self) -> Archive:
        """The present snapshot; whoever holds it keeps it through a reload."""
        return self._now.snapshot.archive

    @property
    def first_seen(self) -> Mapping[str, datetime]:
        """By slug, the instant at which a post was first found."""
        return self._now.first_seen

    @property
    def snapshot(self) -> ContentSnapshot:
        """The archive with the problems of its files."""
        return self._now.snapshot

    async def reload(self) -> Difference:
        """Read what changed in the folder and take it into service.

        A file that cannot be used is reported and hides nothing; its older good version stays.

        Raises:
            StoreError: the database is out of reach; what was in service stays.
        """
        async with self._turn:
            older = self._service.snapshot if self._service else None
            before = self._service.first_seen if self._service else None
            now = self.clock()
            snapshot = await asyncio.to_thread(self.folder.scan, older, now)
            first_seen = await self.seen.register(snapshot.modified, now, before)
            self._service = _Service(snapshot=snapshot, first_seen=first_seen)
            await self.search.update(snapshot.archive)
        difference = snapshot.difference(older)
        for problem in difference.problems:
            log.warning("%s", problem)
        if older is not None:
            self._say_what_is_past(difference.added, now)
        return difference

    def _say_what_is_past(self, added: Sequence[str], now: datetime) -> None:
        """New files with old dates are no news: whoever wonders why nobody got them finds it here."""
        posts = filter(None, map(self.archive.by_slug, added))
        if past := [post.slug for post in posts if not is_news(post, self.first_seen, now)]:
            named = ", ".join(past[:_MOST_NAMED]) + (", …" if len(past) > _MOST_NAMED else "")
            days = BACKDATED.days
            log.info("%d for the archive alone, dated over %d days back: %s", len(past), days, named)

    @asynccontextmanager
    async def undisturbed(self) -> AsyncIterator[None]:
        """Inside, the folder is not read: for whoever changes many of its files at once."""
        async with self._turn:
            yield

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: ContentFolder, seen: SqlPostsSeen, clock: Clock, cache: Path
    ) -> AsyncIterator[Self]:
        """A library whose search index is kept in the folder ``cache``; read for the first time.

        Raises:
            StoreError: the database is out of reach.
        """
        search = SearchIndex(cache)
        folder.bodies.copy = search.body
        library = cls(folder, seen, clock, search)
        try:
            await search.open()
            with library._staying():
                await library.reload()
            yield library
        finally:
            await search.close()
            if library._service:
                await asyncio.to_thread(folder.keep_tags, library.archive)

    @contextmanager
    def _staying(self) -> Iterator[None]:
        """What is made now stays: Python's collector of garbage need not look at it, now or ever."""
        was_on = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if self._service and len(self.archive) >= _LARGE:
                gc.freeze()
            if was_on:
                gc.enable()

    @property
    def _now(self) -> _Service:
        if self._service is None:
            raise RuntimeError("the library was read before its first reload")
        return self._service
