"""What else a search without results may have meant: days, better spelt, fewer conditions, fewer words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bot.patterns import regex
from bot.posts.archive import Archive
from bot.posts.periods import Period, read_period
from bot.posts.search.query import MOST_DAY_WORDS, PostQuery, TagFilter
from bot.posts.suggestions import did_you_mean, nearest_tags
from bot.replacing import replace

_VERSION = regex(r"\d{1,2}(?:[.-]\d{1,2})?")
"""A number that beside words is a model's rather than a day's: ``Claude 3.5``."""

_OPERATORS = frozenset(("and", "or", "not"))
"""What other searches have between words."""
_MOST_JOINED = 3
"""Words up to which it is tried to join them."""


def written(query: PostQuery) -> str:
    """The query as somebody would type it; ``parse_query`` reads the same query from it."""
    return " ".join(
        (
            *query.terms,
            *(f'"{phrase}"' for phrase in query.phrases),
            *(f"-{_quoted(word)}" for word in query.excluded),
            *(f"{tag.kind or 'tag'}:{_quoted(tag.name)}" for tag in query.tags),
            *(f"-{tag.kind or 'tag'}:{_quoted(tag.name)}" for tag in query.without_tags),
            *([f"after:{query.after.isoformat()}"] if query.after else []),
            *([f"before:{query.before.isoformat()}"] if query.before else []),
            *(f"lang:{lang}" for lang in query.langs),
            *(f"-lang:{lang}" for lang in query.without_langs),
        )
    )


class Dated(NamedTuple):
    """A query whose first or last words name days: these days, and what else is asked, within them."""

    period: Period
    rest: PostQuery

    @property
    def is_all(self) -> bool:
        """Whether nothing else is asked."""
        return replace(self.rest, after=None, before=None).is_empty


def dated(query: PostQuery, today: dt.date) -> Dated | None:
    """The query read so that its words name a day, a week, a month or a year: ``작년 라마``, ``5월 4일``.

    None where they name none, or where the query names its days already.
    """
    if query.after or query.before:
        return None
    for named, others in _parted(query.terms):
        is_version = others and _VERSION.fullmatch(named)
        if not is_version and (period := read_period(named, today)) is not None:
            end = period.last + dt.timedelta(days=1) if period.last < dt.date.max else None
            return Dated(period, replace(query, terms=others, after=period.first, before=end))
    return None


def days_asked(query: PostQuery) -> Period | None:
    """The days that a query without words asks for; None where it names none."""
    if query.has_words or not (query.after or query.before):
        return None
    end = query.before or dt.date.max
    last = end - dt.timedelta(days=1) if query.before and end > dt.date.min else end
    return Period(query.after or dt.date.min, last)


def _parted(terms: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The first or the last words and all others, the most words first."""
    for count in range(min(len(terms), MOST_DAY_WORDS), 0, -1):
        yield " ".join(terms[:count]), terms[count:]
        yield " ".join(terms[-count:]), terms[:-count]


def better_spelt(query: PostQuery, archive: Archive) -> PostQuery:
    """The query with its words and tags as the archive writes them; itself where nothing is nearer.

    Compares with all tags and many titles: not for an event loop.
    """
    known = archive.spellings()

    def mended(text: str) -> str:
        return did_you_mean(known, text) or text

    return replace(
        query,
        terms=tuple(map(mended, query.terms)),
        phrases=tuple(map(mended, query.phrases)),
        tags=tuple(_known_tag(tag, archive) for tag in query.tags),
    )


def words_alone(query: PostQuery) -> PostQuery:
    """The query without any condition."""
    return PostQuery(terms=query.terms, phrases=query.phrases)


def less_strict(query: PostQuery) -> Iterator[PostQuery]:
    """The query without each one of its conditions, and with its phrases as words."""
    if query.phrases:
        words = (word for phrase in query.phrases for word in phrase.split())
        yield replace(query, phrases=(), terms=(*query.terms, *words))
    for tag in query.tags:
        yield replace(query, tags=tuple(other for other in query.tags if other != tag))
    for word in query.excluded:
        yield replace(query, excluded=tuple(other for other in query.excluded if other != word))
    for tag in query.without_tags:
        yield replace(query, without_tags=tuple(other for other in query.without_tags if other != tag))
    if query.without_langs:
        yield replace(query, without_langs=())
    if query.before:
        yield replace(query, before=None)
    if query.after:
        yield replace(query, after=None)
    if query.langs:
        yield replace(query, langs=())


def joined_words(query: PostQuery) -> Iterator[PostQuery]:
    """The query with two words that follow one another as one: ``모 델`` as ``모델``."""
    terms = query.terms
    if not 1 < len(terms) <= _MOST_JOINED:
        return
    for at, pair in enumerate(pairwise(terms)):
        yield replace(query, terms=(*terms[:at], "".join(pair), *terms[at + 2 :]))


def without_operators(query: PostQuery) -> PostQuery:
    """The query as it is written here: a word behind ``NOT`` with a minus, and no ``AND`` and ``OR``."""
    terms: list[str] = []
    excluded = list(query.excluded)
    before = ""
    for word in query.terms:
        if before == "NOT" and not is_operator(word):
            excluded.append(word)
        elif not (word.isupper() and is_operator(word)):
            terms.append(word)
        before = word
    return replace(query, terms=tuple(terms), excluded=tuple(excluded))


def is_operator(word: str) -> bool:
    """Whether a word says nothing when it stands alone: ``NOT``, ``and``."""
    return word.lower() in _OPERATORS


def conditions_alone(query: PostQuery) -> Iterator[PostQuery]:
    """The query without its words, and each of its tags alone."""
    yield replace(query, terms=(), phrases=(), excluded=())
    yield from (PostQuery(tags=(tag,)) for tag in query.tags)


def fewer_words(query: PostQuery) -> Iterator[PostQuery]:
    """The words of a query without each one of them, and without conditions."""
    for at in range(len(query.terms)):
        yield PostQuery(terms=(*query.terms[:at], *query.terms[at + 1 :]), phrases=query.phrases)


def _known_tag(tag: TagFilter, archive: Archive) -> TagFilter:
    """The tag, of whatever kind it is; where there is none of this name, the nearest one."""
    if archive.tagged(tag.name):
        return tag if archive.tagged(*tag) else TagFilter(tag.name)
    return next((TagFilter(near.name) for near in nearest_tags(archive, tag.name, 1)), tag)


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text or ":" in text else text
