"""Writes what was read from a post file as a short row of JSON, without the text, and reads it back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import starmap
from types import MappingProxyType

import msgspec

from bot.adapters.loaded import Fingerprint, LoadedFile
from bot.posts.models import FrontMatter, Tag, TagKind
from bot.posts.problems import Problem
from bot.posts.stored import Bodies, StoredPost


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What is kept of a file; ``meta`` and what follows it only where the file was usable.

    ``meta`` is without its tags: most of a row, and the same few in many rows.
    """

    fingerprint: Fingerprint
    modified: datetime
    problems: tuple[Problem, ...] = ()
    path: str = ""
    meta: FrontMatter | None = None
    tags: tuple[tuple[str, TagKind], ...] = ()
    body_line: int = 1
    content_hash: str = ""


_READER = msgspec.json.Decoder(_Row)


def row_of(loaded: LoadedFile) -> bytes:
    """The row of a file. What JSON lacks in ``FrontMatter.extra`` (TOML's dates) becomes text."""
    post = loaded.post
    row = _Row(
        fingerprint=loaded.fingerprint,
        modified=loaded.modified,
        problems=loaded.problems,
        path=post.path if post else "",
        meta=_plain(post.meta) if post else None,
        tags=tuple((tag.name, tag.kind) for tag in post.meta.tags) if post else (),
        body_line=post.body_line if post else 1,
        content_hash=post.content_hash if post else "",
    )
    return msgspec.json.encode(row)


def loaded_from(data: bytes, bodies: Bodies) -> LoadedFile:
    """The file of a row, its post's text to be read from ``bodies``.

    Raises:
        ValueError: this is no row, or one of another version of this program.
    """
    row = _READER.decode(data)
    post = None
    if row.meta:
        tags = tuple(starmap(_shared, row.tags))
        post = StoredPost(
            meta=replace(row.meta, tags=tags, extra=MappingProxyType(row.meta.extra)),
            bodies=bodies,
            path=row.path,
            body_line=row.body_line,
            content_hash=row.content_hash,
        )
    modified = row.modified.astimezone(UTC)
    return LoadedFile(fingerprint=row.fingerprint, post=post, modified=modified, problems=row.problems)


def _plain(meta: FrontMatter) -> FrontMatter:
    """Without tags, and with keys that JSON has."""
    return replace(meta, tags=(), extra=json.loads(json.dumps(dict(meta.extra), default=str)))


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


@lru_cache(maxsize=65_536)
def _shared(name: str, kind: TagKind) -> Tag:
    """One value for a tag however many posts have it."""
    return Tag(name=name, kind=kind)
