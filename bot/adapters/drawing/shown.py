"""What both pictures do to a text before they draw it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.formatting.discord import Kind, Node

# Unicode's bidirectional embeddings, overrides and isolates would turn the columns beside them around.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REPLACEMENT = "\ufffd"


def safe(text: str) -> str:
    """``text`` without what commands a terminal: control characters and turned writing become visible."""
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char == "\n" or (char >= " " and char.isascii() and char != "\x7f"):
        return char
    category = unicodedata.category(char)
    if category == "Cc" and ord(char) < 32:  # noqa: PLR2004 - C0 has pictures of its own
        return chr(0x2400 + ord(char))
    return _REPLACEMENT if category in {"Cc", "Cs"} or char in _BIDI else char


def close_to_fences(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes, without the line end behind a code block: the block ends its line already."""
    behind_fence = False
    for node in nodes:
        if behind_fence and node.kind is Kind.TEXT and node.text.startswith("\n"):
            yield replace(node, text=node.text[1:])
        else:
            yield node
        behind_fence = node.kind is Kind.FENCE
