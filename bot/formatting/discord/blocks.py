"""Blocks that begin a line: headings, small text, quotes, fences; and the paragraphs of loose list items."""

from __future__ import annotations

import re

from bot.formatting.discord.nodes import Kind, Node, text_node
from bot.formatting.discord.reading import LineStart, Match, Reader
from bot.patterns import regex

_HASHES = regex(r" *(#{1,3})\s++")
_MORE_HASHES = regex(r"#{1,3}\s")
_BLANK = regex(r"\s*")
_SMALL = regex(r" *-#( ++)")
_QUOTED_LINE = regex(r" *>(?!>>) +[^\n]*")
_QUOTED_REST = regex(r" *>>> +")
_QUOTE_MARK = regex(r"^ *> ?", re.MULTILINE)
_REST_MARK = regex(r" *>>> ?")
_FENCE_LANGUAGE = regex(r"([-A-Za-z0-9_+.#]++)\n")
_NEWLINES = regex(r"\n*")
_BLANK_LINES = regex(r"\n(?: *\n)*")
_PARAGRAPH_END = regex(r"\n(?: *\n)+")
_FENCE = "```"


def heading(reader: Reader, at: int) -> Match | None:
    """``#`` to ``###`` and white space; closing hashes and the blank lines after it belong to it."""
    match = _HASHES.match(reader.text, at)
    if reader.line is not LineStart.FRESH or not match or _MORE_HASHES.match(reader.text, match.end()):
        return None
    line_end = _line_end(reader.text, match.end())
    line = reader.text[match.end() : line_end]
    if not line:
        return None
    shown = line.rstrip().rstrip("#").strip() or line[0]
    node = Node(
        kind=Kind.HEADING,
        level=len(match[1]),
        children=reader.inside(shown, Kind.HEADING, inline=True),
    )
    return Match(_end_of_blank_lines(reader.text, line_end), (node,))


def small(reader: Reader, at: int) -> Match | None:
    """``-# `` and the rest of the line; ``-# -#`` shows as typed."""
    match = _SMALL.match(reader.text, at)
    if reader.line is not LineStart.FRESH or not match:
        return None
    line_end = _line_end(reader.text, match.end())
    line = reader.text[match.end() : line_end].rstrip(" ")
    if not line or (line.startswith("-#") and len(match[1]) == 1):
        return None
    children = reader.inside(line.strip(), Kind.SMALL, inline=True)
    return Match(min(len(reader.text), line_end + 1), (Node(kind=Kind.SMALL, children=children),))


def quote(reader: Reader, at: int) -> Match | None:
    """Lines that begin ``> ``, or everything after ``>>> ``; a quote holds no other."""
    if reader.line is LineStart.NO:
        return None
    if _QUOTED_REST.match(reader.text, at):
        inner, end = _REST_MARK.sub("", reader.text[at:], count=1), len(reader.text)
        children = reader.inside(inner, Kind.QUOTE, quoted=True)
    else:
        end = _end_of_quote(reader.text, at)
        if end == at:
            return None
        inner = _QUOTE_MARK.sub("", reader.text[at:end])
        children = reader.inside(inner, Kind.QUOTE, quoted=True, inline=True)
    return Match(end, (Node(kind=Kind.QUOTE, children=children or (text_node(" "),)),))


def fence(reader: Reader, at: int) -> Match | None:
    """Three backticks to the next three, wherever they stand; a language counts only on a line of its own."""
    text = reader.text
    if not text.startswith(_FENCE, at):
        return None
    begin = at + len(_FENCE)
    language = _FENCE_LANGUAGE.match(text, begin)
    tries = [(language[1], language.end())] if language else []
    for name, start in [*tries, (None, begin)]:
        code = _end_of(_NEWLINES, text, start)
        close = text.find(_FENCE, code + 1)
        if close > 0:
            node = Node(kind=Kind.FENCE, text=text[code:close].rstrip("\n"), language=name)
            return Match(close + len(_FENCE), (node,))
    return None


def newline(reader: Reader, at: int) -> Match | None:
    """Blank lines between paragraphs."""
    match = _BLANK_LINES.match(reader.text, at)
    return Match(match.end(), (Node(kind=Kind.NEWLINE, text="\n"),)) if match else None


def paragraph(reader: Reader, at: int) -> Match | None:
    """Everything up to the next blank line."""
    match = _PARAGRAPH_END.search(reader.text, at + 1)
    if not match:
        return None
    children = reader.inside(reader.text[at : match.start()], Kind.PARAGRAPH, inline=True)
    return Match(match.end(), (Node(kind=Kind.PARAGRAPH, children=children),))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _end_of_blank_lines(text: str, line_end: int) -> int:
    """Where the next line with something on it begins."""
    blank = _end_of(_BLANK, text, line_end)
    return blank if blank == len(text) else text.rfind("\n", line_end, blank) + 1


def _end_of_quote(text: str, at: int) -> int:
    """Behind the last of the lines from ``at`` on that begin ``> ``; ``at`` itself when there is none."""
    end = at
    while end < len(text):
        match = _QUOTED_LINE.match(text, end)
        if not match:
            break
        end = min(len(text), match.end() + 1)
    return end
