"""How much of each of Discord's limits a card and a message use."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from msgspec import Struct

from bot.formatting import limits
from bot.formatting.discord import NODE_LIMIT, Slot, count_nodes, parse
from bot.formatting.messages import Card, Message

FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
"""https://discord.com/developers/docs/resources/message#embed-object-embed-limits"""

_NEAR = 0.95


class Level(enum.StrEnum):
    """How a count stands to its limit; NEAR begins at 95 in a hundred."""

    FINE = "fine"
    NEAR = "near"
    OVER = "over"


class Count(Struct, frozen=True, kw_only=True):
    """One line of an account: ``label used/limit``. Characters are code points after trimming."""

    label: str
    used: int
    limit: int
    reached_is_over: bool = False

    @property
    def level(self) -> Level:
        """Fine, near or over."""
        if self.used > self.limit or (self.reached_is_over and self.used == self.limit):
            return Level.OVER
        return Level.NEAR if self.used >= self.limit * _NEAR else Level.FINE

    def __str__(self) -> str:
        return f"{self.label} {self.used:,}/{self.limit:,}"


def card_counts(card: Card) -> tuple[Count, ...]:
    """What a card uses; parts it does not have are left out."""
    return tuple(_card_counts(card))


def _card_counts(card: Card) -> Iterator[Count]:
    for label, text, limit in (
        ("author", card.author, limits.CARD_AUTHOR),
        ("title", card.title, limits.CARD_TITLE),
        ("description", card.description, limits.CARD_DESCRIPTION),
    ):
        if text:
            yield Count(label=label, used=_length(text), limit=limit)
    if card.description:
        yield _nodes("nodes", card.description, Slot.DESCRIPTION)
    if card.fields:
        yield Count(label="fields", used=len(card.fields), limit=FIELDS)
        yield Count(label="longest name", used=max(_length(f.name) for f in card.fields), limit=FIELD_NAME)
        yield Count(label="longest value", used=max(_length(f.value) for f in card.fields), limit=FIELD_VALUE)
        yield max(
            (_nodes("nodes of a value", f.value, Slot.FIELD_VALUE) for f in card.fields),
            key=lambda count: count.used,
        )
    if card.footer:
        yield Count(label="footer", used=_length(card.footer), limit=limits.CARD_FOOTER)
    longest = max((len(url) for url in (card.url, card.image, card.thumbnail) if url), default=0)
    if longest > limits.URL * _NEAR:
        yield Count(label="longest address", used=longest, limit=limits.URL)


def message_counts(message: Message) -> tuple[Count, ...]:
    """What a message uses as a whole."""
    counts = [
        Count(label="text", used=_length(message.content), limit=limits.MESSAGE_CONTENT),
        Count(label="cards", used=len(message.cards), limit=limits.MESSAGE_CARDS),
        Count(
            label="characters in cards",
            used=sum(_characters(card) for card in message.cards),
            limit=limits.MESSAGE_CARD_CHARACTERS,
        ),
        Count(label="rows", used=len(message.rows), limit=limits.MESSAGE_ROWS),
    ]
    return tuple(count for count in counts if count.used)


def _characters(card: Card) -> int:
    fields = [text for field in card.fields for text in (field.name, field.value)]
    return sum(_length(text) for text in (card.title, card.description, card.footer, card.author, *fields))


def _length(text: str | None) -> int:
    return len((text or "").strip())


def _nodes(label: str, text: str, slot: Slot) -> Count:
    used = count_nodes(parse(text.strip(), slot))
    return Count(label=label, used=used, limit=NODE_LIMIT, reached_is_over=True)
