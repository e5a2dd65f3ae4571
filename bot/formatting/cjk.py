"""Emphasis beside Korean, Chinese and Japanese letters, which CommonMark's flanking rule leaves literal.

``**마크다운(Markdown)**을`` ends in punctuation followed by a letter, so CommonMark 0.31 (section 6.2) lets
the stars neither close nor open. The amendment of https://github.com/tats-u/markdown-cjk-friendly is
applied: punctuation that is not itself CJK counts as flanked when a CJK character is on the other side.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Delimiter, StateInline

_SPACE, _LETTER, _CJK, _PUNCTUATION = range(4)


def install(md: MarkdownIt) -> None:
    """Put these rules in the place of markdown-it's own for ``*``, ``_`` and ``~~``."""
    md.inline.ruler.at("emphasis", tokenize)
    md.inline.ruler.at("strikethrough", tokenize_strikes)


def tokenize(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Turn a run of ``*`` or ``_`` into delimiters, as ``rules_inline.emphasis.tokenize`` does."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    start = end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    may_open, may_close = _flanks(*_neighbours(state, start, end), inside_words=marker == "*")
    for _ in range(end - start):
        _delimit(state, marker, end - start, may_open=may_open, may_close=may_close)
    state.pos = end
    return True


def tokenize_strikes(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Turn a run of ``~`` into pairs, as ``rules_inline.strikethrough.tokenize`` does."""
    start = end = state.pos
    while end < state.posMax and state.src[end] == "~":
        end += 1
    if silent or end - start < len("~~"):
        return False
    may_open, may_close = _flanks(*_neighbours(state, start, end), inside_words=True)
    if (end - start) % 2:
        state.push("text", "", 0).content = "~"
    for _ in range((end - start) // 2):
        # Length 0: CommonMark's "rule of three" holds for stars and underscores only.
        _delimit(state, "~~", 0, may_open=may_open, may_close=may_close)
    state.pos = end
    return True


def _neighbours(state: StateInline, start: int, end: int) -> tuple[int, int]:
    """The kinds of what stands before and after a run of marks."""
    before = _kind(state.src[start - 1]) if start else _SPACE
    return before, _kind(state.src[end]) if end < state.posMax else _SPACE


def _delimit(state: StateInline, mark: str, length: int, *, may_open: bool, may_close: bool) -> None:
    token = state.push("text", "", 0)
    token.content = mark
    state.delimiters.append(
        Delimiter(
            marker=ord(mark[0]),
            length=length,
            token=len(state.tokens) - 1,
            end=-1,
            open=may_open,
            close=may_close,
        )
    )


@lru_cache(maxsize=4096)
def _kind(character: str) -> int:
    if isWhiteSpace(ord(character)):
        return _SPACE
    # Wide, full-width and half-width characters and Hangul are CJK; wide emoji are not.
    wide = unicodedata.east_asian_width(character) in "WFH" or "\u1100" <= character <= "\u11ff"
    if wide and unicodedata.category(character) not in ("So", "Sk"):
        return _CJK
    if isMdAsciiPunct(ord(character)) or isPunctChar(character):
        return _PUNCTUATION
    return _LETTER


def _flanks(before: int, after: int, *, inside_words: bool) -> tuple[bool, bool]:
    """Whether a run of delimiters may open and may close (CommonMark 6.2, rules 1 to 8, amended)."""
    left = after != _SPACE and (after != _PUNCTUATION or before != _LETTER)
    right = before != _SPACE and (before != _PUNCTUATION or after != _LETTER)
    if inside_words:
        return left, right
    return left and (not right or before == _PUNCTUATION), right and (not left or after == _PUNCTUATION)
