"""Turns a post into the messages that carry it: the front door of this package."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urljoin

from msgspec import Struct

from bot.formatting.blocks import Part
from bot.formatting.cards import gather
from bot.formatting.cover import cover_of, shown_parts
from bot.formatting.digest import digest
from bot.formatting.messages import Message
from bot.formatting.packing import pack
from bot.formatting.parsing import parse
from bot.formatting.render import render
from bot.i18n import Words
from bot.posts.models import Post
from bot.posts.sections import Section, sections_of


class Layout(enum.StrEnum):
    """How a post becomes messages."""

    FULL = "full"
    """Everything, in order."""
    DIGEST = "digest"
    """The cover, the introduction, a preview, and a menu that opens the sections on demand."""
    THREAD = "thread"
    """The cover by itself, then everything else, which whoever sends it places in a thread."""


class ComposeOptions(Struct, frozen=True, kw_only=True):
    """What a composition depends on besides the post.

    Attributes:
        words: the language of what the bot itself says.
        layout: how much of the post is shown at once.
        site_url: what relative links resolve against when the post has no address of its own.
    """

    words: Words
    layout: Layout = Layout.FULL
    site_url: str | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """A post as somebody pages through it.

    Attributes:
        messages: the whole post (``Layout.FULL``), a page each.
        sections: what its menus offer.
    """

    messages: tuple[Message, ...]
    sections: tuple[Section, ...]


def read(post: Post, options: ComposeOptions) -> Reading:
    """The post for its readers, whatever the layout of ``options``. Raises PostError as ``compose`` does."""
    return Reading(messages=_full(post, options), sections=sections_of(post))


def compose(post: Post, options: ComposeOptions) -> tuple[Message, ...]:
    """The post's messages, each within Discord's limits. Same input, same messages.

    Raises:
        PostError: the body is longer than ``lengths.MAX_CHARACTERS``.
    """
    return _LAYOUTS[options.layout](post, options)


def compose_section(post: Post, index: int, options: ComposeOptions) -> tuple[Message, ...]:
    """One section with everything under it, deeper sections included.

    Raises:
        IndexError: the post has no section of that index.
        PostError: as for ``compose``.
    """
    sections = sections_of(post)
    if not 0 <= index < len(sections):
        raise IndexError(f"{post.slug} has {len(sections)} sections, not number {index}")
    section = sections[index]
    parts = _parts(post, _base(post, options))
    wanted = [part for part in parts if part.title and section.line <= part.line < section.end]
    return pack(gather(wanted))


def _full(post: Post, options: ComposeOptions) -> tuple[Message, ...]:
    base = _base(post, options)
    parts = shown_parts(post, _parts(post, base))
    return pack([cover_of(post, parts, options.words, base), *gather(parts)])


def _thread(post: Post, options: ComposeOptions) -> tuple[Message, ...]:
    base = _base(post, options)
    parts = shown_parts(post, _parts(post, base))
    return (*pack([cover_of(post, parts, options.words, base)]), *pack(gather(parts)))


def _digest(post: Post, options: ComposeOptions) -> tuple[Message, ...]:
    base = _base(post, options)
    parts = shown_parts(post, _parts(post, base))
    return digest(post, cover_of(post, parts, options.words, base), parts, options.words)


def _parts(post: Post, base: str | None) -> tuple[Part, ...]:
    return _rendered(post.body, post.path, base)


@lru_cache(maxsize=4)
def _rendered(body: str, path: str, base: str | None) -> tuple[Part, ...]:
    """Whoever opens a post opens its sections next, and each of them needs the whole of it."""
    return tuple(render(parse(body, path), base))


def _base(post: Post, options: ComposeOptions) -> str | None:
    """What relative links resolve against: the post's own address, itself relative to the site's."""
    site = f"{options.site_url.rstrip('/')}/" if options.site_url else ""
    return urljoin(site, post.meta.url or "") or None


_LAYOUTS: Mapping[Layout, Callable[[Post, ComposeOptions], tuple[Message, ...]]] = MappingProxyType(
    {Layout.FULL: _full, Layout.DIGEST: _digest, Layout.THREAD: _thread}
)
