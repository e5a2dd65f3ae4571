"""Finds posts by their words, off the event loop, in an index that follows the archive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from bot.adapters.search_engine import SearchEngine
from bot.adapters.search_results import SearchResult, found_in, match_of
from bot.errors import PostError
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.search.excerpt import Finder
from bot.posts.search.plan import plan
from bot.posts.search.query import PostQuery

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Posts that are indexed before ``update`` returns; more are indexed beside everything else."""

_BATCH = 250
"""Posts after which searches see what was indexed, and a newer archive is noticed."""

MOST = 100
"""Matches of one page at most."""


class SearchIndex:
    """The words of an archive's posts, kept in ``folder``, or in memory where there is none or it is taken.

    The index can be deleted at any time while the bot is down: it is made anew from the posts.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._archive = Archive()
        self._indexed = Archive()
        self._engine: SearchEngine | None = None
        self._pending = 0
        self._is_broken = False
        self._closing = False
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="search-write")
        self._reading = ThreadPoolExecutor(2, thread_name_prefix="search-read")
        self._following: Future[None] | None = None

    async def open(self) -> None:
        """Take the index of the last run into hand: ``body`` knows its texts before the first update."""
        await asyncio.wrap_future(self._writing.submit(self._open))

    async def update(self, archive: Archive) -> None:
        """Follow this archive from now on: posts that are new, changed or gone since the last one.

        A few posts are searchable when it returns; many are indexed in the background, newest first.
        """
        self._archive = archive
        is_busy = self._pending > 0 and not self._is_broken
        self._following = self._writing.submit(self._follow, archive)
        if not is_busy:
            await asyncio.wrap_future(self._following)

    async def settled(self) -> None:
        """Wait until everything is indexed that can be."""
        while True:
            await asyncio.wrap_future(self._writing.submit(lambda: None))
            if not self._pending or self._is_broken:
                return

    async def search(
        self, query: PostQuery, limit: int, offset: int = 0, hidden: Collection[str] = ()
    ) -> SearchResult:
        """A page of the posts that hold all that is asked; without words, of all that the filters allow.

        ``hidden`` are slugs of posts that are not to be found.
        """
        loop = asyncio.get_running_loop()
        limit, offset = max(1, min(limit, MOST)), max(0, offset)
        return await loop.run_in_executor(self._reading, self._search, query, limit, offset, hidden)

    async def count(self, query: PostQuery, hidden: Collection[str] = ()) -> int:
        """How many posts ``search`` finds: quicker, since no sentence of theirs is looked for."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, self._count, query, hidden)

    async def close(self) -> None:
        """Stop indexing at the next batch and let go of the folder; the rest is indexed at the next start."""
        self._closing = True
        await asyncio.wrap_future(self._writing.submit(self._close))
        self._writing.shutdown()
        self._reading.shutdown()

    def body(self, post: Post) -> str | None:
        """The post's text as it was indexed, where it still is; blocks."""
        return self._engine.body(post.slug, post.content_hash) if self._engine else None

    def _close(self) -> None:
        if self._engine:
            self._engine.close()
            self._engine = None

    def _follow(self, archive: Archive) -> None:
        """Index what is missing; many posts at the end of the queue, so that this returns.

        An index that cannot be written says so in the log and is opened again by the next update.
        """
        try:
            self._index_missing(archive)
        except OSError as error:
            self._give_up(error)

    def _index_missing(self, archive: Archive) -> None:
        if self._is_broken and self._engine:
            self._engine.close()
            self._engine, self._is_broken, self._indexed = None, False, Archive()
        engine = self._open()
        gone = engine.stamps.keys() - {post.slug for post in archive.posts}
        changed = archive.other_than(self._indexed)
        missing = _missing(engine, changed)
        self._pending = len(missing)
        if len(missing) <= AT_ONCE:
            if missing or gone:
                engine.replace(_readable(missing), gone)
            self._pending = 0
            # A post that could not be read now is tried again by the next update.
            self._indexed = Archive() if _missing(engine, missing) else archive
            return
        self._indexed = Archive()
        if gone:
            engine.replace((), gone)
        self._writing.submit(self._index_many, archive, missing)

    def _index_many(self, archive: Archive, missing: list[Post]) -> None:
        log.info("indexing %d posts for the search", len(missing))
        for start in range(0, len(missing), _BATCH):
            if self._closing or self._archive is not archive or self._engine is None:
                return  # a newer archive is next in the queue
            try:
                self._engine.replace(_readable(missing[start : start + _BATCH]))
            except OSError as error:
                self._give_up(error)
                return
            self._pending = max(0, len(missing) - start - _BATCH)
        log.info("the search index is complete")

    def _give_up(self, error: OSError) -> None:
        log.error("%d posts cannot be searched for until the next reload: %s", self._pending, error)
        self._is_broken = True

    def _open(self) -> SearchEngine:
        self._engine = self._engine or self._opened()
        return self._engine

    def _opened(self) -> SearchEngine:
        try:
            return SearchEngine(self._folder)
        except OSError as error:
            log.warning("the search index is kept in memory: %s", error)
            return SearchEngine(None)

    def _search(self, query: PostQuery, limit: int, offset: int, hidden: Collection[str]) -> SearchResult:
        archive, engine, pending = self._archive, self._engine, self._pending
        wished = plan(query, archive.aliases, archive.tagged)
        finder = Finder(wished.required)
        total, found = found_in(archive, engine, query, wished, limit, offset, hidden)
        matches = tuple(match_of(post, score, finder) for post, score in found)
        return SearchResult(total=total, matches=matches, pending=pending)

    def _count(self, query: PostQuery, hidden: Collection[str]) -> int:
        archive, engine = self._archive, self._engine
        wished = plan(query, archive.aliases, archive.tagged)
        total, _ = found_in(archive, engine, query, wished, 1, 0, hidden)
        return total


def _stamp(post: Post) -> str:
    """What the index depends on; the day may come from the file's name."""
    return f"{post.content_hash}:{post.date.isoformat()}"


def _missing(engine: SearchEngine, posts: Iterable[Post]) -> list[Post]:
    """The posts of which the index has no or another version."""
    stamps = engine.stamps
    return [post for post in posts if stamps.get(post.slug) != _stamp(post)]


def _readable(posts: Sequence[Post]) -> Iterator[tuple[str, Post]]:
    """The posts with their stamps; one whose file is gone since is left out, the next reload knows."""
    for post in posts:
        try:
            _ = post.body
        except PostError as error:
            log.warning("not indexed: %s", error)
        else:
            yield _stamp(post), post
