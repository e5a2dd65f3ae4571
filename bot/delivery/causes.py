"""Why a channel gets nothing, as a short code that is kept and later put into words of any language."""

from __future__ import annotations

import enum
from typing import Final, Self

from msgspec import Struct

from bot.errors import Doing, SendRefused

BY_SERVER: Final = "paused:server"
"""Somebody of the server paused it, and resumes it; an operator's pause comes over it and leaves it there."""
BY_OPERATOR: Final = "paused:operator"
"""The bot's operator paused it; the server cannot resume it."""
BY_HAND: Final = frozenset({BY_SERVER, BY_OPERATOR})
"""Pauses that only a person ends: nothing is tried meanwhile."""
LEFT: Final = "left:server"
"""The bot was removed from the server; it goes on when it is invited again."""
NOT_IN_SETTINGS: Final = "NEWS_CHANNEL_ID does not name this channel"
NO_FAILURE: Final = BY_HAND | {LEFT, NOT_IN_SETTINGS}
"""Where somebody wanted that nothing is sent."""


class Ending(enum.StrEnum):
    """Why a message goes out no more, or is gone, by the bot's own account: so it stands in the ledger."""

    WITHDRAWN = "withdrawn by the operator"
    """Its post was taken back: whatever was under way, it stays so."""
    POST_GONE = "the post is gone or shorter now"
    THREAD_GONE = "the thread was removed or closed"
    REMOVED = "a moderator removed it"
    TAKING_BACK = "taken back, since the post is shorter"
    """Recorded before a message is deleted: if the answer is lost, it was not a moderator who did it."""
    CORRECTED = "its post was corrected"


REFUSED_FOR_GOOD: Final = "refused for good: "
"""How the cause of a message begins that is left out, so that others go on; Discord's words follow.

A correction of its post brings it, or a person who wants it tried again; or the bot itself, see ``retry_at``.
"""


def is_failure(cause: str | None) -> bool:
    """Whether a channel stopped though nobody wanted that; None: it did not stop."""
    return cause is not None and cause not in NO_FAILURE


class Cause(Struct, frozen=True):
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
