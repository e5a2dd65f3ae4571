"""Reads a day as people say it: ``2024-05-04``, ``5/4``, ``어제``, ``지난주 금요일``, ``3 days ago``.

Whatever names no year lies in the past: it is the nearest such day up to ``today``. Weeks begin on Monday.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from bot.posts.dates import read_moment

_SATURDAY = 5

_LONGEST = 60
"""Characters; longer texts are no days."""

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
        **dict.fromkeys(("지난주", "지난 주", "저번주", "저번 주", "last week", "上周"), 7),
        **dict.fromkeys(("지지난주", "지지난 주", "저저번주", "上上周"), 14),
    }
)
_TOMORROW: Mapping[str, int] = MappingProxyType(
    {"내일": 1, "tomorrow": 1, "明天": 1, "모레": 2, "后天": 2, "글피": 3}
)

_KOREAN_DAYS = "월화수목금토일"
_CHINESE_DAYS = "一二三四五六日"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS: Mapping[str, int] = MappingProxyType(
    {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
    | {"eight": 8, "nine": 9, "ten": 10}
    | {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
    | {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9, "십": 10}
)

_ENGLISH_DAY = (
    r"(?P<english>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_KOREAN_DAY = rf"(?P<korean>[{_KOREAN_DAYS}])(?:요일|욜)"
_CHINESE_DAY = r"(?:周|星期|礼拜)(?P<chinese>[一二三四五六日天])"
_NAMED_DAY = re.compile(
    r"(?P<when>(?:지난|저번) ?주|지지난 ?주|저저번 ?주|이번 ?주|금주|(?:다음|담) ?주|지난|저번|이번"
    rf"|last week(?:'s| on)?|last|past|this|next|on|上上?|这|本|下)? ?"
    rf"(?:{_KOREAN_DAY}|(?:(?<=주)|(?<=주 ))(?P<short>[{_KOREAN_DAYS}])|{_ENGLISH_DAY}|{_CHINESE_DAY})"
    r"(?P<after> last week| of last week)?"
)
_WEEKEND = re.compile(r"(?P<over>(?:지난|저번) ?주? ?|last |past )?(?:주말|weekend)")
_BESIDE = re.compile(
    rf"(?<=[\d일日.)])(?: ?\(| ?, ?| ){_KOREAN_DAY.replace('?P<korean>', '')}?\)?$"
    rf"|^{_ENGLISH_DAY.replace('?P<english>', '?:')}[., ] ?(?=.*\d)"
    rf"|(?<=\d),? {_ENGLISH_DAY.replace('?P<english>', '?:')}$"
)
"""A weekday beside a day that is named without it: ``5월 4일 토요일``, ``Saturday, May 4, 2024``."""
_AGO = re.compile(
    rf"(?P<count>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}) ?"
    r"(?:(?P<day>일|days?|天)|(?P<week>주일|주|weeks?|周|个星期)|(?P<month>개월|달|months?|个月)"
    r"|(?P<year>년|해|years?|年)) ?(?:전|ago|前)"
)
_NUMERIC = re.compile(r"(?P<first>\d{1,2})[/.\-] ?(?P<second>\d{1,2})\.?")
_SHORT_YEAR = re.compile(r"(?P<year>\d{2})(?P<sep>[/.\-]) ?(?P<month>\d{1,2})(?P=sep) ?(?P<day>\d{1,2})\.?")
_SIX_DIGITS = re.compile(r"(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_SPACED = re.compile(r"(?P<year>\d{4}) (?P<month>\d{1,2}) (?P<day>\d{1,2})")
_YEAR_LAST = re.compile(
    r"(?P<first>\d{1,2})(?P<sep>[/.\-]) ?(?P<second>\d{1,2})(?P=sep) ?(?P<year>\d{4}|\d{2})\.?"
)
_MONTH_DAY = re.compile(
    r"(?:(?P<when>재작년|작년|지난해|올해|금년|去年|今年)|지난)? ?"
    r"(?:(?P<month>\d{1,2})[월月]|(?P<relative>지난 ?달|저번 ?달|이번 ?달|이달|上个月|这个月))"
    r" ?(?P<day>\d{1,2})[일日号]"
)
_DAY_ALONE = re.compile(r"(?P<day>\d{1,2})[일日号]|the (?P<english>\d{1,2})(?:st|nd|rd|th)")
_SHORT_YEAR_KOREAN = re.compile(r"(?P<year>\d{2})년 ?(?P<month>\d{1,2})월 ?(?P<day>\d{1,2})일")
_ENGLISH_MONTH = re.compile(
    r"(?:(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<name2>[a-z]{3,9})\.?)"
    r"(?:st|nd|rd|th)?(?:,? (?P<when>last year|this year))?"
)
YEARS_AGO: Mapping[str, int] = MappingProxyType(
    {"재작년": 2, "작년": 1, "지난해": 1, "去年": 1, "last year": 1}
    | {"올해": 0, "금년": 0, "今年": 0, "this year": 0}
)
_BEGINNINGS = (
    *_DAYS_AGO,
    *_TOMORROW,
    *YEARS_AGO,
    *("last friday", "this week", "past", "next", "지난 금요일", "저번", "이번 주", "지난달", "다음 주"),
)
"""Words that days begin with."""
_DECORATION = re.compile(
    r"(?<=[가-힣])(?: ?(?:자|의|에|날|글|뉴스|소식|거|꺼|것))$|(?<=[a-z])'s$|(?<![ ,])[ ,]*+\(.{1,9}\)$|^['’]"
)
_HALF_TYPED = re.compile(r"(?<=월)(?P<day> ?\d{1,2})$")
"""``5월 4``: whoever types a day sees it before its last letter."""


def read_day(text: str, today: dt.date) -> dt.date | None:
    """The day that ``text`` names as seen from ``today``; None where it names none or no calendar has it."""
    said = _said(text)
    if not said or len(said) > _LONGEST:
        return None
    bare = _DECORATION.sub("", said)
    alone = _BESIDE.sub("", said)
    for candidate in dict.fromkeys((said, bare, alone, _HALF_TYPED.sub(r"\g<day>일", said))):
        for read in _READERS:
            try:
                day = read(candidate, today)
            except (ValueError, OverflowError):
                continue
            if day is not None:
                return day
    return None


def begins_a_day(text: str) -> bool:
    """Whether more letters may make a day of it: ``last``, ``지난``, ``어``."""
    said = _said(text)
    return bool(said) and any(word.startswith(said) for word in _BEGINNINGS)


def _said(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


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
    match = _AGO.fullmatch(text)
    if match is None:
        return None
    count = int(match["count"]) if match["count"].isdigit() else _NUMBERS[match["count"]]
    if match["month"] or match["year"]:
        return months_before(today, count * (12 if match["year"] else 1))
    return today - dt.timedelta(days=count * (7 if match["week"] else 1))


def _named_day(text: str, today: dt.date) -> dt.date | None:
    match = _NAMED_DAY.fullmatch(text)
    if match is None:
        return None
    weekday = _weekday(match)
    monday = today - dt.timedelta(days=today.weekday())
    when = (match["when"] or "").replace(" ", "")
    if when in {"지난주", "저번주", "上"} or when.startswith("lastweek") or match["after"]:
        return monday + dt.timedelta(days=weekday - 7)
    if when in {"지지난주", "저저번주", "上上"}:
        return monday + dt.timedelta(days=weekday - 14)
    if when in {"다음주", "담주", "next", "下"}:
        return monday + dt.timedelta(days=weekday + 7)
    if when in {"이번주", "이번", "금주", "this", "这", "本"}:
        return monday + dt.timedelta(days=weekday)
    # "금요일" may be today; "last Friday" and "지난 금요일" are over.
    over = when in {"지난", "저번", "last", "past"}
    return today - dt.timedelta(days=(today.weekday() - weekday) % 7 or (7 if over else 0))


def _weekend(text: str, today: dt.date) -> dt.date | None:
    """The Saturday of the last weekend; without ``last``, of one that is not over as well."""
    match = _WEEKEND.fullmatch(text)
    if match is None:
        return None
    monday = today - dt.timedelta(days=today.weekday())
    is_now = today.weekday() >= _SATURDAY and not match["over"]
    return monday + dt.timedelta(days=_SATURDAY - (0 if is_now else 7))


def _weekday(match: re.Match[str]) -> int:
    """0 is Monday."""
    if korean := match["korean"] or match["short"]:
        return _KOREAN_DAYS.index(korean)
    if match["chinese"]:
        return _CHINESE_DAYS.index(match["chinese"].replace("天", "日"))
    return _ENGLISH_DAYS.index(match["english"][:3])


def _numeric(text: str, today: dt.date) -> dt.date | None:
    """``5/4`` is the fourth of May, as Korean and American readers write it; ``25/12`` leaves no choice."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    month, day = int(match["first"]), int(match["second"])
    if month > 12:  # noqa: PLR2004 - months of a year
        month, day = day, month
    return _latest(month, day, today)


