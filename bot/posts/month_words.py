"""Reads a month as people say it: ``2024-05``, ``5월``, ``May 2024``, ``지난달``; and days that it lacks."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bot.posts.date_words import MONTHS, months_before

_LONGEST = 60
"""Characters; longer texts are no months."""

_AGO: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("이번달", "이달", "thismonth", "这个月"), 0)
    | dict.fromkeys(("지난달", "저번달", "전달", "lastmonth", "上个月"), 1)
    | dict.fromkeys(("지지난달", "저저번달"), 2)
)
_NUMBERED = re.compile(r"(?:(?P<year>\d{4})\s*[-./년年]\s*)?(?P<month>\d{1,2})\s*[월月]?")
_NAMED = re.compile(r"(?:(?P<before>\d{4}),? )?(?P<name>[a-z]{3,9})\.?(?:,? (?P<year>\d{4}))?")
_FULL_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NO_SUCH_DAY = re.compile(
    r"(?:(?P<year>\d{4})\s*[-./년]\s*)?(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*일?"
)


class Month(NamedTuple):
    """A month, of whatever year where ``year`` is None."""

    month: int
    year: int | None = None


def read_month(text: str, today: dt.date) -> Month | None:
    """The month that a text names as seen from ``today``; None where it names none."""
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().split())[:_LONGEST]
    if (ago := _AGO.get(said.replace(" ", ""))) is not None:
        then = months_before(today.replace(day=1), ago)
        return Month(then.month, then.year)
    if match := _NUMBERED.fullmatch(said):
        return _valid(int(match["month"]), match["year"])
    match = _NAMED.fullmatch(said)
    if match is None or not (match["name"] in MONTHS or match["name"] in (*_FULL_NAMES, "sept")):
        return None
    return _valid(MONTHS.index(match["name"][:3]) + 1, match["year"] or match["before"])


def near_day(typed: str, today: dt.date) -> dt.date | None:
    """A day near to what was typed, where that is a month, or a day that its month lacks (``2024-02-30``)."""
    said = unicodedata.normalize("NFC", typed).strip()[:_LONGEST]
    match = _NO_SUCH_DAY.fullmatch(said)
    month = _valid(int(match["month"]), match["year"]) if match else read_month(said, today)
    if month is None:
        return None
    year = month.year or (today.year if month.month <= today.month else max(1, today.year - 1))
    return dt.date(year, month.month, monthrange(year, month.month)[1] if match else 15)


def _valid(month: int, year: str | None) -> Month | None:
    if not 1 <= month <= 12 or (year and not int(year)):  # noqa: PLR2004 - months of a year
        return None
    return Month(month, int(year) if year else None)
