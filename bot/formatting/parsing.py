"""Sets up markdown-it-py for the posts this bot reads: CommonMark, tables, strikes, footnotes, CJK."""

from __future__ import annotations

import copy
from functools import cache, partial

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from bot.errors import PostError
from bot.formatting import cjk, emphasis
from bot.patterns import regex
from bot.posts import lengths
from bot.posts.problems import Problem

_TERMINATORS = regex(r"[\n!&*<\[\\\]_`~]")
"""Where plain text may end under the rules in use; fewer stops than the library's default are faster."""

_LAST_COMMENT = "last comment's end"
"""Where, in a document's state, the place of its last ``-->`` is kept."""

_DEEPEST = 60
"""Levels of nesting that are read (a list takes two); beyond any post, within Python's own recursion."""


_DEEPEST_BRACKETS = 20
"""Brackets in brackets that may be links or pictures; deeper ones are text (markdown-it's own limit)."""


def parse(body: str, path: str = "") -> list[Token]:
    """The block tokens of a post's body; inline tokens carry their children.

    Raises:
        PostError: the body is longer than ``lengths.MAX_CHARACTERS``.
    """
    if len(body) > lengths.MAX_CHARACTERS:
        raise PostError((_too_long(path, len(body)),))
    return _markdown().parse(body)


def parse_line(text: str) -> Token:
    """The inline token of one line, a title for example."""
    return _markdown().parseInline(text)[0]


def _too_long(path: str, length: int) -> Problem:
    return Problem(path=path, line=1, code=lengths.CODE, cause=lengths.cause_of(length), fix=lengths.FIX)


@cache
def _markdown() -> MarkdownIt:
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    # Definitions stay where the author put them: a reader meets every word in its order.
    footnote_plugin(md, inline=False, move_to_end=False)
    md.block.ruler.before("table", "too_deep", _too_deep)
    md.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    md.options["maxNesting"] = _DEEPEST + 40
    cjk.install(md)
    emphasis.install(md)
    md.inline.terminator_re = _TERMINATORS
    # bot.formatting.urls judges, cleans and writes every address once, at the end.
    md.validateLink = _any_link  # type: ignore[assignment, method-assign] # the documented way
    md.normalizeLink = _as_written  # type: ignore[method-assign] # the same
    md.normalizeLinkText = _as_written  # type: ignore[assignment, method-assign] # the same
    md.core.ruler.at("inline", partial(_inline, _shallow(md)))
    return md


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """Read what is nested too deeply as one paragraph: the library would drop it."""
    if state.level < _DEEPEST:
        return False
    if not silent:
        opening = state.push("paragraph_open", "p", 1)
        opening.map = [start, end]
        inline = state.push("inline", "", 0)
        inline.content = state.getLines(start, end, state.blkIndent, keepLastLF=False).strip()
        inline.map = [start, end]
        inline.children = []
        state.push("paragraph_close", "p", -1)
        state.line = end
    return True


def _shallow(md: MarkdownIt) -> MarkdownIt:
    """``md`` for inline content: each level of brackets costs a pass over all brackets of a text."""
    shallow = copy.copy(md)
    shallow.options = copy.deepcopy(md.options)
    shallow.options["maxNesting"] = _DEEPEST_BRACKETS
    return shallow


def _inline(md: MarkdownIt, state: StateCore) -> None:
    """Read the inline content of every block, as ``rules_core.inline`` does."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = md.inline.parse(token.content, md, state.env, token.children or [])


def _html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """CommonMark's rule, save that a comment nobody closed does not swallow the rest of the post."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src.startswith("<!--", at):
        if _LAST_COMMENT not in state.env:
            state.env[_LAST_COMMENT] = state.src.rfind("-->")
        if state.env[_LAST_COMMENT] < at + 2:
            return False
    return html_block(state, start, end, silent)


def _any_link(_url: str) -> bool:
    return True


def _as_written(url: str) -> str:
    return url
