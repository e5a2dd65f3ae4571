"""Reads a day as people say it: ``2024-05-04``, ``5/4``, ``어제``, ``지난주 금요일``, ``3 days ago``.

Whatever names no year lies in the past: it is the nearest such day up to ``today``.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from bot.patterns import regex
from bot.posts.dates import read_moment
from bot.posts.fixed_days import fixed_day
from bot.posts.month_words import MONTHS, YEARS_AGO, latest_day, months_before
from bot.posts.said import bare, said
from bot.posts.week_words import (
    ENGLISH_DAY,
    KOREAN_DAY,
    WEEK,
    WEEKS_AGO,
    day_in_a_week,
    named_day,
    weekday,
    weekend,
)

_COUNTED_DAYS: Mapping[str, int] = MappingProxyType(
    {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8, "아흐레": 9}
    | {"열흘": 10, "보름": 15}
)
_DAYS_AGO: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("오늘", "금일", "지금", "today", "now", "今天", "今日"), 0),
        **dict.fromkeys(("어제", "어저께", "전날", "작일", "yesterday", "昨天", "昨日"), 1),
        **dict.fromkeys(("그저께", "그제", "엊그제", "엊그저께", "재작일"), 2),
        **dict.fromkeys(("day before yesterday", "the day before yesterday", "前天"), 2),
        **dict.fromkeys(("그끄저께", "그끄제", "大前天"), 3),
        **{f"{name}{space}전": days for name, days in _COUNTED_DAYS.items() for space in (" ", "")},
    }
)
_TOMORROW: Mapping[str, int] = MappingProxyType(
    {"내일": 1, "tomorrow": 1, "明天": 1, "모레": 2, "后天": 2, "글피": 3}
)

_NUMBERS: Mapping[str, int] = MappingProxyType(
    {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
    | {"eight": 8, "nine": 9, "ten": 10}
    | {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
    | {"석": 3, "넉": 4}
    | {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9, "십": 10}
)

_YEARS_BACK = 7
"""How far back a year lies at most that nobody said, or that only its last two digits say."""
_BESIDE = regex(
    rf"(?<=[\d일日.)])(?: ?\(| ?, ?| ){KOREAN_DAY}?\)?$"
    rf"|^{ENGLISH_DAY}[., ] ?(?=.*\d)"
    rf"|(?<=\d)(?:,? | ?\(){ENGLISH_DAY.replace('english', 'behind')}\)?$"
)
"""A weekday beside a day that is named without it: ``5월 4일 토요일``, ``Saturday, May 4, 2024``."""
_AGO = regex(
    rf"(?P<count>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}) ?"
    r"(?:(?P<day>일|days?|天)|(?P<week>주일|주|weeks?|周|个星期)|(?P<month>개월|달|months?|个月)"
    r"|(?P<year>년|해|years?|年)) ?(?:전|ago|前)(?: ?오늘| today)?"
)
_HALF_A_YEAR = regex(r"반 ?년|half a year")
_NUMERIC = regex(r"(?P<first>\d{1,2})[/.\-] ?(?P<second>\d{1,2})\.?")
_SHORT_YEAR = regex(r"(?P<year>\d{2})(?P<sep>[/.\-]) ?(?P<month>\d{1,2})(?P=sep) ?(?P<day>\d{1,2})\.?")
_SIX_DIGITS = regex(r"(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_SPACED = regex(r"(?P<year>\d{4}) (?P<month>\d{1,2}) (?P<day>\d{1,2})")
_YEAR_LAST = regex(
    r"(?P<first>\d{1,2})(?P<sep>[/.\-]) ?(?P<second>\d{1,2})(?P=sep) ?(?P<year>\d{4}|\d{2})\.?"
)
_MONTH_DAY = regex(
    r"(?:(?P<when>재작년|작년|지난해|올해|금년|去年|今年)|지난)? ?"
    r"(?:(?P<month>\d{1,2})[월月]|(?P<relative>지난 ?달|저번 ?달|이번 ?달|이달|上个月|这个月))"
    r" ?(?P<day>\d{1,2})[일日号]"
)
_DAY_ALONE = regex(r"(?P<day>\d{1,2})[일日号]|the (?P<english>\d{1,2})(?:st|nd|rd|th)")
_SHORT_YEAR_KOREAN = regex(r"(?P<year>\d{2})년 ?(?P<month>\d{1,2})월 ?(?P<day>\d{1,2})일")
_ENGLISH_MONTH = regex(
    r"(?:the )?(?:(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<name2>[a-z]{3,9})\.?)"
    r"(?:st|nd|rd|th)?(?:,? (?:(?P<when>last year|this year)|(?P<year>\d{4})))?"
)
_WITHOUT_YEAR = (_NUMERIC, _MONTH_DAY, _ENGLISH_MONTH)
"""Days whose year may be left out."""
_BEGINNINGS = (
    *_DAYS_AGO,
    *_TOMORROW,
    *YEARS_AGO,
    *WEEKS_AGO,
    *("last friday", "past", "지난 금요일", "저번", "지난달"),
)
"""Words that days begin with."""
_HALF_TYPED = regex(r"(?<=월)(?P<day> ?\d{1,2})$")
"""``5월 4``: whoever types a day sees it before its last letter."""


def read_day(text: str, today: dt.date) -> dt.date | None:
    """The day that ``text`` names as seen from ``today``; None where it names none or no calendar has it."""
    plain = said(text)
    alone = _BESIDE.sub("", plain)
    for candidate in dict.fromkeys((plain, bare(plain), alone, _HALF_TYPED.sub(r"\g<day>일", plain))):
        for read in _READERS:
            try:
                day = read(candidate, today)
            except (ValueError, OverflowError):
                continue
            if day is not None:
                beside = _BESIDE.search(plain)
                return _on_weekday(day, alone, beside) if beside else day
    return None


def _on_weekday(day: dt.date, text: str, beside: re.Match[str]) -> dt.date:
    """The latest such day that falls on the weekday beside it; the day itself where none does.

    Where the year was said as well, the weekday counts for nothing.
    """
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _WITHOUT_YEAR)), None)
    if match is None or any(match.groupdict().get(name) for name in ("when", "relative", "year")):
        return day
    wanted = weekday(beside["korean"] or beside["english"] or beside["behind"])
    for year in range(day.year, max(day.year - _YEARS_BACK, dt.MINYEAR) - 1, -1):
        with suppress(ValueError):  # the 29th of February
            if (other := day.replace(year=year)).weekday() == wanted:
                return other
    return day


def begins_a_day(text: str) -> bool:
    """Whether more letters may make a day of it: ``last``, ``지난``, ``어``."""
    plain = said(text)
    return bool(plain) and any(word.startswith(plain) for word in _BEGINNINGS)


def _full(text: str, today: dt.date) -> dt.date | None:  # noqa: ARG001 - one shape for every reader
    moment = read_moment(text)
    return moment.day if moment else None


def _word(text: str, today: dt.date) -> dt.date | None:
    years = YEARS_AGO.get(text.removesuffix(" 오늘"), 0)
    if years and text.endswith(" 오늘"):
        return months_before(today, 12 * years)
    if text in _TOMORROW:
        return today + dt.timedelta(days=_TOMORROW[text])
    return today - dt.timedelta(days=_DAYS_AGO[text]) if text in _DAYS_AGO else None


def _ago(text: str, today: dt.date) -> dt.date | None:
    match = _AGO.fullmatch(_HALF_A_YEAR.sub("6개월", text))
    if match is None:
        return None
    count = int(match["count"]) if match["count"].isdigit() else _NUMBERS[match["count"]]
    if match["month"] or match["year"]:
        return months_before(today, count * (12 if match["year"] else 1))
    return today - dt.timedelta(days=count * (WEEK if match["week"] else 1))


def _numeric(text: str, today: dt.date) -> dt.date | None:
    """``5/4`` is the fourth of May, as Korean and American readers write it; ``25/12`` leaves no choice."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    month, day = int(match["first"]), int(match["second"])
    if month > 12:  # noqa: PLR2004 - months of a year
        month, day = day, month
    return latest_day(month, day, today)


