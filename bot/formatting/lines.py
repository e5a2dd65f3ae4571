"""Lines about posts, for lists: each in a long and a short form, so that any list fits one card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urldefrag

from bot.formatting import limits
from bot.formatting.cards import shortened
from bot.formatting.discord import Slot, count_nodes, parse
from bot.formatting.escaping import escape_line_starts, escape_text, label
from bot.formatting.messages import Option
from bot.formatting.places import Place, post_place
from bot.formatting.plain import about, title_of
from bot.formatting.urls import media
from bot.i18n import Words
from bot.posts.models import Post

TITLE_ROOM: Final = 150
"""Characters of a title in a line."""

_LEAST_TITLE: Final = 15

_ABOUT: Final = 120
"""Characters of a description that tells posts of the same title apart."""

_BEGIN, _END = "\ue000", "\ue001"
"""Stand for the stars while a title is escaped: for private use, no author's."""

Pieces = Sequence[tuple[str, bool]]
"""A text in pieces, each with whether it is in bold."""

Entry = tuple[str, ...]
"""One entry of a list, from its richest form to its poorest, of which ten fit any card."""


def shown_title(post: Post) -> str:
    """What a line shows of a post's title, before anything in it is escaped."""
    return shortened(title_of(post), TITLE_ROOM)


def post_entry(
    post: Post,
    words: Words,
    *,
    title: Pieces = (),
    section: str = "",
    anchor: str = "",
    below: str = "",
) -> Entry:
    """A post's day and title, linked where it is on the web; then the section and a line below.

    ``title`` is ``shown_title`` with some of it in bold, ``section`` is plain text, ``below`` is Markdown.
    """
    day = f"**{words.date(post.date)}**"
    pieces = title or ((shown_title(post), False),)
    plain = f"{day} · {_bold(pieces, escape_text)}"
    if section:
        plain += f" › {escape_text(shortened(section, 60))}"
    url = post.meta.url or ""
    address = media(f"{urldefrag(url).url}#{anchor}" if anchor else url) if url else None
    linked = f"{day} · [{_bold(pieces, label)}](<{address}>)" if address else plain
    if address and section:
        linked += f" › {escape_text(shortened(section, 60))}"
    tail = f"\n{below}" if below else ""
    # A title of nothing but emoji is dear: each is a node to the client.
    least = f"{day} · {escape_text(shortened(shown_title(post), _LEAST_TITLE))}"
    return tuple(dict.fromkeys((linked + tail, plain + tail, plain, least)))


def _bold(pieces: Pieces, escaped: Callable[[str], str]) -> str:
    """The pieces as Markdown, escaped as a whole: what acts may begin in one and end in another."""
    clean = ((text.replace(_BEGIN, "").replace(_END, ""), is_bold) for text, is_bold in pieces)
    text = escaped("".join(f"{_BEGIN}{text}{_END}" if is_bold else text for text, is_bold in clean))
    return text.replace(_BEGIN, "**").replace(_END, "**")


def fitted(entries: Sequence[Entry], separator: str = "\n", room: int = limits.CARD_DESCRIPTION) -> str:
    """The entries, each in the richest form with which all fit ``room`` and the client's node limit."""
    forms = [0] * len(entries)

    def text() -> str:
        return separator.join(entry[form] for entry, form in zip(entries, forms, strict=True))

    while not fits(text(), room):
        poorer = [at for at, entry in enumerate(entries) if forms[at] + 1 < len(entry)]
        if not poorer:
            break
        forms[max(poorer, key=lambda at: len(entries[at][forms[at]]))] += 1
    return text()


def fits(text: str, room: int = limits.CARD_DESCRIPTION) -> bool:
    """Whether a description of this text is within ``room`` and the client's node limit."""
    return len(text) <= room and count_nodes(parse(text, Slot.DESCRIPTION)) <= limits.CARD_NODES


def told_apart(post: Post, others: Sequence[Post]) -> str:
    """What a post is about, plain text, where others have the same title; else empty."""
    same = [other for other in others if other.title.casefold() == post.title.casefold()]
    return about(post, _ABOUT) if len(same) > 1 else ""


def quote(text: str) -> str:
    """The line below an entry that says some plain text; empty for none."""
    return f"> {escape_line_starts(escape_text(text))}" if text else ""


def post_option(
    post: Post, words: Words, *, section: int | None = None, title: str = "", apart: str = ""
) -> Option:
    """Opens a post, or one of its sections, from a select.

    ``title`` stands for the post's own, ``apart`` (``told_apart``) behind its day; both are plain text.
    """
    below = " · ".join(filter(None, (words.date(post.date), apart)))
    return place_option(post_place(post.key, section), title or title_of(post), below)


def place_option(place: Place, name: str, description: str | None = None, *, here: bool = False) -> Option:
    """Leads to a place; ``name`` is plain text of any length, and never shown empty."""
    return Option(
        label=shortened(" ".join(name.split()), limits.OPTION_TEXT) or "…",
        value=place.code,
        description=shortened(description, limits.OPTION_TEXT) if description else None,
        default=here,
    )
