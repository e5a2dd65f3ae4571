"""The state that a button or select carries, within Discord's 100 characters; no server memory is needed.

Every id has a builder here and a pattern by which ``bot.adapters.views`` recognises it after any restart.
"""

from __future__ import annotations

from typing import Final

from bot.formatting import doctor_ids
from bot.formatting.operating import ids as operating_ids
from bot.formatting.places import Place
from bot.patterns import regex

TURN: Final = r"news:to:(?P<slot>[a-z]{1,4}):(?P<place>(?s:.*))"
JUMP: Final = r"news:jump(?::\d)?"
OPEN: Final = r"news:open(?::\d)?"
SECTION: Final = r"news:section:(?P<key>[0-9a-f]{16})(?::\d{1,3})?"
GOTO: Final = r"news:goto:(?P<key>[0-9a-f]{16})(?::\d)?"
SHARE: Final = r"news:share"

POSITION: Final = "news:position"
"""The button that only shows the page's number; it is never enabled."""
WHOLE: Final = "all"
"""The option that opens the whole post, beside those of its sections."""

_NAMED: Final = regex(r"\?P<\w+>")
_KNOWN: Final = (TURN, JUMP, OPEN, SECTION, GOTO, SHARE, *doctor_ids.ALL, *operating_ids.ALL)
OUTDATED: Final = (
    "".join(rf"(?!(?:{_NAMED.sub('?:', known)})\Z)" for known in _KNOWN) + r"(?:news|doctor|admin):(?s:.*)"
)
"""Every other id of ours: what an older version of the bot left in a channel."""


def turn_id(place: Place, slot: str) -> str:
    """Turns to a place; ``slot`` (1 to 4 small letters) keeps the buttons of a message apart."""
    return f"news:to:{slot}:{place.code}"


def jump_id(number: int = 0) -> str:
    """A select that turns to one of the places that are its options' values."""
    return f"news:jump:{number}" if number else "news:jump"


def open_id(number: int = 0) -> str:
    """A select that opens one of the places that are its options' values in an answer of its own."""
    return f"news:open:{number}" if number else "news:open"


def section_id(key: str) -> str:
    """Opens a section of a post in an answer of its own; for messages that everybody sees."""
    return f"news:section:{key}"


def goto_id(key: str, number: int = 0) -> str:
    """Opens a section of a post in place; for an answer that one reader sees."""
    return f"news:goto:{key}:{number}" if number else f"news:goto:{key}"


def share_id() -> str:
    """Posts what the reader sees for everybody in the channel."""
    return SHARE
