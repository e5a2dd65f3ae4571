"""The latest lines of this process's log, in the answer or as a file beside it."""

from __future__ import annotations

import enum
import io
import logging
from typing import Any, Final

import discord

from bot.adapters.operating.room import ControlRoom
from bot.formatting import limits
from bot.i18n import Words

MOST: Final = 500
_ROOM: Final = limits.MESSAGE_CONTENT - 100


class Level(enum.StrEnum):
    """From which level on lines are shown."""

    ALL = "all"
    WARNING = "warning"
    ERROR = "error"

    @property
    def number(self) -> int:
        """As the standard library numbers it."""
        return logging.NOTSET if self is Level.ALL else int(getattr(logging, self.name))


async def tail(
    interaction: discord.Interaction[Any], room: ControlRoom, most: int, level: Level, words: Words
) -> None:
    """Answer with the lines. Raises discord.HTTPException."""
    text = "\n".join(room.lines.tail(most, level.number))
    said = words("admin.log.process") if room.several else ""
    if not text:
        await interaction.response.send_message(words("admin.log.none"), ephemeral=True)
        return
    if len(text) > _ROOM or len(fenced := _fenced(text)) > _ROOM:
        file = discord.File(io.BytesIO(text.encode("utf-8", "backslashreplace")), "ainews.log")
        said = f"{words('admin.log.file')}\n{said}".strip()
        await interaction.response.send_message(said, file=file, ephemeral=True)
        return
    await interaction.response.send_message(f"{fenced}\n{said}".strip(), ephemeral=True)


def _fenced(text: str) -> str:
    """A code block that the text cannot end: an invisible character stands behind each of its backticks."""
    return f"```\n{text.replace('`', '`' + chr(0x2060))}\n```"
