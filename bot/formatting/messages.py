"""A message as plain data, and its body as Discord's REST API takes it.

Shapes and names follow https://discord.com/developers/docs/resources/message#create-message.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.replacing import replace

SUPPRESS_NOTIFICATIONS = 1 << 12
"""https://discord.com/developers/docs/resources/message#message-object-message-flags"""


class Field(Struct, frozen=True, kw_only=True):
    """A name and a value inside a card; both must hold visible text."""

    name: str
    value: str
    inline: bool = False


class Card(Struct, frozen=True, kw_only=True):
    """One embed. Every string is Discord Markdown already, escaped and within its limit.

    Attributes:
        colour: 0xRRGGBB.
        image: an ``http`` or ``https`` address of a large picture.
        timestamp: aware; shown beside the footer in the reader's own time zone.
    """

    title: str | None = None
    description: str | None = None
    url: str | None = None
    colour: int | None = None
    fields: tuple[Field, ...] = ()
    footer: str | None = None
    author: str | None = None
    image: str | None = None
    thumbnail: str | None = None
    timestamp: datetime | None = None

    @property
    def characters(self) -> int:
        """How much it takes of the 6,000 characters that all cards of a message share."""
        texts = [self.title, self.description, self.footer, self.author]
        texts += [text for each in self.fields for text in (each.name, each.value)]
        return sum(len(text or "") for text in texts)

    def to_payload(self) -> dict[str, Any]:
        """The embed object of Discord's REST API, empty keys left out."""
        payload: dict[str, Any] = {
            "title": self.title,
            "description": self.description,
            "url": self.url,
            "color": self.colour,
            "fields": [{"name": f.name, "value": f.value, "inline": f.inline} for f in self.fields],
            "footer": {"text": self.footer} if self.footer else None,
            "author": {"name": self.author} if self.author else None,
            "image": {"url": self.image} if self.image else None,
            "thumbnail": {"url": self.thumbnail} if self.thumbnail else None,
            "timestamp": self.timestamp.isoformat() if self.timestamp else None,
        }
        return {key: value for key, value in payload.items() if value not in (None, [])}


class ButtonStyle(enum.IntEnum):
    """Discord's button styles; LINK carries an address and sends no interaction."""

    PRIMARY = 1
    SECONDARY = 2
    SUCCESS = 3
    DANGER = 4
    LINK = 5


class Button(Struct, frozen=True, kw_only=True):
    """A button: either a ``custom_id`` (up to 100 characters) or, with style LINK, a ``url``."""

    label: str
    custom_id: str | None = None
    url: str | None = None
    style: ButtonStyle = ButtonStyle.SECONDARY
    emoji: str | None = None
    disabled: bool = False

    def to_payload(self) -> dict[str, Any]:
        """The button object of Discord's REST API."""
        payload: dict[str, Any] = {"type": 2, "style": int(self.style), "label": self.label}
        if self.custom_id:
            payload["custom_id"] = self.custom_id
        if self.url:
            payload["url"] = self.url
        if self.emoji:
            payload["emoji"] = {"name": self.emoji}
        if self.disabled:
            payload["disabled"] = True
        return payload


class Option(Struct, frozen=True, kw_only=True):
    """One choice of a select: label, value and description of 100 characters at most each."""

    label: str
    value: str
    description: str | None = None
    default: bool = False

    def to_payload(self) -> dict[str, Any]:
        """The select-option object of Discord's REST API."""
        payload: dict[str, Any] = {"label": self.label, "value": self.value}
        if self.description:
            payload["description"] = self.description
        if self.default:
            payload["default"] = True
        return payload


class Select(Struct, frozen=True, kw_only=True):
    """A menu of 1 to 25 options, filling a row of its own; ``least`` to ``most`` of them are chosen."""

    custom_id: str
    options: tuple[Option, ...]
    placeholder: str | None = None
    disabled: bool = False
    least: int = 1
    most: int = 1

    def to_payload(self) -> dict[str, Any]:
        """The string-select object of Discord's REST API."""
        payload: dict[str, Any] = {
            "type": 3,
            "custom_id": self.custom_id,
            "options": [option.to_payload() for option in self.options],
        }
        if self.placeholder:
            payload["placeholder"] = self.placeholder
        if self.disabled:
            payload["disabled"] = True
        if (self.least, self.most) != (1, 1):
            payload |= {"min_values": self.least, "max_values": self.most}
        return payload


class Pick(enum.IntEnum):
    """What a ``Picker`` offers, by the number of its component."""

    ROLE = 6
    CHANNEL = 8


class Picker(Struct, frozen=True, kw_only=True):
    """A menu of the server's own roles or channels, which Discord fills; it takes a row of its own.

    Attributes:
        chosen: ids of what is chosen at present.
        channel_types: Discord's numbers of the kinds of channels that are offered; empty means all.
    """

    custom_id: str
    pick: Pick
    chosen: tuple[int, ...] = ()
    channel_types: tuple[int, ...] = ()
    placeholder: str | None = None
    disabled: bool = False
    least: int = 1
    most: int = 1

    def to_payload(self) -> dict[str, Any]:
        """The role-select or channel-select object of Discord's REST API."""
        payload: dict[str, Any] = {
            "type": int(self.pick),
            "custom_id": self.custom_id,
            "min_values": self.least,
            "max_values": self.most,
        }
        if self.chosen:
            kind = self.pick.name.lower()
            payload["default_values"] = [{"id": str(each), "type": kind} for each in self.chosen]
        if self.channel_types:
            payload["channel_types"] = list(self.channel_types)
        if self.placeholder:
            payload["placeholder"] = self.placeholder
        if self.disabled:
            payload["disabled"] = True
        return payload


Row = tuple[Button | Select | Picker, ...]


class Message(Struct, frozen=True, kw_only=True):
    """What one REST call sends: text, up to 10 cards, up to 5 rows of components.

    Attributes:
        silent: nobody is notified (Discord's flag SUPPRESS_NOTIFICATIONS).
        role_id: the only one that a mention in ``content`` may notify; None: nobody.
    """

    content: str | None = None
    cards: tuple[Card, ...] = ()
    rows: tuple[Row, ...] = ()
    silent: bool = False
    role_id: int | None = None

    def to_payload(self) -> dict[str, Any]:
        """The body of ``POST /channels/{id}/messages``; mentions stay closed, save that of ``role_id``."""
        payload: dict[str, Any] = {}
        if self.content:
            payload["content"] = self.content
        if self.cards:
            payload["embeds"] = [card.to_payload() for card in self.cards]
        if self.rows:
            payload["components"] = [
                {"type": 1, "components": [part.to_payload() for part in row]} for row in self.rows
            ]
        if self.silent:
            payload["flags"] = SUPPRESS_NOTIFICATIONS
        payload["allowed_mentions"] = {"parse": []}
        if self.role_id is not None:
            payload["allowed_mentions"]["roles"] = [str(self.role_id)]
        return payload


def without_pictures(message: Message) -> Message:
    """The message with its cards' pictures left out; a card of nothing but a picture goes with it."""
    cards = (replace(card, image=None, thumbnail=None) for card in message.cards)
    return replace(message, cards=tuple(card for card in cards if card.to_payload().keys() - {"color"}))
