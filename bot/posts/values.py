"""Reads front-matter values of any type as text, as a list of texts, or as yes or no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

MAX_DEPTH = 16
"""How deep collections may lie in each other."""

_LARGEST_NUMBER = 1024
_YES = frozenset({"true", "yes", "on", "y", "1"})
_NO = frozenset({"false", "no", "off", "n", "0", ""})
_NAMING_KEYS = ("name", "title", "url", "src", "path", "image")


def text_of(value: object) -> str:
    """The value as its author would write it on one line; nothing for null and empty collections."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(filter(None, map(text_of, value)))
    if isinstance(value, Mapping):
        return _text_of_mapping(value)
    return "" if value is None else str(value).strip()


def _text_of_mapping(value: Mapping[object, object]) -> str:
    """``{name: X, ...}`` names a thing; ``{AI: news}`` is a text with a colon in it."""
    for key in _NAMING_KEYS:
        if key in value:
            return text_of(value[key])
    return ", ".join(f"{text_of(key)}: {text_of(item)}" for key, item in value.items())


def texts_of(value: object) -> Iterator[str]:
    """The non-empty texts of a list, or of a text with commas between them."""
    if isinstance(value, list):
        yield from filter(None, map(text_of, value))
    else:
        text = text_of(value)
        text = text.strip("[]") if text.startswith("[") and text.endswith("]") else text
        yield from filter(None, map(_without_link, text.split(",")))


def _without_link(text: str) -> str:
    """A part of a list, without the ``[[`` and ``]]`` of Obsidian's links."""
    return text.strip().removeprefix("[[").removesuffix("]]").strip()


def flag_of(value: object) -> bool | None:
    """Yes or no in any of the ways authors write it; None where it is neither."""
    text = text_of(value).lower()
    if text in _YES:
        return True
    return False if text in _NO else None


def flaw_of(value: object) -> str | None:
    """Why a value cannot be kept: its collections lie too deep in each other, or a text is no Unicode."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH + 1):
        if not all(map(_encodable, level)):
            return "It holds half a character (a lone surrogate)."
        if any(isinstance(item, int) and item.bit_length() > _LARGEST_NUMBER for item in level):
            return f"It holds a number of more than {_LARGEST_NUMBER} bits."
        level = [inner for outer in level for inner in _inner(outer)]
    return f"Collections lie more than {MAX_DEPTH} deep in each other." if level else None


def _inner(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _encodable(value: object) -> bool:
    return not isinstance(value, str) or not any("\ud800" <= char <= "\udfff" for char in value)
