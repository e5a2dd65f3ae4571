"""What a reader gets where nothing was found: a sentence, and what lies nearest, one tap away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from bot.formatting.browsing import day_place, month_place
from bot.formatting.cards import shortened
from bot.formatting.controls import turn
from bot.formatting.escaping import JOINER, escape_line_starts, escape_text
from bot.formatting.messages import Button, Message
from bot.formatting.pages import counted
from bot.formatting.places import Kind, Place
from bot.i18n import Words
from bot.posts.archive import MonthCount, TagCount
from bot.posts.month_words import Month
from bot.posts.periods import Period, week_from
from bot.posts.search.query import KEY_ALONE
from bot.posts.tags import tag_key

MOST_OFFERED: Final = 5
"""Buttons in a row."""
_BUTTON: Final = 80
"""Characters of a button's label."""
_QUOTED: Final = 100


def no_posts(words: Words) -> Message:
    """There is no post at all."""
    return Message(content=words("news.none"))


def gone(words: Words) -> Message:
    """A post that a button or select leads to is no longer there."""
    return _with_newest(words("news.gone"), words)


def outdated(words: Words) -> Message:
    """What a button or select leads to is nothing that this version of the bot knows."""
    return _with_newest(words("news.outdated"), words)


def no_tag_left(words: Words) -> Message:
    """No post has the tag any more that a button or select leads to."""
    return Message(content=words("news.no_tag_left"), rows=((_all_tags(words),),))


def _with_newest(text: str, words: Words) -> Message:
    newest = turn(Place(kind=Kind.MONTH), words("news.newest"), "new", emoji="🗓️")
    return Message(content=text, rows=((newest,),))


def no_post_on(day: dt.date, nearest: Sequence[dt.date], words: Words) -> Message:
    """No post on a day; ``nearest`` are days that have some, the nearest first, at least one."""
    text = words("news.none_on_day", day=words.date(day), nearest=words.date(nearest[0]))
    return Message(content=text, rows=(_days(nearest, words),))


def no_post_in(month: Month, nearest: Sequence[dt.date], words: Words) -> Message:
    """No post in a month; ``nearest`` are days that have some, at least one."""
    named = words.month(month.year, month.month) if month.year else words.month_alone(month.month)
    text = words("news.none_in_month", month=named, nearest=words.date(nearest[0]))
    return Message(content=text, rows=(_days(nearest, words),))


def no_post_in_week(week: Period, nearest: Sequence[dt.date], words: Words) -> Message:
    """No post in a week; ``nearest`` are days that have some, at least one."""
    text = words("news.none_in_week", week=words.days(*week), nearest=words.date(nearest[0]))
    return Message(content=text, rows=(_days(nearest, words),))


def no_post_in_year(year: int, nearest: Sequence[MonthCount], words: Words) -> Message:
    """No post in a year; ``nearest`` are months that have some, at least one."""
    row = tuple(
        turn(month_place(month), words.month(month.year, month.month), f"m{'abcde'[at]}", emoji="🗓️")
        for at, month in enumerate(nearest[:MOST_OFFERED])
    )
    return Message(content=words("news.none_in_year", year=str(year)), rows=(row,))


def titled_days(typed: str, days: Sequence[dt.date], words: Words, *, search: bool = True) -> Message:
    """What was typed is no day, but stands in what these days, at least one, are called by.

    ``search`` offers to look for the words in the posts' text, where that finds something.
    """
    more = _search_instead(typed, words) if search else ()
    text = words("news.titled_days", text=quoted(typed))
    return Message(content=text, rows=(_days(days, words), *((more,) if more else ())))


def either_day(typed: str, days: Sequence[dt.date], words: Words) -> Message:
    """What was typed can mean each of these days."""
    return Message(content=words("news.either_day", text=quoted(typed)), rows=(_days(days, words),))


def no_such_day(typed: str, nearest: Sequence[dt.date], words: Words) -> Message:
    """What was typed names no day; ``nearest`` are days that have posts."""
    rows = (_days(nearest, words),) if nearest else ()
    return Message(content=words("news.not_a_date", text=quoted(typed)), rows=rows)


def no_such_tag(
    typed: str, kind: Kind, nearest: Sequence[TagCount], words: Words, *, search: bool = True
) -> Message:
    """No post has a tag; ``nearest`` are tags written much like it, of which ``kind`` pages open.

    ``search`` offers to look for the word in the posts' text, where that finds something.
    """
    tags = tuple(
        turn(Place(kind=kind, what=tag_key(tag.name)), counted(tag, words, _BUTTON), f"t{'abcde'[at]}")
        for at, tag in enumerate(nearest[:MOST_OFFERED])
    )
    more = (*(_search_instead(typed, words) if search else ()), _all_tags(words))
    text = words("news.none_with_tag", tag=quoted(typed))
    if tags:
        text += "\n" + words("news.nearest_tags")
    return Message(content=text, rows=((tags,) if tags else ()) + (more,))


