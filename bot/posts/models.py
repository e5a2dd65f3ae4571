"""What a post is, as plain values."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct, field

from bot.posts.keys import short_key


class TagKind(enum.StrEnum):
    """What a tag names; AINews keeps companies, models, topics and people apart."""

    TOPIC = "topic"
    COMPANY = "company"
    MODEL = "model"
    PERSON = "person"


class Importance(enum.StrEnum):
    """How loudly a post arrives: without a sound, as usual, or with the role's mention."""

    QUIET = "quiet"
    NORMAL = "normal"
    MAJOR = "major"


class Tag(Struct, frozen=True, kw_only=True):
    """A word a post is filed under, as its author wrote it (NFC, no leading ``#``)."""

    name: str
    kind: TagKind = TagKind.TOPIC


class FrontMatter(Struct, frozen=True, kw_only=True):
    """What stands before a post's text, read and normalised.

    ``published_at`` and ``updated_at`` are the author's instants where the file gives a time of day (aware;
    UTC where no zone was written), else None. ``extra`` keeps the keys this project does not know, untouched.
    """

    title: str
    date: dt.date
    slug: str
    description: str = ""
    published_at: dt.datetime | None = None
    updated: dt.date | None = None
    updated_at: dt.datetime | None = None
    tags: tuple[Tag, ...] = ()
    draft: bool = False
    image: str | None = None
    url: str | None = None
    lang: str = "ko"
    authors: tuple[str, ...] = ()
    importance: Importance = Importance.NORMAL
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One content file: its front matter and its body.

    Attributes:
        meta: the front matter; ``meta.slug`` is the post's identity for ever.
        body: the Markdown after the front matter, LF line ends.
        path: the file's path relative to the content folder, with forward slashes.
        body_line: the 1-based line of the file at which ``body`` begins.
        content_hash: hex SHA-256 of the file's bytes; it changes whenever the file does.
    """

    meta: FrontMatter
    body: str
    path: str
    body_line: int = 1
    content_hash: str = ""

    @property
    def slug(self) -> str:
        """The post's identity for ever."""
        return self.meta.slug

    @property
    def key(self) -> str:
        """16 hexadecimal digits that stand for the slug where room is short (custom ids, nonces)."""
        return short_key(self.slug)

    @property
    def title(self) -> str:
        """The post's title, plain text."""
        return self.meta.title

    @property
    def date(self) -> dt.date:
        """The day the post belongs to."""
        return self.meta.date

    @property
    def published_at(self) -> dt.datetime | None:
        """The author's instant, where the file gives one."""
        return self.meta.published_at

    @property
    def is_draft(self) -> bool:
        """Whether its author still keeps it back."""
        return self.meta.draft

    @property
    def lang(self) -> str:
        """The language of the text, as ``ko``."""
        return self.meta.lang
