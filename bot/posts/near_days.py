"""The day that lies nearest to what somebody wrote where no one day, or none of the calendar, was named."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable

from bot.patterns import regex
from bot.posts.date_words import read_day
from bot.posts.month_words import YEARS_AGO, Month, read_month, read_year
from bot.posts.said import said
from bot.posts.week_words import read_week

_RANGE = regex(
    r"(?:from )?(?P<first>.+?)"
    r"(?: ?[~〜∼–—] ?| - |(?:(?<=[/. ]\d)|(?<=[/. ]\d\d)|(?<=[월일]))-| ?부터 ?| ?에서 "
    r"| (?:to|through|until|till) )(?P<last>.*)"
)
"""``2024-05-01~2024-05-06``, ``3월부터 5월까지``, ``May 1-6, 2024``."""
_YEAR_LAST = regex(r"\b\d{4}$")
_PARTS = (
    regex(
        r"(?P<whole>.+?) ?(?:(?P<early>초순?|상순|초반)|(?P<middle>중순?|중반)|(?P<late>말|하순|후반))"
        r"(?:경|쯤|께)?"
    ),
    regex(
        r"(?:the )?(?:(?P<early>early|(?:beginning|start) of)|(?P<middle>mid|middle of)"
        r"|(?P<late>late|end of))[ -](?:in )?(?P<whole>.+)"
    ),
)
"""Parts of a month or a year: ``5월 초``, ``지난달 말``, ``early May``."""
_EARLY, _MIDDLE, _LATE = 5, 15, 25
"""Days of a month in its parts."""
_NO_SUCH_DAY = regex(
    r"(?:(?:(?P<year>\d{4})\s*[-./년]|(?P<short>\d{2})\s*년)\s*)?"
    r"(?P<month>\d{1,2})\s*[-./월]\s*\d{1,2}\s*일?"
)
_WITHIN_A_MONTH = regex(
    rf"(?:(?:\d{{4}}\s*[-./년年]|\d{{2}}\s*[년年]|{'|'.join(YEARS_AGO)})\s*)?\d{{1,2}}\s*[월月]"
    r"|\d{4}\s*[-./]\s*\d{1,2}(?!\d)"
)
"""The beginning of what names no week or day of a month: ``5월 다섯째 주``."""
_WITHIN_A_YEAR = regex(r"(?P<year>\d{4})\s*[-./년年]")
"""The beginning of a day whose month nobody can tell: ``2024-13-01``."""


def near_day(typed: str, today: dt.date) -> dt.date | None:
    """A day near to what was typed and is no day itself; None where it names no time at all.

    The Monday of a week, the middle of a month or a year, or day 5, 15 or 25 in a part of a month; the
    first day of several (``5월 1일~6일``); the last of a month for a day that it lacks (``2024-02-30``); the
    middle of a year for a month that it lacks (``2024-13-01``); of ``3 days``, the day so long ago.
    """
    plain = said(typed)
    return next((day for near in _READERS if (day := near(plain, today)) is not None), None)


def _first_of(text: str, today: dt.date) -> dt.date | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    year = _YEAR_LAST.search(match["last"])
    firsts = (f"{match['first']}, {year[0]}" if year else "", match["first"])
    days = (read(first, today) for first in firsts for read in (read_day, near_day))
    return next(filter(None, days), None)


def _part(text: str, today: dt.date) -> dt.date | None:
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _PARTS)), None)
    if match is None:
        return None
    day = _EARLY if match["early"] else _MIDDLE if match["middle"] else _LATE
    if (month := read_month(match["whole"], today)) is not None:
        return _in(month, today).replace(day=day)
    year = read_year(match["whole"], today)
    return dt.date(year, {_EARLY: 1, _MIDDLE: 7, _LATE: 12}[day], day) if year else None


def _year(text: str, today: dt.date) -> dt.date | None:
    year = read_year(text, today)
    return dt.date(year, 7, 1) if year else None


def _no_such_day(text: str, today: dt.date) -> dt.date | None:
    match = _NO_SUCH_DAY.fullmatch(text)
    month = read_month(text[: match.end("month")], today) if match else None
    if month is None:
        return None
    first = _in(month, today)
    return first.replace(day=monthrange(first.year, first.month)[1])


def _month(text: str, today: dt.date) -> dt.date | None:
    beginning = _WITHIN_A_MONTH.match(text)
    month = read_month(text, today) or (read_month(beginning[0], today) if beginning else None)
    return _in(month, today).replace(day=_MIDDLE) if month else None


def _within_a_year(text: str, today: dt.date) -> dt.date | None:  # noqa: ARG001 - one shape for every reader
    match = _WITHIN_A_YEAR.match(text)
    return dt.date(int(match["year"]), 7, 1) if match and int(match["year"]) else None


def _ago(text: str, today: dt.date) -> dt.date | None:
    """``3 days``, of which the end is still to be typed."""
    return read_day(f"{text} ago", today) if text.isascii() or text[:1].isdigit() else None


def _in(month: Month, today: dt.date) -> dt.date:
    """The first day of a month, of the latest up to ``today`` where it has no year."""
    year = month.year or (today.year if month.month <= today.month else max(1, today.year - 1))
    return dt.date(year, month.month, 1)


_READERS: tuple[Callable[[str, dt.date], dt.date | None], ...] = (
    read_week,
    _first_of,
    _part,
    _year,
    _no_such_day,
    _month,
    _within_a_year,
    _ago,
)
