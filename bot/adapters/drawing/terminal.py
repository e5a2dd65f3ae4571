"""Messages as cards in a terminal, each with its counts against Discord's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.adapters.drawing.markup import LINK, Barred, draw_line, draw_text
from bot.adapters.drawing.shown import safe
from bot.formatting.counts import Count, Level, card_counts, message_counts
from bot.formatting.discord import Slot
from bot.formatting.messages import Button, ButtonStyle, Card, Field, Message, Picker, Row, Select
from bot.posts.models import Post

WIDTH = 78
"""Columns of a card at most: about what Discord gives it on a wide screen."""

_DIM = Style(dim=True)
_LEVELS = {
    Level.FINE: _DIM,
    Level.NEAR: Style(color="red"),
    Level.OVER: Style(color="white", bgcolor="red", bold=True),
}
_BUTTONS = {
    ButtonStyle.PRIMARY: "#5865f2",
    ButtonStyle.SECONDARY: "#4e5058",
    ButtonStyle.SUCCESS: "#248046",
    ButtonStyle.DANGER: "#da373c",
    ButtonStyle.LINK: "#4e5058",
}
_NO_COLOUR = "#4e5058"
_INLINE_FIELDS = 3
_NO_BREAK = "\u00a0"


def draw_post(console: Console, post: Post, messages: Sequence[Message]) -> None:
    """Print a post's messages, one below the other."""
    number = len(messages)
    console.print(Text.assemble((safe(post.title), "bold"), "  ", (safe(post.path), _DIM)))
    for place, message in enumerate(messages, start=1):
        rule = Rule(Text(f"message {place} of {number}", style=_DIM), style=_DIM, align="left")
        console.print(rule, Text(), draw_message(message), width=min(WIDTH, console.width))
    console.print()


def draw_message(message: Message) -> RenderableType:
    """Text, cards and components of one message, then its own counts."""
    parts: list[RenderableType] = []
    if message.content:
        parts += [draw_text(message.content, Slot.CONTENT), Text()]
    for card in message.cards:
        parts += [draw_card(card), Padding(_account(card_counts(card)), (0, 0, 1, 2))]
    parts += [_row(row) for row in message.rows]
    return Group(*parts, _account(message_counts(message)))


def draw_card(card: Card) -> RenderableType:
    """One embed behind its coloured bar, parts in the order in which Discord shows them."""
    colour = _NO_COLOUR if card.colour is None else f"#{card.colour:06x}"
    parts = [*_head(card), *_with_blank_lines(_body(card))]
    return Barred(Group(*parts), Style(color=colour))


def _with_blank_lines(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    for place, part in enumerate(parts):
        if place:
            yield Text()
        yield part


def _head(card: Card) -> Iterator[RenderableType]:
    if card.author:
        yield Text(safe(card.author), style="bold")
    if card.title:
        yield _title(card)
    elif card.url:
        yield _address("link", card.url)


def _body(card: Card) -> Iterator[RenderableType]:
    if card.description:
        yield draw_text(card.description, Slot.DESCRIPTION)
    yield from _field_rows(card.fields)
    if card.thumbnail:
        yield _address("thumbnail", card.thumbnail)
    if card.image:
        yield _address("image", card.image)
    if card.footer or card.timestamp:
        shown = [safe(card.footer or ""), f"{card.timestamp:%Y-%m-%d %H:%M %Z}" if card.timestamp else ""]
        yield Text(" • ".join(filter(None, shown)), style=_DIM)


def _title(card: Card) -> Text:
    if not card.url:
        return draw_line(card.title or "", Slot.TITLE, Style(bold=True))
    style = LINK + Style(bold=True, link=safe(card.url))
    return draw_line(card.title or "", Slot.TITLE_WITH_URL, style)


def _address(what: str, url: str) -> Text:
    return Text.assemble((f"▣ {what} ", _DIM), (safe(url), LINK + Style(link=safe(url))), overflow="fold")


def _field_rows(fields: Sequence[Field]) -> Iterator[RenderableType]:
    """Fields that are inline share a row, three at most, as in the client."""
    waiting: list[RenderableType] = []
    for field in fields:
        drawn = Group(
            draw_line(field.name, Slot.TITLE, Style(bold=True)), draw_text(field.value, Slot.FIELD_VALUE)
        )
        if waiting and (not field.inline or len(waiting) == _INLINE_FIELDS):
            yield _beside(waiting)
            waiting = []
        if field.inline:
            waiting.append(drawn)
        else:
            yield drawn
    if waiting:
        yield _beside(waiting)


def _beside(parts: Sequence[RenderableType]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for _ in parts:
        grid.add_column(ratio=1, overflow="fold")
    grid.add_row(*parts)
    return grid


def _row(row: Row) -> RenderableType:
    """A row of buttons, or a menu with its choices."""
    # No post has a Picker, which Discord fills.
    shown = [part for part in row if not isinstance(part, Picker)]
    drawn = [_select(part) if isinstance(part, Select) else _button(part) for part in shown]
    return Padding(Columns(drawn, padding=(0, 1)), (0, 0, 1, 0))


def _button(button: Button) -> Text:
    label = " ".join(filter(None, (button.emoji, button.label, "↗" if button.url else None)))
    style = Style(color="white", bgcolor=_BUTTONS[button.style], dim=button.disabled, link=button.url)
    return Text(f" {safe(label)} ", style=style)


def _select(select: Select) -> RenderableType:
    head = Text(f" {safe(select.placeholder or 'Make a selection')} ▾ ", style=f"white on {_NO_COLOUR}")
    choices = [
        Text.assemble("  · ", safe(option.label), (f"  {safe(option.description or '')}", _DIM))
        for option in select.options
    ]
    return Group(head, *choices)


def _account(counts: Sequence[Count]) -> Text:
    """The counts in one line, red where a limit is near or passed."""
    line = Text()
    for count in counts:
        line.append(" · " if line else "", _DIM)
        line.append(str(count).replace(" ", _NO_BREAK), _LEVELS[count.level])
    return line
