"""Messages as one self-contained web page that looks like Discord, light and dark.

The page loads nothing: pictures are boxes with their address, and its content security policy allows only
the style and the script it brings along.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib import resources
from string import Template

from bot.adapters.drawing.webtext import html_block, html_line, html_link, html_text
from bot.formatting.counts import Count, card_counts, message_counts
from bot.formatting.discord import Slot
from bot.formatting.messages import Button, Card, Message, Picker, Row, Select
from bot.posts.models import Post

Posts = Sequence[tuple[Post, Sequence[Message]]]


def page(posts: Posts) -> str:
    """The whole page. Everything from the posts is escaped; no request leaves it before a click."""
    messages = sum(len(each) for _, each in posts)
    style = _asset("page.css") + _bars(posts)
    script = _asset("page.js")
    sections = [_post(post, each, place) for place, (post, each) in enumerate(posts, start=1)]
    return Template(_asset("page.html")).substitute(
        style_hash=_hash(style),
        script_hash=_hash(script),
        style=style,
        script=script,
        title=html_text(posts[0][0].title if len(posts) == 1 else f"{len(posts)} posts"),
        summary=f"{_number(len(posts), 'post')}, {_number(messages, 'message')}",
        main="\n".join([_contents(posts), *sections]),
    )


def _asset(name: str) -> str:
    return (resources.files("bot.adapters.drawing") / "assets" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """A source for the content security policy: https://www.w3.org/TR/CSP3/#framework-directive-source-list."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _bars(posts: Posts) -> str:
    """One class a colour: the policy allows no style attributes."""
    colours = {card.colour for _, messages in posts for message in messages for card in message.cards}
    return "".join(
        f".bar-{colour:06x} {{ border-left-color: #{colour:06x}; }}\n"
        for colour in sorted(colour for colour in colours if colour is not None)
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _contents(posts: Posts) -> str:
    if len(posts) < 2:  # noqa: PLR2004 - one post needs no table of contents
        return ""
    lines = (
        f'<li><a href="#post-{place}">{html_text(post.title)}</a></li>'
        for place, (post, _) in enumerate(posts, start=1)
    )
    return f'<ol class="posts">{"".join(lines)}</ol>'


def _post(post: Post, messages: Sequence[Message], place: int) -> str:
    title, path = html_text(post.title), html_text(post.path)
    about = f"{path} · {post.date.isoformat()} · {_number(len(messages), 'message')}"
    drawn = "".join(
        _message(message, f"message {number} of {len(messages)}")
        for number, message in enumerate(messages, start=1)
    )
    return (
        f'<section class="post" id="post-{place}"><header><h2>{title}</h2><p>{about}</p></header>'
        f'<div lang="{html_text(post.lang)}">{drawn}</div></section>'
    )


def _message(message: Message, label: str) -> str:
    content = html_block(message.content, Slot.CONTENT) if message.content else ""
    cards = "".join(_card(card) for card in message.cards)
    rows = "".join(_row(row) for row in message.rows)
    sender = f'<div class="sender" lang="en"><b>AI News</b><i>APP</i><span>{label}</span></div>'
    counts = _counts(message_counts(message))
    return (
        f'<article class="message"><div class="avatar" aria-hidden="true">AI</div>'
        f"<div>{sender}{content}{cards}{rows}{counts}</div></article>"
    )


def _card(card: Card) -> str:
    bar = "" if card.colour is None else f" bar-{card.colour:06x}"
    return f'<div class="embed{bar}">{"".join(_card_parts(card))}</div>{_counts(card_counts(card))}'


def _card_parts(card: Card) -> Iterator[str]:
    if card.author:
        yield f'<div class="author">{html_text(card.author)}</div>'
    if card.title and card.url:
        yield f'<div class="title">{html_link(card.url, html_line(card.title, Slot.TITLE_WITH_URL))}</div>'
    elif card.title:
        yield f'<div class="title">{html_line(card.title, Slot.TITLE)}</div>'
    elif card.url:
        yield f'<div class="foot">{html_link(card.url, html_text(card.url))}</div>'
    if card.description:
        yield html_block(card.description, Slot.DESCRIPTION)
    if card.thumbnail:
        yield _picture("thumbnail", card.thumbnail, "Thumbnail")
    if card.fields:
        yield f'<div class="fields wide">{"".join(_fields(card))}</div>'
    if card.image:
        yield _picture("wide", card.image, "Image")
    if card.footer or card.timestamp:
        yield f'<div class="foot wide">{" • ".join(_foot(card))}</div>'


def _picture(place: str, url: str, what: str) -> str:
    return (
        f'<div class="picture {place}"><span>{what}, not loaded</span>{html_link(url, html_text(url))}</div>'
    )


def _fields(card: Card) -> Iterator[str]:
    for field in card.fields:
        name = f'<div class="name">{html_line(field.name, Slot.TITLE)}</div>'
        inline = " inline" if field.inline else ""
        yield f'<div class="field{inline}">{name}{html_block(field.value, Slot.FIELD_VALUE)}</div>'


def _foot(card: Card) -> Iterator[str]:
    if card.footer:
        yield html_text(card.footer)
    if card.timestamp:
        yield f'<time datetime="{card.timestamp.isoformat()}">{card.timestamp:%Y-%m-%d %H:%M %Z}</time>'


def _row(row: Row) -> str:
    # No post has a Picker, which Discord fills.
    shown = (part for part in row if not isinstance(part, Picker))
    parts = (_select(part) if isinstance(part, Select) else _button(part) for part in shown)
    return f'<div class="row">{"".join(parts)}</div>'


def _button(button: Button) -> str:
    label = html_text(" ".join(filter(None, (button.emoji, button.label))))
    shown = html_link(button.url, f"{label} ↗") if button.url else label
    disabled = " disabled" if button.disabled else ""
    return f'<span class="button {button.style.name.lower()}{disabled}">{shown}</span>'


def _select(select: Select) -> str:
    options = "".join(
        f"<li>{html_text(option.label)}<small>{html_text(option.description or '')}</small></li>"
        for option in select.options
    )
    placeholder = html_text(select.placeholder or "Make a selection")
    return f'<details class="select"><summary>{placeholder}</summary><ul>{options}</ul></details>'


def _counts(counts: Sequence[Count]) -> str:
    shown = "".join(f'<span class="{count.level}">{html_text(str(count))}</span>' for count in counts)
    return f'<p class="counts" lang="en">{shown}</p>' if shown else ""
