"""Takes one front-matter line apart (``key: value  # comment``) and quotes values as YAML wants them."""

from __future__ import annotations

from msgspec import Struct

from bot.patterns import regex

_HEAD = regex(r"[ \t]*(?:-[ \t]+)?(?:(?:[\w.-]{1,64}|\"[^\"\\]{1,64}\"|'[^']{1,64}')[ \t]?:[ \t]+)?")
_COMMENT = regex(r"[ \t]#(?:[ \t]|$)")
_BLOCK_HEADER = regex(r"[|>](?:[+-][1-9]?|[1-9][+-]?)?")
_SMALL_WORDS_END = regex(r"[\s.,;:!?)\]]|$")


class Entry(Struct, frozen=True, kw_only=True):
    """One line: what stands before its value, the value, and the white space and comment after it."""

    head: str
    value: str
    tail: str


def read_entry(line: str) -> Entry | None:
    """The parts of a ``key: value`` or ``- value`` line; None for any other.

    A comment is a ``#`` between white space; ``#1`` and ``#llm`` are text an author meant.
    """
    match = _HEAD.match(line)
    head = match.group() if match else ""
    rest = line[len(head) :]
    if not head.strip() or not rest.strip():
        return None
    comment = _COMMENT.search(rest)
    value = (rest[: comment.start()] if comment else rest).rstrip()
    if not value:
        return None
    return Entry(head=head, value=value, tail=rest[len(value) :])


def is_block_header(value: str) -> bool:
    """Whether the value is ``|`` or ``>`` with its indicators: the text stands in the lines below."""
    return _BLOCK_HEADER.fullmatch(value) is not None


def quoted(value: str) -> str:
    """The value as a YAML scalar in quotation marks; nothing of the author's text is lost.

    Outer marks that were meant as YAML's (``'It's here'``) are replaced, others are kept as text.
    """
    text = _unwrapped(value)
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _unwrapped(value: str) -> str:
    mark = value[0]
    if mark not in "\"'" or len(value) < 3 or value[-1] != mark:  # noqa: PLR2004 - two marks and a character
        return value
    inner = value[1:-1]
    first = inner.find(mark)
    ends_a_word = first > 0 and not inner[first - 1].isspace() and _SMALL_WORDS_END.match(inner, first + 1)
    return value if ends_a_word else inner
