"""How rules read a text: the reader they share, the context it stands in, and what a rule hands back."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable

from msgspec import Struct, field

from bot.formatting.discord.nodes import Kind, Node, text_node, tidy
from bot.replacing import replace

MAX_DEPTH = 60
"""Marks inside more marks than this stay text: no real post comes near, and hostile ones spare the stack."""


class Slot(enum.StrEnum):
    """Where a text stands in a message; each place knows other Markdown."""

    CONTENT = "content"
    DESCRIPTION = "description"
    FIELD_VALUE = "field_value"
    TITLE = "title"
    TITLE_WITH_URL = "title_with_url"
    PLAIN = "plain"


class LineStart(enum.IntEnum):
    """What stands before the reader: a line begins here, after spaces, or not at all."""

    NO = 0
    INDENTED = 1
    FRESH = 2


class Context(Struct, frozen=True, kw_only=True):
    """What decides which rules apply.

    Attributes:
        masked_links, bare_links, headings, lists: what the slot allows.
        title: True in titles and field names: no fences, small text, line breaks or member mentions.
        inline: False directly inside a list item that holds a blank line, where paragraphs form.
        quoted: True inside a quote; quotes do not nest.
        in_label: True while the label of a masked link is read for show: styles only.
        escapes: False inside labels, where the client shows backslashes.
        list_level: how many lists stand around.
        depth: how many nodes stand around.
    """

    masked_links: bool = True
    bare_links: bool = True
    headings: bool = True
    lists: bool = True
    title: bool = False
    inline: bool = True
    quoted: bool = False
    in_label: bool = False
    escapes: bool = True
    list_level: int = 0
    depth: int = 0


class Match(Struct, frozen=True):
    """What a rule caught: where it ends (exclusive) and the nodes it stands for."""

    end: int
    nodes: tuple[Node, ...]


class LabelEnd(Struct, frozen=True, kw_only=True):
    """A masked link's ``](`` and what follows it: target and hover text as written, and where all ends."""

    bracket: int
    target: str
    hover: str
    end: int


class Reader(Struct):
    """One text being read, and what earlier scans of it found out, so that none is repeated.

    Attributes:
        line: what stands before the place being read.
        hopeless: by mark, from where on it has no partner.
        backticks: by length, where runs of backticks begin.
        label_ends: by a bracket's place, what the search for the label's end found from there on.
        closings: by place, how a link's target that has come so far can be closed.
    """

    text: str
    context: Context
    rules: Rules
    line: LineStart
    hopeless: dict[str, int] = field(default_factory=dict)
    backticks: dict[int, list[int]] = field(default_factory=dict)
    label_ends: dict[int, LabelEnd | None] = field(default_factory=dict)
    closings: dict[int, re.Match[str] | None] = field(default_factory=dict)

    def read(self) -> list[Node]:
        """Try the rules at each place, in the client's order, until the text is used up."""
        nodes: list[Node] = []
        at = 0
        while at < len(self.text):
            match = self.rules(self, at)
            nodes.extend(match.nodes)
            self.line = line_start(self.text, at, match.end)
            at = match.end
        return nodes

    def inside(self, text: str, parent: Kind | None = None, **changes: bool | int) -> tuple[Node, ...]:
        """Read what stands inside a node; it inherits the place on the line, as in the client."""
        depth = self.context.depth + 1
        if depth > MAX_DEPTH:
            return (text_node(text),)
        context = replace(self.context, depth=depth, **changes)
        return tidy(Reader(text, context, self.rules, self.line).read(), parent)


Rules = Callable[[Reader, int], Match]
"""All rules of a table tried at one place; text always matches."""

Rule = Callable[[Reader, int], Match | None]
"""One rule tried at one place."""


def line_start(text: str, begin: int, end: int) -> LineStart:
    """What ``text[begin:end]``, just read, leaves behind it."""
    if text[end - 1] == "\n":
        return LineStart.FRESH
    while end > begin and text[end - 1] == " ":
        end -= 1
    return LineStart.INDENTED if end > begin and text[end - 1] == "\n" else LineStart.NO


def styled(reader: Reader, kind: Kind, inner: str, end: int) -> Match:
    """A node of ``kind`` around ``inner``."""
    return Match(end, (Node(kind=kind, children=reader.inside(inner, kind)),))
