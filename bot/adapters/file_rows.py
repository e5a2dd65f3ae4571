"""Writes what was read from a post file as a short row of JSON, without the text, and reads it back."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from types import MappingProxyType

import msgspec

from bot.adapters.cache_file import SEAL_BYTES, sealed, unsealed
from bot.adapters.loaded import Fingerprint, LoadedFile
from bot.posts.models import FrontMatter, Tag, TagKind
from bot.posts.problems import Problem
from bot.posts.stored import Bodies, StoredPost
from bot.replacing import replace


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is kept of a file; ``meta`` and what follows it only where the file was usable.

    ``meta`` is without its tags: most of a row, and the same few in many rows. A tag is its kind and its
    name, with a space between them.
    """

    fingerprint: Fingerprint
    modified: dt.datetime
    problems: tuple[Problem, ...] = ()
    path: str = ""
    body_line: int = 1
    content_hash: str = ""
    meta: FrontMatter | None = None
    tags: tuple[str, ...] = ()


class _Label(msgspec.Struct, frozen=True, gc=False):
    """What of a row's ``meta`` a start needs; the rest is passed over."""

    slug: str
    title: str
    date: dt.date
    published_at: dt.datetime | None
    draft: bool
    lang: str


class _Start(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row as far as a start needs it."""

    fingerprint: Fingerprint
    modified: dt.datetime
    problems: tuple[Problem, ...] = ()
    path: str = ""
    body_line: int = 1
    content_hash: str = ""
    meta: _Label | None = None


_KINDS = {str(kind): kind for kind in TagKind}  # asking the enumeration takes three times as long


class _Tags(dict[str, Tag]):
    """One value for a tag however many posts have it, by how a row writes it; a start asks for thousands."""

    def __missing__(self, text: str) -> Tag:
        kind, _, name = text.partition(" ")
        tag = self[text] = Tag(name=name, kind=_KINDS.get(kind) or TagKind(kind))
        return tag


_WHOLE = msgspec.json.Decoder(_Row)
_START = msgspec.json.Decoder(_Start)


def row_of(loaded: LoadedFile) -> bytes:
    """The row of a file. What JSON lacks in ``FrontMatter.extra`` (TOML's dates) becomes text."""
    row = _Row(loaded.fingerprint, loaded.modified, loaded.problems)
    if post := loaded.post:
        row = _Row(
            fingerprint=loaded.fingerprint,
            modified=loaded.modified,
            problems=loaded.problems,
            path=post.path,
            body_line=post.body_line,
            content_hash=post.content_hash,
            meta=_plain(post.meta),
            tags=tuple(f"{tag.kind} {tag.name}" for tag in post.meta.tags),
        )
    return sealed(msgspec.json.encode(row))


class RowReader:
    """Reads rows of one folder, whose posts' texts stay in ``bodies``; a tag of many posts is one value."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._tag = _Tags().__getitem__

    def read(self, data: bytes) -> LoadedFile:
        """The file of a row; its post's front matter is read when somebody asks for it.

        Raises:
            ValueError: this is no row, or one of another version of this program.
        """
        row = _START.decode(unsealed(data))
        return LoadedFile(
            fingerprint=row.fingerprint,
            post=self._post_of(row, row.meta, data) if row.meta else None,
            modified=row.modified,
            problems=row.problems,
        )

    def _post_of(self, row: _Start, label: _Label, data: bytes) -> StoredPost:
        return StoredPost(
            label,
            partial(self._meta_of, data),
            self._bodies,
            path=row.path,
            body_line=row.body_line,
            content_hash=row.content_hash,
        )

    def _meta_of(self, data: bytes) -> FrontMatter:
        row = _WHOLE.decode(memoryview(data)[SEAL_BYTES:])
        if row.meta is None:
            raise ValueError("a row without front matter has no post")
        # Nobody else has seen this value yet; a copy of it would take longer than reading it.
        msgspec.structs.force_setattr(row.meta, "tags", tuple(map(self._tag, row.tags)))
        msgspec.structs.force_setattr(row.meta, "extra", MappingProxyType(row.meta.extra))
        return row.meta


def without_text(loaded: LoadedFile, bodies: Bodies) -> LoadedFile:
    """The same file with its post's text left where it is; a path that is no Unicode needs its text."""
    post = loaded.post
    if post is None or isinstance(post, StoredPost) or "?" in post.path:
        return loaded
    return replace(loaded, post=StoredPost.of(post, bodies))


def _plain(meta: FrontMatter) -> FrontMatter:
    """Without tags, and with keys that JSON has."""
    extra = json.loads(json.dumps(dict(meta.extra), default=str)) if meta.extra else {}
    return replace(meta, tags=(), extra=extra)
