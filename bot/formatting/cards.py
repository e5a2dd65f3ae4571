"""Gathers a document's parts into the cards' groups: what opens a card, what shares one, which colour."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bot.formatting import escaping, limits, spans, urls
from bot.formatting.blocks import CUT_PART, Block, Part
from bot.formatting.messages import Card
from bot.formatting.packing import MARK_ROOM, Group
from bot.formatting.render.text import visible
from bot.formatting.spans import Span
from bot.patterns import regex

SMALL_PART: Final = 600
"""Characters; a sub-section this short joins the card before it ..."""
SHARED_CARD: Final = 1800
"""... as long as that card stays within this many."""

BRAND: Final = 0x5865F2
PLAIN: Final = 0x99AAB5
_COLOURS: Final = (
    (regex(r"preview|미리\s*보기|highlight|tl;?dr|headlines|速览|预览", re.IGNORECASE), 0xFEE75C),
    (regex(r"viewpoint|opinion|시각|관점|观点", re.IGNORECASE), 0xEB459E),
    (regex(r"reddit", re.IGNORECASE), 0xFF5700),
    (regex(r"twitter|推特|트위터", re.IGNORECASE), 0x1DA1F2),
    (regex(r"discord|디스코드", re.IGNORECASE), 0x5865F2),
    (regex(r"community|커뮤니티|社区", re.IGNORECASE), 0x57F287),
    (regex(r"overview|summary|recap|개요|요약|综述|回顾|总结", re.IGNORECASE), 0x3BA55D),
)

_CARD_LEVEL: Final = 2
"""Headings of this level and above always open a card of their own."""


def colour_of(title: str) -> int | None:
    """The colour of a section of that title; None where the title tells no kind."""
    return next((colour for pattern, colour in _COLOURS if pattern.search(title)), None)


def gather(parts: Iterable[Part]) -> list[Group]:
    """Groups in the order of the parts."""
    groups: list[Group] = []
    size = level = 0
    kinds: list[tuple[int, int]] = []
    for part in parts:
        if not part.blocks and not part.title:
            continue
        kinds = [kind for kind in kinds if kind[0] < part.level]
        colour = colour_of(spans.plain_text(part.title)) or (kinds[-1][1] if kinds else PLAIN)
        kinds.append((part.level, colour))
        here = _size(part)
        empty = groups and not size  # a heading without text leads into what follows it
        small = part.level > _CARD_LEVEL and here <= SMALL_PART and size + here <= SHARED_CARD
        alike = groups and groups[-1].card.colour == colour and part.level >= level > 0
        if empty or (small and alike):
            groups[-1].blocks += [heading_line(part), *part.blocks]
            size += here
        else:
            groups.append(_opened(part, colour))
            size, level = here, part.level
    return groups


def _size(part: Part) -> int:
    """Characters of a part's text; a picture counts as some, for it fills a card as well."""
    return sum(len(block.text) + (200 if block.image else 0) for block in part.blocks)


def _opened(part: Part, colour: int) -> Group:
    if not part.title:
        return Group(card=Card(colour=colour), blocks=list(part.blocks))
    link = _spanning_link(part.title)
    title = title_text(part.title)
    whole = len(title) <= limits.CARD_TITLE
    if whole and (link or not any(span.link or span.text.startswith("<") for span in part.title)):
        return Group(
            card=Card(title=title, url=link, colour=colour),
            blocks=list(part.blocks),
            name=name_of(part),
        )
    # A title can hold no masked link, and is not cut: the heading stands in the description.
    return Group(
        card=Card(colour=colour),
        blocks=[heading_line(part), *part.blocks],
        name=name_of(part),
    )


def name_of(part: Part) -> str:
    """What a part's further cards are labelled with."""
    return shortened(" ".join(spans.plain_text(part.title).split()), limits.CARD_AUTHOR - MARK_ROOM)


def shortened(text: str, most: int) -> str:
    """``text`` as it can be shown, within ``most`` code points: cut with an ellipsis, at a word if it can."""
    text = visible(text)
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    space = kept.rfind(" ")
    return (kept[:space] if space > most // 2 else kept).rstrip() + "…"


def _spanning_link(run: tuple[Span, ...]) -> str | None:
    """The one web address that the whole heading links to."""
    said = [span for span in run if span.text.strip()]
    if len(said) == 1 and said[0].link and said[0].link.url.startswith("http"):
        url = said[0].link.url
        return url if urls.media(url) else None
    return None


def heading_line(part: Part) -> Block:
    """A heading inside a description."""
    flat = tuple(Span(" ") if span.text == "\n" else span for span in part.title)
    prefix = "## " if part.level <= _CARD_LEVEL else "### "
    return Block(run=flat, first=prefix, cut=CUT_PART, keep=True, gap="\n")


def title_text(run: tuple[Span, ...]) -> str:
    """A card's title: no masked links, no line breaks."""
    flat: list[Span] = []
    for span in run:
        if span.link:
            flat += [inner._replace(text=spans.escaped(inner)) for inner in span.link.label]
        else:
            flat.append(Span(" ") if span.text == "\n" else span)
    return escaping.escape_line_starts(spans.write(flat)[0].strip())
