"""Small things that several of the operator's answers say: moments, causes, colours."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.delivery.causes import BY_HAND, LEFT, NOT_IN_SETTINGS, REFUSED_FOR_GOOD, Ending
from bot.formatting.stopped import cause_in_words
from bot.i18n import Words

GOOD: Final = 0x57F287
WARNING: Final = 0xFEE75C
BAD: Final = 0xED4245
NEUTRAL: Final = 0x5865F2

_WANTED: Final = {cause: cause.replace(":", ".") for cause in (*BY_HAND, LEFT)}


def moment(at: datetime) -> str:
    """A day and time that Discord shows in the reader's own time zone.

    https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
    """
    return f"<t:{int(at.timestamp())}:f>"


def clock(at: datetime) -> str:
    """The same to the second."""
    return f"<t:{int(at.timestamp())}:d> <t:{int(at.timestamp())}:T>"


def relative(at: datetime) -> str:
    """How long ago, or in how long."""
    return f"<t:{int(at.timestamp())}:R>"


def cause_of_pause(cause: str, words: Words) -> str:
    """Why a subscription is not served, plain text."""
    if cause in _WANTED:
        return words(f"admin.cause.{_WANTED[cause]}")
    return words("admin.cause.settings") if cause == NOT_IN_SETTINGS else cause_in_words(cause, words)


def cause_of_ending(cause: str, words: Words) -> str:
    """Why a message was not sent or is gone, plain text; what Discord or the network said stays as it was."""
    if cause in list(Ending):
        return words(f"admin.ending.{Ending(cause).name.lower()}")
    if cause.startswith(REFUSED_FOR_GOOD):
        return words("admin.ending.refused_for_good", cause=cause.removeprefix(REFUSED_FOR_GOOD))
    return cause
