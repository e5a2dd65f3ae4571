"""Says on a post's first message that it was corrected, and when."""

from __future__ import annotations

import datetime as dt

from bot.formatting.messages import Message
from bot.i18n import Words
from bot.replacing import replace


def with_correction(message: Message, on: dt.date, words: Words) -> Message:
    """The message with a small line above its cards."""
    line = f"-# {words('post.corrected', day=on.isoformat())}"
    return replace(message, content=f"{line}\n{message.content}" if message.content else line)
