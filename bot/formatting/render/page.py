"""Collects blocks while a document is walked: where lists, quotes and parts begin and end."""

from __future__ import annotations

from msgspec import Struct

from bot.formatting import limits, spans, urls
from bot.formatting.blocks import CUT_BLOCK, CUT_INSIDE, CUT_ITEM, Block, Part
from bot.formatting.escaping import escape_text
from bot.formatting.render.text import Picture, Text, describes, picture_link, visible
from bot.formatting.spans import Span

_PICTURES_A_PART = 4
_QUOTE = "> "
_INNER_QUOTE = "▎"
_QUOTE_LEVELS = 4
_GOES_ON = "…"
_BLANK = "\u200b"
_LANGUAGE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_+-.#")


class _List(Struct, kw_only=True):
    """An open list: its next number (None for bullets), its indent, and what its current item has."""

    number: int | None
    indent: int
    zero: bool = False
    marker: str = "-"
    fresh: bool = True
    item_open: bool = False
    item_written: bool = False

    @property
    def inner(self) -> int:
        """The column at which an item's own text begins."""
        return self.indent + len(self.marker) + 1


class Page:
    """The document being rendered: handlers call its methods in reading order, ``parts`` is the result."""

    def __init__(self, base: str | None = None) -> None:
        self.text = Text(base)
        self.parts = [Part()]
        self.note: str | None = None
        self._lists: list[_List] = []
        self._quotes: list[bool] = []  # whether each open quote stands inside a list
        self._quote_fresh = False
        self._after = ""

    # Containers ---------------------------------------------------------------

    def open_quote(self) -> None:
        """Discord knows one level of quotes; deeper ones get a bar inside it."""
        self.flush()
        self._quote_fresh = self._quote_fresh or not self._quotes
        self._quotes.append(bool(self._lists))

    def close_quote(self) -> None:
        """The quote's last block is complete."""
        self.flush()
        if self._quotes:
            self._quotes.pop()
        if not self._quotes:
            self._after = "quote"

    def open_list(self, start: int | None) -> None:
        """A list: ``start`` is the first number, None for bullets."""
        self.flush()
        if self._lists and self._lists[-1].item_open and not self._lists[-1].item_written:
            # An item that holds nothing but a list still has to stand above it.
            self._write((Span(_BLANK),))
        if len(self._lists) < limits.LIST_LEVELS:
            indent = self._lists[-1].inner if self._lists else 0
        else:
            indent = self._lists[limits.LIST_LEVELS - 1].indent  # the client draws no deeper level
        self._lists.append(_List(number=start, indent=indent, zero=start == 0))

    def close_list(self) -> None:
        """The list's last item is complete."""
        self.flush()
        if self._lists:
            self._lists.pop()
        if not self._lists:
            self._after = "list"

    def open_item(self, number: int | None = None) -> None:
        """An item; ``number`` overrides the running one."""
        self.flush()
        if not self._lists:
            self.open_list(None)
        top = self._lists[-1]
        if top.number is not None:
            top.number = top.number if number is None else number
            # The client would count from 1: a list that begins at zero keeps its numbers as text.
            top.marker = f"{top.number}\\." if top.zero else f"{top.number}."
        top.item_open, top.item_written = True, False

    def close_item(self) -> None:
        """The item is complete; the next one has the next number."""
        self.flush()
        if self._lists and self._lists[-1].item_open:
            top = self._lists[-1]
            top.item_open = False
            top.number = None if top.number is None else top.number + 1

    # Blocks --------------------------------------------------------------------

    def flush(self) -> None:
        """Whatever inline content has gathered becomes a paragraph."""
        if self.text.run:
            self.paragraph()

    def paragraph(self) -> None:
        """The gathered inline content as a paragraph, an item's text, or the card's picture."""
        run, pictures = self._taken()
        if pictures and not self.nested() and self._only_pictures(run, pictures):
            run = ()
        self._write(run)
        for picture in pictures:
            if picture.linked or not run:
                self._picture(picture)

    def small(self, label: str) -> None:
        """A footnote's text in small letters, its label before it."""
        self.note = label

    def bold_line(self) -> None:
        """The gathered inline content as a line of its own that belongs to what follows."""
        run, pictures = self._taken()
        bold = tuple(span if span.text == "\n" else span._replace(style=spans.BOLD) for span in run)
        self._write(bold, keep=True)
        for picture in pictures:
            if picture.linked:
                self._picture(picture)

    def part(self, level: int, line: int) -> None:
        """The gathered inline content as the heading that opens a new part."""
        run, pictures = self._taken()
        if run:
            self.parts.append(Part(level=level, title=run, line=line))
            self._after = "heading"
        for picture in pictures:
            if picture.linked:
                self._picture(picture)

    def fence(self, code: str, language: str) -> None:
        """A code block; a language that Discord would not recognise as one is left out."""
        self.flush()
        code = visible(code).rstrip()
        while code.startswith("\n"):
            code = code[1:]
        if not code:
            return
        # Three backticks inside would end the block: an invisible character keeps them apart.
        code = code.replace("```", "``\u200b`")
        if self._lists:
            # The client ends a list's paragraph, and with it the block, at a blank line.
            code = "\n".join(line or _BLANK for line in code.split("\n"))
        language = (language.split() or [""])[0].lower()
        if not _LANGUAGE_CHARACTERS.issuperset(language):
            language = ""
        self._write((Span(code),), fence=language)

    def nested(self) -> bool:
        """Whether a quote or a list is open."""
        return bool(self._quotes or self._lists)

    def block(self, run: tuple[Span, ...], *, keep: bool = False) -> None:
        """A finished run as a block of its own."""
        self._write(run, keep=keep)

    def item(self, run: tuple[Span, ...]) -> None:
        """A finished run as an item of the open list."""
        self.open_item()
        self._write(run)
        self.close_item()

    def cell(self) -> tuple[Span, ...]:
        """The gathered inline content as a table's cell, where pictures stay links."""
        run, _ = self._taken()
        return run

    # Writing -------------------------------------------------------------------

    def _taken(self) -> tuple[tuple[Span, ...], list[Picture]]:
        return self.text.take(), self.text.take_pictures()

    def _only_pictures(self, run: tuple[Span, ...], pictures: list[Picture]) -> bool:
        """Whether a paragraph holds nothing but pictures that are no labels of links."""
        said = sum(1 for span in run if span.text.strip())
        return said == len(pictures) and not any(picture.linked for picture in pictures)

    def _picture(self, picture: Picture) -> None:
        """Show it as a card's picture, or link to it where a part has many and where none can stand."""
        part = self.parts[-1]
        if self.nested() or part.pictures >= _PICTURES_A_PART or not urls.media(picture.address):
            self._write((picture_link(picture.address, picture.alt),))
            return
        if describes(picture.alt) and not picture.linked:
            self._write((Span(escape_text(picture.alt)),), first="-# ", keep=True)
        part.pictures += 1
        part.blocks.append(Block(image=picture.address, cut=CUT_INSIDE))
        self._after = ""

    def _write(
        self, run: tuple[Span, ...], *, first: str = "", keep: bool = False, fence: str | None = None
    ) -> None:
        if not run:
            return
        if first == "" and self.note is not None:
            run, self.note = (Span(f"\\[{self.note}] "), *run), None
            first = "" if self.nested() else "-# "
        quote, bars = self._quote_marks()
        before, rest, cut, parents = self._place()
        gap = self._gap(quote, fence)
        block = Block(
            run=run,
            first=f"{quote}{first}{before}{bars}",
            rest=f"{quote}{rest}{bars}",
            gap=gap,
            cut=cut,
            keep=keep,
            parents=tuple(f"{quote}{parent}" for parent in parents),
            fence=fence,
        )
        if block.text:
            self.parts[-1].blocks.append(block)
            self._after = "heading" if keep else "fence" if fence is not None else "text"
            self._quote_fresh = False
            if self._lists:
                self._lists[-1].fresh = False
                self._lists[-1].item_written = True

    def _quote_marks(self) -> tuple[str, str]:
        """The mark of a quote at the line's start, and a bar after list markers for each one inside it."""
        outer = bool(self._quotes) and not self._quotes[0]
        bars = len(self._quotes) - outer
        return _QUOTE if outer else "", f"{_INNER_QUOTE} " * min(bars, _QUOTE_LEVELS)

    def _place(self) -> tuple[str, str, int, list[str]]:
        """First prefix, further prefix, cut and parents of the block about to be written."""
        if not self._lists:
            return "", "", CUT_BLOCK, []
        top = self._lists[-1]
        depth = min(len(self._lists), limits.LIST_LEVELS) - 1
        parents = [f"{' ' * outer.indent}- {_GOES_ON}" for outer in self._lists[:depth]]
        rest = " " * top.inner
        if top.item_open and not top.item_written:
            return f"{' ' * top.indent}{top.marker} ", rest, CUT_ITEM + depth, parents
        return rest, rest, CUT_INSIDE, [*parents, f"{' ' * top.indent}- {_GOES_ON}"]

    def _gap(self, quote: str, fence: str | None) -> str:
        top = self._lists[-1] if self._lists else None
        tight = (
            self._after == "heading"
            or (top is not None and (len(self._lists) > 1 or not top.fresh or self._after == "text"))
            or (fence is not None and self._after == "text")
        )
        if tight or not self._quotes or self._quote_fresh:
            return "\n" if tight else "\n\n"
        return f"\n{quote}\n"
