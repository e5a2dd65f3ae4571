"""A post between Markdown and cards: parts opened by headings, each a run of finished blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.formatting import escaping, spans
from bot.formatting.spans import Span

CUT_PART: Final = 0
CUT_BLOCK: Final = 1
CUT_ITEM: Final = 2
CUT_INSIDE: Final = 20
"""How good a cut before a block is, best first; nested items lie between CUT_ITEM and CUT_INSIDE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, item, heading line or code block, ready to be joined with others.

    Attributes:
        run: the inline content; a code block's text is one span.
        first: what the first line begins with (``- ``, ``> ``, ``### ``).
        rest: what its further lines begin with.
        gap: what stands between the previous block and this one.
        cut: how good a cut before this block is (CUT_PART is best).
        keep: True when the next block must not be parted from this one.
        parents: the lines that bring a nested item to its level when a card begins with it.
        fence: a code block's language (may be empty); None for anything else.
        image: a picture's address; such a block is shown as the card's picture.
    """

    run: tuple[Span, ...] = ()
    first: str = ""
    rest: str = ""
    gap: str = "\n\n"
    cut: int = CUT_BLOCK
    keep: bool = False
    parents: tuple[str, ...] = ()
    fence: str | None = None
    image: str | None = None
    text: str = field(init=False, default="")
    nodes: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        text, nodes = spans.write(self.run)
        if self.fence is not None:
            text, nodes = f"```{self.fence}\n{text}\n```", 1
        elif text:
            text = escaping.escape_line_starts(text)
        if self.rest and "\n" in text:
            text = text.replace("\n", f"\n{self.rest}")
        object.__setattr__(self, "text", self.first + text if text else "")
        # A prefix makes a node as well: a list, a quote, a heading.
        object.__setattr__(self, "nodes", nodes + bool(self.first) + bool(self.image))


@dataclass(slots=True, kw_only=True)
class Part:
    """A heading and what stands under it up to the next one; the first part may have no heading.

    Attributes:
        level: 1 to 3, 0 for what stands before the first heading.
        title: the heading's inline content.
        line: the 0-based line of the body where the heading stands.
        pictures: how many of its blocks are pictures.
    """

    level: int = 0
    title: tuple[Span, ...] = ()
    line: int = 0
    blocks: list[Block] = field(default_factory=list)
    pictures: int = 0
