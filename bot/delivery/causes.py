"""Why a channel gets nothing, as a short code that is kept and later put into words of any language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from bot.errors import Doing, SendRefused

BY_SERVER: Final = "paused:server"
"""Somebody of the server paused it, and resumes it."""
BY_OPERATOR: Final = "paused:operator"
"""The bot's operator paused it; the server cannot resume it."""
BY_HAND: Final = frozenset({BY_SERVER, BY_OPERATOR})
"""Pauses that only a person ends: nothing is tried meanwhile."""
LEFT: Final = "left:server"
"""The bot was removed from the server; it goes on when it is invited again."""
NOT_IN_SETTINGS: Final = "NEWS_CHANNEL_ID does not name this channel"
NO_FAILURE: Final = BY_HAND | {LEFT, NOT_IN_SETTINGS}
"""Where somebody wanted that nothing is sent."""


def is_failure(cause: str | None) -> bool:
    """Whether a channel stopped though nobody wanted that; None: it did not stop."""
    return cause is not None and cause not in NO_FAILURE


@dataclass(frozen=True, slots=True)
class Cause:
    """What was asked of Discord, and its JSON error code; ``str`` and ``parse`` are inverse."""

    doing: Doing
    code: int

    def __str__(self) -> str:
        return f"{self.doing}:{self.code}"

    @classmethod
    def of(cls, refusal: SendRefused) -> Self:
        """The cause of a refusal."""
        return cls(refusal.doing, refusal.code)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The cause in a text; None where it says something else, as in older databases."""
        doing, _, code = text.partition(":")
        known = {member.value for member in Doing}
        return cls(Doing(doing), int(code)) if doing in known and code.isdecimal() else None
