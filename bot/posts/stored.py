"""A post whose text stays where it is until somebody asks for it."""

from __future__ import annotations

from typing import Protocol

from bot.posts.models import FrontMatter, Post


class Bodies(Protocol):
    """Where texts are kept."""

    def body(self, post: Post) -> str:
        """The Markdown of this version of the post; blocks.

        Raises:
            PostError: it is not there any more.
        """
        ...


class StoredPost(Post):
    """A ``Post`` that reads its ``body`` each time, so that thousands of them stay small.

    Two are equal when they stand for the same bytes of the same file.
    """

    __slots__ = ("_bodies",)
    _bodies: Bodies

    def __init__(
        self, *, meta: FrontMatter, bodies: Bodies, path: str, body_line: int, content_hash: str
    ) -> None:
        keep = object.__setattr__  # one by one: a start makes thousands of them
        keep(self, "meta", meta)
        keep(self, "path", path)
        keep(self, "body_line", body_line)
        keep(self, "content_hash", content_hash)
        keep(self, "_bodies", bodies)

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
