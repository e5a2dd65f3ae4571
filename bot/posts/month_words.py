"""Reads a month as people say it: ``2024-05``, ``5월``, ``May 2024``, ``지난달``."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bot.patterns import regex
from bot.posts.said import said

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEARS_AGO: Mapping[str, int] = MappingProxyType(
    {"재작년": 2, "작년": 1, "지난해": 1, "去年": 1, "last year": 1}
    | {"올해": 0, "금년": 0, "今年": 0, "this year": 0}
)

_AGO: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("이번달", "이달", "thismonth", "这个月"), 0)
    | dict.fromkeys(("지난달", "저번달", "전달", "lastmonth", "上个月"), 1)
    | dict.fromkeys(("지지난달", "저저번달"), 2)
)
_WHEN = rf"(?P<when>{'|'.join(sorted(YEARS_AGO, key=len, reverse=True))})"
_NUMBERED = regex(
    rf"(?:(?:(?P<year>\d{{4}})\s*[-./년年]|(?P<short>\d{{2}})\s*[년年]|{_WHEN})\s*)?"
    r"(?P<month>\d{1,2})\s*[월月]?\s*[-./]?"
)
_NAMED = regex(
    rf"(?:in )?(?:(?P<before>\d{{4}}),? )?(?P<name>[a-z]{{3,9}})\.?(?:,? (?:(?P<year>\d{{4}})|{_WHEN}))?"
)
_YEAR = regex(
    rf"(?:in )?(?:(?P<year>(?:19|20)\d{{2}})\s*[년年]?|(?P<short>\d{{2}})\s*[년年]|{_WHEN})\s*[-./]?"
)
_FULL_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


class Month(NamedTuple):
    """A month, of whatever year where ``year`` is None."""

    month: int
    year: int | None = None


def read_month(text: str, today: dt.date) -> Month | None:
    """The month that a text names as seen from ``today``; None where it names none."""
    plain = said(text)
    if (ago := _AGO.get(plain.replace(" ", ""))) is not None:
        then = months_before(today.replace(day=1), ago)
        return Month(then.month, then.year)
    if match := _NUMBERED.fullmatch(plain):
        return _valid(int(match["month"]), _year_of(match, today))
    match = _NAMED.fullmatch(plain)
    if match is None or not (match["name"] in MONTHS or match["name"] in (*_FULL_NAMES, "sept")):
        return None
    year = match["before"] or _year_of(match, today)
    return _valid(MONTHS.index(match["name"][:3]) + 1, year)


def read_year(text: str, today: dt.date) -> int | None:
    """The year that a text names and no more: ``2024``, ``24년``, ``작년``, ``last year``."""
    match = _YEAR.fullmatch(said(text))
    year = _year_of(match, today) if match else None
    return int(year) if year and int(year) else None


def _year_of(match: re.Match[str], today: dt.date) -> str | None:
    parts = match.groupdict()
    if when := parts.get("when"):
        return str(max(0, today.year - YEARS_AGO[when]))
    if short := parts.get("short"):
        return str(today.year // 100 * 100 + int(short))
    return parts["year"]


def latest_day(month: int, day: int, today: dt.date) -> dt.date | None:
    """The latest such day up to ``today``; of the 29th of February, the latest there was."""
    if not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        return None
    for year in range(today.year, today.year - 9, -1):
        if 1 <= day <= monthrange(year, month)[1] and dt.date(year, month, day) <= today:
            return dt.date(year, month, day)
    return None


def months_before(day: dt.date, count: int) -> dt.date:
    """The same day ``count`` months earlier, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _valid(month: int, year: str | None) -> Month | None:
    if not 1 <= month <= 12 or (year and not int(year)):  # noqa: PLR2004 - months of a year
        return None
    return Month(month, int(year) if year else None)
