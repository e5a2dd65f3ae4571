"""Finds a post's sections: its headings and the lines under each, as the reader's menu lists them."""

from __future__ import annotations

from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from bot.patterns import regex
from bot.posts.models import Post

OPENING_LEVELS = 3
"""Headings down to this level are sections; deeper ones are lines inside them."""

_LONGEST = 1_000
"""Characters of a heading that are read: parsing a long line of nothing but marks takes seconds."""

_NOT_SLUG = regex(r"[^\w\- ]+")


class Section(Struct, frozen=True, kw_only=True):
    """A heading and everything under it, deeper sections included.

    Attributes:
        index: its place among the post's sections, from 0; stable as long as the post is unchanged.
        level: 1 to 3, as many ``#`` as the author wrote.
        depth: how many sections it stands inside.
        title: plain text.
        anchor: the slug that a link within the post would use, unique in the post.
        line: the 0-based line of the body at which the heading stands.
        end: the 0-based line at which the next section of the same or a higher level begins.
    """

    index: int
    level: int
    depth: int
    title: str
    anchor: str
    line: int
    end: int


class _Heading(Struct, frozen=True):
    level: int
    title: str
    line: int


def sections_of(post: Post) -> tuple[Section, ...]:
    """The post's sections in order."""
    return _sections(post.body)


@lru_cache(maxsize=64)
def _sections(body: str) -> tuple[Section, ...]:
    headings = _headings(body)
    ends = _ends(headings, body.count("\n") + 1)
    sections: list[Section] = []
    open_levels: list[int] = []
    seen: dict[str, int] = {}
    for index, (heading, end) in enumerate(zip(headings, ends, strict=True)):
        open_levels = [level for level in open_levels if level < heading.level]
        sections.append(
            Section(
                index=index,
                level=heading.level,
                depth=len(open_levels),
                title=heading.title,
                anchor=anchor(heading.title, seen),
                line=heading.line,
                end=end,
            )
        )
        open_levels.append(heading.level)
    return tuple(sections)


def _ends(headings: list[_Heading], last: int) -> list[int]:
    ends = [last] * len(headings)
    waiting: list[int] = []
    for index, heading in enumerate(headings):
        while waiting and headings[waiting[-1]].level >= heading.level:
            ends[waiting.pop()] = heading.line
        waiting.append(index)
    return ends


def _headings(body: str) -> list[_Heading]:
    headings: list[_Heading] = []
    tokens = _blocks().parse(body)
    for at, token in enumerate(tokens):
        if token.type != "heading_open" or token.level or not token.map:
            continue
        level = int(token.tag[1])
        title = plain_heading(tokens[at + 1].content)
        if level <= OPENING_LEVELS and title:
            headings.append(_Heading(level, title, token.map[0]))
    return headings


def plain_heading(markdown: str) -> str:
    """A heading's words without its Markdown."""
    inline = _inlines().parseInline(markdown[:_LONGEST])[0]
    return " ".join("".join(_words(child) for child in inline.children or ()).split())


def _words(token: Token) -> str:
    if token.type == "image":
        return "".join(child.content for child in token.children or ())
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return "" if token.type == "html_inline" else token.content


def anchor(title: str, seen: dict[str, int]) -> str:
    """GitHub's way: lower case, no punctuation, hyphens, a number behind a repeated one.

    ``seen`` counts the headings before this one, and counts this one too.
    """
    slug = _NOT_SLUG.sub("", title.lower()).strip().replace(" ", "-") or "section"
    count = seen.get(slug, 0)
    seen[slug] = count + 1
    return f"{slug}-{count}" if count else slug


@cache
def _blocks() -> MarkdownIt:
    # Only the lines of blocks matter here: inline content stays unparsed.
    return MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])


@cache
def _inlines() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")
