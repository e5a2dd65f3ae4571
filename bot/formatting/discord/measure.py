"""What a reader gets of a tree: its words, its links, and how much of it the client shows at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from bot.formatting.discord.nodes import BLOCKS, Kind, Node
from bot.replacing import replace

NODE_LIMIT = 200
"""The client shows nothing from the 200th node on that is not plain text
(https://github.com/discord/discord-api-docs/issues/8501)."""


class Link(Struct, frozen=True, kw_only=True):
    """A link a reader can follow: what it shows and where it leads."""

    label: str
    url: str
    masked: bool


class Cut(Struct, frozen=True, kw_only=True):
    """A tree as the client cuts it: what it shows, and what it hides without a word."""

    shown: tuple[Node, ...]
    hidden: tuple[Node, ...]


def visible_text(nodes: Sequence[Node]) -> str:
    """The text as a reader would copy it, without marks: blocks on lines of their own, ``• `` and ``7. ``.

    Mentions and times are as typed. Spoilers count as visible; line ends at the text's edges are left out.
    """
    return "".join(_pieces(nodes)).strip("\n")


def links_of(nodes: Sequence[Node]) -> tuple[Link, ...]:
    """Every link of the tree, in reading order."""
    return tuple(
        Link(label=visible_text(node.children) or node.text, url=node.url, masked=node.masked)
        for node in walk(nodes)
        if node.url is not None
    )


def count_nodes(nodes: Sequence[Node]) -> int:
    """How many nodes the client counts: all but plain text; items are part of their list."""
    return sum(_counts(node) for node in walk(nodes))


def cut_by_client(nodes: Sequence[Node]) -> Cut:
    """Cut the tree as the client does: at the 200th node its row of siblings ends, and all later rows."""
    cutter = _Cutter()
    shown = cutter.keep(tuple(nodes))
    return Cut(shown=shown, hidden=tuple(cutter.hidden))


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Every node of the tree, parents first."""
    for node in nodes:
        yield node
        yield from walk(node.children)


class _Cutter(Struct):
    left: int = NODE_LIMIT
    hidden: list[Node] = field(default_factory=list)

    def keep(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        kept: list[Node] = []
        for index, node in enumerate(nodes):
            self.left -= _counts(node)
            if self.left <= 0 and _counts(node):
                self.hidden.extend(nodes[index:])
                break
            kept.append(replace(node, children=self.keep(node.children)) if node.children else node)
        return tuple(kept)


def _counts(node: Node) -> bool:
    return node.kind not in {Kind.TEXT, Kind.ITEM}


def _pieces(nodes: Sequence[Node]) -> Iterator[str]:
    """The text in pieces, with a line end wherever a block begins or ends and none is there yet."""
    fresh = True
    for piece in _marked(nodes):
        if piece is not None:
            yield piece
            fresh = piece.endswith("\n") if piece else fresh
        elif not fresh:
            yield "\n"
            fresh = True


def _marked(nodes: Sequence[Node]) -> Iterator[str | None]:
    """The text in pieces, None standing for "begin a line"."""
    for node in nodes:
        if node.kind in BLOCKS:
            yield None
        yield node.text
        if node.kind is Kind.LIST:
            yield from _marked_items(node)
        else:
            yield from _marked(node.children)
        if node.kind in BLOCKS:
            yield None


def _marked_items(node: Node) -> Iterator[str | None]:
    for offset, item in enumerate(node.children):
        yield None
        yield "• " if node.start is None else f"{node.start + offset}. "
        yield from _marked(item.children)
