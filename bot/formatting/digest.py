"""The short form of a post: cover, introduction, a preview, and menus that open each section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from bot.formatting import custom_ids, limits, spans
from bot.formatting.blocks import Part
from bot.formatting.cards import gather, shortened
from bot.formatting.messages import Message, Option, Row, Select
from bot.formatting.packing import Group, first_card, pack
from bot.i18n import Words
from bot.patterns import regex
from bot.posts.models import Post
from bot.posts.sections import Section, sections_of
from bot.replacing import replace

_PREVIEW: Final = regex(r"preview|미리\s*보기|highlight|tl;?dr|요약|summary|recap|总结", re.IGNORECASE)


def digest(post: Post, cover: Group, parts: Sequence[Part], words: Words) -> tuple[Message, ...]:
    """The messages of the digest; menus stand under the last ones."""
    intro = takewhile(lambda part: not part.title, parts)
    messages = pack([cover, *gather(intro), *_preview(parts)])
    return _with_menus(messages, _menus(post, words))


def menu_sections(sections: Sequence[Section]) -> list[Section]:
    """The sections a menu offers: as deep as one menu holds, so that every section lies in an option."""
    depths = sorted({section.depth for section in sections}, reverse=True)
    for depth in depths:
        offered = [section for section in sections if section.depth <= depth]
        if len(offered) <= limits.SELECT_OPTIONS:
            return offered
    return [section for section in sections if not section.depth]


def _preview(parts: Sequence[Part]) -> list[Group]:
    """The section that calls itself a preview, else the first one, as far as one card holds it."""
    titled = [index for index, part in enumerate(parts) if part.title]
    named = [index for index in titled if _PREVIEW.search(spans.plain_text(parts[index].title))]
    if not titled:
        return []
    start = named[0] if named else titled[0]
    level = parts[start].level
    end = start + 1
    while end < len(parts) and parts[end].level > level:
        end += 1
    return [first_card(group) for group in gather(parts[start:end])[:1]]


def _menus(post: Post, words: Words) -> list[Select]:
    offered = menu_sections(sections_of(post))
    pages = [
        offered[start : start + limits.SELECT_OPTIONS]
        for start in range(0, len(offered), limits.SELECT_OPTIONS)
    ]
    return [
        Select(
            custom_id=custom_ids.section_id(post.key) + (f":{number}" if number else ""),
            options=tuple(_option(section) for section in page),
            placeholder=_placeholder(words, number, len(pages)),
        )
        for number, page in enumerate(pages)
    ]


def _placeholder(words: Words, number: int, count: int) -> str:
    text = words("layout.open_section")
    return f"{text} ({number + 1}/{count})" if count > 1 else text


def _option(section: Section) -> Option:
    return Option(label=shortened(section.title, limits.OPTION_TEXT), value=str(section.index))


def _with_menus(messages: tuple[Message, ...], menus: list[Select]) -> tuple[Message, ...]:
    rows: list[Row] = [(menu,) for menu in menus]
    if not rows:
        return messages
    groups = [
        tuple(rows[start : start + limits.MESSAGE_ROWS]) for start in range(0, len(rows), limits.MESSAGE_ROWS)
    ]
    last = replace(messages[-1], rows=groups[0])
    return (*messages[:-1], last, *(Message(content="\u2060", rows=group) for group in groups[1:]))
