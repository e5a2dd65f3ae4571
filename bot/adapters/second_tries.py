"""Searches that find something, offered where one found nothing: none leads a reader into the void again."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from itertools import islice
from typing import Final

from msgspec import Struct, field

from bot.adapters.search_index import SearchIndex
from bot.posts.archive import Archive
from bot.posts.retrying import (
    better_spelt,
    conditions_alone,
    fewer_words,
    is_operator,
    joined_words,
    less_strict,
    without_operators,
    words_alone,
    written,
)
from bot.posts.search.query import PostQuery
from bot.replacing import replace

MOST_OFFERED: Final = 3
"""Searches for all that was typed, or the most of it, that are offered."""
_MOST_IN_ALL: Final = 5
"""Searches that are offered with those for one of the words; what is left of a row is for tags."""
_MOST_TRIED: Final = 20
"""Searches that are tried at most: one takes a few milliseconds, a reader waits for all."""
_MOST_WORDS: Final = 6
"""Words up to which it is tried to leave each one out."""
_KEPT: Final = 4
"""Tries that are kept for finding how many of the words, sixteen at most, go together."""


class SecondTries(Struct):
    """Tries other searches than one that found nothing."""

    archive: Archive
    search_index: SearchIndex
    hidden: Collection[str]
    _left: int = _MOST_TRIED
    _counts: dict[PostQuery, int] = field(default_factory=dict)

    async def of(self, query: PostQuery, within: PostQuery | None = None) -> tuple[str, ...]:
        """Searches as they are typed, each of which finds something, the likeliest first.

        ``within`` is what is asked where some of the words mean days.
        """
        likely = []
        if within:
            likely.append(within if await self._count(within) else await self._spelt(within))
        plain = without_operators(query)
        spelt = await self._spelt(plain)
        likely += [*joined_words(plain), spelt, *less_strict(spelt), words_alone(spelt), words_alone(plain)]
        found: dict[str, None] = {}
        await self._add(found, (other for other in likely if other != query))
        if len(found) < MOST_OFFERED and (fewer := await self._fewer(plain, spelt)):
            found[written(fewer)] = None
        each = await self._each_found(spelt)
        await self._add(found, _beside_words(spelt, is_any=bool(found or each)))
        found.update(dict.fromkeys(map(written, each)))
        return tuple(found)[:_MOST_IN_ALL]

    async def _add(self, found: dict[str, None], queries: Iterable[PostQuery]) -> None:
        """Take those that find something, as long as there is room."""
        for query in dict.fromkeys(queries):
            if len(found) < MOST_OFFERED and await self._count(query):
                found[written(query)] = None

    async def _each_found(self, query: PostQuery) -> list[PostQuery]:
        """Of several words those that find something alone; the longest, which say the most, first."""
        if len(query.terms + query.phrases) <= 1:
            return []
        words = [PostQuery(terms=(word,)) for word in query.terms if not is_operator(word)]
        words += [PostQuery(phrases=(phrase,)) for phrase in query.phrases]
        counts = {word: await self._count(word, keep=_KEPT) for word in words}
        return sorted(filter(counts.get, counts), key=lambda word: (-len(written(word)), counts[word]))

    async def _spelt(self, query: PostQuery) -> PostQuery:
        """The query with its tags, and those words that find nothing, as the archive writes them."""
        spelt = await asyncio.to_thread(better_spelt, query, self.archive)
        terms = [
            word if word == better or await self._alone(word) else better
            for word, better in zip(query.terms, spelt.terms, strict=True)
        ]
        return replace(spelt, terms=tuple(terms))

    async def _fewer(self, query: PostQuery, spelt: PostQuery) -> PostQuery | None:
        """A query without the word whose absence finds the most, or without all that find nothing.

        Words that find something each alone only are none.
        """
        best = None
        if 1 < len(query.terms) <= _MOST_WORDS:
            best = await self._best(fewer_words(query))
            if best is None and spelt != query:
                best = await self._best(fewer_words(spelt))
        best = best or (await self._those_found(spelt) if len(spelt.terms) > 1 else None)
        return best if best and len(best.terms + best.phrases) > 1 else None

    async def _those_found(self, query: PostQuery) -> PostQuery | None:
        """As many of the words as find something together, the rarest left out first."""
        counts = {word: await self._alone(word) for word in query.terms}
        common = sorted(filter(counts.get, counts), key=lambda word: -counts[word])

        def commonest(number: int) -> PostQuery:
            return PostQuery(terms=tuple(word for word in query.terms if word in common[:number]))

        least, most = min(1, len(common)), len(common)
        while least < most:
            middle = (least + most + 1) // 2
            if await self._count(commonest(middle)):
                least = middle
            else:
                most = middle - 1
        return commonest(least) if least else None

    async def _alone(self, word: str) -> int:
        """How many posts a word finds; some tries are kept for words together."""
        return await self._count(PostQuery(terms=(word,)), keep=_KEPT)

    async def _best(self, queries: Iterable[PostQuery]) -> PostQuery | None:
        counted = [(await self._count(query), query) for query in queries]
        most, best = max(counted, key=lambda pair: pair[0], default=(0, None))
        return best if most else None

    async def _count(self, query: PostQuery, keep: int = 0) -> int:
        """How many posts a search finds; none where it asks for nothing or enough were tried."""
        if query.is_empty:
            return 0
        if query not in self._counts:
            if self._left <= keep:
                return 0
            self._left -= 1
            self._counts[query] = await self.search_index.count(query, self.hidden)
        return self._counts[query]


def _beside_words(query: PostQuery, *, is_any: bool) -> Iterable[PostQuery]:
    """What a query asks beside its words; where nothing else is offered, each of its tags as well."""
    if not (query.tags or query.after or query.before):
        return ()
    return islice(conditions_alone(query), 1 if is_any else None)
