"""Lists, which the client nests by indent and ends at a blank line."""

from __future__ import annotations

import re

from bot.formatting.discord.nodes import Kind, Node
from bot.formatting.discord.reading import LineStart, Match, Reader
from bot.patterns import regex

MAX_LIST_LEVEL = 11
"""The deepest list the client draws; bullets beyond it show as typed."""

_MAX_NUMBER = 1_000_000_000
_BULLET = r"(?:[*-]|[0-9]+\.)"
_HEAD = regex(rf"( *)({_BULLET})( ++)")
_BULLET_THERE = regex(f"{_BULLET} ")
_LAST_BLANKS = regex(r"(?<!\n)\n\n+\Z")
_ITEM_END = regex(r"(?<! ) *\n\Z")


def bullet_list(reader: Reader, at: int) -> Match | None:
    """``- ``, ``* `` or ``7. ``; numbers run on from the first, which is 1 at least."""
    if reader.context.list_level >= MAX_LIST_LEVEL:
        return None
    begin = at
    if reader.text[at] == "\n":  # right after a mark the line end is still unread
        if reader.line is not LineStart.NO:
            return None
        begin = at + 1
    elif reader.line is LineStart.NO:
        return None
    head = _HEAD.match(reader.text, begin)
    if not head or head.start(3) + 1 >= len(reader.text):
        return None
    end = _end_of_list(reader.text, head)
    body = _LAST_BLANKS.sub("\n", reader.text[begin:end])
    node = Node(kind=Kind.LIST, start=_first_number(head[2]), children=_items(reader, body))
    return Match(end, (node,))


def _end_of_list(text: str, head: re.Match[str]) -> int:
    """Behind the last line end that neither a space nor a bullet of the same indent follows."""
    line = text.find("\n", head.start(3) + 2)
    while line >= 0:
        begin = line + 1
        same = text.startswith(head[1], begin) and _BULLET_THERE.match(text, begin + len(head[1]))
        if not text.startswith(" ", begin) and not same:
            return begin
        line = text.find("\n", begin)
    return len(text)


def _first_number(bullet: str) -> int | None:
    return min(_MAX_NUMBER, max(1, int(bullet[:-1]))) if bullet[:-1] else None


def _items(reader: Reader, body: str) -> tuple[Node, ...]:
    """The items of a list; a blank line inside one makes its text, and the last item's, paragraphs."""
    width = len(_HEAD.match(body)[0])  # type: ignore[index]  # a list's body begins with its first bullet
    hanging = re.compile(f"^ {{1,{width}}}", re.MULTILINE)
    sources = _split_items(body)
    items: list[Node] = []
    loose = False
    for number, source in enumerate(sources, start=1):
        text = hanging.sub("", source[_HEAD.match(source).end() :])  # type: ignore[union-attr]  # see _split_items
        loose = "\n\n" in text or (loose and number == len(sources))
        text = _ITEM_END.sub("\n\n" if loose else "", text)
        level = reader.context.list_level + 1
        children = reader.inside(text, list_level=level, headings=False, inline=not loose)
        items.append(Node(kind=Kind.ITEM, children=children))
    return tuple(items)


def _split_items(body: str) -> list[str]:
    """Cut before each line that has a bullet at the first one's indent, or one space further in."""
    indent = len(body) - len(body.lstrip(" "))
    begins = re.compile(rf"^ {{{indent},{indent + 1}}}{_BULLET} ", re.MULTILINE)
    places = [match.start() for match in begins.finditer(body)]
    return [body[start:end] for start, end in zip(places, [*places[1:], len(body)], strict=True)]
