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
    """Put this rule in the place of markdown-it's own for ``*`` and ``_``."""
    md.inline.ruler.at("emphasis", tokenize)


def tokenize(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Turn a run of ``*`` or ``_`` into delimiters, as ``rules_inline.emphasis.tokenize`` does."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    start = end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    before = _kind(state.src[start - 1]) if start else _SPACE
    after = _kind(state.src[end]) if end < state.posMax else _SPACE
    may_open, may_close = _flanks(before, after, inside_words=marker == "*")
    for _ in range(end - start):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=end - start,
                token=len(state.tokens) - 1,
                end=-1,
                open=may_open,
                close=may_close,
            )
        )
    state.pos = end
    return True


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
