"""Discord's own marks: people, roles, channels, commands, custom emoji and times."""

from __future__ import annotations

import re

from bot.formatting.discord.nodes import Kind, Node
from bot.formatting.discord.reading import Match, Reader
from bot.patterns import regex

# https://discord.com/developers/docs/reference#message-formatting
_TIMESTAMP = regex(r"<t:-?\d{1,17}(?::[tTdDfFRsS])?>")
_CUSTOM_EMOJI = regex(r"<a?:(\w+):\d+>")
_PLACE = regex(
    r"<#\d+>|</[-_\w]{1,32}(?: [-_\w]{1,32}){0,2}:\d+>"
    r"|<id:(?:home|browse|customize|guide|linked-roles)(?::\d+)?>",
)
_MEMBER = regex(r"<@[!&]?\d+>")
_ALL = regex(r"@(?:everyone|here)")


def custom_emoji(reader: Reader, at: int) -> Match | None:
    """``<:name:1>``, shown as a picture."""
    match = _CUSTOM_EMOJI.match(reader.text, at)
    return Match(match.end(), (Node(kind=Kind.CUSTOM_EMOJI, text=f":{match[1]}:"),)) if match else None


def timestamp(reader: Reader, at: int) -> Match | None:
    """``<t:1700000000:R>``, shown in the reader's own time zone."""
    return _leaf(_TIMESTAMP, Kind.TIMESTAMP, reader, at)


def place(reader: Reader, at: int) -> Match | None:
    """``<#1>``, ``</news latest:1>`` and ``<id:guide>``."""
    return _leaf(_PLACE, Kind.MENTION, reader, at)


def member(reader: Reader, at: int) -> Match | None:
    """``<@1>`` and ``<@&1>``."""
    return _leaf(_MEMBER, Kind.MENTION, reader, at)


def everyone(reader: Reader, at: int) -> Match | None:
    """``@everyone`` and ``@here``."""
    return _leaf(_ALL, Kind.MENTION, reader, at)


def _leaf(pattern: re.Pattern[str], kind: Kind, reader: Reader, at: int) -> Match | None:
    match = pattern.match(reader.text, at)
    return Match(match.end(), (Node(kind=kind, text=match[0]),)) if match else None
