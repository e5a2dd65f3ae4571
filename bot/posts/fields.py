"""Reads the values of a front matter, under any of the names authors give them, as ``FrontMatter``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.patterns import regex
from bot.posts.dates import Moment, read_post_moment
from bot.posts.findings import Findings
from bot.posts.headings import first_heading
from bot.posts.language import guess_language, language_code
from bot.posts.metadata import Metadata
from bot.posts.models import FrontMatter, Importance, Tag, TagKind
from bot.posts.names import MAX_SLUG, day_in_name, slug_of, to_slug
from bot.posts.tags import read_tags, unique
from bot.posts.values import flag_of, text_of, texts_of

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "title": ("title",),
        "description": ("description", "summary", "excerpt"),
        "date": ("date", "pubdate", "publishdate", "published", "created"),
        "updated": ("update", "updated", "lastmod", "updateddate", "modified"),
        "tags": ("tags", "tag"),
        "companies": ("companies",),
        "models": ("models",),
        "topics": ("topics",),
        "people": ("people",),
        "draft": ("draft",),
        "slug": ("slug", "permalink", "originalslug"),
        "image": ("image", "cover", "thumbnail", "heroimage"),
        "url": ("url", "canonical", "canonicalurl"),
        "lang": ("lang", "language"),
        "authors": ("authors", "author"),
        "importance": ("importance",),
    }
)
"""By field, the keys it is read from, best first; case, ``_`` and ``-`` of a key do not count."""

MAX_URL = 2048
"""The longest address Discord takes (API documentation, embed limits)."""

_TAG_FIELDS = {
    "tags": TagKind.TOPIC,
    "companies": TagKind.COMPANY,
    "models": TagKind.MODEL,
    "topics": TagKind.TOPIC,
    "people": TagKind.PERSON,
}
_KNOWN = frozenset(alias for aliases in ALIASES.values() for alias in aliases)
_ONLY_MARKS = regex(r"[\s\[\]{}|>'\"]+")
"""What is left of a title that YAML's own marks stand in place of."""
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]*:")


def read_front_matter(
    metadata: Metadata, body: str, body_line: int, findings: Findings, zone: dt.tzinfo
) -> FrontMatter:
    """The front matter of one post, normalised; doubts are noted as warnings.

    Times of day without a zone are in ``zone``.

    Raises:
        PostError: there is no title, or no date.
    """
    return _Reader(metadata, body, body_line, findings, zone).read()


