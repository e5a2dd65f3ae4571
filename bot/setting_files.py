"""Reads a file of settings for the names in it, or says in which line it cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from bot.errors import SettingsError
from bot.patterns import regex

_NAME = regex(r"\s*(?:export\s+)?'?([A-Za-z_]\w*)")


def names_in(file: Path) -> tuple[str, ...]:
    """The names that a file such as ``.env`` sets, in their order; none where there is no file.

    Raises:
        SettingsError: it cannot be opened, is no UTF-8, or a line is none of NAME=value; no value is shown.
    """
    if not file.is_file():
        return ()
    bindings = list(parse_stream(io.StringIO(_text_of(file), newline=None)))
    problems = tuple(_problem(file, binding) for binding in bindings if _is_broken(binding))
    if problems:
        raise SettingsError(problems)
    return tuple(binding.key for binding in bindings if binding.key)


def _text_of(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SettingsError((f"{file}: cannot be read: {error.strerror}.",)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # UTF-16 without its mark, of English letters alone
        raise SettingsError(
            (f"{file}: is no UTF-8, but perhaps UTF-16, as PowerShell's > writes it: save it as UTF-8.",)
        )
    return text


def _is_broken(binding: Binding) -> bool:
    """Whether python-dotenv would leave it out, or take it for a name without a value."""
    return binding.error or (binding.key is not None and binding.value is None)


def _problem(file: Path, binding: Binding) -> str:
    text = binding.original.string
    blank_lines = text[: len(text) - len(text.lstrip())].count("\n")
    name = _NAME.match(text)
    where = f"{file}, line {binding.original.line + blank_lines}" + (f" ({name[1]})" if name else "")
    if "=" not in text:
        return f"{where}: has no =: write NAME=value."
    return f"{where}: cannot be read: write NAME=value, with a quote at both ends of the value or at none."
