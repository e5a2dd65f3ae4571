"""Reads weeks and their days as people say them: ``지난주``, ``지난주 금요일``, ``last friday``.

Weeks begin on Monday.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from bot.posts.said import bare, said

WEEK = 7
_SATURDAY = 5

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
_NAMED_DAY = re.compile(
    r"(?P<when>(?:지난|저번) ?주|지지난 ?주|저저번 ?주|이번 ?주|금주|(?:다음|담) ?주|지난|저번|이번"
    rf"|last week(?:'s| on)?|last|past|this|next|on|上上?|这|本|下)? ?"
    rf"(?:{KOREAN_DAY}|(?:(?<=주)|(?<=주 ))(?P<short>[{_KOREAN_DAYS}])|{ENGLISH_DAY}|{_CHINESE_DAY})"
    r"(?P<after> last week| of last week)?"
)
_WEEKEND = re.compile(
    r"(?:(?P<over>(?:지난|저번) ?주? ?|last |past )|(?P<this>이번 ?|this ))?(?:주말|weekend)"
)


def read_week(text: str, today: dt.date) -> dt.date | None:
    """The Monday of the week that a text names and no more; None where it names none."""
    plain = said(text)
    for candidate in (plain, bare(plain)):
        ago = _WEEKS_AGO.get(candidate.replace(" ", ""))
        if ago is not None:
            with suppress(OverflowError):
                return monday_of(today) - dt.timedelta(weeks=ago)
    return None


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
    weekday = _weekday(match)
    monday = monday_of(today)
    when = (match["when"] or "").replace(" ", "")
    if when in {"지난주", "저번주", "上"} or when.startswith("lastweek") or match["after"]:
        return monday + dt.timedelta(days=weekday - WEEK)
    if when in {"지지난주", "저저번주", "上上"}:
        return monday + dt.timedelta(days=weekday - 2 * WEEK)
    if when in {"다음주", "담주", "next", "下"}:
        return monday + dt.timedelta(days=weekday + WEEK)
    if when in {"이번주", "이번", "금주", "this", "这", "本"}:
        return monday + dt.timedelta(days=weekday)
    # "금요일" may be today; "last Friday" and "지난 금요일" are over.
    over = when in {"지난", "저번", "last", "past"}
    return today - dt.timedelta(days=(today.weekday() - weekday) % WEEK or (WEEK if over else 0))


def weekend(text: str, today: dt.date) -> dt.date | None:
    """The Saturday of the last weekend; without ``last``, of one that is not over as well; of this week's."""
    match = _WEEKEND.fullmatch(text)
    if match is None:
        return None
    is_now = match["this"] or (today.weekday() >= _SATURDAY and not match["over"])
    return monday_of(today) + dt.timedelta(days=_SATURDAY - (0 if is_now else WEEK))


def _weekday(match: re.Match[str]) -> int:
    """0 is Monday."""
    if korean := match["korean"] or match["short"]:
        return _KOREAN_DAYS.index(korean)
    if match["chinese"]:
        return _CHINESE_DAYS.index(match["chinese"].replace("天", "日"))
    return _ENGLISH_DAYS.index(match["english"][:3])
