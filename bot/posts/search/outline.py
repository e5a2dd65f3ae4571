"""Tells in which section a line stands, and under which heading, fast enough for every search result.

``bot.posts.sections`` parses Markdown, which takes a tenth of a second for a long post; this looks at
lines. Tests hold the two together on real posts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from bot.patterns import regex
from bot.posts.sections import anchor, plain_heading

_MARK = regex(
    r"""^\ {0,3}(?:
        (?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>.*)
      | (?P<level>\#{1,3})(?:[ \t](?P<title>.*))?$
      | (?P<html></?[A-Za-z][A-Za-z0-9-]*)
      | (?P<under>=+|-+)[ \t]*$
    )""",
    re.VERBOSE | re.MULTILINE,
)
_BLANK = regex(r"\n[ \t]*(?:\n|\Z)")
"""CommonMark 0.31, 4.6: an HTML block of kind 6 ends at a blank line."""

_BLOCK_NAMES = """
address article aside base basefont blockquote body caption center col colgroup dd details dialog dir
div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html
iframe legend li link main menu menuitem nav noframes ol optgroup option p param search section summary
table tbody td tfoot th thead title tr track ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_NO_PARAGRAPH = regex(r" {0,3}(?:#{1,6}(?:\s|$)|`{3}|~{3})|\s*$")
_INSIDE_OTHERS = regex(r" {0,3}(?:>|[-+*]\s|\d{1,9}[.)]\s)|    ")
_UNDERLINE = regex(r" {0,3}(?:=+|-+)[ \t]*")
_WORD = regex(r"\w+")
_HAS_WORD = regex(r"[^\s#*_`\[\]()!<>~-]")


class Heading(Struct, frozen=True, kw_only=True):
    """What names a section: the same index, title and anchor as ``bot.posts.sections.Section`` has."""

    index: int
    title: str
    anchor: str


def heading_at(lines: Sequence[str], headings: list[int], line: int) -> Heading | None:
    """The heading of the section in which a line stands; None before the first.

    ``headings`` are from ``heading_lines``, ``lines`` are the body's.
    """
    index = bisect_right(headings, line) - 1
    if index < 0:
        return None
    title = _title(lines, headings[index])
    word = max(_WORD.findall(title), key=len, default="").lower()
    # Earlier headings that lack its longest word have another anchor and need not be read.
    alike = [number for number in headings[:index] if word in _heading_text(lines, number).lower()]
    seen: dict[str, int] = {}
    for number in alike:
        anchor(_title(lines, number), seen)
    return Heading(index=index, title=title, anchor=anchor(title, seen))


def heading_lines(body: str) -> list[int]:
    """The 0-based lines of the headings that are sections (levels 1 to 3), in order."""
    lines: list[int] = []
    at, number = 0, 0
    fence = ""
    skip_to = 0
    for match in _MARK.finditer(body):
        start = match.start()
        number += body.count("\n", at, start)
        at = start
        if start < skip_to:
            continue
        if match["fence"]:
            fence = _after(fence, match["fence"], match["info"])
        elif fence:
            continue
        elif match["level"]:
            if _HAS_WORD.search(_unclosed(match["title"] or "")):
                lines.append(number)
        elif match["html"]:
            skip_to = _html_end(body, match)
        elif above := _lines_above(body, start):
            lines.append(number - above)
    return lines


def _title(lines: Sequence[str], number: int) -> str:
    return plain_heading(_heading_text(lines, number))


def _heading_text(lines: Sequence[str], number: int) -> str:
    """A heading's Markdown: of one line behind signs, or of all lines above an underline."""
    match = _MARK.fullmatch(lines[number])
    if match and match["level"]:
        return _unclosed(match["title"] or "")
    underlines = (at for at in range(number + 1, len(lines)) if _UNDERLINE.fullmatch(lines[at]))
    return "\n".join(line.strip() for line in lines[number : next(underlines, number + 1)])


def _unclosed(title: str) -> str:
    """A heading's text without the signs that may close it (CommonMark 0.31, 4.2)."""
    text = title.strip(" \t")
    bare = text.rstrip("#")
    return bare.rstrip(" \t") if not bare or bare[-1] in " \t" else text


def _after(fence: str, mark: str, info: str) -> str:
    """The fence that is open after a fence line."""
    if not fence:
        return mark
    closes = mark[0] == fence[0] and len(mark) >= len(fence) and not info.strip()
    return "" if closes else fence


def _html_end(body: str, match: re.Match[str]) -> int:
    if match["html"].lstrip("</").lower() not in _BLOCKS:
        return 0
    blank = _BLANK.search(body, match.end())
    return blank.start() if blank else len(body)


def _lines_above(body: str, start: int) -> int:
    """How many lines the paragraph has that an underline at ``start`` makes a heading in setext's way."""
    lines, end = 0, start - 1
    while end > 0:
        before = body.rfind("\n", 0, end) + 1
        line = body[before:end]
        if _INSIDE_OTHERS.match(line):
            return 0  # the underline ends a list or a quote
        if _NO_PARAGRAPH.match(line) or _UNDERLINE.fullmatch(line):
            break
        lines, end = lines + 1, before - 1
    return lines