class _Reader:
    """Reads the fields of one front matter, one method a field."""

    def __init__(
        self, metadata: Metadata, body: str, body_line: int, findings: Findings, zone: dt.tzinfo
    ) -> None:
        self.body = body
        self.body_line = body_line
        self.findings = findings
        self.zone = zone
        self.path = findings.path
        self.values = {_normal(key): value for key, value in metadata.values.items()}
        self.lines = {_normal(key): line for key, line in metadata.lines.items()}
        self.extra = {k: v for k, v in metadata.values.items() if _normal(k) not in _KNOWN}

    def read(self) -> FrontMatter:
        title = self.title()
        moment, update = self.date(), self.updated()
        return FrontMatter(
            title=title,
            date=moment.day,
            slug=self.slug(),
            description=text_of(self.first("description")[1]),
            published_at=moment.instant,
            updated=update.day if update else None,
            updated_at=update.instant if update else None,
            tags=unique(self.tags()),
            draft=self.draft(),
            image=self.address("image"),
            url=self.address("url"),
            lang=self.lang(title),
            authors=tuple(texts_of(self.first("authors")[1])),
            importance=self.importance(),
            extra=MappingProxyType(self.extra),
        )

    def first(self, name: str) -> tuple[int, object]:
        """The line and value of a field: of its keys the best one that says something."""
        for alias in ALIASES[name]:
            value = self.values.get(alias)
            if text_of(value):
                return self.lines.get(alias, 1), value
        return 1, None

    def title(self) -> str:
        line, value = self.first("title")
        title = " ".join(text_of(value).split())
        if title and not _ONLY_MARKS.fullmatch(title):
            return title
        if title:
            cause = f"The title is {title} alone: what was to stand there is missing."
            raise self.findings.refusal(line, "no-title", cause, "Write `title: ...` with the title's words.")
        heading = first_heading(self.body)
        if heading is None:
            cause, fix = "The post has no title.", "Add a line `title: ...` to the front matter."
            raise self.findings.refusal(1, "no-title", cause, fix)
        cause = "The front matter has no title; the first heading stands in for it."
        self.findings.warn(1, "title-from-heading", cause, "Add a line `title: ...` to the front matter.")
        return heading

    def date(self) -> Moment:
        line, value = self.first("date")
        value = None if flag_of(value) is not None else value  # Jekyll's `published: true` is no date
        moment = read_post_moment(value, self.zone)
        named = day_in_name(self.path)
        if moment:
            return moment
        shape = "Write it as `date: 2024-05-04`, or begin the file's name with it."
        if named is None:
            cause = f"{text_of(value)[:60]} is no date." if value else "The post has no date."
            raise self.findings.refusal(line, "no-date", cause, shape)
        if value is not None:
            cause = f"{text_of(value)[:60]} is no date; the file's name stands in for it."
            self.findings.warn(line, "bad-date", cause, shape)
        return Moment(day=named)

    def updated(self) -> Moment | None:
        line, value = self.first("updated")
        moment = read_post_moment(value, self.zone)
        if value is not None and moment is None:
            cause = f"{text_of(value)[:60]} is no date; it is left out."
            self.findings.warn(line, "bad-update", cause, "Write it as `update: 2024-05-04`.")
        return moment

    def slug(self) -> str:
        for alias in ALIASES["slug"]:
            slug = to_slug(text_of(self.values.get(alias)))
            if slug and ":" not in slug and len(slug) <= MAX_SLUG:
                return slug
            if slug:
                cause = f"`{alias}` is no usable slug; the file's name stands in for it."
                fix = f"Use a fixed text of at most {MAX_SLUG} characters without colons."
                self.findings.warn(self.lines.get(alias, 1), "bad-slug", cause, fix)
        return slug_of(self.path)[:MAX_SLUG]

    def tags(self) -> Iterator[Tag]:
        for name, kind in _TAG_FIELDS.items():
            for alias in ALIASES[name]:
                yield from read_tags(kind, self.values.get(alias))

    def draft(self) -> bool:
        if "_drafts" in self.path.split("/")[:-1] or flag_of(self.values.get("published", True)) is False:
            return True
        line, value = self.first("draft")
        flag = flag_of(value)
        if flag is None:
            cause = f"`draft: {text_of(value)[:60]}` is neither true nor false; the post is held back."
            self.findings.warn(line, "bad-draft", cause, "Write `draft: true` or `draft: false`.")
        return flag is not False

    def address(self, name: str) -> str | None:
        """An ``http`` or ``https`` address, or one relative to the site; any other is left out."""
        line, value = self.first(name)
        text = next(texts_of(value), "") if isinstance(value, list) else text_of(value)
        text = f"https:{text}" if text.startswith("//") else text
        if not text or _is_address(text):
            return text or None
        cause = f"`{name}` is no http or https address; it is left out."
        self.findings.warn(line, f"bad-{name}", cause, f"Write an address of at most {MAX_URL} characters.")
        return None

    def lang(self, title: str) -> str:
        line, value = self.first("lang")
        code = language_code(text_of(value))
        if code:
            return code
        guess = guess_language(title, self.body)
        if value is not None:
            cause = f"`lang: {text_of(value)[:60]}` is no language code; {guess} was guessed."
            self.findings.warn(line, "bad-lang", cause, "Write a code such as ko, en or zh.")
        return guess

    def importance(self) -> Importance:
        line, value = self.first("importance")
        try:
            return Importance(text_of(value).lower() or Importance.NORMAL)
        except ValueError:
            choices = ", ".join(Importance)
            cause = f"The importance {text_of(value)[:60]} is not known; the post arrives as usual."
            self.findings.warn(line, "bad-importance", cause, f"Write one of: {choices}.")
            return Importance.NORMAL


@lru_cache(maxsize=1024)  # every post has the same few keys
def _normal(key: str) -> str:
    return key.casefold().replace("_", "").replace("-", "")


def _is_address(text: str) -> bool:
    if len(text) > MAX_URL or any(char.isspace() for char in text):
        return False
    if not _SCHEME.match(text):
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