def _short_year(text: str, today: dt.date) -> dt.date | None:
    patterns = (_SPACED, _SHORT_YEAR, _SHORT_YEAR_KOREAN, _SIX_DIGITS)
    match = next(filter(None, (pattern.fullmatch(text) for pattern in patterns)), None)
    if match is None:
        return None
    century = today.year // 100 * 100 if len(match["year"]) == 2 else 0  # noqa: PLR2004 - digits of a short year
    day = dt.date(century + int(match["year"]), int(match["month"]), int(match["day"]))
    year_last = [other for other in either_day(text, today) if other <= today]
    is_old = day.year < today.year - _YEARS_BACK and max(year_last, default=day) > day
    if year_last and (is_old or int(match["year"]) <= 12):  # noqa: PLR2004 - months of a year
        return None  # ``05/04/24`` and ``14/5/24`` have their years last
    return day


def _year_last(text: str, today: dt.date) -> dt.date | None:
    """``13/5/2024``, of which one number can be no month; of two days nobody can tell which is meant."""
    days = either_day(text, today)
    return days[0] if len(days) == 1 else None


def either_day(text: str, today: dt.date) -> tuple[dt.date, ...]:
    """The days that a date with its year last can mean, the likelier first: ``5/4/2024`` is May 4 or April 5.

    With dots the day stands first in most countries, else the month, as in Korea and America.
    """
    match = _YEAR_LAST.fullmatch(said(text))
    if match is None:
        return ()
    year = int(match["year"]) + (today.year // 100 * 100 if len(match["year"]) == 2 else 0)  # noqa: PLR2004
    numbers = (int(match["first"]), int(match["second"]))
    days: dict[dt.date, None] = {}
    for month, day in (numbers[::-1], numbers) if match["sep"] == "." else (numbers, numbers[::-1]):
        with suppress(ValueError):
            days[dt.date(year, month, day)] = None
    return tuple(days)


def _month_day(text: str, today: dt.date) -> dt.date | None:
    match = _MONTH_DAY.fullmatch(text)
    if match is None:
        return None
    day = int(match["day"])
    if match["relative"]:
        this = match["relative"].replace(" ", "") in {"이번달", "이달", "这个月"}
        first = months_before(today.replace(day=1), 0 if this else 1)
        return first.replace(day=day)
    if match["when"]:
        return dt.date(today.year - YEARS_AGO[match["when"]], int(match["month"]), day)
    return latest_day(int(match["month"]), day, today)


def _english_month(text: str, today: dt.date) -> dt.date | None:
    match = _ENGLISH_MONTH.fullmatch(text)
    if match is None:
        return None
    name = match["name"] or match["name2"]
    month = MONTHS.index(name[:3]) + 1
    day = int(match["day"] or match["day2"])
    if match["when"] or match["year"]:
        return dt.date(int(match["year"] or today.year - YEARS_AGO[match["when"]]), month, day)
    return latest_day(month, day, today)


def _day_alone(text: str, today: dt.date) -> dt.date | None:
    match = _DAY_ALONE.fullmatch(text)
    if match is None:
        return None
    day = int(match["day"] or match["english"])
    for back in range(12):
        first = months_before(today.replace(day=1), back)
        if day <= monthrange(first.year, first.month)[1] and first.replace(day=day) <= today:
            return first.replace(day=day)
    return None


_READERS: tuple[Callable[[str, dt.date], dt.date | None], ...] = (
    _full,
    _word,
    _ago,
    fixed_day,
    named_day,
    day_in_a_week,
    weekend,
    _short_year,
    _year_last,
    _numeric,
    _month_day,
    _english_month,
    _day_alone,
)
