"""Walks markdown-it's tokens: one function a node type, found in two read-only tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from markdown_it.token import Token

from bot.formatting import spans
from bot.formatting.blocks import Part
from bot.formatting.render.html import Html
from bot.formatting.render.page import Page
from bot.formatting.render.tables import write_table
from bot.formatting.spans import Span
from bot.patterns import regex

OPENING_LEVELS = 3
"""Headings down to this level open a part; deeper ones are bold lines inside it."""

_TASK = regex(r"\[([ xX])\](?=\s)")


class Walk:
    """The state of one rendering: the page being written and the tables being read."""

    def __init__(self, base: str | None) -> None:
        self.page = Page(base)
        self.html = Html(self.page)
        self.task_may_follow = False
        self.table: list[list[tuple[Span, ...]]] = []
        self.right: list[bool] = []
        self.line = 0


BlockHandler = Callable[[Walk, Token], None]
InlineHandler = Callable[[Walk, Token], None]


def render(tokens: Sequence[Token], base: str | None = None) -> list[Part]:
    """The parts of a document; the first holds what stands before any heading.

    ``base`` is the address that relative links resolve against; without it they become text.
    """
    walk = Walk(base)
    for token in tokens:
        handler = BLOCKS.get(token.type)
        if handler is not None:
            handler(walk, token)
    walk.html.finish()
    walk.page.flush()
    return walk.page.parts


def render_inline(token: Token, base: str | None = None) -> tuple[Span, ...]:
    """The inline content of one ``inline`` token."""
    walk = Walk(base)
    _inline(walk, token)
    return walk.page.text.take()


# Blocks ---------------------------------------------------------------------------


def _inline(walk: Walk, token: Token) -> None:
    for child in token.children or ():
        INLINES[child.type](walk, child)
    walk.html.end_inline()


def _paragraph_close(walk: Walk, _token: Token) -> None:
    walk.page.paragraph()


def _heading_open(walk: Walk, token: Token) -> None:
    walk.page.flush()
    walk.line = token.map[0] if token.map else 0


def _heading_close(walk: Walk, token: Token) -> None:
    level = int(token.tag[1])
    if level > OPENING_LEVELS or walk.page.nested():
        walk.page.bold_line()
    else:
        walk.html.finish()
        walk.page.part(level, walk.line)


def _list_open(walk: Walk, token: Token) -> None:
    walk.page.open_list(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)


def _list_close(walk: Walk, _token: Token) -> None:
    walk.page.close_list()


def _item_open(walk: Walk, _token: Token) -> None:
    walk.page.open_item()
    walk.task_may_follow = True


def _item_close(walk: Walk, _token: Token) -> None:
    walk.page.close_item()
    walk.task_may_follow = False


def _quote_open(walk: Walk, _token: Token) -> None:
    walk.page.open_quote()


def _quote_close(walk: Walk, _token: Token) -> None:
    walk.page.close_quote()


def _fence(walk: Walk, token: Token) -> None:
    walk.page.fence(token.content, token.info)


def _html_block(walk: Walk, token: Token) -> None:
    walk.html.block(token.content)


def _note_open(walk: Walk, token: Token) -> None:
    walk.page.flush()
    walk.page.small(str(token.meta["label"]))


def _table_open(walk: Walk, _token: Token) -> None:
    walk.page.flush()
    walk.table, walk.right = [], []


def _row_open(walk: Walk, _token: Token) -> None:
    walk.table.append([])


def _cell_close(walk: Walk, _token: Token) -> None:
    walk.html.in_cell = False
    walk.table[-1].append(walk.page.cell())


def _cell_open(walk: Walk, token: Token) -> None:
    walk.html.in_cell = True
    if token.type == "th_open":
        walk.right.append("right" in str(token.attrGet("style") or ""))


def _table_close(walk: Walk, _token: Token) -> None:
    write_table(walk.page, walk.table, walk.right)


BLOCKS: Mapping[str, BlockHandler] = MappingProxyType(
    {
        "inline": _inline,
        "paragraph_close": _paragraph_close,
        "heading_open": _heading_open,
        "heading_close": _heading_close,
        "bullet_list_open": _list_open,
        "ordered_list_open": _list_open,
        "bullet_list_close": _list_close,
        "ordered_list_close": _list_close,
        "list_item_open": _item_open,
        "list_item_close": _item_close,
        "blockquote_open": _quote_open,
        "blockquote_close": _quote_close,
        "fence": _fence,
        "code_block": _fence,
        "html_block": _html_block,
        "footnote_reference_open": _note_open,
        "table_open": _table_open,
        "tr_open": _row_open,
        "th_open": _cell_open,
        "th_close": _cell_close,
        "td_open": _cell_open,
        "td_close": _cell_close,
        "table_close": _table_close,
    }
)
"""Block tokens; those that are absent (a rule, a paragraph's start) show nothing by themselves."""


# Inlines --------------------------------------------------------------------------


def _text(walk: Walk, token: Token) -> None:
    content = token.content
    if walk.task_may_follow:
        walk.task_may_follow = False
        content = _TASK.sub(lambda box: "☐" if box[1] == " " else "☑", content, count=1)
    walk.html.words(content)


def _soft_break(walk: Walk, _token: Token) -> None:
    walk.html.soft_break()


def _hard_break(walk: Walk, _token: Token) -> None:
    walk.html.line_break()


def _code(walk: Walk, token: Token) -> None:
    walk.page.text.code(token.content)


def _strong_open(walk: Walk, _token: Token) -> None:
    walk.page.text.open_style(spans.BOLD)


def _strong_close(walk: Walk, _token: Token) -> None:
    walk.page.text.close_style(spans.BOLD)


def _emphasis_open(walk: Walk, _token: Token) -> None:
    walk.page.text.open_style(spans.ITALIC)


def _emphasis_close(walk: Walk, _token: Token) -> None:
    walk.page.text.close_style(spans.ITALIC)


def _strike_open(walk: Walk, _token: Token) -> None:
    walk.page.text.open_style(spans.STRIKE)


def _strike_close(walk: Walk, _token: Token) -> None:
    walk.page.text.close_style(spans.STRIKE)


def _link_open(walk: Walk, token: Token) -> None:
    walk.page.text.open_link(str(token.attrs["href"]))


def _link_close(walk: Walk, _token: Token) -> None:
    walk.page.text.close_link()


def _image(walk: Walk, token: Token) -> None:
    alt = "".join(child.content for child in token.children or ())
    walk.page.text.image(str(token.attrs["src"]), alt)


def _html_inline(walk: Walk, token: Token) -> None:
    walk.html.inline(token.content)


def _note(walk: Walk, token: Token) -> None:
    walk.page.text.words(f"[{token.meta['label']}]")


INLINES: Mapping[str, InlineHandler] = MappingProxyType(
    {
        "text": _text,
        "text_special": _text,
        "softbreak": _soft_break,
        "hardbreak": _hard_break,
        "code_inline": _code,
        "strong_open": _strong_open,
        "strong_close": _strong_close,
        "em_open": _emphasis_open,
        "em_close": _emphasis_close,
        "s_open": _strike_open,
        "s_close": _strike_close,
        "link_open": _link_open,
        "link_close": _link_close,
        "image": _image,
        "html_inline": _html_inline,
        "footnote_ref": _note,
    }
)
