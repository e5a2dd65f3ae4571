"""What both pictures do to a text before they draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.formatting.discord import Kind, Node
from bot.patterns import regex
from bot.replacing import replace

# Control characters but the line end, halves of surrogate pairs, and Unicode's bidirectional embeddings,
# overrides and isolates, which would turn the columns beside them around.
_UNSAFE = regex("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PICTURES = 0x2400
"""Unicode's pictures of the C0 control characters."""


def safe(text: str) -> str:
    """``text`` without what commands a terminal: control characters and turned writing become visible."""
    return _UNSAFE.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    return chr(_PICTURES + ord(match[0])) if match[0] < " " else "\ufffd"


def close_to_fences(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes, without the line end behind a code block: the block ends its line already."""
    behind_fence = False
    for node in nodes:
        if behind_fence and node.kind is Kind.TEXT and node.text.startswith("\n"):
            yield replace(node, text=node.text[1:])
        else:
            yield node
        behind_fence = node.kind is Kind.FENCE
