"""Reads days that have a name and the same date every year: ``어린이날``, ``작년 크리스마스``, ``xmas 2024``.

Lunar ones (설날, 추석) are none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from bot.patterns import regex
from bot.posts.month_words import YEARS_AGO, latest_day

_DAYS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        **dict.fromkeys(("신정", "새해 첫날", "new year's day"), (1, 1)),
        **dict.fromkeys(("삼일절", "3.1절"), (3, 1)),
        **dict.fromkeys(("만우절", "april fools", "april fools' day"), (4, 1)),
        **dict.fromkeys(("어린이날", "children's day"), (5, 5)),
        **dict.fromkeys(("현충일",), (6, 6)),
        **dict.fromkeys(("광복절",), (8, 15)),
        **dict.fromkeys(("개천절",), (10, 3)),
        **dict.fromkeys(("한글날",), (10, 9)),
        **dict.fromkeys(("핼러윈", "할로윈", "halloween"), (10, 31)),
        **dict.fromkeys(("크리스마스 이브", "크리스마스이브", "christmas eve"), (12, 24)),
        **dict.fromkeys(("크리스마스", "성탄절", "christmas", "christmas day", "xmas"), (12, 25)),
    }
)
_AGO = "|".join(YEARS_AGO)
_FIXED = regex(
    rf"(?:(?:(?P<year>\d{{4}})년?|(?P<when>{_AGO})) ?)?"
    rf"(?P<name>{'|'.join(sorted(_DAYS, key=len, reverse=True))})"
    rf"(?:,? (?:(?P<year2>\d{{4}})|(?P<when2>{_AGO})))?"
)


def fixed_day(text: str, today: dt.date) -> dt.date | None:
    """The day of that name in the year that was said, else the latest up to ``today``."""
    match = _FIXED.fullmatch(text.replace("’", "'"))
    if match is None:
        return None
    month, day = _DAYS[match["name"]]
    if when := match["when"] or match["when2"]:
        return dt.date(today.year - YEARS_AGO[when], month, day)
    if year := match["year"] or match["year2"]:
        return dt.date(int(year), month, day)
    return latest_day(month, day, today)
