"""Gives raw HTML its Discord equivalent: known tags act or vanish, ``<think>`` and its like are text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from types import MappingProxyType

from bot.formatting import spans, urls
from bot.formatting.emphasis import TRUSTED_WORDS, WORD
from bot.formatting.render import tags
from bot.formatting.render.page import Page
from bot.formatting.render.tables import write_table
from bot.formatting.render.tags import Attributes, attributes_of, scripted
from bot.formatting.spans import Span
from bot.patterns import regex

_TAG = regex(
    r"""
      <(/?)([A-Za-z][A-Za-z0-9-]*)
        # Quotes hide a ">" only after "=": real posts hold <a href="x"">.
        ((?: =\s*(?:"[^"<]*"|'[^'<]*') | [^<>=] | = )*+)>
    | <!--
    | <[!?][^<>]*>
    """,
    re.VERBOSE,
)
_WHOLE_TAG = regex(r"<(/?)([A-Za-z][A-Za-z0-9-]*)(.*)>", re.DOTALL)
"""A tag that markdown-it found whole, whatever its quotes hold."""
_MARKDOWN = regex(
    r"\[([^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*)\]\((https?://[^\s()<>]+)\)"
    r"|(?<![A-Za-z0-9])\*\*|\*\*(?![A-Za-z0-9])"
)
_SPACE = regex(r"\s+")


class Html:
    """The raw HTML of one document, whose elements may span several blocks of Markdown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hidden = 0
        self._code: list[str] | None = None
        self._pre: list[str] | None = None
        self._script = ""
        self.in_cell = False
        self.rows: list[list[tuple[Span, ...]]] | None = None
        self.tables = 0

    def block(self, source: str) -> None:
        """An HTML block: its text is loose words, its tags end and begin blocks."""
        self.page.flush()
        done, last_end = 0, source.rfind("-->")
        while (match := _TAG.search(source, done)) is not None:
            self._words(source[done : match.start()])
            done = match.end()
            if match.group() == "<!--":
                done = max(done, _comment_end(source, done, last_end))
            else:
                self._tag(match, inline=False)
        self._words(source[done:])
        if self._pre is None and self.rows is None:
            self.page.flush()

    def inline(self, source: str) -> None:
        """One tag, comment or declaration inside a paragraph."""
        match = _WHOLE_TAG.fullmatch(source)
        if match is not None:
            self._tag(match, inline=True)

    def finish(self) -> None:
        """Close what the document left open."""
        if self._pre is not None:
            self._close_pre()
        self._close_code()
        self.tables = 0
        if self.rows is not None:
            self.close_table()
        self.hidden = 0

    # Words --------------------------------------------------------------------

    def words(self, text: str) -> None:
        """Text of a paragraph, which an inline tag before it may have hidden, raised or made code."""
        if self.hidden:
            return
        if self._code is not None:
            self._code.append(text)
        else:
            self.page.text.words(scripted(text, self._script) if self._script else text)

    def soft_break(self) -> None:
        """A line end in the source."""
        if self._code is None:
            self.page.text.soft_break()
        else:
            self._code.append(" ")

    def line_break(self) -> None:
        """A line end that the author asked for; code stays on one line."""
        if self._code is None:
            self.page.text.line_break()
        else:
            self._code.append(" ")

    def end_inline(self) -> None:
        """A paragraph ends: tags of running text that it left open end with it."""
        self.hidden, self._script = 0, ""
        if self._code is not None:
            self._close_code()

    def _words(self, raw: str) -> None:
        if self.hidden or not raw:
            return
        if self._pre is not None:
            self._pre.append(unescape(raw))
            return
        text = unescape(_SPACE.sub(" ", raw))
        if self._code is not None or self._script:
            self.words(text)
        else:
            self._loose(text)

    def _loose(self, text: str) -> None:
        """Words in an HTML block, where CommonMark reads no Markdown but authors write some.

        What a comment at the line's start (``<!-- ... -->**X**``) turns literal is mended: links work and
        keep their visible address, stars go.
        """
        if not self.page.text.run:
            text = text.lstrip()
            if text.startswith(">") and self.rows is None:
                self.page.open_quote()
                self._loose(text[1:])
                self.page.close_quote()
                return
        done, opened = 0, -1
        for match in _MARKDOWN.finditer(text):
            before = text[done : match.start()]
            self.page.text.words(before)
            done = match.end()
            if match.group() == "**":
                opened = -1 if opened >= 0 else done
                self._star(text, done, closing=opened < 0)
            else:
                self.page.text.words(f"{match[1].replace('**', '')} (")
                self.page.text.words(match[2])
                self.page.text.words(")")
        self.page.text.words(text[done:])

    def _star(self, text: str, start: int, *, closing: bool) -> None:
        if closing:
            self.page.text.close_style(spans.BOLD)
            return
        end = text.find("**", start)
        if 0 < len(WORD.findall(text[start : max(start, end)])) <= TRUSTED_WORDS:
            self.page.text.open_style(spans.BOLD)

    # Tags ---------------------------------------------------------------------

    def _tag(self, match: re.Match[str], *, inline: bool) -> None:
        if match[2] is None:
            return  # <!DOCTYPE>, <?php ... ?>
        name, closing = match[2].lower(), bool(match[1])
        if name in tags.HIDDEN:
            self.hidden = max(0, self.hidden + (-1 if closing else 1))
        elif self.hidden:
            return
        elif name in tags.FLOW and (self.in_cell or self.rows is not None):
            self._in_flow(name, closing=closing)
        elif name == "pre" or self._pre is not None:
            self._in_pre(name, closing=closing)
        elif name in TAGS:
            TAGS[name](self, {} if closing else attributes_of(match[3]), closing)
        elif name in tags.BLOCKS or name in tags.LINES:
            self._boundary(inline=inline, line=name in tags.LINES)
        elif not self._inline_tag(name, match, closing=closing) and name not in tags.SILENT:
            self.page.text.words(match.group())

    def _inline_tag(self, name: str, match: re.Match[str], *, closing: bool) -> bool:
        """Act on a tag of running text; False when it is none."""
        if name in tags.STYLES:
            change = self.page.text.close_style if closing else self.page.text.open_style
            change(tags.STYLES[name])
        elif name in tags.CODE:
            self._open_or_close_code(closing=closing)
        elif name in ("sup", "sub"):
            self._script = "" if closing else name
        elif name in tags.BOLD_LINES:
            self._bold_line(closing=closing)
        elif name in tags.MEDIA:
            self._media({} if closing else attributes_of(match[3]))
        else:
            return False
        return True

    def _in_flow(self, name: str, *, closing: bool) -> None:
        """A block inside a table's cell, which is one run of text: it only begins and ends a line."""
        if self.page.text.run:
            self.page.text.line_break()
        if name == "li" and not closing:
            self.page.text.words("• ")
        elif name == "pre":
            self._open_or_close_code(closing=closing)

    def _in_pre(self, name: str, *, closing: bool) -> None:
        if name == "pre":
            self._open_or_close_pre(closing=closing)
        elif name == "br" and self._pre is not None:
            self._pre.append("\n")

    def _boundary(self, *, inline: bool, line: bool) -> None:
        if self.rows is not None:
            self.page.text.words(" ")
        elif inline or line:
            self.page.text.line_break()
        else:
            self.page.flush()

    def _bold_line(self, *, closing: bool) -> None:
        if closing:
            self.page.bold_line()
        else:
            self.page.flush()

    def _open_or_close_pre(self, *, closing: bool) -> None:
        if closing:
            self._close_pre()
        elif self._pre is None:
            self.page.flush()
            self._pre = []

    def _close_pre(self) -> None:
        code, self._pre = "".join(self._pre or ()), None
        self.page.fence(code, "")

    def _open_or_close_code(self, *, closing: bool) -> None:
        if closing:
            self._close_code()
        elif self._code is None:
            self._code = []

    def _close_code(self) -> None:
        code, self._code = "".join(self._code or ()), None
        self.page.text.code(code)

    def _media(self, attributes: Attributes) -> None:
        """A player becomes a link to what it plays; YouTube's player to the video's own page."""
        source = attributes.get("src") or attributes.get("data")
        if not source:
            return
        if video := re.search(r"youtube(?:-nocookie)?\.com/embed/([\w-]{6,})", source):
            source = f"https://www.youtube.com/watch?v={video[1]}"
        address = urls.target(f"https:{source}" if source.startswith("//") else source, self.page.text.base)
        if address is None:
            return
        self.page.text.words(" ")
        self.page.text.open_link(address)
        self.page.text.words(f"▶ {attributes.get('title') or address.split('/')[2]}")
        self.page.text.close_link()
        self.page.text.words(" ")

    # Tables -------------------------------------------------------------------

    def open_table(self) -> None:
        """A table; one inside another gives it its rows."""
        if self.rows is None:
            self.page.flush()
            self.rows = []
        self.end_cell()
        self.tables += 1

    def close_table(self) -> None:
        """Write the table that was gathered, once the outermost ends."""
        self.end_cell()
        self.tables = max(0, self.tables - 1)
        if self.tables:
            return
        rows, self.rows = self.rows or [], None
        write_table(self.page, [row for row in rows if row], [])

    def end_cell(self) -> None:
        """What was said since the last cell is a cell of the current row."""
        if self.rows is not None and self.page.text.run:
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(self.page.cell())


def _comment_end(source: str, start: int, last: int) -> int:
    """Where the comment ends whose ``<!--`` ends at ``start``; -1 without an end: it hides nothing.

    ``last`` is where the source's last ``-->`` stands. ``<!-->`` is a whole comment (CommonMark 0.31, 6.6).
    """
    return source.find("-->", start - 2) + 3 if last >= start - 2 else -1


def _link(html: Html, attributes: Attributes, closing: bool) -> None:  # noqa: FBT001 - one of a table
    html.page.text.close_link()
    if not closing and attributes.get("href"):
        html.page.text.open_link(attributes["href"].strip())


def _image(html: Html, attributes: Attributes, _closing: bool) -> None:  # noqa: FBT001 - one of a table
    if attributes.get("src"):
        html.page.text.image(attributes["src"], attributes.get("alt", ""))


def _break(html: Html, _attributes: Attributes, _closing: bool) -> None:  # noqa: FBT001 - one of a table
    html.line_break()


def _rule(html: Html, _attributes: Attributes, _closing: bool) -> None:  # noqa: FBT001 - one of a table
    html.page.flush()


def _bullets(html: Html, _attributes: Attributes, closing: bool) -> None:  # noqa: FBT001 - one of a table
    if closing:
        html.page.close_list()
    else:
        html.page.open_list(None)


def _numbers(html: Html, attributes: Attributes, closing: bool) -> None:  # noqa: FBT001 - one of a table
    if closing:
        html.page.close_list()
    else:
        start = attributes.get("start", "1")
        html.page.open_list(int(start) if start.isdecimal() and len(start) < 10 else 1)  # noqa: PLR2004 - CommonMark's nine digits


def _item(html: Html, _attributes: Attributes, closing: bool) -> None:  # noqa: FBT001 - one of a table
    html.page.close_item()
    if not closing:
        html.page.open_item()


def _quote(html: Html, _attributes: Attributes, closing: bool) -> None:  # noqa: FBT001 - one of a table
    if closing:
        html.page.close_quote()
    else:
        html.page.open_quote()


def _table(html: Html, _attributes: Attributes, closing: bool) -> None:  # noqa: FBT001 - one of a table
    if closing:
        html.close_table()
    else:
        html.open_table()


def _row(html: Html, _attributes: Attributes, closing: bool) -> None:  # noqa: FBT001 - one of a table
    html.end_cell()
    if html.rows is None:
        html.page.flush()  # a row without a table
    elif not closing:
        html.rows.append([])


def _cell(html: Html, _attributes: Attributes, _closing: bool) -> None:  # noqa: FBT001 - one of a table
    html.end_cell()
    if html.rows is None:
        html.page.text.words(" ")  # a cell without a table


TAGS: Mapping[str, Callable[[Html, Attributes, bool], None]] = MappingProxyType(
    {
        "a": _link,
        "img": _image,
        "br": _break,
        "hr": _rule,
        "ul": _bullets,
        "ol": _numbers,
        "li": _item,
        "blockquote": _quote,
        "table": _table,
        "tr": _row,
        "td": _cell,
        "th": _cell,
    }
)
"""Elements that do something of their own; the sets above hold those that behave alike."""
