"""A month of posts, with selects for its days and for the other months; a week of posts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from bot.formatting import custom_ids, limits
from bot.formatting.cards import BRAND
from bot.formatting.controls import clamped, pages_of, turn, turning
from bot.formatting.lines import fitted, place_option, post_entry, quote, told_apart
from bot.formatting.messages import Button, Card, Message, Option, Row, Select
from bot.formatting.pages import list_page
from bot.formatting.places import Kind, Place
from bot.formatting.plain import title_of
from bot.i18n import Words
from bot.posts.archive import MonthCount
from bot.posts.models import Post
from bot.posts.periods import Period, week_from
from bot.posts.week_words import monday_of
from bot.replacing import replace

POSTS_A_PAGE: Final = 10


def day_place(day: dt.date) -> Place:
    """Where a day's posts are shown."""
    return Place(kind=Kind.DAY, what=day.isoformat())


def month_place(month: MonthCount) -> Place:
    """Where a month's posts are shown."""
    return Place(kind=Kind.MONTH, what=f"{month.year:04}-{month.month:02}")


def week_place(monday: dt.date) -> Place:
    """Where a week's posts are shown."""
    return Place(kind=Kind.WEEK, what=monday.isoformat())


def week_page(
    posts: Sequence[Post],
    week: Period,
    index: int,
    words: Words,
    *,
    older: dt.date | None,
    newer: dt.date | None,
) -> Message:
    """Page ``index`` of a week's posts, at least one, the newest first.

    ``older`` and ``newer`` are the nearest days before and after it that have posts.
    """
    place = replace(week_place(week.first), index=index)
    page = list_page(posts, words("list.day", day=words.days(*week)), place, words)
    (*menus, turning_row) = page.rows
    beside = ((older, "old", "⏮️"), (newer, "new", "⏭️"))
    neighbours = tuple(_week_button(day, slot, emoji, words) for day, slot, emoji in beside if day)
    return replace(page, rows=(*menus, *((neighbours,) if neighbours else ()), turning_row))


def _week_button(day: dt.date, slot: str, emoji: str, words: Words) -> Button:
    week = week_from(monday_of(day))
    return turn(week_place(week.first), words.days(*week), slot, emoji=emoji)


def month_page(
    posts: Sequence[Post], months: Sequence[MonthCount], here: MonthCount, index: int, words: Words
) -> Message:
    """Page ``index`` of a month's posts, the newest first.

    ``posts`` are the month's, the newest first, at least one; ``months`` are all, the newest first.
    """
    pages = -(-len(posts) // POSTS_A_PAGE)
    index = clamped(index, pages)
    shown = posts[index * POSTS_A_PAGE : (index + 1) * POSTS_A_PAGE]
    card = Card(
        title=words.month(here.year, here.month),
        description=fitted([post_entry(post, words, below=quote(told_apart(post, shown))) for post in shown]),
        colour=BRAND,
        footer=words("list.count", count=words.number(len(posts))),
    )
    rows = (
        *_day_menus(posts, words),
        _month_menu(months, here, words),
        *_neighbours(months, here, words),
        turning(index, pages, pages_of(month_place(here)), words),
    )
    return Message(cards=(card,), rows=rows)


def _day_menus(posts: Sequence[Post], words: Words) -> tuple[Row, ...]:
    """Every day of the month that has posts, oldest first: a month fills two selects at most."""
    days: dict[dt.date, list[Post]] = {}
    for post in reversed(posts):
        days.setdefault(post.date, []).append(post)
    options = [_day(day, of_day, posts, words) for day, of_day in days.items()]
    half = len(options) if len(options) <= limits.SELECT_OPTIONS else -(-len(options) // 2)
    menus = [options[start : start + half] for start in range(0, len(options), half)]
    return tuple(
        (
            Select(
                custom_id=custom_ids.open_id(number),
                options=tuple(menu),
                placeholder=words("browse.day") + (f" ({number + 1}/{len(menus)})" if len(menus) > 1 else ""),
            ),
        )
        for number, menu in enumerate(menus)
    )


def _day(day: dt.date, posts: Sequence[Post], month: Sequence[Post], words: Words) -> Option:
    """A day by its post's title or, where others of the month have the same, by what the post is about."""
    if len(posts) == 1:
        said = told_apart(posts[0], month) or title_of(posts[0])
    else:
        said = words("list.count", count=words.number(len(posts)))
    return place_option(day_place(day), words.date(day), said)


def _month_menu(months: Sequence[MonthCount], here: MonthCount, words: Words) -> Row:
    """Months around the present one; choosing an outer one shows those around it."""
    at = months.index(here)
    first = max(0, min(at - limits.SELECT_OPTIONS // 2, len(months) - limits.SELECT_OPTIONS))
    options = tuple(
        place_option(
            month_place(month),
            words.month(month.year, month.month),
            words("list.count", count=words.number(month.count)),
            here=month == here,
        )
        for month in months[first : first + limits.SELECT_OPTIONS]
    )
    return (Select(custom_id=custom_ids.jump_id(), options=options, placeholder=words("browse.month")),)


def _neighbours(months: Sequence[MonthCount], here: MonthCount, words: Words) -> tuple[Row, ...]:
    """Buttons to the month before and the one after; none where there is but one month."""
    at = months.index(here)
    older = [_month_button(month, "old", "⏮️", words) for month in months[at + 1 : at + 2]]
    newer = [_month_button(month, "new", "⏭️", words) for month in months[max(at - 1, 0) : at]]
    return ((*older, *newer),) if older or newer else ()


def _month_button(month: MonthCount, slot: str, emoji: str, words: Words) -> Button:
    return turn(month_place(month), words.month(month.year, month.month), slot, emoji=emoji)
