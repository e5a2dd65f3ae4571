"""Looks at a body line by line for its headings and fences; the formatter alone parses Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from bot.patterns import regex

_HEADING = regex(r" {0,3}#{1,6}[ \t]+(?P<text>\S.*)")
_FENCE = regex(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<info>.*)$", re.MULTILINE)
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
    opened: re.Match[str] | None = None
    for start in sorted({*_lines_with("```", body), *_lines_with("~~~", body)}):
        fence = _FENCE.match(body, start)
        opened = _after(opened, fence) if fence else opened
    return body.count("\n", 0, opened.start()) if opened else None


def _lines_with(mark: str, body: str) -> Iterator[int]:
    """Where the lines begin that hold the mark; most posts have few, and ``find`` is quick to say so."""
    found = body.find(mark)
    while found >= 0:
        yield body.rfind("\n", 0, found) + 1
        end = body.find("\n", found)
        found = body.find(mark, end) if end >= 0 else -1


def _prose_lines(body: str) -> Iterator[str]:
    opened: re.Match[str] | None = None
    for line in body.split("\n"):
        fence = _FENCE.match(line)
        before, opened = opened, _after(opened, fence) if fence else opened
        if before is None and opened is None:
            yield line


def _after(opened: re.Match[str] | None, fence: re.Match[str]) -> re.Match[str] | None:
    """The fence that is open after one more line that looks like a fence."""
    mark, info = fence["mark"], fence["info"].strip()
    if opened is None:
        return None if mark[0] == "`" and "`" in info else fence
    closes = not info and mark.startswith(opened["mark"])
    return None if closes else opened


def _plain(markdown: str) -> str:
    tokens = MarkdownIt("commonmark").parseInline(markdown)
    parts = (child.content for token in tokens for child in token.children or ())
    return " ".join("".join(parts).split())
