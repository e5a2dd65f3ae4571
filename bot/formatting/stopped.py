"""Tells a server why a channel gets no posts any more, and what to click so that it does again."""

from __future__ import annotations

from typing import Final

from bot.delivery.causes import Cause
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Card, Message
from bot.i18n import Words

_STOPPED: Final = 0xE5484D
_MISSING_PERMISSION: Final = 50013
_KNOWN: Final = frozenset({10003, 10004, 40067, 50001, 50083, 160005, 200000, 240000})


def cause_in_words(cause: str, words: Words) -> str:
    """What stops a channel and the exact way to mend it, plain text, from a stored ``Cause``."""
    known = Cause.parse(cause)
    if known is None:
        return cause
    if known.code == _MISSING_PERMISSION:
        return words(f"cause.50013.{known.doing}")
    if known.code in _KNOWN:
        return words(f"cause.{known.code}")
    return words("cause.other", code=str(known.code))


def stopped_message(channel_id: int, cause: str, words: Words) -> Message:
    """The notice for the server."""
    text = words("stopped.text", channel=f"<#{channel_id}>", cause=escape_text(cause_in_words(cause, words)))
    return Message(cards=(Card(title=words("stopped.title"), description=text, colour=_STOPPED),))
