"""Reads weeks and their days as people say them: ``지난주``, ``5월 셋째 주``, ``last friday``.

Weeks begin on Monday. The first week of a month is the one that holds its first Thursday, as Korea counts
(KS X ISO 8601 for the weeks of a year): a week belongs to the month in which most of its days are.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from bot.patterns import regex
from bot.posts.month_words import read_month
from bot.posts.said import bare, said

WEEK = 7
_THURSDAY, _SATURDAY = 3, 5

WEEKS_AGO: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("이번 주", "금주", "this week", "这周", "本周", "这个星期"), 0),
        **dict.fromkeys(("지난주", "저번 주", "last week", "the last week", "上周", "上个星期"), 1),
        **dict.fromkeys(("지지난주", "저저번 주", "week before last", "the week before last", "上上周"), 2),
        **dict.fromkeys(("다음 주", "담 주", "next week", "下周", "下个星期"), -1),
    }
)
_WEEKS_AGO = {name.replace(" ", ""): ago for name, ago in WEEKS_AGO.items()}

_KOREAN_DAYS = "월화수목금토일"
_CHINESE_DAYS = "一二三四五六日"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

ENGLISH_DAY = (
    r"(?P<english>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
KOREAN_DAY = rf"(?P<korean>[{_KOREAN_DAYS}])(?:요일|욜)"
_CHINESE_DAY = r"(?:周|星期|礼拜)(?P<chinese>[一二三四五六日天])"
_NAMED_DAY = regex(
    r"(?P<when>(?:지난|저번) ?주|지지난 ?주|저저번 ?주|이번 ?주|금주|(?:다음|담) ?주|지난|저번|이번"
    rf"|last week(?:'s| on)?|last|past|this|next|on|上上?|这|本|下)? ?"
    rf"(?:{KOREAN_DAY}|(?:(?<=주)|(?<=주 ))(?P<short>[{_KOREAN_DAYS}])|{ENGLISH_DAY}|{_CHINESE_DAY})"
    r"(?P<after> last week| of last week)?"
)
_LAST = -1
_ORDINALS: Mapping[str, int] = MappingProxyType(
    {"첫": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "마지막": _LAST}
    | {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": _LAST}
)
_ORDINAL = "|".join(_ORDINALS)
_WEEK_OF_A_MONTH = regex(
    rf"(?P<month>.+?) ?(?P<nth>(?<!\d)[1-5]|{_ORDINAL})(?: ?번?째)? ?주차?"
    rf"(?: ?(?P<day>[{_KOREAN_DAYS}])(?:요일|욜))?"
    rf"|(?:the )?(?:(?P<nth2>[1-5])(?:st|nd|rd|th)|(?P<nth3>{_ORDINAL})) week (?:of|in) (?P<month2>.+)"
)
_WEEKEND = regex(r"(?:(?P<over>(?:지난|저번) ?주? ?|last |past )|(?P<this>이번 ?|this ))?(?:주말|weekend)")


def read_week(text: str, today: dt.date) -> dt.date | None:
    """The Monday of the week that a text names and no more; None where it names none."""
    plain = said(text)
    for candidate in (plain, bare(plain)):
        ago = _WEEKS_AGO.get(candidate.replace(" ", ""))
        if ago is not None:
            with suppress(OverflowError):
                return monday_of(today) - dt.timedelta(weeks=ago)
        if (match := _WEEK_OF_A_MONTH.fullmatch(candidate)) and not match["day"]:
            with suppress(ValueError, OverflowError):
                return _monday_in(match, today)
    return None


def day_in_a_week(text: str, today: dt.date) -> dt.date | None:
    """A day in a week of a month: ``5월 셋째 주 금요일``."""
    match = _WEEK_OF_A_MONTH.fullmatch(text)
    monday = _monday_in(match, today) if match and match["day"] else None
    return monday + dt.timedelta(days=_KOREAN_DAYS.index(match["day"])) if match and monday else None


def _monday_in(match: re.Match[str], today: dt.date) -> dt.date | None:
    """The Monday of a month's week; of a month without a year, of the latest that has begun."""
    name = match["month"] or match["month2"]
    month = None if name.isdecimal() else read_month(name, today)
    if month is None:
        return None
    nth = match["nth"] or match["nth2"] or match["nth3"]
    number = int(nth) if nth.isdecimal() else _ORDINALS[nth]
    if month.year:
        return _nth_monday(month.year, month.month, number)
    years = range(min(today.year + 1, dt.MAXYEAR), max(today.year - 9, dt.MINYEAR), -1)
    mondays = (_nth_monday(year, month.month, number) for year in years)
    return next((monday for monday in mondays if monday and monday <= today), None)


def _nth_monday(year: int, month: int, number: int) -> dt.date | None:
    """The Monday before the month's Thursday of this number; None where it has not so many."""
    first = dt.date(year, month, 1)
    thursday = first + dt.timedelta(days=(_THURSDAY - first.weekday()) % WEEK)
    weeks = (monthrange(year, month)[1] - thursday.day) // WEEK + 1
    if number > weeks:
        return None
    return monday_of(thursday) + dt.timedelta(weeks=(weeks if number == _LAST else number) - 1)


def monday_of(day: dt.date) -> dt.date:
    """The first day of its week; the calendar begins with one."""
    return day - dt.timedelta(days=day.weekday())


def sunday_of(monday: dt.date) -> dt.date:
    """The last day of a week, or of the calendar."""
    return monday + dt.timedelta(days=min(WEEK - 1, (dt.date.max - monday).days))


def named_day(text: str, today: dt.date) -> dt.date | None:
    """A day of the week, of whichever week: ``금요일``, ``지난주 금``, ``friday last week``."""
    match = _NAMED_DAY.fullmatch(text)
    if match is None:
        return None
    said_day = weekday(match["korean"] or match["short"] or match["chinese"] or match["english"])
    monday = monday_of(today)
    when = (match["when"] or "").replace(" ", "")
    if when in {"지난주", "저번주", "上"} or when.startswith("lastweek") or match["after"]:
        return monday + dt.timedelta(days=said_day - WEEK)
    if when in {"지지난주", "저저번주", "上上"}:
        return monday + dt.timedelta(days=said_day - 2 * WEEK)
    if when in {"다음주", "담주", "next", "下"}:
        return monday + dt.timedelta(days=said_day + WEEK)
    if when in {"이번주", "이번", "금주", "this", "这", "本"}:
        return monday + dt.timedelta(days=said_day)
    # "금요일" may be today; "last Friday" and "지난 금요일" are over.
    over = when in {"지난", "저번", "last", "past"}
    return today - dt.timedelta(days=(today.weekday() - said_day) % WEEK or (WEEK if over else 0))


def weekend(text: str, today: dt.date) -> dt.date | None:
    """The Saturday of the last weekend; without ``last``, of one that is not over as well; of this week's."""
    match = _WEEKEND.fullmatch(text)
    if match is None:
        return None
    is_now = match["this"] or (today.weekday() >= _SATURDAY and not match["over"])
    return monday_of(today) + dt.timedelta(days=_SATURDAY - (0 if is_now else WEEK))


def weekday(name: str) -> int:
    """0 is Monday, of which the name is ``월``, ``一`` or English."""
    short = name.replace("天", "日")[:3]
    return next(days.index(short) for days in (_KOREAN_DAYS, _CHINESE_DAYS, _ENGLISH_DAYS) if short in days)
