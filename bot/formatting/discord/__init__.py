"""Markdown as Discord's client reads it, which is not CommonMark. Pure.

Discord publishes no grammar. The facts here are those on which public decompilations of the client agree;
its inline patterns are those of simple-markdown, on which it is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.formatting.discord.addresses import opens
from bot.formatting.discord.measure import (
    NODE_LIMIT,
    Cut,
    Link,
    count_nodes,
    cut_by_client,
    links_of,
    visible_text,
    walk,
)
from bot.formatting.discord.nodes import Kind, Node, text_node, tidy
from bot.formatting.discord.reading import Context, LineStart, Reader, Slot
from bot.formatting.discord.rules import read_one

__all__ = [
    "NODE_LIMIT",
    "Cut",
    "Kind",
    "Link",
    "Node",
    "Slot",
    "count_nodes",
    "cut_by_client",
    "links_of",
    "opens",
    "parse",
    "visible_text",
    "walk",
]

_CONTEXTS: Mapping[Slot, Context] = MappingProxyType(
    {
        Slot.CONTENT: Context(),
        Slot.DESCRIPTION: Context(),
        Slot.FIELD_VALUE: Context(headings=False),
        Slot.TITLE: Context(title=True, masked_links=False, headings=False, lists=False),
        Slot.TITLE_WITH_URL: Context(
            title=True, masked_links=False, bare_links=False, headings=False, lists=False
        ),
    },
)


def parse(text: str, slot: Slot) -> tuple[Node, ...]:
    """What the client makes of ``text`` in ``slot``; never raises, whatever the text.

    Discord trims a text before it stores it: hand in the trimmed one. A field's name is read as a TITLE.
    Time grows in proportion to the length for any text that fits a message.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").replace("\t", "    ")
    if slot is Slot.PLAIN:
        return (text_node(text),) if text else ()
    return tidy(Reader(text, _CONTEXTS[slot], read_one, LineStart.FRESH).read())
