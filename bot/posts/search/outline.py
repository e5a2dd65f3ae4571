"""Tells in which section a line stands, fast enough for every search result.

``bot.posts.sections`` parses Markdown, which takes tens of milliseconds for a long post; this looks at
lines. Tests hold the two together on real posts.
"""

from __future__ import annotations

import re
from bisect import bisect_right

_MARK = re.compile(
    r"""^\ {0,3}(?:
        (?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>.*)
      | (?P<level>\#{1,3})(?:[ \t]+(?P<title>.*?))??[ \t]*(?:(?<=[ \t])\#+[ \t]*)?$
      | (?P<html></?[A-Za-z][A-Za-z0-9-]*)
      | (?P<under>=+|-+)[ \t]*$
    )""",
    re.VERBOSE | re.MULTILINE,
)
_BLANK = re.compile(r"\n[ \t]*(?:\n|\Z)")
"""CommonMark 0.31, 4.6: an HTML block of kind 6 ends at a blank line."""

_BLOCK_NAMES = """
address article aside base basefont blockquote body caption center col colgroup dd details dialog dir
div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html
iframe legend li link main menu menuitem nav noframes ol optgroup option p param search section summary
table tbody td tfoot th thead title tr track ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_NO_PARAGRAPH = re.compile(r" {0,3}(?:#{1,6}(?:\s|$)|>|[-+*]\s|\d{1,9}[.)]\s|`{3}|~{3})|\s*$|    ")
_HAS_WORD = re.compile(r"[^\s#*_`\[\]()!<>~-]")


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
            if _HAS_WORD.search(match["title"] or ""):
                lines.append(number)
        elif match["html"]:
            skip_to = _html_end(body, match)
        elif _is_underline(body, start):
            lines.append(number - 1)
    return lines


def section_at(headings: list[int], line: int) -> int | None:
    """The index of the section in which a line stands; None before the first heading."""
    return bisect_right(headings, line) - 1 if headings and line >= headings[0] else None


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


def _is_underline(body: str, start: int) -> bool:
    """Whether the line before is a paragraph of one line: a heading in setext's way."""
    before = body.rfind("\n", 0, max(start - 1, 0)) + 1
    line = body[before : max(start - 1, 0)]
    if start == 0 or _NO_PARAGRAPH.match(line):
        return False
    earlier = body[body.rfind("\n", 0, max(before - 1, 0)) + 1 : max(before - 1, 0)]
    return before == 0 or not earlier.strip() or bool(re.match(r" {0,3}#{1,6}\s", earlier))
