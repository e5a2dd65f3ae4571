"""What a reader gets in answer to a look-up: a post page by page, or a list to open posts from.

A page that is asked for beyond the last one is the last one: content may shrink between two clicks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.formatting import custom_ids, limits
from bot.formatting.cards import BRAND, shortened
from bot.formatting.controls import clamped, page_jump, pages_of, section_menus, turn, turning
from bot.formatting.escaping import escape_text
from bot.formatting.lines import Entry, fitted, place_option, post_entry, post_option, quote, told_apart
from bot.formatting.messages import Card, Message, Option, Row, Select
from bot.formatting.places import Kind, Place, post_place
from bot.i18n import Words
from bot.posts.archive import TagCount
from bot.posts.models import Post, TagKind
from bot.posts.sections import Section
from bot.posts.tags import tag_key
from bot.replacing import replace

POSTS_A_PAGE: Final = 10
TAGS_A_PAGE: Final = 25
_TAG_ROOM: Final = 100
"""Characters of a tag and its count in a line ..."""
_LEAST_TAG_ROOM: Final = 12
"""... and where the lines are too much for one card."""


def reading_page(
    post: Post,
    messages: Sequence[Message],
    sections: Sequence[Section],
    *,
    index: int,
    section: int | None,
    words: Words,
) -> Message:
    """Page ``index`` of a post (or of one section of it), with buttons to turn and selects to jump.

    ``messages`` are the composed post or section.
    """
    index = clamped(index, len(messages))
    at = pages_of(post_place(post.key, section))
    rows: list[Row] = [
        turning(index, len(messages), at, words),
        *section_menus(post.key, sections, section, words),
        *page_jump(index, len(messages), at, words),
    ]
    return replace(messages[index], rows=tuple(rows))


def with_another(page: Message, words: Words) -> Message:
    """A page of a post that chance chose, with a button to choose again."""
    again = turn(Place(kind=Kind.RANDOM), words("page.another"), "more", emoji="🎲")
    (first, *rows) = page.rows
    return replace(page, rows=((*first[:-1], again, first[-1]), *rows))


def list_page(posts: Sequence[Post], heading: str, place: Place, words: Words) -> Message:
    """A page of a list of posts, in the order given, with a select to open one.

    ``heading`` is plain text. There must be at least one post.
    """
    pages = -(-len(posts) // POSTS_A_PAGE)
    index = clamped(place.index, pages)
    shown = posts[index * POSTS_A_PAGE : (index + 1) * POSTS_A_PAGE]
    apart = [told_apart(post, shown) for post in shown]
    return listing(
        heading=heading,
        entries=[
            post_entry(post, words, below=quote(about)) for post, about in zip(shown, apart, strict=True)
        ],
        options=[post_option(post, words, apart=about) for post, about in zip(shown, apart, strict=True)],
        footer=words("list.count", count=words.number(len(posts))),
        place=replace(place, index=index),
        pages=pages,
        words=words,
    )


def tags_page(tags: Sequence[TagCount], place: Place, words: Words) -> Message:
    """A page of all tags with their counts, as given, with a select to open one. There must be one."""
    pages = -(-len(tags) // TAGS_A_PAGE)
    index = clamped(place.index, pages)
    shown = tags[index * TAGS_A_PAGE : (index + 1) * TAGS_A_PAGE]
    return listing(
        heading=words("list.tags"),
        entries=[_tag_entry(tag, words) for tag in shown],
        options=[_tag_option(tag, words) for tag in shown],
        footer=words("list.tag_count", count=words.number(len(tags))),
        place=replace(place, index=index),
        pages=pages,
        words=words,
        opening=words("list.open_tag"),
    )


def listing(  # noqa: PLR0913 - the parts of a list, each named at the call
    *,
    heading: str,
    entries: Sequence[Entry],
    options: Sequence[Option],
    footer: str,
    place: Place,
    pages: int,
    words: Words,
    separator: str = "\n",
    author: str | None = None,
    opening: str | None = None,
) -> Message:
    """Page ``place.index`` of any list: one card, a select to open an entry, buttons to turn, a jump.

    ``options`` are 25 at most; of those with the same value the first one stays. ``author`` and ``footer``
    are plain text; ``opening`` says what the select is for, where it opens no post.
    """
    card = Card(
        title=shortened(escape_text(heading), limits.CARD_TITLE),
        description=fitted(entries, separator),
        colour=BRAND,
        footer=footer,
        author=shortened(author, limits.CARD_AUTHOR) if author else None,
    )
    at = pages_of(place)
    distinct = {option.value: option for option in reversed(options)}
    select = Select(
        custom_id=custom_ids.open_id(),
        options=tuple(reversed(distinct.values())),
        placeholder=opening or words("list.open"),
    )
    rows: tuple[Row, ...] = (
        (select,),
        *page_jump(place.index, pages, at, words),
        turning(place.index, pages, at, words),
    )
    return Message(cards=(card,), rows=rows)


def counted(tag: TagCount, words: Words, room: int = limits.OPTION_TEXT) -> str:
    """A tag and in how many posts it stands, plain text within ``room``; the count is never cut.

    What is a company, a model or a person is called so; topics are most of all tags.
    """
    count, kind = words.number(tag.count), tag.tag.kind
    said = "" if kind is TagKind.TOPIC else f" · {words(f'tag_kind.{kind}')}"
    frame = len(words("news.tag_count", tag="", count=count)) + len(said)
    return words("news.tag_count", tag=shortened(tag.name, room - frame), count=count) + said


def _tag_entry(tag: TagCount, words: Words) -> Entry:
    return tuple(f"- {escape_text(counted(tag, words, room))}" for room in (_TAG_ROOM, _LEAST_TAG_ROOM))


def _tag_option(tag: TagCount, words: Words) -> Option:
    place = Place(kind=Kind.TAG, what=tag_key(tag.name))
    return place_option(place, counted(tag, words), words.date(tag.latest))
