"""What to offer when nothing was found: the nearest tags, days and spellings."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.posts.archive import Archive, MonthCount, TagCount
from bot.posts.hangul import is_syllable, letters
from bot.posts.spellings import Spellings
from bot.posts.tags import fold

LEAST_LIKENESS = 60.0
"""Per cent of likeness below which a tag is no suggestion."""

LEAST_SPELLING = 75.0
"""Per cent of likeness below which a word is no spelling of another."""

LEAST_OF_FEW = 70.0
"""Per cent of letters below which a Korean word of few syllables is another: any two have many in common."""

_FEW_SYLLABLES = 3
"""Syllables up to which a word has few."""

_LONGEST = 100
"""Characters of what was typed that are compared."""


def nearest_tags(archive: Archive, name: str, limit: int) -> tuple[TagCount, ...]:
    """At most ``limit`` tags that hold ``name``, the most frequent first, then those written most like it.

    To hold it is meant as while typing: Hangul initials and other spellings count. Tags that hold some of
    the names in it come before those that are written only a little like it.
    """
    wanted = fold(name[:_LONGEST])
    if not wanted:
        return ()
    tags = archive.spelt_tags
    near = _nearest(wanted, archive.lettered_tags, limit * 3, LEAST_LIKENESS)  # several may spell one tag
    held = archive.matching_tags(name[:_LONGEST], limit)
    close = (tags[place] for place, likeness in near if likeness >= LEAST_SPELLING)
    in_part = archive.tags_in_part(name[:_LONGEST], limit)
    alike = (tags[place] for place, _ in near)
    several = {tag.name: tag for tag in (*held, *close, *in_part, *alike)}
    return tuple(several.values())[:limit]


def nearest_days(archive: Archive, day: dt.date, limit: int) -> tuple[dt.date, ...]:
    """At most ``limit`` days that have posts, the nearest first; of two as near the later one first."""
    nearest = heapq.merge(
        archive.days_from(day),
        archive.days_before(day),
        key=lambda other: (abs(other - day), -other.toordinal()),
    )
    return tuple(itertools.islice(nearest, max(limit, 0)))


def nearest_months(archive: Archive, year: int, limit: int) -> tuple[MonthCount, ...]:
    """At most ``limit`` months that have posts, the nearest to a year first."""
    middle = year * 12 + 6.5
    return tuple(
        sorted(archive.months(), key=lambda month: abs(month.year * 12 + month.month - middle))[:limit]
    )


def did_you_mean(known: Spellings, text: str) -> str | None:
    """What somebody may have meant, word by word; None where nothing is nearer than what was typed."""
    mended = [_mended(word, known) for word in text[:_LONGEST].split()]
    result = " ".join(mended)
    return result if fold(result) != fold(text[:_LONGEST]) else None


def _mended(word: str, known: Spellings) -> str:
    wanted = fold(word)
    if not wanted or known.has(wanted):
        return word
    near = _nearest(wanted, known.letters, 1, LEAST_SPELLING)
    return known.words[near[0][0]] if near else word


def _nearest(wanted: str, lettered: Sequence[str], limit: int, least: float) -> list[tuple[int, float]]:
    """The places of those that are written most like a folded word, and per cent of likeness.

    In a Korean word of few syllables a letter that is missing, wrong or in another's place is a slip; as few
    letters as ``가을`` and ``구글`` have in common are chance.
    """
    if len(wanted) > _FEW_SYLLABLES or not any(map(is_syllable, wanted)):
        near = process.extract(letters(wanted), lettered, scorer=fuzz.ratio, limit=limit, score_cutoff=least)
        return [(place, likeness) for _, likeness, place in near]
    few = process.extract(
        letters(wanted),
        lettered,
        scorer=OSA.normalized_similarity,
        limit=limit,
        score_cutoff=LEAST_OF_FEW / 100,
    )
    return [(place, likeness * 100) for _, likeness, place in few]
