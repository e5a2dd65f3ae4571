"""What a reader gets in answer to a look-up: a post page by page, or a list of posts to open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from bot.formatting import custom_ids
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Button, Card, Message, Option, Row, Select
from bot.i18n import Words
from bot.posts.models import Post
from bot.posts.sections import Section

POSTS_A_PAGE = 10
MOST_OPTIONS = 25
"""Options a select (https://discord.com/developers/docs/components/reference#string-select)."""
MOST_LABEL = 100
LIST_COLOUR = 0x5865F2

_TurnId = Callable[[int, str], str]


def reading_page(
    post: Post,
    messages: Sequence[Message],
    sections: Sequence[Section],
    *,
    index: int,
    section: int | None,
    words: Words,
) -> Message:
    """Page ``index`` of a post (or of one section of it), with buttons to turn and a select to jump.

    ``messages`` are the composed post or section; an index out of range is taken to the nearest page.
    """
    index = max(0, min(index, len(messages) - 1))
    rows: list[Row] = []
    if turning := _turning(index, len(messages), words, _post_turner(post.key, section)):
        rows.append(turning)
    if jump := _jump(post, sections, section, words):
        rows.append((jump,))
    return replace(messages[index], rows=tuple(rows))


def list_page(posts: Sequence[Post], heading: str, turn_id: _TurnId, *, index: int, words: Words) -> Message:
    """Page ``index`` of a list of posts, newest first as given, with a select to open one.

    ``heading`` is plain text. There must be at least one post.
    """
    pages = -(-len(posts) // POSTS_A_PAGE)
    index = max(0, min(index, pages - 1))
    shown = posts[index * POSTS_A_PAGE : (index + 1) * POSTS_A_PAGE]
    card = Card(
        title=_short(escape_text(heading), 256),
        description="\n".join(_line(post, words) for post in shown),
        colour=LIST_COLOUR,
        footer=words("list.count", count=words.number(len(posts))),
    )
    options = tuple(
        Option(label=_short(post.title, MOST_LABEL), value=post.key, description=words.date(post.date))
        for post in shown
    )
    rows: list[Row] = [(Select(custom_id="news:open", options=options, placeholder=words("list.open")),)]
    if turning := _turning(index, pages, words, turn_id):
        rows.append(turning)
    return Message(cards=(card,), rows=tuple(rows))


def day_turner(day: date) -> _TurnId:
    """The ids that turn the pages of a day's list."""
    return lambda index, turn: custom_ids.day_list_id(day, index, turn)


def tag_turner(tag_key: str) -> _TurnId:
    """The ids that turn the pages of a tag's list."""
    return lambda index, turn: custom_ids.tag_list_id(tag_key, index, turn)


def _post_turner(key: str, section: int | None) -> _TurnId:
    return lambda index, turn: custom_ids.page_id(key, section, index, turn)


def _turning(index: int, pages: int, words: Words, turn_id: _TurnId) -> Row:
    if pages <= 1:
        return ()
    back, forward = max(index - 1, 0), min(index + 1, pages - 1)
    position = Button(label=f"{index + 1} / {pages}", custom_id="news:position", disabled=True)
    return (
        Button(label=words("page.previous"), custom_id=turn_id(back, "prev"), emoji="◀️", disabled=index == 0),
        position,
        Button(
            label=words("page.next"), custom_id=turn_id(forward, "next"), emoji="▶️", disabled=forward == index
        ),
    )


def _jump(post: Post, sections: Sequence[Section], current: int | None, words: Words) -> Select | None:
    if not sections:
        return None
    whole = Option(label=words("page.whole"), value="all", default=current is None)
    # The window of options always holds the current one.
    first = 0 if current is None else max(0, min(current - 11, len(sections) - (MOST_OPTIONS - 1)))
    shown = sections[first : first + MOST_OPTIONS - 1]
    options = (
        Option(
            label=_short(section.title, MOST_LABEL) or words("page.untitled"),
            value=str(section.index),
            default=section.index == current,
        )
        for section in shown
    )
    return Select(
        custom_id=custom_ids.goto_id(post.key),
        options=(whole, *options),
        placeholder=words("page.jump"),
    )


def _line(post: Post, words: Words) -> str:
    title = escape_text(_short(post.title, 150))
    shown = f"[{_short(post.title, 150)}](<{post.meta.url}>)" if _can_be_label(post) else title
    return f"**{words.date(post.date)}** · {shown}"


def _can_be_label(post: Post) -> bool:
    """Whether the title can stand in a masked link: labels take no escapes, no brackets, no address."""
    address = post.meta.url or ""
    return address.startswith(("http://", "https://")) and not set("[]()*_~`|<>@:\\") & set(post.title)


def _short(text: str, most: int) -> str:
    """The text, cut at a word's end with an ellipsis where it is longer than ``most`` code points."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > most // 2 else cut).rstrip() + "…"
