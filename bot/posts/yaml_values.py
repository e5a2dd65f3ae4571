"""Decides what a YAML scalar without quotation marks stands for: a text, a number, yes or no, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.patterns import regex

_WORDS: Mapping[str, bool | None] = MappingProxyType(
    {"": None, "~": None, "null": None, "true": True, "false": False}
)
_INT = regex(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = regex(r"-?(?:0|[1-9][0-9]{0,8})\.(?:0|[0-9]{0,3}[1-9])")
_FIRSTS = frozenset("-0123456789")


def plain_value(text: str) -> object:
    """The scalar as something else than text only where it can be written back the same.

    ``2.10`` and ``007`` stay text, ``no`` is not False (YAML 1.1's "Norway problem"), dates are left
    to ``bot.posts.dates``, and there are no merge keys.
    """
    if text[:1] not in _FIRSTS:
        return _WORDS.get(text, text)
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
