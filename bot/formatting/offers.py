"""What an autocompletion offers while somebody types: days and tags, 25 at most."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import unicodedata
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from bot.formatting import limits
from bot.formatting.browsing import day_place, month_place, week_place
from bot.formatting.cards import shortened
from bot.formatting.lines import told_apart
from bot.formatting.pages import counted
from bot.formatting.places import Place
from bot.formatting.plain import title_of
from bot.i18n import Words
from bot.posts.archive import Archive, MonthCount, TagCount
from bot.posts.date_words import begins_a_day, either_day, read_day
from bot.posts.models import Post
from bot.posts.month_words import read_month, read_year
from bot.posts.near_days import near_day
from bot.posts.order import order
from bot.posts.periods import Period, week_from
from bot.posts.suggestions import nearest_days
from bot.posts.tags import tag_key
from bot.posts.week_words import read_week

MOST_OFFERS: Final = 25
"""Choices of an autocompletion (https://discord.com/developers/docs/interactions/application-commands)."""
_NEAR_DAYS: Final = 2
"""Days offered for one that has no post, beside other offers."""
_NAME: Final = 100
"""Characters of a choice's name and of its value."""


class Offer(Struct, frozen=True, kw_only=True):
    """A choice: what is shown, and what the option becomes; 100 characters at most each."""

    name: str
    value: str


def day_offers(archive: Archive, typed: str, today: dt.date, words: Words) -> list[Offer]:
    """Days that have posts, one offer a day: date, weekday and title.

    A typed day gives those nearest to it, one that can be two days (``5/4/2024``) those nearest to both, a
    week, month or year (``지난주``, ``2024-05``, ``작년``) its days, a word the days whose titles hold it;
    the beginning of a day (``last``) or nothing typed, the newest.
    """
    days = _days(archive, " ".join(unicodedata.normalize("NFC", typed).split()), today)
    newest = {day: archive.on(day)[-1] for day in days[:MOST_OFFERS]}
    return [_day_offer(archive, day, tuple(newest.values()), words) for day in newest]


def _days(archive: Archive, typed: str, today: dt.date) -> list[dt.date]:
    if not typed:
        return list(itertools.islice(archive.days_before(dt.date.max), MOST_OFFERS))
    if (day := read_day(typed, today)) is not None:
        return list(nearest_days(archive, day, MOST_OFFERS))
    if meant := either_day(typed, today):
        return _nearest_to_each(archive, meant)
    named = (read(archive, typed, today) for read in (_in_week, _in_month, _in_year))
    found = [*itertools.chain(*named), *days_holding(archive, typed)]
    if found:
        return list(dict.fromkeys(found))
    near = near_day(typed, today)
    if near is None and not begins_a_day(typed):
        return []
    return list(nearest_days(archive, near or today, MOST_OFFERS))


def _nearest_to_each(archive: Archive, meant: Sequence[dt.date]) -> list[dt.date]:
    """The days nearest to each of some, in turn."""
    near = (nearest_days(archive, day, MOST_OFFERS) for day in meant)
    return list(dict.fromkeys(day for days in zip(*near, strict=True) for day in days))


def place_meant(archive: Archive, typed: str, today: dt.date) -> Place | None:
    """The place of the day, week, month or year that was typed; None for others.

    None as well for a month or year without posts: which one that is, is said better by what was typed.
    """
    if (day := read_day(typed, today)) is not None:
        return day_place(day)
    if (monday := read_week(typed, today)) is not None:
        return week_place(monday)
    month = month_meant(archive, typed, today)
    return month_place(month) if month else None


def places_within(archive: Archive, period: Period) -> tuple[Place, ...]:
    """Where the posts of a period are shown, of a year the newest month; of one without, the nearest days."""
    posts = archive.between(*period)
    if not posts:
        return tuple(day_place(day) for day in nearest_days(archive, period.first, _NEAR_DAYS))
    if period.first == period.last:
        return (day_place(period.first),)
    if period == week_from(period.first):
        return (week_place(period.first),)
    newest = posts[-1].date
    months = (month for month in archive.months() if month.year == newest.year)
    return (month_place(next(month for month in months if month.month == newest.month)),)


def month_meant(archive: Archive, typed: str, today: dt.date) -> MonthCount | None:
    """The latest month with posts that ``2024-05``, ``5월``, ``last month``, ``작년`` or the like means."""
    year = read_year(typed, today)
    if (meant := read_month(typed, today)) is not None:
        year = meant.year
    elif year is None:
        return None
    months = (month for month in archive.months() if meant is None or month.month == meant.month)
    return next((month for month in months if year in (None, month.year)), None)


def _in_week(archive: Archive, typed: str, today: dt.date) -> list[dt.date]:
    """The days of the week that was meant, newest first."""
    monday = read_week(typed, today)
    posts = archive.between(*week_from(monday)) if monday else ()
    return list(dict.fromkeys(post.date for post in reversed(posts)))


def _in_month(archive: Archive, typed: str, today: dt.date) -> list[dt.date]:
    """The days of the latest month that was meant, newest first."""
    month = month_meant(archive, typed, today)
    posts = archive.month(month.year, month.month) if month else ()
    return list(dict.fromkeys(post.date for post in reversed(posts)))


def _in_year(archive: Archive, typed: str, today: dt.date) -> list[dt.date]:
    """The newest days of the year that was meant."""
    year = read_year(typed, today)
    posts = archive.between(dt.date(year, 1, 1), dt.date(year, 12, 31)) if year else ()
    return list(dict.fromkeys(post.date for post in reversed(posts)))


def days_holding(archive: Archive, wanted: str) -> list[dt.date]:
    """The newest days on which a title, or the date as ``2024-05-04``, holds the word."""
    dated = reversed(archive.dated(wanted)) if wanted[:1].isdigit() else ()
    posts = heapq.merge(archive.titled(wanted), dated, key=order, reverse=True)
    days = (day for day, _ in itertools.groupby(post.date for post in posts))
    return list(itertools.islice(days, MOST_OFFERS))


def _day_offer(archive: Archive, day: dt.date, others: Sequence[Post], words: Words) -> Offer:
    """``others`` are the posts that stand for the days offered."""
    posts = archive.on(day)
    count = words("list.count", count=words.number(len(posts))) if len(posts) > 1 else ""
    said = (words.date(day), count, title_of(posts[-1]), told_apart(posts[-1], others))
    return Offer(name=shortened(" · ".join(filter(None, said)), _NAME), value=day.isoformat())


def tag_offers(archive: Archive, typed: str, words: Words) -> list[Offer]:
    """Tags that hold what was typed, in any spelling, else some of the names in it, with their counts."""
    tags = archive.matching_tags(typed, MOST_OFFERS) or archive.tags_in_part(typed, MOST_OFFERS)
    return [_tag_offer(tag, words) for tag in tags]


def _tag_offer(tag: TagCount, words: Words) -> Offer:
    # A name that is too long for a value is asked for by its key.
    value = tag.name if len(tag.name) <= _NAME else tag_key(tag.name)
    return Offer(name=counted(tag, words, limits.OPTION_TEXT), value=value)
