"""Reads a month as people say it: ``2024-05``, ``5월``, ``May 2024``, ``지난달``; and days that it lacks."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bot.posts.date_words import MONTHS, YEARS_AGO, months_before
from bot.posts.said import said
from bot.posts.week_words import read_week

_AGO: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("이번달", "이달", "thismonth", "这个月"), 0)
    | dict.fromkeys(("지난달", "저번달", "전달", "lastmonth", "上个月"), 1)
    | dict.fromkeys(("지지난달", "저저번달"), 2)
)
_WHEN = rf"(?P<when>{'|'.join(sorted(YEARS_AGO, key=len, reverse=True))})"
_NUMBERED = re.compile(
    rf"(?:(?:(?P<year>\d{{4}})\s*[-./년年]|(?P<short>\d{{2}})\s*[년年]|{_WHEN})\s*)?"
    r"(?P<month>\d{1,2})\s*[월月]?\s*[-./]?"
)
_NAMED = re.compile(
    rf"(?:(?P<before>\d{{4}}),? )?(?P<name>[a-z]{{3,9}})\.?(?:,? (?:(?P<year>\d{{4}})|{_WHEN}))?"
)
_YEAR = re.compile(rf"(?:(?P<year>(?:19|20)\d{{2}})\s*[년年]?|(?P<short>\d{{2}})\s*[년年]|{_WHEN})\s*[-./]?")
_FULL_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NO_SUCH_DAY = re.compile(
    r"(?:(?:(?P<year>\d{4})\s*[-./년]|(?P<short>\d{2})\s*년)\s*)?"
    r"(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*일?"
)
_WITHIN_A_YEAR = re.compile(r"(?P<year>\d{4})\s*[-./년年]")
"""The beginning of a day whose month nobody can tell: ``2024-13-01``."""


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


def near_day(typed: str, today: dt.date) -> dt.date | None:
    """A day near to what was typed: a week, a year, a month, or a day that its month or year lacks.

    The last of a month for ``2024-02-30``; the middle of a year for ``2024-13-01``.
    """
    plain = said(typed)
    if (monday := read_week(plain, today)) is not None:
        return monday
    if (whole := read_year(plain, today)) is not None:
        return dt.date(whole, 7, 1)
    match = _NO_SUCH_DAY.fullmatch(plain)
    month = _valid(int(match["month"]), _year_of(match, today)) if match else read_month(plain, today)
    if month is None:
        within = _WITHIN_A_YEAR.match(plain)
        return dt.date(int(within["year"]), 7, 1) if within and int(within["year"]) else None
    year = month.year or (today.year if month.month <= today.month else max(1, today.year - 1))
    return dt.date(year, month.month, monthrange(year, month.month)[1] if match else 15)


def _valid(month: int, year: str | None) -> Month | None:
    if not 1 <= month <= 12 or (year and not int(year)):  # noqa: PLR2004 - months of a year
        return None
    return Month(month, int(year) if year else None)
