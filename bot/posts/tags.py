"""Reads a post's tags, typed, and folds their names so that spellings meet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.patterns import regex
from bot.posts.keys import short_key
from bot.posts.models import Tag, TagKind
from bot.posts.search.words import narrow
from bot.posts.values import texts_of

_IGNORED = regex(r"[\s\-_#]+")


@lru_cache(maxsize=65_536)
def fold(name: str) -> str:
    """The form in which tags are compared: case, width, spaces, hyphens, ``_`` and ``#`` do not count."""
    normal = unicodedata.normalize("NFC", name if name.isascii() else narrow(name))
    return _IGNORED.sub("", normal).casefold() or normal.strip().casefold()


def read_tags(kind: TagKind, value: object) -> Iterator[Tag]:
    """The tags in a list, a text with commas, or Obsidian's ``#a #b``."""
    for text in texts_of(value):
        yield from _tags_in(text, kind)


def unique(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Each tag once, by its folded name: the first that says what it is, else the first."""
    first: dict[str, Tag] = {}
    for tag in tags:
        known = first.setdefault(fold(tag.name), tag)
        if known.kind is TagKind.TOPIC is not tag.kind:
            first[fold(tag.name)] = tag
    return tuple(first.values())


@lru_cache(maxsize=16_384)  # a name stands in many posts
def _tags_in(text: str, kind: TagKind) -> tuple[Tag, ...]:
    names = (" ".join(name.strip("\"'").lstrip("#").split()) for name in _hash_words(text))
    return tuple(Tag(name=unicodedata.normalize("NFC", name), kind=kind) for name in names if name)


def _hash_words(text: str) -> list[str]:
    words = text.split()
    return words if len(words) > 1 and all(word.startswith("#") for word in words) else [text]


def filed_under(folded: str, kind: TagKind | None) -> str:
    """What stands in the search index for a tag of a kind, or of any. A folded word holds no space."""
    return f"{kind} {folded}" if kind else folded


def tag_key(name: str) -> str:
    """16 hexadecimal digits that stand for a tag, however it is written, where room is short (custom ids)."""
    return short_key(fold(name))
