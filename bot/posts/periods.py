"""Reads the days that somebody means by a day, week, month or year: ``어제``, ``지난주``, ``5월``."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from typing import NamedTuple

from bot.posts.date_words import read_day
from bot.posts.month_words import read_month, read_year
from bot.posts.said import bare, said
from bot.posts.week_words import read_week, sunday_of


class Period(NamedTuple):
    """Days on end, both included."""

    first: dt.date
    last: dt.date


def read_period(text: str, today: dt.date) -> Period | None:
    """The days that a text names as seen from ``today``; None where it names none.

    A month without a year is the latest up to ``today``; a number alone is no month.
    """
    if (day := read_day(text, today)) is not None:
        return Period(day, day)
    if (monday := read_week(text, today)) is not None:
        return week_from(monday)
    plain = said(text)
    return next(filter(None, (_month_or_year(one, today) for one in (plain, bare(plain)))), None)


def week_from(monday: dt.date) -> Period:
    """The week that begins on a day."""
    return Period(monday, sunday_of(monday))


def _month_or_year(text: str, today: dt.date) -> Period | None:
    if (year := read_year(text, today)) is not None:
        return Period(dt.date(year, 1, 1), dt.date(year, 12, 31))
    month = None if text.isdecimal() else read_month(text, today)
    if month is None:
        return None
    year = month.year or max(1, today.year - (month.month > today.month))
    first = dt.date(year, month.month, 1)
    return Period(first, first.replace(day=monthrange(year, month.month)[1]))
