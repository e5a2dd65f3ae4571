"""The buttons and selects under a look-up's answer: turning, jumping, sharing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.formatting import custom_ids, limits
from bot.formatting.cards import shortened
from bot.formatting.lines import place_option
from bot.formatting.messages import Button, ButtonStyle, Option, Row, Select
from bot.formatting.places import MOST_INDEX, Place
from bot.i18n import Words
from bot.posts.sections import Section
from bot.replacing import replace

_NEAR: Final = 5
"""How many pages on either side a jump always offers; the rest of its options are spread evenly."""
_SECTION_MENUS: Final = 3

At = Callable[[int], Place]
"""From a page's number, from 0, to its place."""


def pages_of(place: Place) -> At:
    """The pages of what ``place`` is a page of."""
    return lambda index: replace(place, index=index)


def clamped(index: int, pages: int) -> int:
    """The page nearest to ``index`` that there is."""
    return max(0, min(index, pages - 1, MOST_INDEX))


def turning(index: int, pages: int, at: At, words: Words, *more: Button) -> Row:
    """Back, position and forward where there are several pages; further buttons; share."""
    row: list[Button] = []
    if pages > 1:
        back, forward = max(index - 1, 0), clamped(index + 1, pages)
        position = f"{words.number(index + 1)} / {words.number(pages)}"
        row = [
            turn(at(back), words("page.previous"), "prev", emoji="◀️", disabled=index == back),
            Button(label=position, custom_id=custom_ids.POSITION, disabled=True),
            turn(at(forward), words("page.next"), "next", emoji="▶️", disabled=index == forward),
        ]
    share = Button(label=words("share.button"), custom_id=custom_ids.share_id(), emoji="📣")
    return (*row, *more, share)


def turn(place: Place, name: str, slot: str, *, emoji: str | None = None, disabled: bool = False) -> Button:
    """A button that leads to a place."""
    return Button(
        label=name,
        custom_id=custom_ids.turn_id(place, slot),
        emoji=emoji,
        disabled=disabled,
        style=ButtonStyle.SECONDARY,
    )


def page_jump(index: int, pages: int, at: At, words: Words) -> tuple[Row, ...]:
    """A select of pages, where previous and next alone would be tedious."""
    if pages <= 3:  # noqa: PLR2004 - two taps reach any of three pages
        return ()
    options = tuple(
        place_option(at(page), words("page.number", number=words.number(page + 1)), here=page == index)
        for page in offered_pages(index, pages)
    )
    return ((Select(custom_id=custom_ids.jump_id(), options=options, placeholder=words("page.jump_page")),),)


def offered_pages(index: int, pages: int) -> list[int]:
    """At most 25 page numbers: the first, the last, those around ``index``, and some in between."""
    pages = min(pages, MOST_INDEX + 1)
    if pages <= limits.SELECT_OPTIONS:
        return list(range(pages))
    near = range(max(0, index - _NEAR), min(pages, index + _NEAR + 1))
    offered = {0, pages - 1, *near}
    steps = limits.SELECT_OPTIONS - len(offered)
    offered |= {round(step * (pages - 1) / (steps + 1)) for step in range(1, steps + 1)}
    return sorted(offered)


def section_menus(
    key: str, sections: Sequence[Section], current: int | None, words: Words
) -> tuple[Row, ...]:
    """Selects that open a section in place, the whole post first.

    They hold 74 sections; of more, those around the current one.
    """
    if not sections:
        return ()
    whole = Option(label=words("page.whole"), value=custom_ids.WHOLE, default=current is None)
    room = _SECTION_MENUS * limits.SELECT_OPTIONS - 1
    first = max(0, min((current or 0) - room // 2, len(sections) - room))
    options = [whole, *(_section(one, current, words) for one in sections[first : first + room])]
    menus = [
        options[start : start + limits.SELECT_OPTIONS]
        for start in range(0, len(options), limits.SELECT_OPTIONS)
    ]
    return tuple((_section_menu(key, number, menus, words),) for number in range(len(menus)))


def _section_menu(key: str, number: int, menus: list[list[Option]], words: Words) -> Select:
    count = f" ({number + 1}/{len(menus)})" if len(menus) > 1 else ""
    return Select(
        custom_id=custom_ids.goto_id(key, number),
        options=tuple(menus[number]),
        placeholder=words("page.jump") + count,
    )


def _section(section: Section, current: int | None, words: Words) -> Option:
    name = shortened(section.title, limits.OPTION_TEXT) or words("page.untitled")
    return Option(label=name, value=str(section.index), default=section.index == current)