def nothing_found(
    typed: str,
    searches: Sequence[str],
    tags: Sequence[TagCount],
    words: Words,
    *,
    places: Sequence[Place] = (),
    unread: Sequence[tuple[str, str]] = (),
    pending: int = 0,
) -> Message:
    """A search without results, and how to write one.

    Offers the ``places`` of days that were meant, other ``searches``, which find something, and ``tags`` like
    it; where there is none of these, all tags. ``unread`` are conditions that could not be read: what they
    are, and what was typed. ``pending`` posts have not been looked through.
    """
    offers = [
        turn(place, _named(place, words), f"d{'abcde'[at]}", emoji="🗓️")
        for at, place in enumerate(places[:MOST_OFFERED])
    ]
    others = searches[: MOST_OFFERED - len(offers)]
    offers += _searches([(f"s{'abcde'[at]}", text, "") for at, text in enumerate(others)])
    offers += [
        turn(Place(kind=Kind.TAG, what=tag_key(tag.name)), counted(tag, words, _BUTTON), f"t{'abcde'[at]}")
        for at, tag in enumerate(tags[: max(0, MOST_OFFERED - len(offers))])
    ]
    text = words("search.none", text=quoted(typed))
    if pending:
        text += "\n" + words("search.pending_none", count=words.number(pending))
    for key, value in unread:
        text += "\n" + not_read(key, quoted(value), words)
    if offers:
        text += "\n" + words("search.did_you_mean")
    else:
        offers = [_all_tags(words)]
    if pending:
        offers = [*offers[: MOST_OFFERED - 1], *_searches((("again", typed, words("search.again")),))]
    return Message(content=f"{text}\n{words('search.help')}", rows=(tuple(offers),))


def not_read(key: str, value: str, words: Words) -> str:
    """What a reader is told of a condition that could not be read; ``value`` as it may be shown."""
    if key == KEY_ALONE:
        return words("search.key_alone", text=value)
    return words("search.not_a_language" if key == "lang" else "search.not_a_date", text=value)


def nothing_asked(words: Words, unread: Sequence[tuple[str, str]] = ()) -> Message:
    """A search that names nothing, and how to write one; ``unread`` as in ``nothing_found``."""
    told = (not_read(key, quoted(value), words) for key, value in unread)
    return Message(content="\n".join((words("search.empty"), *told, words("search.help"))))


def quoted(text: str) -> str:
    """What a reader typed, short, on one line, to be shown back: nothing in it acts."""
    flat = shortened(" ".join(text.split()), _QUOTED)
    # Mentions are closed anyway; parted, this one does not even look like one.
    return escape_line_starts(escape_text(flat)).replace("\\@", f"@{JOINER}")


def _all_tags(words: Words) -> Button:
    return turn(Place(kind=Kind.TAGS), words("news.all_tags"), "all", emoji="🏷️")


def _search_instead(typed: str, words: Words) -> tuple[Button, ...]:
    """A button that looks for what was typed in the posts' text; none where it does not fit."""
    place = Place(kind=Kind.SEARCH, what=typed)
    return (turn(place, words("news.search_instead"), "find", emoji="🔎"),) if _fits(place) else ()


def _days(days: Sequence[dt.date], words: Words) -> tuple[Button, ...]:
    return tuple(
        turn(day_place(day), words.date(day), f"d{'abcde'[at]}", emoji="🗓️")
        for at, day in enumerate(days[:MOST_OFFERED])
    )


def _named(place: Place, words: Words) -> str:
    """What a day, a week or a month is called."""
    if place.kind is Kind.MONTH:
        return words.month(*map(int, place.what.split("-")))
    day = dt.date.fromisoformat(place.what)
    return words.days(*week_from(day)) if place.kind is Kind.WEEK else words.date(day)


def _searches(offers: Sequence[tuple[str, str, str]]) -> list[Button]:
    """Buttons that search, from (slot, text, label); the text is the label where that is empty."""
    places = ((slot, Place(kind=Kind.SEARCH, what=text), label) for slot, text, label in offers)
    return [
        turn(place, label or shortened(place.what, _BUTTON), slot, emoji="🔎")
        for slot, place, label in places
        if _fits(place)
    ]


def _fits(place: Place) -> bool:
    """Whether a search can stand in a button: there is no card here to read it back from."""
    return bool(place.what) and place.code.endswith(f":{place.what}")
