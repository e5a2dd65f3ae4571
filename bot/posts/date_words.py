"""Reads a day as people say it: ``2024-05-04``, ``5/4``, ``어제``, ``지난주 금요일``, ``3 days ago``.

Whatever names no year lies in the past: it is the nearest such day up to ``today``. Weeks begin on Monday.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.posts.dates import read_moment

_LONGEST = 60
"""Characters; longer texts are no days."""

_NO_SUCH_DAY = re.compile(r"(?P<year>\d{4})\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*\d{1,2}\s*일?")

_DAYS_AGO: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("오늘", "금일", "지금", "today", "now", "今天", "今日"), 0),
        **dict.fromkeys(("어제", "어저께", "전날", "작일", "yesterday", "昨天", "昨日"), 1),
        **dict.fromkeys(("그저께", "그제", "엊그제", "엊그저께", "재작일"), 2),
        **dict.fromkeys(("day before yesterday", "the day before yesterday", "前天"), 2),
        **dict.fromkeys(("그끄저께", "그끄제", "大前天"), 3),
        **dict.fromkeys(("사흘 전", "사흘전"), 3),
        **dict.fromkeys(("나흘 전", "나흘전"), 4),
        **dict.fromkeys(("이틀 전", "이틀전"), 2),
        **dict.fromkeys(("하루 전", "하루전"), 1),
        **dict.fromkeys(("보름 전", "보름전"), 15),
        **dict.fromkeys(("지난주", "지난 주", "저번주", "저번 주", "last week", "上周"), 7),
        **dict.fromkeys(("지지난주", "지지난 주", "저저번주", "上上周"), 14),
    }
)
_TOMORROW: Mapping[str, int] = MappingProxyType({"내일": 1, "tomorrow": 1, "明天": 1, "모레": 2, "后天": 2})

_KOREAN_DAYS = "월화수목금토일"
_CHINESE_DAYS = "一二三四五六日"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS: Mapping[str, int] = MappingProxyType(
    {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
    | {
        "한": 1,
        "두": 2,
        "세": 3,
        "네": 4,
        "다섯": 5,
        "여섯": 6,
        "일곱": 7,
        "일": 1,
        "이": 2,
        "삼": 3,
        "사": 4,
    }
)

_ENGLISH_DAY = (
    r"(?P<english>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_KOREAN_DAY = rf"(?P<korean>[{_KOREAN_DAYS}])(?:요일|욜)"
_CHINESE_DAY = r"(?:周|星期|礼拜)(?P<chinese>[一二三四五六日天])"
_NAMED_DAY = re.compile(
    r"(?P<when>(?:지난|저번) ?주|지지난 ?주|저저번 ?주|이번 ?주|금주|지난|저번|이번"
    rf"|last week(?:'s| on)?|last|past|this|on|上上?|这|本)? ?(?:{_KOREAN_DAY}|{_ENGLISH_DAY}|{_CHINESE_DAY})"
    r"(?P<after> last week| of last week)?"
)
_AGO = re.compile(
    rf"(?P<count>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}) ?"
    r"(?:(?P<day>일|days?|天)|(?P<week>주일|주|weeks?|周|个星期)|(?P<month>개월|달|months?|个月)"
    r"|(?P<year>년|해|years?|年)) ?(?:전|ago|前)"
)
_NUMERIC = re.compile(r"(?P<first>\d{1,2})[/.\-] ?(?P<second>\d{1,2})\.?")
_SHORT_YEAR = re.compile(r"(?P<year>\d{2})(?P<sep>[/.\-]) ?(?P<month>\d{1,2})(?P=sep) ?(?P<day>\d{1,2})\.?")
_MONTH_DAY = re.compile(
    r"(?P<when>재작년|작년|지난해|올해|금년|去年|今年)? ?"
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
_YEARS_AGO: Mapping[str, int] = MappingProxyType(
    {"재작년": 2, "작년": 1, "지난해": 1, "去年": 1, "last year": 1}
    | {"올해": 0, "금년": 0, "今年": 0, "this year": 0}
)
_DECORATION = re.compile(r"(?<=[가-힣])(?: ?(?:자|의|에|날))$|[ ,]*\(.{1,9}\)$")


def read_day(text: str, today: dt.date) -> dt.date | None:
    """The day that ``text`` names as seen from ``today``; None where it names none or no calendar has it."""
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not said or len(said) > _LONGEST:
        return None
    for candidate in dict.fromkeys((said, _DECORATION.sub("", said))):
        for read in _READERS:
            try:
                day = read(candidate, today)
            except (ValueError, OverflowError):
                continue
            if day is not None:
                return day
    return None


def _full(text: str, today: dt.date) -> dt.date | None:  # noqa: ARG001 - one shape for every reader
    moment = read_moment(text)
    return moment.day if moment else None


def _word(text: str, today: dt.date) -> dt.date | None:
    if text in _TOMORROW:
        return today + dt.timedelta(days=_TOMORROW[text])
    return today - dt.timedelta(days=_DAYS_AGO[text]) if text in _DAYS_AGO else None


def _ago(text: str, today: dt.date) -> dt.date | None:
    match = _AGO.fullmatch(text)
    if match is None:
        return None
    count = int(match["count"]) if match["count"].isdigit() else _NUMBERS[match["count"]]
    if match["month"] or match["year"]:
        return _months_before(today, count * (12 if match["year"] else 1))
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
    if when in {"이번주", "이번", "금주", "this", "这", "本"}:
        return monday + dt.timedelta(days=weekday)
    # "금요일" may be today; "last Friday" and "지난 금요일" are over.
    over = when in {"지난", "저번", "last", "past"}
    return today - dt.timedelta(days=(today.weekday() - weekday) % 7 or (7 if over else 0))


def _weekday(match: re.Match[str]) -> int:
    """0 is Monday."""
    if match["korean"]:
        return _KOREAN_DAYS.index(match["korean"])
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
    match = _SHORT_YEAR.fullmatch(text) or _SHORT_YEAR_KOREAN.fullmatch(text)
    if match is None:
        return None
    century = today.year // 100 * 100
    return dt.date(century + int(match["year"]), int(match["month"]), int(match["day"]))


def _month_day(text: str, today: dt.date) -> dt.date | None:
    match = _MONTH_DAY.fullmatch(text)
    if match is None:
        return None
    day = int(match["day"])
    if match["relative"]:
        this = match["relative"].replace(" ", "") in {"이번달", "이달", "这个月"}
        first = _months_before(today.replace(day=1), 0 if this else 1)
        return first.replace(day=day)
    if match["when"]:
        return dt.date(today.year - _YEARS_AGO[match["when"]], int(match["month"]), day)
    return _latest(int(match["month"]), day, today)


def _english_month(text: str, today: dt.date) -> dt.date | None:
    match = _ENGLISH_MONTH.fullmatch(text)
    if match is None:
        return None
    name = match["name"] or match["name2"]
    month = _MONTHS.index(name[:3]) + 1
    day = int(match["day"] or match["day2"])
    if match["when"]:
        return dt.date(today.year - _YEARS_AGO[match["when"]], month, day)
    return _latest(month, day, today)


def _day_alone(text: str, today: dt.date) -> dt.date | None:
    match = _DAY_ALONE.fullmatch(text)
    if match is None:
        return None
    day = int(match["day"] or match["english"])
    for back in range(12):
        first = _months_before(today.replace(day=1), back)
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


def _months_before(day: dt.date, count: int) -> dt.date:
    """The same day ``count`` months earlier, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_READERS: tuple[Callable[[str, dt.date], dt.date | None], ...] = (
    _full,
    _word,
    _ago,
    _named_day,
    _short_year,
    _numeric,
    _month_day,
    _english_month,
    _day_alone,
)


def near_day(typed: str) -> dt.date | None:
    """The last day of the month for a day that it does not have, such as ``2024-02-30``; else None."""
    match = _NO_SUCH_DAY.fullmatch(unicodedata.normalize("NFC", typed).strip()[:_LONGEST])
    if match is None or not (1 <= int(match["month"]) <= 12 and int(match["year"])):  # noqa: PLR2004 - months
        return None
    year, month = int(match["year"]), int(match["month"])
    return dt.date(year, month, monthrange(year, month)[1])
