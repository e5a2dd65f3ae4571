"""Where a reader stands: a post, a list, a month, the results of a search, and which page of it.

A place fits a custom id or a select's value, so that buttons work for ever and no server memory is needed.
"""

from __future__ import annotations

import enum
import re
from typing import Final, Self

from msgspec import Struct

from bot.patterns import regex

MOST_CODE: Final = 87
"""Characters of a place in a custom id of 100 (``custom_ids.turn_id`` takes 13 itself)."""
MOST_INDEX: Final = 9_999

_CODE: Final = regex(r"(?P<kind>[a-z]+):(?P<index>\d{1,4}):(?P<what>.*)", re.DOTALL)
_POST: Final = regex(r"(?P<key>[0-9a-f]{16})(?:\.(?P<section>\d{1,5}))?")


class Kind(enum.StrEnum):
    """What is shown; in parentheses what ``Place.what`` then holds."""

    POST = "post"
    """A post (its key) or one section of it (``key.section``)."""
    RANDOM = "random"
    """A post that chance chooses."""
    DAY = "day"
    """The posts of a day (``2024-05-04``)."""
    TAG = "tag"
    """The posts under a tag (its name, or its 16 hexadecimal digits)."""
    TOPIC = "topic"
    """What happened about a tag, day by day (as for TAG)."""
    SEARCH = "find"
    """The results of a search (its text; empty where that does not fit, see ``Place.code``)."""
    WEEK = "week"
    """The posts of a week (one of its days, as for DAY)."""
    MONTH = "month"
    """The posts of a month (``2024-05``; empty: the newest)."""
    TAGS = "tags"
    """All tags."""


class Place(Struct, frozen=True, kw_only=True):
    """One page of something; ``index`` counts from 0."""

    kind: Kind
    what: str = ""
    index: int = 0

    @property
    def code(self) -> str:
        """The place in MOST_CODE characters at most; of a post's first page, its short key alone.

        A search's text that is too long is left out: the card above the button shows it as its author
        line (plain text of up to 256 characters), from where it is read back. Compressing is no way:
        a hundred Korean letters take more room compressed than as they are, an id's limit counting
        letters (code points).
        """
        if self.kind is Kind.POST and not self.index:
            return self.what
        code = f"{self.kind}:{min(self.index, MOST_INDEX)}:{self.what}"
        return code if len(code) <= MOST_CODE else f"{self.kind}:{min(self.index, MOST_INDEX)}:"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place of a code; a post's short key alone is its place too. None where it is neither."""
        if _POST.fullmatch(text):
            return cls(kind=Kind.POST, what=text)
        match = _CODE.fullmatch(text)
        if match is None or match["kind"] not in set(Kind):
            return None
        return cls(kind=Kind(match["kind"]), what=match["what"], index=int(match["index"]))


def post_place(key: str, section: int | None = None, index: int = 0) -> Place:
    """A page of a post, or of one of its sections."""
    return Place(kind=Kind.POST, what=key if section is None else f"{key}.{section}", index=index)


def post_parts(what: str) -> tuple[str, int | None]:
    """The key and the section that a POST place names; an empty key where it names none."""
    match = _POST.fullmatch(what)
    if match is None:
        return "", None
    return match["key"], None if match["section"] is None else int(match["section"])
