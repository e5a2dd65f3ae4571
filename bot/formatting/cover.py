"""Makes the cover: a post's title, description, date, authors, tags, picture and address."""

from __future__ import annotations

from collections.abc import Sequence

from bot.formatting import limits, spans, urls
from bot.formatting.blocks import Block, Part
from bot.formatting.cards import BRAND, heading_line, name_of, shortened, title_text
from bot.formatting.emphasis import WORD
from bot.formatting.escaping import code_span
from bot.formatting.messages import Card
from bot.formatting.packing import Group
from bot.formatting.parsing import parse, parse_line
from bot.formatting.render import render, render_inline
from bot.formatting.render.text import visible
from bot.formatting.spans import Span
from bot.i18n import Words
from bot.patterns import regex
from bot.posts.models import Post
from bot.replacing import replace

_LEDE = 350
"""Characters; a longer description is a summary, which stands small beneath the card's text."""
_MOST_TAGS = 60
_LONGEST_TAG = 60
_NOT_LETTERS = regex(r"[\W_]+")
_LOOKED_THROUGH = 20_000
"""Characters of the body's beginning among which a repeated description is looked for."""


def cover_of(post: Post, parts: Sequence[Part], words: Words, base: str | None) -> Group:
    """The first card of a post. ``parts`` are what follows it: what they say is not said twice."""
    heading = Part(level=1, title=render_inline(parse_line(post.title), base))
    title = title_text(heading.title)
    whole = len(title) <= limits.CARD_TITLE
    lede, summary = _description(post, parts, base)
    return Group(
        card=Card(
            title=title if whole and title else None,
            url=urls.media(post.meta.url, base) if post.meta.url else None,
            colour=BRAND,
            author=_byline(post, words),
            footer=summary,
            image=urls.media(post.meta.image, base) if post.meta.image else None,
        ),
        blocks=[*([] if whole else [heading_line(heading)]), *lede, *_tags(post)],
        name=name_of(heading),
    )


def shown_parts(post: Post, parts: Sequence[Part]) -> Sequence[Part]:
    """``parts`` without a first heading that says the post's title again."""
    for at, part in enumerate(parts):
        if not part.title:
            if part.blocks:
                break
            continue
        if part.level == 1 and _key(spans.plain_text(part.title)) == _key(post.title) and not _links(part):
            return [*parts[:at], replace(part, title=(), level=0), *parts[at + 1 :]]
        break
    return parts


def _links(part: Part) -> bool:
    return any(span.link for span in part.title)


def _byline(post: Post, words: Words) -> str:
    text = " · ".join([words.date(post.date), *post.meta.authors])
    return shortened(text, limits.CARD_AUTHOR)


def _tags(post: Post) -> list[Block]:
    """The tags side by side, each in the grey box of inline code."""
    run: list[Span] = []
    for tag in post.meta.tags[:_MOST_TAGS]:
        chip = code_span(visible(tag.name[:_LONGEST_TAG]))
        run += [Span(chip, nodes=1, atomic=True), Span(" ")] if chip else []
    return [Block(run=tuple(run[:-1]))] if run else []


def _description(post: Post, parts: Sequence[Part], base: str | None) -> tuple[list[Block], str | None]:
    """The description as the card's text or, where the body goes on to say the same, as its small print."""
    said = _key(post.meta.description)
    if not said or said in _key(post.title) or said in _key(_beginning(parts)):
        return [], None
    blocks: list[Block] = []
    for part in render(parse(post.meta.description, post.path), base):
        blocks += [Block(run=part.title, keep=True)] if part.title else []
        blocks += part.blocks
    if len(post.meta.description) <= _LEDE and not _repeats(post.body, post.meta.description):
        return blocks, None
    text = "\n".join(spans.plain_text(block.run) for block in blocks)
    if len(text) <= limits.CARD_FOOTER:
        return [], text
    return blocks, None


def _repeats(body: str, description: str) -> bool:
    """Whether the body says any four words of the description in a row."""
    words = WORD.findall(description)
    runs = {tuple(words[at : at + 4]) for at in range(len(words) - 3)}
    spoken = WORD.findall(body)
    return any(tuple(spoken[at : at + 4]) in runs for at in range(len(spoken) - 3))


def _beginning(parts: Sequence[Part]) -> str:
    texts: list[str] = []
    size = 0
    for part in parts:
        for block in part.blocks:
            text = spans.plain_text(block.run)
            texts.append(text)
            size += len(text)
            if size > _LOOKED_THROUGH:
                return "".join(texts)
    return "".join(texts)


def _key(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
