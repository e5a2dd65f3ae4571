"""The tree that Discord's client makes of a text: one node type, told apart by its kind."""

from __future__ import annotations

import enum

from msgspec import Struct


class Kind(enum.StrEnum):
    """What a node is, named for what a reader sees."""

    TEXT = "text"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SPOILER = "spoiler"
    CODE = "code"
    BREAK = "break"
    LINK = "link"
    EMOJI = "emoji"
    CUSTOM_EMOJI = "custom_emoji"
    MENTION = "mention"
    TIMESTAMP = "timestamp"
    HEADING = "heading"
    SMALL = "small"
    FENCE = "fence"
    QUOTE = "quote"
    LIST = "list"
    ITEM = "item"
    NEWLINE = "newline"
    PARAGRAPH = "paragraph"


BLOCKS = frozenset({Kind.HEADING, Kind.SMALL, Kind.FENCE, Kind.QUOTE, Kind.LIST, Kind.ITEM, Kind.PARAGRAPH})
"""The kinds that stand on lines of their own."""


class Node(Struct, frozen=True, kw_only=True):
    """One piece of what the client shows.

    Attributes:
        text: the characters of a leaf (text, code, fence, emoji, break, ...), else empty.
        children: what stands inside; a list holds ITEM nodes only.
        url: a link's target as the client opens it.
        masked: True for a link with a label of its own, ``[label](url)``.
        language: a fence's language, as written.
        level: a heading's level, 1 to 3.
        start: an ordered list's first number; None for bullets.
    """

    kind: Kind
    text: str = ""
    children: tuple[Node, ...] = ()
    url: str | None = None
    masked: bool = False
    language: str | None = None
    level: int = 0
    start: int | None = None


def text_node(text: str) -> Node:
    """Characters shown as they are."""
    return Node(kind=Kind.TEXT, text=text)


def tidy(nodes: list[Node], parent: Kind | None = None) -> tuple[Node, ...]:
    """Join neighbouring texts and lift a node's children out when it stands inside its own kind.

    The client does this after parsing: bold inside bold is one node, which counts for its limit.
    """
    tidied: list[Node] = []
    for node in nodes:
        lifted = node.children if parent is not None and node.kind is parent and node.children else (node,)
        for each in lifted:
            if each.kind is Kind.TEXT and tidied and tidied[-1].kind is Kind.TEXT:
                tidied[-1] = text_node(tidied[-1].text + each.text)
            else:
                tidied.append(each)
    return tuple(tidied)
