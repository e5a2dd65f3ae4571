"""How long a post's text may be, asked when its file is read and again before it is formatted."""

from __future__ import annotations

from typing import Final

MAX_CHARACTERS: Final = 1_000_000
"""Longer texts are refused: three times the longest real post, some seconds of work at the very worst."""

CODE: Final = "post-too-long"
FIX: Final = "Split it into several posts."


def cause_of(length: int) -> str:
    """Why a text of so many characters is refused."""
    return f"The post has {length:,} characters; {MAX_CHARACTERS:,} can be published."
