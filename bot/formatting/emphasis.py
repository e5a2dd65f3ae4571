"""Mends malformed emphasis, so that no reader sees a star the author did not mean.

Real posts hold ``****X** and Y**`` and ``**Z** **`` thousands of times; CommonMark shows what it cannot
pair. This rule runs after the pairing and looks at double stars that stayed alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from markdown_it import MarkdownIt
from markdown_it.rules_inline.state_inline import Delimiter, StateInline
from markdown_it.token import Token

from bot.patterns import regex

TRUSTED_WORDS: Final = 4
"""A repaired pair is made bold over this many words at most; over more it is a guess, and stays plain."""

WORD = regex(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+|[$€£¥₩₿%\u2190-\u2bff]")
"""Words; a Chinese or Japanese character, a currency sign and a symbol count as one each."""
_STAR: Final = ord("*")
_CODE_BEFORE: Final = frozenset("(,/.=[{`")
_CODE_AFTER: Final = frozenset("/.")
_BREAKS: Final = frozenset(("softbreak", "hardbreak"))


def install(md: MarkdownIt) -> None:
    """Run the repair between the pairing of emphasis and the joining of text."""
    md.inline.ruler2.after("emphasis", "repair_emphasis", repair)


def repair(state: StateInline) -> None:
    """Make bold, or drop, the double stars of ``state`` that CommonMark could not pair."""
    _repair(state, state.delimiters)
    for meta in state.tokens_meta:
        if meta and "delimiters" in meta:
            _repair(state, meta["delimiters"])


def _repair(state: StateInline, delimiters: list[Delimiter]) -> None:
    alone = [run for run in _runs(_unpaired(delimiters)) if not _meant(state, run)]
    if not alone:
        return
    words = _plain_words(state.tokens)
    waiting: Token | None = None
    since = 0
    for run in alone:
        for delimiter in run:
            state.tokens[delimiter.token].content = ""
        token, here = state.tokens[run[0].token], words[run[0].token]
        if waiting is not None and 0 < here - since <= TRUSTED_WORDS:
            _become(waiting, "strong_open", 1)
            _become(token, "strong_close", -1)
            waiting = None
        else:
            waiting, since = token, here


def _unpaired(delimiters: list[Delimiter]) -> Iterator[Delimiter]:
    """Stars of runs of two and more that neither opened nor closed anything."""
    closed = {delimiter.end for delimiter in delimiters if delimiter.end >= 0}
    for index, delimiter in enumerate(delimiters):
        double = delimiter.marker == _STAR and delimiter.length > 1
        if double and delimiter.end < 0 and index not in closed:
            yield delimiter


def _runs(delimiters: Iterable[Delimiter]) -> list[list[Delimiter]]:
    """Neighbouring stars together."""
    runs: list[list[Delimiter]] = []
    for delimiter in delimiters:
        if runs and runs[-1][-1].token + 1 == delimiter.token:
            runs[-1].append(delimiter)
        else:
            runs.append([delimiter])
    return runs


def _meant(state: StateInline, run: list[Delimiter]) -> bool:
    """Stars of a formula, of code, of a path, of a swear-word: 2 ** 3, 2**3, f(**kwargs), a/**/b, d***."""
    before = _edge(state.tokens, run[0].token - 1, -1)
    after = _edge(state.tokens, run[-1].token + 1, 0)
    whole = len(run) == run[0].length
    if len(run) == len(state.tokens):
        return True  # nothing but stars: a footnote's mark, a level of significance in a table
    if whole and len(run) == 2 and not run[0].open and not run[0].close:  # noqa: PLR2004 - "**"
        return not _beside_bold(state.tokens, run)
    if before in _CODE_BEFORE or (before and after in _CODE_AFTER):
        return True
    if not (before.isascii() and before.isalnum()):
        return False
    return (after.isascii() and after.isalnum()) or (whole and len(run) > 2)  # noqa: PLR2004 - "**"


def _beside_bold(tokens: list[Token], run: list[Delimiter]) -> bool:
    """Whether bold text stands right before ``run`` or right after it: ``**Z** **`` is no formula."""
    before = (tokens[at] for at in range(run[0].token - 1, -1, -1) if _says(tokens[at]))
    after = (tokens[at] for at in range(run[-1].token + 1, len(tokens)) if _says(tokens[at]))
    return next((token.type for token in before), "") == "strong_close" or (
        next((token.type for token in after), "") == "strong_open"
    )


def _says(token: Token) -> bool:
    """Whether ``token`` is more than white space and line ends."""
    return token.type not in _BREAKS and (token.type != "text" or bool(token.content.strip()))


def _edge(tokens: list[Token], index: int, side: int) -> str:
    """The character of a neighbouring text token at ``side``; a space where there is none."""
    if 0 <= index < len(tokens) and tokens[index].type == "text":
        return tokens[index].content[side : side + 1 or None] or " "
    return " "


def _plain_words(tokens: list[Token]) -> list[int]:
    """For each token, how many words outside strong emphasis stand before it."""
    counts: list[int] = []
    words = depth = 0
    for token in tokens:
        counts.append(words)
        if token.type == "strong_open":
            depth += 1
        elif token.type == "strong_close":
            depth -= 1
        elif not depth and token.content:
            words += len(WORD.findall(token.content))
    return counts


def _become(token: Token, kind: str, nesting: Literal[-1, 1]) -> None:
    token.type, token.tag, token.nesting, token.markup = kind, "strong", nesting, "**"
