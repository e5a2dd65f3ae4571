"""Looks at a body line by line for its headings and fences; the formatter alone parses Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<text>\S.*)")
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_LONGEST = 1000
"""Characters of a heading that are read as a title."""


def first_heading(body: str) -> str | None:
    """The text of the first heading (``# ...``) outside fences, without its Markdown."""
    for line in _prose_lines(body):
        match = _HEADING.fullmatch(line)
        if match:
            text = _plain(re.sub(r"[ \t]#+$", "", match["text"].rstrip()[:_LONGEST]))
            if text:
                return text
    return None


def unclosed_fence(body: str) -> int | None:
    """The 0-based line of a fence that swallows the rest of the body; None if all are closed.

    CommonMark 0.31, 4.5: a fence ends at one of the same character, at least as long, without info.
    """
    opened: tuple[int, str] | None = None
    for number, line in enumerate(body.split("\n")):
        opened = _step(opened, number, line)
    return opened[0] if opened else None


def _prose_lines(body: str) -> Iterator[str]:
    opened: tuple[int, str] | None = None
    for number, line in enumerate(body.split("\n")):
        before, opened = opened, _step(opened, number, line)
        if before is None and opened is None:
            yield line


def _step(opened: tuple[int, str] | None, number: int, line: str) -> tuple[int, str] | None:
    """The fence that is open after a line."""
    match = _FENCE.fullmatch(line)
    if match is None:
        return opened
    mark, info = match["mark"], match["info"].strip()
    if opened is None:
        return None if mark[0] == "`" and "`" in info else (number, mark)
    closes = not info and mark[0] == opened[1][0] and len(mark) >= len(opened[1])
    return None if closes else opened


def _plain(markdown: str) -> str:
    tokens = MarkdownIt("commonmark").parseInline(markdown)
    parts = (child.content for token in tokens for child in token.children or ())
    return " ".join("".join(parts).split())
