"""Searches that find something, offered where one found nothing: none leads a reader into the void again."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from bot.adapters.search_index import SearchIndex
from bot.posts.archive import Archive
from bot.posts.retrying import (
    better_spelt,
    conditions_alone,
    fewer_words,
    less_strict,
    words_alone,
    written,
)
from bot.posts.search.query import PostQuery

MOST_OFFERED: Final = 3
"""Searches that are offered; the rest of a row is for tags."""
_MOST_TRIED: Final = 20
"""Searches that are tried at most: one takes a few milliseconds, a reader waits for all."""
_MOST_WORDS: Final = 6
"""Words up to which it is tried to leave some out."""


@dataclass(slots=True)
class SecondTries:
    """Tries other searches than one that found nothing."""

    archive: Archive
    search_index: SearchIndex
    hidden: Collection[str]
    _left: int = _MOST_TRIED

    async def of(self, query: PostQuery) -> tuple[str, ...]:
        """Searches as they are typed, each of which finds something, the likeliest first."""
        spelt = await self._spelt(query)
        found: dict[str, None] = {}
        likely = [spelt, *less_strict(spelt), words_alone(spelt), words_alone(query)]
        for other in dict.fromkeys(likely):
            if len(found) < MOST_OFFERED and other != query and await self._count(other):
                found[written(other)] = None
        if len(found) < MOST_OFFERED and (fewer := await self._fewer(query, spelt)):
            found[written(fewer)] = None
        for alone in conditions_alone(spelt) if not found and spelt.tags else ():
            if await self._count(alone):
                found[written(alone)] = None
        return tuple(found)[:MOST_OFFERED]

    async def _spelt(self, query: PostQuery) -> PostQuery:
        """The query with its tags, and those words that find nothing, as the archive writes them."""
        spelt = await asyncio.to_thread(better_spelt, query, self.archive)
        if len(query.terms) > _MOST_WORDS:
            return spelt
        terms = [
            word if word == better or await self._count(PostQuery(terms=(word,))) else better
            for word, better in zip(query.terms, spelt.terms, strict=True)
        ]
        return replace(spelt, terms=tuple(terms))

    async def _fewer(self, query: PostQuery, spelt: PostQuery) -> PostQuery | None:
        """A query without the word whose absence finds the most, or without all that find nothing."""
        if not 1 < len(query.terms) <= _MOST_WORDS:
            return None
        best = await self._best(fewer_words(query))
        if best is None and spelt != query:
            best = await self._best(fewer_words(spelt))
        return best or await self._those_found(spelt)

    async def _those_found(self, query: PostQuery) -> PostQuery | None:
        """As many of the words as find something together, the rarest left out first."""
        counts = {word: await self._count(PostQuery(terms=(word,))) for word in query.terms}
        left = [word for word in query.terms if counts[word]]
        while left:
            fewer = PostQuery(terms=tuple(left))
            if await self._count(fewer):
                return fewer
            left.remove(min(left, key=lambda word: counts[word]))
        return None

    async def _best(self, queries: Iterable[PostQuery]) -> PostQuery | None:
        counted = [(await self._count(query), query) for query in queries]
        most, best = max(counted, key=lambda pair: pair[0])
        return best if most else None

    async def _count(self, query: PostQuery) -> int:
        """How many posts a search finds; none where it asks for nothing or enough were tried."""
        if query.is_empty or self._left <= 0:
            return 0
        self._left -= 1
        return await self.search_index.count(query, self.hidden)
