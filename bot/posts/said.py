"""What somebody wrote for a day, a week, a month or a year, as the words for days are compared with it."""

from __future__ import annotations

import unicodedata

from bot.patterns import regex

_LONGEST = 60
"""Characters; longer texts name no day."""
_APOSTROPHE = regex(r"^['‘’](?=\d)")
"""Before a short year: ``'24.5.4``."""
_DECORATION = regex(
    r"(?<=[가-힣])(?: ?(?:자|의|에|날|글|뉴스|소식|거|꺼|것))$|(?<=[a-z])'s$|(?<![ ,])[ ,]*+\(.{1,9}\)$"
)


def said(text: str) -> str:
    """The text in small letters with single spaces; empty where it is too long to name a day."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _APOSTROPHE.sub("", plain) if len(plain) <= _LONGEST else ""


def bare(text: str) -> str:
    """What was ``said`` without what stands behind a day: ``어제의``, ``지난주 뉴스``, ``5월 4일 (토)``."""
    return _DECORATION.sub("", text)
