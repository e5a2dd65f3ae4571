"""Reads a date as authors write it, with or without a time of day and a zone."""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct

from bot.patterns import regex
from bot.posts.values import text_of

_ZONES = {"z": 0, "utc": 0, "gmt": 0, "kst": 9 * 60, "jst": 9 * 60}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_TIME = (
    r"(?:(?:[Tt]|[ ,]+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})"
    r"(?:[.,](?P<fraction>[0-9]{1,9}))?)? ?(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}|[A-Za-z]{3})?)?"
)
_DAYS = (
    r"(?P<year>[0-9]{4})(?P<sep>[-/.]) ?(?P<month>[0-9]{1,2})(?P=sep) ?(?P<day>[0-9]{1,2})\.?",
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
    r"(?P<year>[0-9]{4})[년年] ?(?P<month>[0-9]{1,2})[월月] ?(?P<day>[0-9]{1,2})[일日]",
    r"(?P<name>[A-Za-z]{3,9})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,? (?P<year>[0-9]{4})",
    r"(?:[A-Za-z]{3}, )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)? (?P<name>[A-Za-z]{3,9})\.?,? (?P<year>[0-9]{4})",
)
_PATTERNS = tuple(regex(day + _TIME) for day in _DAYS)


class Moment(Struct, frozen=True, kw_only=True):
    """A day, and the instant on it where a time of day was given (aware)."""

    day: dt.date
    instant: dt.datetime | None = None


YEARS = range(1900, 9999)
"""Years that a post may have; beyond them instants of some time zones do not exist."""


def read_post_moment(value: object, zone: dt.tzinfo = dt.UTC) -> Moment | None:
    """The moment of a post; None where there is none or its year is not one of ``YEARS``."""
    moment = read_moment(value, zone)
    return moment if moment and moment.day.year in YEARS else None


def read_moment(value: object, zone: dt.tzinfo = dt.UTC) -> Moment | None:
    """What a date in front matter, or one that a reader types, stands for; None where it is none.

    A time of day without a zone is in ``zone``, as site generators have it (Jekyll's and Hugo's
    ``timezone``). A day keeps the author's own zone. ``05/04/2024`` is None: nobody can tell which number
    is the month.
    """
    try:
        return _read(value, zone)
    except (ValueError, OverflowError):
        return None


def _read(value: object, zone: dt.tzinfo) -> Moment | None:
    """The moment a value names; ValueError or OverflowError where no calendar has it."""
    if isinstance(value, dt.datetime):
        return _moment(value, zone)
    if isinstance(value, dt.date):
        return Moment(day=value)
    text = text_of(value)
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _PATTERNS)), None)
    return _from_match(match, zone) if match else None


def _from_match(match: re.Match[str], zone: dt.tzinfo) -> Moment:
    parts = match.groupdict()
    month = parts.get("month") or _MONTHS.index(parts["name"][:3].lower()) + 1
    day = dt.date(int(parts["year"]), int(month), int(parts["day"]))
    if parts["hour"] is None:
        return Moment(day=day)
    microsecond = int((parts["fraction"] or "").ljust(6, "0")[:6])
    time = dt.time(int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0), microsecond)
    return _moment(dt.datetime.combine(day, time, tzinfo=_zone(parts["zone"])), zone)


def _moment(value: dt.datetime, zone: dt.tzinfo) -> Moment:
    aware = value if value.utcoffset() is not None else value.replace(tzinfo=zone)
    aware.astimezone(dt.UTC)  # OverflowError here rather than where posts are compared
    return Moment(day=aware.date(), instant=aware)


def _zone(text: str | None) -> dt.timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        if text.lower() not in _ZONES:
            raise ValueError(text)
        return dt.timezone(dt.timedelta(minutes=_ZONES[text.lower()]))
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if text[0] == "-" else offset)
