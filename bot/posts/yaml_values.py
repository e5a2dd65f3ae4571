"""Builds plain values from a YAML text that ``scan`` found sound."""

from __future__ import annotations

import re
from typing import Any

from frontmatter.default_handlers import YAMLHandler
from yaml import CSafeLoader

_SCALARS = (
    ("null", r"~|null|", ("~", "n", "")),
    ("bool", r"true|false", ("t", "f")),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", tuple("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]{0,8})\.(?:0|[0-9]{0,3}[1-9])", tuple("-0123456789")),
)


def _resolvers() -> dict[str, Any]:
    """PyYAML's table: first character to (tag, pattern) pairs."""
    table: dict[str, Any] = {}
    for kind, pattern, firsts in _SCALARS:
        entry = (f"tag:yaml.org,2002:{kind}", re.compile(rf"^(?:{pattern})$"))
        for first in firsts:
            table.setdefault(first, []).append(entry)
    return table


class _LosslessLoader(CSafeLoader):
    """Reads a scalar as something else than text only where it can be written back the same.

    ``2.10`` and ``007`` stay text, ``no`` is not False (YAML 1.1's "Norway problem"), dates are left
    to ``bot.posts.dates``, and there are no merge keys.
    """

    yaml_implicit_resolvers = _resolvers()


def build(text: str) -> dict[str, object]:
    """The mapping a sound YAML text stands for; of a repeated key the last value counts."""
    values = YAMLHandler().load(text, Loader=_LosslessLoader) or {}  # nothing but comments is None
    return {_key(key): value for key, value in values.items()}


def _key(key: object) -> str:
    return "" if key is None else str(key)
