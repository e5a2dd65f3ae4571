"""What an author's Markdown says, on one line and without its marks: for lists, menus and names."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bot.formatting import spans
from bot.formatting.cards import shortened
from bot.formatting.parsing import parse_line
from bot.formatting.render import render_inline
from bot.formatting.render.text import visible
from bot.patterns import regex
from bot.posts.models import Post

_MARKS: Final = regex(r"[\\*_~`\[<&]")
_ENOUGH: Final = 4
"""How many times as long as what is shown the beginning is that is parsed: links and marks take room."""


def title_of(post: Post) -> str:
    """A post's title; one of nothing but marks is shown as it is."""
    return plain_line(post.title) or " ".join(post.title.split())


def about(post: Post, most: int) -> str:
    """The beginning of a post's description, at most ``most`` characters; empty where there is none."""
    said = post.meta.description
    # What is cut in the middle is no Markdown any more: no address is, and a label lies behind what is shown.
    begun = plain_line(said[: _ENOUGH * most].rpartition(" ")[0])
    return shortened(begun if len(begun) >= 2 * most else plain_line(said), most)


@lru_cache(maxsize=8_192)  # a list that is turned to and fro says the same again
def plain_line(markdown: str) -> str:
    """The words of some Markdown as the cards show them. No block is parsed: ``# 1`` stays as it is."""
    line = " ".join(markdown.split())
    if not _MARKS.search(line):
        return visible(line)
    return " ".join(spans.plain_text(render_inline(parse_line(line), None)).split())
