"""The rules in the order in which the client tries them, by the character they begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from bot.formatting.discord import blocks, inline, links, lists, mentions
from bot.formatting.discord.reading import Context, Match, Reader, Rule


class _Entry(Struct, frozen=True):
    """A rule, the characters it can begin with (empty: any), and where it applies."""

    rule: Rule
    begins: str
    applies: Callable[[Context], bool]


def _in_prose(context: Context) -> bool:
    return not context.in_label


def _outside_titles(context: Context) -> bool:
    return not (context.title or context.in_label)


def _in_line(context: Context) -> bool:
    return context.inline


def _between_blocks(context: Context) -> bool:
    return not context.inline


def _bare_links(context: Context) -> bool:
    return context.inline and context.bare_links and not context.in_label


_DIGITS = "0123456789"

_ORDER = (
    _Entry(blocks.heading, " #", lambda context: context.headings and not context.in_label),
    _Entry(blocks.small, " -", _outside_titles),
    _Entry(blocks.fence, "`", _outside_titles),
    _Entry(mentions.custom_emoji, "<", lambda _: True),
    _Entry(blocks.quote, " >", lambda context: not (context.quoted or context.in_label)),
    _Entry(lists.bullet_list, " *-\n" + _DIGITS, lambda context: context.lists and not context.in_label),
    _Entry(blocks.newline, "\n", _between_blocks),
    _Entry(blocks.paragraph, "", _between_blocks),
    _Entry(inline.escape, "\\", lambda context: context.inline and context.escapes),
    _Entry(links.angled_link, "<", _bare_links),
    _Entry(links.bare_link, "hs", _bare_links),
    _Entry(links.masked_link, "[", lambda context: _bare_links(context) and context.masked_links),
    _Entry(inline.stars, "*", _in_line),
    _Entry(inline.underscores, "_", _in_line),
    _Entry(inline.strike, "~", _in_line),
    _Entry(inline.code_span, "`", _in_line),
    _Entry(inline.line_break, " ", lambda context: not context.title),
    _Entry(mentions.timestamp, "<", _in_prose),
    _Entry(mentions.place, "<", _in_prose),
    _Entry(mentions.member, "<", _outside_titles),
    _Entry(mentions.everyone, "@", _outside_titles),
    _Entry(inline.shrug, "\u00af", lambda _: True),
    _Entry(inline.spoiler, "|", lambda _: True),
)

_CHARACTERS = sorted({char for entry in _ORDER for char in entry.begins})

RULES: Mapping[str, tuple[_Entry, ...]] = MappingProxyType(
    {char: tuple(e for e in _ORDER if not e.begins or char in e.begins) for char in _CHARACTERS},
)
_ANYWHERE = tuple(entry for entry in _ORDER if not entry.begins)


def read_one(reader: Reader, at: int) -> Match:
    """What the first rule that fits makes of the place ``at``; plain text when none does."""
    for entry in RULES.get(reader.text[at], _ANYWHERE):
        match = entry.rule(reader, at) if entry.applies(reader.context) else None
        if match:
            return match
    return inline.plain(reader, at)
