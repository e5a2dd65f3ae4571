"""Reads the bundled table of spellings, and the operator's own beside it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from bot.errors import SettingsError
from bot.posts.search.aliases import MAX_SPELLING, Aliases, spellings_in

MAX_BYTES = 1024 * 1024
"""The largest alias file that is read."""

_MOST_PROBLEMS = 5
"""Wrong lines that are named."""


def load_aliases(own: Path | None = None) -> Aliases:
    """The bundled groups, joined with those of an operator's file.

    Raises:
        SettingsError: the operator's file cannot be read, or holds a line that says nothing; file, line, fix.
    """
    bundled = resources.files("bot.posts.search").joinpath("aliases.txt").read_text("utf-8")
    return Aliases.parse(bundled, _read(own) if own else "")


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        fix = "Correct the path, or leave SEARCH_ALIASES empty"
        raise SettingsError((f"SEARCH_ALIASES: {file} cannot be read ({reason}). {fix}.",)) from None
    if len(data) > MAX_BYTES:
        raise SettingsError((f"SEARCH_ALIASES: {file} has over {MAX_BYTES:,} bytes. Shorten it.",))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = f"SEARCH_ALIASES: {file}, line {line}: is not UTF-8. Save the file as UTF-8."
        raise SettingsError((said,)) from None
    wrong = [f"SEARCH_ALIASES: {file}, line {line}: {said}" for line, said in _wrong_lines(text)]
    if wrong:
        raise SettingsError(tuple(wrong[:_MOST_PROBLEMS]))
    return text


def _wrong_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that would be left out, with what to do about it."""
    for number, line in enumerate(text.splitlines(), 1):
        spellings = spellings_in(line)
        if len(spellings) == 1:
            yield number, "has one spelling alone. Write another one behind a comma, or # before a remark."
        elif any(len(spelling) > MAX_SPELLING for spelling in spellings):
            yield number, f"has a spelling of over {MAX_SPELLING} characters. Shorten it."
