"""Discord's Markdown drawn with rich: emphasis, links, lists, quotes and code as they look on a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.adapters.drawing.shown import close_to_fences, safe
from bot.formatting.discord import Kind, Node, Slot, cut_by_client, parse

LINK = Style(color="#00a8fc")
_CHIP = Style(color="#c9cdfb", bgcolor="#3c4270")
_CODE = Style(color="#e6e6e6", bgcolor="#2b2d31")
_HEADINGS = (Style(bold=True, underline=True), Style(bold=True, color="#f2f3f5"), Style(bold=True))
_SMALL = Style(dim=True)
_HIDDEN = Style(color="red", strike=True)
_BULLETS = "•◦▪"


class Barred:
    """A renderable with a coloured bar down its left side."""

    def __init__(self, inside: RenderableType, style: Style, bar: str = "▌") -> None:
        self._inside = inside
        self._style = style
        self._bar = bar

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Each line of the inside, behind the bar and a space."""
        inner = options.update(width=max(1, options.max_width - 2))
        for line in console.render_lines(self._inside, inner, pad=False):
            yield Segment(self._bar, self._style)
            yield Segment(" ")
            yield from line
            yield Segment.line()


def draw_text(text: str, slot: Slot, style: Style | None = None) -> RenderableType:
    """A text as the client shows it in ``slot``; what the client would hide follows, struck out in red."""
    cut = cut_by_client(parse(text.strip(), slot))
    base = style or Style()
    parts = list(_draw(cut.shown, base))
    if cut.hidden:
        parts.extend(_draw(cut.hidden, base + _HIDDEN))
    return Group(*parts)


def draw_line(text: str, slot: Slot, style: Style | None = None) -> Text:
    """A text of inline marks only (a title, a name) as one line of rich text."""
    line = Text(style=style or Style())
    _write_all(line, parse(text.strip(), slot), Style())
    return line


def _draw(nodes: Sequence[Node], style: Style, depth: int = 0) -> Iterator[RenderableType]:
    """Runs of inline nodes as paragraphs, blocks between them."""
    line = Text()
    for node in close_to_fences(nodes):
        block = _BLOCKS.get(node.kind)
        if block is None:
            _write(line, node, style)
            continue
        if line:
            yield _without_last_line_end(line)
        yield from block(node, style, depth)
        line = Text()
    if line:
        yield line


def _without_last_line_end(line: Text) -> Text:
    if line.plain.endswith("\n"):
        line.right_crop(1)
    return line


def _heading(node: Node, style: Style, depth: int) -> Iterator[RenderableType]:
    yield from _draw(node.children, style + _HEADINGS[node.level - 1], depth)


def _small(node: Node, style: Style, depth: int) -> Iterator[RenderableType]:
    yield from _draw(node.children, style + _SMALL, depth)


def _paragraph(node: Node, style: Style, depth: int) -> Iterator[RenderableType]:
    yield Group(*_draw(node.children, style, depth), Text())


def _quote(node: Node, style: Style, depth: int) -> Iterator[RenderableType]:
    line_end_left = _draw(_trimmed(node.children), style, depth)
    yield Barred(Group(*line_end_left), Style(color="grey50"), "▏")


def _trimmed(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Without the line end that closes a quote's last line."""
    if nodes and nodes[-1].kind is Kind.TEXT:
        last = nodes[-1].text.removesuffix("\n")
        return (*nodes[:-1], Node(kind=Kind.TEXT, text=last)) if last else nodes[:-1]
    return nodes


def _fence(node: Node, style: Style, depth: int) -> Iterator[RenderableType]:
    del depth
    code = Text(safe(node.text), style=style, overflow="fold")
    yield Panel(code, title=safe(node.language or "") or None, title_align="right", border_style="grey42")


def _list(node: Node, style: Style, depth: int) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for offset, item in enumerate(node.children):
        bullet = _BULLETS[min(depth, len(_BULLETS) - 1)]
        mark = bullet if node.start is None else f"{node.start + offset}."
        grid.add_row(Text(mark, style=style), Group(*_draw(item.children, style, depth + 1)))
    yield Padding(grid, (0, 0, 0, 1 if depth == 0 else 0))


_BLOCKS: Mapping[Kind, Callable[[Node, Style, int], Iterator[RenderableType]]] = MappingProxyType(
    {
        Kind.HEADING: _heading,
        Kind.SMALL: _small,
        Kind.PARAGRAPH: _paragraph,
        Kind.QUOTE: _quote,
        Kind.FENCE: _fence,
        Kind.LIST: _list,
    },
)

_STYLES: Mapping[Kind, Style] = MappingProxyType(
    {
        Kind.BOLD: Style(bold=True),
        Kind.ITALIC: Style(italic=True),
        Kind.UNDERLINE: Style(underline=True),
        Kind.STRIKE: Style(strike=True),
        Kind.SPOILER: Style(color="#dbdee1", bgcolor="#4e5058"),
        Kind.CODE: _CODE,
        Kind.MENTION: _CHIP,
        Kind.TIMESTAMP: _CHIP,
        Kind.CUSTOM_EMOJI: _CHIP,
    },
)


def _write_all(line: Text, nodes: Sequence[Node], style: Style) -> None:
    for node in nodes:
        _write(line, node, style)


def _write(line: Text, node: Node, style: Style) -> None:
    """Add an inline node to a line; a link becomes a terminal hyperlink (OSC 8)."""
    style += _STYLES.get(node.kind, Style())
    if node.url:
        style += LINK + Style(link=safe(node.url))
    if node.text:
        line.append(safe(node.text), style)
    _write_all(line, node.children, style)
