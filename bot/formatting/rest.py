"""One card that names posts instead of their being sent: after an absence, the rest of what came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.formatting import custom_ids, limits
from bot.formatting.cards import BRAND
from bot.formatting.controls import turn
from bot.formatting.lines import Entry, fits, fitted, place_option, post_entry, post_option
from bot.formatting.messages import Button, Card, Message, Option, Row, Select
from bot.formatting.places import Kind, Place, post_place
from bot.i18n import Words
from bot.posts.models import Post

BUTTONS_A_ROW: Final = 5
"""https://discord.com/developers/docs/components/reference#action-row"""
MOST_BUTTONS: Final = BUTTONS_A_ROW * limits.MESSAGE_ROWS
"""Up to so many posts each has a button; more are chosen from menus."""
_LINES: Final = (25, 20, 15, 10)
"""How many posts are named in the card, at most; of these counts the last always fits."""


def rest_message(posts: Sequence[Post], words: Words) -> Message:
    """The card: each post's day and title, oldest first, and a way to open every one of them.

    There must be one post. However many there are, the message is within Discord's limits: those that the
    card has no line for are in the menus, those that the menus have no room for under their months.
    """
    is_numbered = len(posts) <= MOST_BUTTONS
    card = Card(
        title=words("rest.title", count=words.number(len(posts))),
        description=_description(posts, words, is_numbered=is_numbered),
        colour=BRAND,
        footer=words("rest.buttons" if is_numbered else "rest.menus"),
    )
    return Message(cards=(card,), rows=_buttons(posts, words) if is_numbered else _menus(posts, words))


def _description(posts: Sequence[Post], words: Words, *, is_numbered: bool) -> str:
    entries = [post_entry(post, words) for post in posts]
    if is_numbered:
        entries = [_numbered(number, entry, words) for number, entry in enumerate(entries, 1)]
    text = ""
    for most in _LINES:
        text = fitted(entries[-most:])
        if fits(text):
            break
    return text


def _numbered(number: int, entry: Entry, words: Words) -> Entry:
    """The forms of a line with its button's number, escaped: a list's would be indented."""
    return tuple(f"{words.number(number)}\\. {form}" for form in entry)


def _buttons(posts: Sequence[Post], words: Words) -> tuple[Row, ...]:
    buttons = [
        turn(post_place(post.key), words.number(number), "p" + chr(ord("a") + number - 1))
        for number, post in enumerate(posts, 1)
    ]
    return tuple(_rows(buttons))


def _rows(buttons: Sequence[Button]) -> list[Row]:
    starts = range(0, len(buttons), BUTTONS_A_ROW)
    return [tuple(buttons[start : start + BUTTONS_A_ROW]) for start in starts]


def _menus(posts: Sequence[Post], words: Words) -> tuple[Row, ...]:
    room = limits.SELECT_OPTIONS * limits.MESSAGE_ROWS
    if len(posts) <= room:
        return _selects([post_option(post, words) for post in posts], 0, words)
    newest = posts[-(room - limits.SELECT_OPTIONS) :]
    months = _months(posts[: -len(newest)], words)
    return (*_selects(months, 0, words), *_selects([post_option(post, words) for post in newest], 1, words))


def _months(posts: Sequence[Post], words: Words) -> list[Option]:
    """The months of these posts, the latest of them where they are too many for a menu."""
    months = dict.fromkeys((post.date.year, post.date.month) for post in posts)
    options = [
        place_option(Place(kind=Kind.MONTH, what=f"{year:04}-{month:02}"), words.month(year, month))
        for year, month in months
    ]
    return options[-limits.SELECT_OPTIONS :]


def _selects(options: Sequence[Option], first: int, words: Words) -> tuple[Row, ...]:
    pages = [
        tuple(options[start : start + limits.SELECT_OPTIONS])
        for start in range(0, len(options), limits.SELECT_OPTIONS)
    ]
    return tuple(
        (Select(custom_id=custom_ids.open_id(number), options=page, placeholder=_placeholder(page, words)),)
        for number, page in enumerate(pages, first)
    )


def _placeholder(page: Sequence[Option], words: Words) -> str:
    """What a menu spans: its first and last days, or months."""
    first, last = page[0].description or page[0].label, page[-1].description or page[-1].label
    return words("list.open") + f" ({first} – {last})"
