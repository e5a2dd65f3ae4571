"""Finds tags by what somebody has typed so far: any part, Hangul initials, other spellings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.posts.hangul import INITIALS, syllables_with
from bot.posts.models import Tag
from bot.posts.search.aliases import Aliases
from bot.posts.tags import fold

_HAS_INITIAL = re.compile(f"[{INITIALS}]")
_HAS_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCount:
    """A tag as its newest post writes it, in how many posts it stands, and the newest one's day."""

    tag: Tag
    count: int
    latest: dt.date

    @property
    def name(self) -> str:
        """The tag's name."""
        return self.tag.name


@dataclass(frozen=True, slots=True)
class TagIndex:
    """Tags, the most frequent first, each with the text in which it is looked for."""

    tags: tuple[TagCount, ...] = ()
    _texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, tags: tuple[TagCount, ...], aliases: Aliases) -> TagIndex:
        """The index of these tags, whose order is kept."""
        return cls(tags, tuple("\n".join(map(fold, _spellings(tag, aliases))) for tag in tags))

    def matching(self, typed: str, limit: int) -> tuple[TagCount, ...]:
        """At most ``limit`` tags for what was typed: the one of just this name first, then by rank."""
        wanted = fold(typed)
        if not wanted or limit <= 0:
            return self.tags[: max(limit, 0)]
        exact: list[TagCount] = []
        others: list[TagCount] = []
        for tag, text in self._found(wanted):
            if wanted in text.split("\n"):
                exact.append(tag)
            elif len(others) < limit:
                others.append(tag)
        return tuple((exact + others)[:limit])

    def _found(self, wanted: str) -> Iterator[tuple[TagCount, str]]:
        pairs = zip(self.tags, self._texts, strict=True)
        if not _HAS_INITIAL.search(wanted):
            return ((tag, text) for tag, text in pairs if wanted in text)
        pattern = re.compile("".join(map(_class_of, wanted)))
        return ((tag, text) for tag, text in pairs if _HAS_HANGUL.search(text) and pattern.search(text))


def _spellings(tag: TagCount, aliases: Aliases) -> tuple[str, ...]:
    return tuple(dict.fromkeys((tag.name, *aliases.spellings(tag.name))))


def _class_of(character: str) -> str:
    """An initial stands for itself and every syllable that begins with it."""
    return f"[{character}{syllables_with(character)}]" if character in INITIALS else re.escape(character)
