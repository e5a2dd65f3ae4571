"""Writes a table as an aligned code block when it is narrow and plain, else as one bullet a row."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bot.formatting import limits, spans
from bot.formatting.render.page import Page
from bot.formatting.spans import Span

Row = Sequence[tuple[Span, ...]]
_BETWEEN_COLUMNS = "  "


def write_table(page: Page, rows: Sequence[Row], right: Sequence[bool]) -> None:
    """Write ``rows``, the first being the header; ``right`` tells which columns are aligned to the right."""
    if not rows:
        return
    drawn = _drawn(rows, right)
    if drawn is not None and len(rows) > 1:
        page.fence(drawn, "")
    else:
        _write_bullets(page, rows)


def width(text: str) -> int:
    """Columns that ``text`` takes in a code block: wide characters two, combining marks none."""
    columns = 0
    for character in text:
        if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
            continue
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


def _drawn(rows: Sequence[Row], right: Sequence[bool]) -> str | None:
    """The table as aligned lines, or None where a link would die in it or it is too wide."""
    if any(
        span.link or span.text.startswith("<") or span.text == "\n"
        for row in rows
        for cell in row
        for span in cell
    ):
        return None
    cells = [[spans.plain_text(cell) for cell in row] for row in rows]
    columns = max(len(row) for row in cells)
    widths = [max(width(row[at]) if at < len(row) else 0 for row in cells) for at in range(columns)]
    total = sum(widths) + len(_BETWEEN_COLUMNS) * (columns - 1)
    if total > limits.TABLE_COLUMNS:
        return None
    lines = [_line(row, widths, right) for row in cells]
    return "\n".join([lines[0], "─" * total, *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = []
    for at, columns in enumerate(widths):
        text = row[at] if at < len(row) else ""
        space = " " * (columns - width(text))
        parts.append(space + text if at < len(right) and right[at] else text + space)
    return _BETWEEN_COLUMNS.join(parts).rstrip()


def _write_bullets(page: Page, rows: Sequence[Row]) -> None:
    """``- **Model**: X · **Score**: 9`` for every row, so that each value stands beside its column's name."""
    header, *body = rows
    if not body:
        page.block(_joined([_bold(cell) for cell in header if cell]))
        return
    page.open_list(None)
    # A column without any value would vanish with its name: the first row shows it.
    empty = {at for at in range(len(header)) if not any(at < len(row) and row[at] for row in body)}
    for number, row in enumerate(body):
        pairs = []
        for at in range(max(len(row), len(header))):
            cell = row[at] if at < len(row) else ()
            name = header[at] if at < len(header) else ()
            value = cell or ((Span("–"),) if name and at in empty and number == 0 else ())
            if value:
                pairs.append((*_bold(name), Span(": "), *value) if name else value)
        if pairs:
            page.item(_joined(pairs))
    page.close_list()


def _bold(cell: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(span._replace(style=span.style | spans.BOLD) for span in cell)


def _joined(cells: Sequence[tuple[Span, ...]]) -> tuple[Span, ...]:
    run: list[Span] = []
    for cell in cells:
        if run:
            run.append(Span(" · "))
        run += [Span(" ") if span.text == "\n" else span for span in cell]
    return tuple(run)
