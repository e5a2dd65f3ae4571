"""Hands the page what Discord's client makes of a text, in the tokens that the page draws.

simcord reads CommonMark, where ``**마크다운(Markdown)**을`` and ``_말_을`` stay literal. Discord's client
makes them bold and italic, and so does ``bot.formatting.discord``: the page shows what readers will see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any

from bot.formatting.discord import Kind, Node, Slot, parse
from bot.formatting.discord.nodes import BLOCKS
from bot.patterns import regex

Token = dict[str, Any]

SLOTS: Mapping[str, Slot] = MappingProxyType(
    {
        "message": Slot.CONTENT,
        "text_display": Slot.CONTENT,
        "embed_title": Slot.TITLE,
        "embed_description": Slot.DESCRIPTION,
        "embed_field_name": Slot.TITLE,
        "embed_field_value": Slot.FIELD_VALUE,
    }
)
"""Simcord's name of a place in a message, and ours; in places not named here text is plain."""

_MARKS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.BOLD: "strong",
        Kind.ITALIC: "em",
        Kind.UNDERLINE: "u",
        Kind.STRIKE: "s",
        Kind.SPOILER: "spoiler",
    }
)
_BLOCK_NAMES: Mapping[Kind, str] = MappingProxyType(
    {Kind.QUOTE: "blockquote", Kind.ITEM: "list_item", Kind.PARAGRAPH: "paragraph"}
)
_NAMED = regex(r"<(@&|@!?|#)(\d+)>")
_KINDS: Mapping[str, str] = MappingProxyType({"#": "channel", "@&": "role", "@": "user", "@!": "user"})
"""What a mention's mark stands for."""
_TIME = regex(r"<t:(-?\d+)(?::([tTdDfFR]))?>")


def draw(text: str, slot: Slot) -> list[Token]:
    """The page's tokens for ``text``; custom emoji show as typed."""
    return _blocks(_parse(text, slot))


@lru_cache(maxsize=512)
def _parse(text: str, slot: Slot) -> tuple[Node, ...]:
    return parse(text, slot)


def _blocks(nodes: Iterable[Node]) -> list[Token]:
    """Blocks as they are, and each run of inline nodes between them as one block of its own."""
    blocks: list[Token] = []
    for is_block, group in groupby(nodes, key=lambda node: node.kind in BLOCKS):
        if is_block:
            blocks += [_block(node) for node in group]
        else:
            blocks.append({"type": "inline", "children": _inlines(group)})
    return blocks


def _block(node: Node) -> Token:
    if node.kind is Kind.FENCE:
        fence = {"type": "code_block", "content": node.text}
        return {**fence, "language": node.language, "info": node.language} if node.language else fence
    if node.kind is Kind.SMALL:
        return {"type": "subtext", "children": _inlines(node.children)}
    if node.kind is Kind.HEADING:
        return {"type": "heading", "tag": f"h{node.level}", "children": _blocks(node.children)}
    if node.kind is Kind.LIST:
        name = "bullet_list" if node.start is None else "ordered_list"
        return {"type": name, "children": _blocks(node.children)}
    return {"type": _BLOCK_NAMES[node.kind], "children": _blocks(node.children)}


def _inlines(nodes: Iterable[Node]) -> list[Token]:
    return [token for node in nodes for token in _inline(node)]


def _inline(node: Node) -> list[Token]:
    if node.kind in _MARKS:
        name = _MARKS[node.kind]
        return [{"type": f"{name}_open"}, *_inlines(node.children), {"type": f"{name}_close"}]
    if node.kind is Kind.LINK:
        return [{"type": "link_open", "href": node.url}, *_inlines(node.children), {"type": "link_close"}]
    if node.kind is Kind.CODE:
        return [{"type": "code", "content": node.text}]
    if node.kind in (Kind.BREAK, Kind.NEWLINE):
        return [{"type": "break"}]
    return _inlines(node.children) if node.children else _leaf(node)


def _leaf(node: Node) -> list[Token]:
    if node.kind is Kind.MENTION:
        return [{"type": "mention", "label": node.text}]
    if node.kind is Kind.TIMESTAMP and (time := _TIME.fullmatch(node.text)):
        return [{"type": "timestamp", "unix": int(time[1]), "style": time[2] or "f"}]
    return _lines(node.text)


def _lines(text: str) -> list[Token]:
    """Text with its line ends as breaks."""
    tokens: list[Token] = []
    for index, line in enumerate(text.split("\n")):
        if index:
            tokens.append({"type": "break"})
        if line:
            tokens.append({"type": "text", "content": line})
    return tokens


def _named(tokens: list[Token], names: Mapping[str, Any]) -> list[Token]:
    """The tokens with the names of mentioned channels, roles and people; what is unknown shows as typed."""
    return [
        {**token, "children": _named(token["children"], names)}
        if "children" in token
        else _mention(token, names)
        for token in tokens
    ]


def _mention(token: Token, names: Mapping[str, Any]) -> Token:
    if token["type"] != "mention":
        return token
    if match := _NAMED.fullmatch(token["label"]):
        kind = _KINDS[match[1]]
        name = (names.get(f"{kind}s") or {}).get(match[2])
        if isinstance(name, str):
            return {**token, "kind": kind, "id": match[2], "label": f"{match[1][0]}{name}"}
    return {"type": "text", "content": token["label"]}


def as_discord(original: Callable[..., list[Token]]) -> Callable[..., list[Token]]:
    """Simcord's ``markdown_tokens`` with our reading wherever a place of a message takes Markdown."""

    def markdown_tokens(value: Any, profile: str = "message", **options: Any) -> list[Token]:
        slot = SLOTS.get(profile)
        if slot is None or not isinstance(value, str):
            return original(value, profile, **options)
        return _named(draw(value, slot), options.get("context") or {})

    return markdown_tokens
