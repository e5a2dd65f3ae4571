"""Discord's Markdown as HTML; every character of a post is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import MappingProxyType

from bot.adapters.drawing.shown import close_to_fences, safe
from bot.formatting.discord import Kind, Node, Slot, cut_by_client, parse


def html_text(text: str) -> str:
    """Plain text for HTML, in elements and in quoted attributes."""
    return escape(safe(text))


def html_block(text: str, slot: Slot) -> str:
    """A text as the client shows it in ``slot``; what the client would hide follows, marked."""
    cut = cut_by_client(parse(text.strip(), slot))
    hidden = f'<del class="hidden" title="Hidden by Discord\'s client">{_all(cut.hidden)}</del>'
    return f'<div class="text">{_all(cut.shown)}{hidden if cut.hidden else ""}</div>'


def html_line(text: str, slot: Slot) -> str:
    """A text of inline marks only, such as a title."""
    return _all(parse(text.strip(), slot))


def html_link(url: str, label: str) -> str:
    """A link that opens in a page of its own; ``label`` is HTML already."""
    return f'<a href="{html_text(url)}" target="_blank" rel="noopener noreferrer">{label}</a>'


def _all(nodes: Sequence[Node]) -> str:
    return "".join(_one(node) for node in close_to_fences(nodes))


def _one(node: Node) -> str:
    return _ELEMENTS[node.kind](node, html_text(node.text) + _all(node.children))


def _in(tag: str, attributes: str = "") -> Callable[[Node, str], str]:
    return lambda _, inside: f"<{tag}{attributes}>{inside}</{tag}>"


def _link(node: Node, inside: str) -> str:
    return html_link(node.url or "", inside)


def _mention(node: Node, inside: str) -> str:
    chip = f'<span class="chip">{inside}</span>'
    return html_link(node.url, chip) if node.url else chip


def _heading(node: Node, inside: str) -> str:
    return f"<h{node.level + 3}>{inside}</h{node.level + 3}>"


def _list(node: Node, inside: str) -> str:
    return f"<ul>{inside}</ul>" if node.start is None else f'<ol start="{node.start}">{inside}</ol>'


_ELEMENTS: Mapping[Kind, Callable[[Node, str], str]] = MappingProxyType(
    {
        Kind.TEXT: lambda _, inside: inside,
        Kind.BOLD: _in("strong"),
        Kind.ITALIC: _in("em"),
        Kind.UNDERLINE: _in("u"),
        Kind.STRIKE: _in("s"),
        Kind.SPOILER: _in("span", ' class="spoiler" tabindex="0" title="Spoiler"'),
        Kind.CODE: _in("code"),
        Kind.BREAK: lambda _, inside: inside,
        Kind.LINK: _link,
        Kind.EMOJI: lambda _, inside: inside,
        Kind.CUSTOM_EMOJI: _in("span", ' class="chip"'),
        Kind.MENTION: _mention,
        Kind.TIMESTAMP: _in("span", ' class="chip"'),
        Kind.HEADING: _heading,
        Kind.SMALL: _in("small"),
        Kind.FENCE: _in("pre"),
        Kind.QUOTE: _in("blockquote"),
        Kind.LIST: _list,
        Kind.ITEM: _in("li"),
        Kind.NEWLINE: lambda _, inside: inside,
        Kind.PARAGRAPH: _in("p"),
    },
)
