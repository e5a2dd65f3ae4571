"""A post whose text stays where it is, and its front matter unread, until somebody asks for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol, Self

from bot.posts.models import FrontMatter, Post


class Bodies(Protocol):
    """Where texts are kept."""

    def body(self, post: Post) -> str:
        """The Markdown of this version of the post; blocks.

        Raises:
            PostError: it is not there any more.
        """
        ...


class Label(Protocol):
    """What of a front matter posts are ordered and looked up by; a ``FrontMatter`` is one."""

    @property
    def slug(self) -> str:
        """As ``FrontMatter`` has it, and so are the others."""
        ...

    @property
    def title(self) -> str: ...  # noqa: D102 - see above

    @property
    def date(self) -> dt.date: ...  # noqa: D102

    @property
    def published_at(self) -> dt.datetime | None: ...  # noqa: D102

    @property
    def draft(self) -> bool: ...  # noqa: D102

    @property
    def lang(self) -> str: ...  # noqa: D102


class StoredPost(Post):
    """A ``Post`` that reads its ``body`` each time, so that thousands of them stay small.

    Its ``meta`` may be read when it is first asked for: a start has no time for thousands, and few of them
    are asked for. Two are equal when they stand for the same bytes of the same file.
    """

    __slots__ = ("_bodies", "_meta", "date", "is_draft", "lang", "published_at", "slug", "title")
    _bodies: Bodies
    _meta: FrontMatter | Callable[[], FrontMatter]
    slug: str
    title: str
    date: dt.date
    published_at: dt.datetime | None
    is_draft: bool
    lang: str

    def __init__(
        self,
        label: Label,
        meta: FrontMatter | Callable[[], FrontMatter],
        bodies: Bodies,
        *,
        path: str,
        body_line: int,
        content_hash: str,
    ) -> None:
        keep = object.__setattr__  # one by one: a start makes thousands of them
        keep(self, "slug", label.slug)
        keep(self, "title", label.title)
        keep(self, "date", label.date)
        keep(self, "published_at", label.published_at)
        keep(self, "is_draft", label.draft)
        keep(self, "lang", label.lang)
        keep(self, "path", path)
        keep(self, "body_line", body_line)
        keep(self, "content_hash", content_hash)
        keep(self, "_meta", meta)
        keep(self, "_bodies", bodies)

    @classmethod
    def of(cls, post: Post, bodies: Bodies) -> Self:
        """The same post with its text left in ``bodies``."""
        return cls(
            post.meta,
            post.meta,
            bodies,
            path=post.path,
            body_line=post.body_line,
            content_hash=post.content_hash,
        )

    @property
    def meta(self) -> FrontMatter:
        """The front matter."""
        meta = self._meta
        if not isinstance(meta, FrontMatter):
            meta = meta()
            object.__setattr__(self, "_meta", meta)
        return meta

    @property
    def body(self) -> str:
        """The Markdown after the front matter, LF line ends; blocks on the disk.

        Raises:
            PostError: the file is gone or another one, and no copy is left.
        """
        return self._bodies.body(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StoredPost):
            return NotImplemented
        return (self.path, self.content_hash) == (other.path, other.content_hash)

    def __hash__(self) -> int:
        return hash((self.path, self.content_hash))

    def __repr__(self) -> str:
        return f"StoredPost({self.path!r})"

    def loaded(self) -> Post:
        """The same post with its text in memory. Raises PostError as ``body`` does."""
        return Post(
            meta=self.meta,
            body=self.body,
            path=self.path,
            body_line=self.body_line,
            content_hash=self.content_hash,
        )
