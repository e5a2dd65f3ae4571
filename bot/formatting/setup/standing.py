"""Why a channel's next post is not promised, though nobody paused the channel and nothing stopped it."""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import Final

from bot.i18n import Words


class Hold(enum.StrEnum):
    """What keeps posts away; each has a sentence of its own in the catalogues (``setup.hold.…``).

    GONE: the channel is no more, or not to be seen; HALTED: the operator has paused everything; DRY: none of
    the newest posts passes the channel's tags.
    """

    GONE = "gone"
    HALTED = "halted"
    DRY = "dry"


MARKS: Final = MappingProxyType({None: "🟢", Hold.GONE: "⛔", Hold.HALTED: "⏸️", Hold.DRY: "⚠️"})


def hold_in_words(hold: Hold, words: Words) -> str:
    """What keeps posts away and what to do about it, Markdown."""
    return f"{MARKS[hold]} {words(f'setup.hold.{hold}')}"
