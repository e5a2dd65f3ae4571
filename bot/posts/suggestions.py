"""What to offer when nothing was found: the nearest tags, days and spellings."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools

from rapidfuzz import fuzz, process

from bot.posts.archive import Archive, MonthCount, TagCount
from bot.posts.hangul import letters
from bot.posts.spellings import Spellings
from bot.posts.tags import fold

LEAST_LIKENESS = 60.0
"""Per cent of likeness below which a tag is no suggestion."""

LEAST_SPELLING = 75.0
"""Per cent of likeness below which a word is no spelling of another."""

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
    near = process.extract(
        letters(wanted),
        archive.lettered_tags,
        scorer=fuzz.ratio,
        limit=limit * 3,  # several may be spellings of one tag
        score_cutoff=LEAST_LIKENESS,
    )
    held = archive.matching_tags(name[:_LONGEST], limit)
    close = (tags[place] for _, likeness, place in near if likeness >= LEAST_SPELLING)
    in_part = archive.tags_in_part(name[:_LONGEST], limit)
    alike = (tags[place] for _, _, place in near)
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
    found = process.extractOne(letters(wanted), known.letters, scorer=fuzz.ratio, score_cutoff=LEAST_SPELLING)
    return known.words[found[2]] if found else word
