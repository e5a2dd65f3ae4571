"""Reads the bundled table of spellings, and the operator's own beside it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bot.errors import SettingsError
from bot.posts.search.aliases import Aliases

MAX_BYTES = 1024 * 1024
"""The largest alias file that is read."""


def load_aliases(own: Path | None = None) -> Aliases:
    """The bundled groups, joined with those of an operator's file.

    Raises:
        SettingsError: the operator's file cannot be read, or is no UTF-8.
    """
    bundled = resources.files("bot.posts.search").joinpath("aliases.txt").read_text("utf-8")
    return Aliases.parse(bundled, _read(own) if own else "")


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise SettingsError((f"SEARCH_ALIASES: {file} cannot be read ({reason}).",)) from None
