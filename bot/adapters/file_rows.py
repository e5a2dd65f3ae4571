"""Writes what was read from a post file as a short row of JSON, without the text, and reads it back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import msgspec

from bot.adapters.loaded import Fingerprint, LoadedFile
from bot.posts.models import FrontMatter, Importance, Post, Tag, TagKind
from bot.posts.problems import Problem
from bot.posts.stored import Bodies, StoredPost


class _PostRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is kept of a usable post. A tag is its kind and its name, with a space between them."""

    path: str
    body_line: int
    content_hash: str
    title: str
    date: dt.date
    slug: str
    description: str
    published_at: dt.datetime | None
    updated: dt.date | None
    tags: tuple[str, ...]
    draft: bool
    image: str | None
    url: str | None
    lang: str
    authors: tuple[str, ...]
    importance: Importance
    extra: dict[str, Any]


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is kept of a file; ``post`` only where it was usable."""

    fingerprint: Fingerprint
    modified: dt.datetime
    problems: tuple[Problem, ...]
    post: _PostRow | None


_KINDS = {kind.value: kind for kind in TagKind}
_READER = msgspec.json.Decoder(_Row)


def row_of(loaded: LoadedFile) -> bytes:
    """The row of a file. What JSON lacks in ``FrontMatter.extra`` (TOML's dates) becomes text."""
    row = _Row(
        fingerprint=loaded.fingerprint,
        modified=loaded.modified,
        problems=loaded.problems,
        post=_row_of_post(loaded.post) if loaded.post else None,
    )
    return msgspec.json.encode(row)


def loaded_from(data: bytes, bodies: Bodies) -> LoadedFile:
    """The file of a row, its post's text to be read from ``bodies``.

    Raises:
        ValueError: this is no row, or one of another version of this program.
    """
    row = _READER.decode(data)
    return LoadedFile(
        fingerprint=row.fingerprint,
        post=_post_of(row.post, bodies) if row.post else None,
        modified=row.modified.astimezone(dt.UTC),
        problems=row.problems,
    )


def without_text(loaded: LoadedFile, bodies: Bodies) -> LoadedFile:
    """The same file with its post's text left where it is; a path that is no Unicode needs its text."""
    post = loaded.post
    if post is None or isinstance(post, StoredPost) or "?" in post.path:
        return loaded
    stored = StoredPost(
        meta=post.meta,
        bodies=bodies,
        path=post.path,
        body_line=post.body_line,
        content_hash=post.content_hash,
    )
    return replace(loaded, post=stored)


def _row_of_post(post: Post) -> _PostRow:
    meta = post.meta
    return _PostRow(
        path=post.path,
        body_line=post.body_line,
        content_hash=post.content_hash,
        title=meta.title,
        date=meta.date,
        slug=meta.slug,
        description=meta.description,
        published_at=meta.published_at,
        updated=meta.updated,
        tags=tuple(f"{tag.kind} {tag.name}" for tag in meta.tags),
        draft=meta.draft,
        image=meta.image,
        url=meta.url,
        lang=meta.lang,
        authors=meta.authors,
        importance=meta.importance,
        extra=json.loads(json.dumps(dict(meta.extra), default=str)) if meta.extra else {},
    )


def _post_of(row: _PostRow, bodies: Bodies) -> StoredPost:
    meta = FrontMatter(
        title=row.title,
        date=row.date,
        slug=row.slug,
        description=row.description,
        published_at=row.published_at,
        updated=row.updated,
        tags=tuple(map(_tag, row.tags)),
        draft=row.draft,
        image=row.image,
        url=row.url,
        lang=row.lang,
        authors=row.authors,
        importance=row.importance,
        extra=MappingProxyType(row.extra),
    )
    return StoredPost(
        meta=meta, bodies=bodies, path=row.path, body_line=row.body_line, content_hash=row.content_hash
    )


@lru_cache(maxsize=65_536)
def _tag(text: str) -> Tag:
    """One value for a tag however many posts have it."""
    kind, _, name = text.partition(" ")
    return Tag(name=name, kind=_KINDS[kind])
