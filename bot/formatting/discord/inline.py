"""Marks inside a line: emphasis, strikes, spoilers, code, escapes, breaks, and plain text.

The client's patterns come from simple-markdown (https://github.com/ariabuckles/simple-markdown), which knows
no flanking rules. They are written here so that no pattern can be matched in two ways: nothing backtracks.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from bot.formatting.discord.emoji import split_emoji
from bot.formatting.discord.nodes import Kind, Node, text_node
from bot.formatting.discord.reading import Match, Reader, styled
from bot.patterns import regex

# One star: pairs of stars and escapes are skipped whole; a lone star after white space closes nothing, except
# that one or two spaces may stand before the closing star.
_ITALIC_STAR = regex(
    r"\*(?=\S)((?:\*\*|\\[\s\S]|\s++(?:\*\*|\\[\s\S]|[^\s*\\])|[^\s*\\])++) {0,2}\*(?!\*)",
)
# One underscore: closes before anything but a word character, so snake_case stays.
_ITALIC_UNDERSCORE = regex(r"_((?:__|\\[\s\S]|[^\\_])++)_(?![A-Za-z0-9_])")
# A pair of marks: from the first to the next that no third mark follows.
_PAIRS = {
    "**": regex(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    "__": regex(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    "~~": regex(r"~~([\s\S]+?)~~(?!_)"),
}
_ESCAPE = regex(r"\\([^0-9A-Za-z\s])")
_BREAK = regex(r" {2,}+\n")
_BACKTICKS = regex(r"`+")
# Plain text ends before a character that may begin a mark, a blank line, a hard break, `scheme:x` or `7.`.
_TEXT_END = regex(r"[^0-9A-Za-z\s\u00c0-\U0010ffff]|\n\n| {2,}+\n|[A-Za-z0-9_]++:\S|[0-9]++\.")
_SHRUG = "\u00af\\_(\u30c4)_/\u00af"


def stars(reader: Reader, at: int) -> Match | None:
    """``*italic*`` or ``**bold**``, whichever catches more; italic when they catch the same."""
    italic = _ITALIC_STAR.match(reader.text, at)
    bold = _pair(reader, "**", at)
    if italic and (not bold or italic.end() >= bold.end()):
        return styled(reader, Kind.ITALIC, italic[1], italic.end())
    return styled(reader, Kind.BOLD, bold[1], bold.end()) if bold else None


def underscores(reader: Reader, at: int) -> Match | None:
    """``_italic_`` or ``__underline__``, whichever catches more; italic when they catch the same."""
    italic = _ITALIC_UNDERSCORE.match(reader.text, at)
    line = _pair(reader, "__", at)
    if italic and (not line or italic.end() >= line.end()):
        return styled(reader, Kind.ITALIC, italic[1], italic.end())
    return styled(reader, Kind.UNDERLINE, line[1], line.end()) if line else None


def strike(reader: Reader, at: int) -> Match | None:
    """``~~struck out~~``."""
    match = _pair(reader, "~~", at)
    return styled(reader, Kind.STRIKE, match[1], match.end()) if match else None


def spoiler(reader: Reader, at: int) -> Match | None:
    """``||hidden until clicked||``."""
    if not reader.text.startswith("||", at):
        return None
    close = reader.text.find("||", at + 3)
    return styled(reader, Kind.SPOILER, reader.text[at + 2 : close], close + 2) if close > 0 else None


def code_span(reader: Reader, at: int) -> Match | None:
    """Text between two runs of as many backticks; the longest opening run that has a partner counts."""
    here = _BACKTICKS.match(reader.text, at)
    if not here:
        return None
    runs = _backtick_runs(reader)
    for size in sorted((size for size in runs if size <= len(here[0])), reverse=True):
        places = runs[size]
        index = bisect_left(places, here.end())
        if index < len(places):
            inner = _unpadded(reader.text[at + size : places[index]])
            return Match(places[index] + size, (Node(kind=Kind.CODE, text=inner),))
    return None


def escape(reader: Reader, at: int) -> Match | None:
    r"""``\*``: the character itself, unless it is a letter, a digit or white space."""
    match = _ESCAPE.match(reader.text, at)
    return Match(match.end(), (text_node(match[1]),)) if match else None


def line_break(reader: Reader, at: int) -> Match | None:
    """Two or more spaces before a line's end, which count as a node where a mere line end does not."""
    match = _BREAK.match(reader.text, at)
    return Match(match.end(), (Node(kind=Kind.BREAK, text="\n"),)) if match else None


def shrug(reader: Reader, at: int) -> Match | None:
    """The shrugging kaomoji keeps its backslash and underscores."""
    if not reader.text.startswith(_SHRUG, at):
        return None
    return Match(at + len(_SHRUG), (text_node(_SHRUG),))


def plain(reader: Reader, at: int) -> Match:
    """At least one character, up to the next that may begin a mark."""
    stop = _TEXT_END.search(reader.text, at + 1)
    end = stop.start() if stop else len(reader.text)
    return Match(end, split_emoji(reader.text[at:end]))


def _pair(reader: Reader, mark: str, at: int) -> re.Match[str] | None:
    """Match a pair of marks. Where one opener finds no partner to the text's end, no later one does."""
    if not reader.text.startswith(mark, at) or at >= reader.hopeless.get(mark, len(reader.text)):
        return None
    match = _PAIRS[mark].match(reader.text, at)
    if not match:
        reader.hopeless[mark] = at
    return match


def _backtick_runs(reader: Reader) -> dict[int, list[int]]:
    """Where the runs of backticks begin, by their length."""
    if not reader.backticks:
        for match in _BACKTICKS.finditer(reader.text):
            reader.backticks.setdefault(len(match[0]), []).append(match.start())
    return reader.backticks


def _unpadded(code: str) -> str:
    """Without the one space that keeps a backtick at either end of the code from its marks."""
    if code.startswith(" ") and code.lstrip(" ").startswith("`"):
        code = code[1:]
    if code.endswith(" ") and code.rstrip(" ").endswith("`"):
        code = code[:-1]
    return code