def _short_year(text: str, today: dt.date) -> dt.date | None:
    patterns = (_SPACED, _SHORT_YEAR, _SHORT_YEAR_KOREAN, _SIX_DIGITS)
    match = next(filter(None, (pattern.fullmatch(text) for pattern in patterns)), None)
    if match is None:
        return None
    century = today.year // 100 * 100 if len(match["year"]) == 2 else 0  # noqa: PLR2004 - digits of a short year
    if any(day <= today for day in either_day(text, today)) and int(match["year"]) <= 12:  # noqa: PLR2004 - months
        return None  # ``05/04/24`` has its year last
    return dt.date(century + int(match["year"]), int(match["month"]), int(match["day"]))


def _year_last(text: str, today: dt.date) -> dt.date | None:
    """``13/5/2024``, of which one number can be no month; of two days nobody can tell which is meant."""
    days = either_day(text, today)
    return days[0] if len(days) == 1 else None


def either_day(text: str, today: dt.date) -> tuple[dt.date, ...]:
    """The days that a date with its year last can mean, the likelier first: ``5/4/2024`` is May 4 or April 5.

    With dots the day stands first in most countries, else the month, as in Korea and America.
    """
    match = _YEAR_LAST.fullmatch(_said(text))
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
    return _latest(int(match["month"]), day, today)


def _english_month(text: str, today: dt.date) -> dt.date | None:
    match = _ENGLISH_MONTH.fullmatch(text)
    if match is None:
        return None
    name = match["name"] or match["name2"]
    month = MONTHS.index(name[:3]) + 1
    day = int(match["day"] or match["day2"])
    if match["when"]:
        return dt.date(today.year - YEARS_AGO[match["when"]], month, day)
    return _latest(month, day, today)


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


def _latest(month: int, day: int, today: dt.date) -> dt.date | None:
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


_READERS: tuple[Callable[[str, dt.date], dt.date | None], ...] = (
    _full,
    _word,
    _ago,
    _named_day,
    _weekend,
    _short_year,
    _year_last,
    _numeric,
    _month_day,
    _english_month,
    _day_alone,
)
