"""An immutable, ordered snapshot of posts, with the look-ups readers need."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.posts.models import Post, Tag
from bot.posts.tags import fold, tag_key

_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCount:
    """A tag as its newest post writes it, in how many posts it stands, and the newest one's day."""

    tag: Tag
    count: int
    latest: dt.date

    @property
    def name(self) -> str:
        """The tag's name."""
        return self.tag.name


@dataclass(frozen=True, slots=True)
class Archive:
    """Posts in the order of (date, published_at, slug), oldest first. Make it with ``Archive.of``."""

    posts: tuple[Post, ...] = ()
    _slugs: Mapping[str, Post] = field(default_factory=dict, repr=False, compare=False)
    _keys: Mapping[str, Post] = field(default_factory=dict, repr=False, compare=False)
    _tagged: Mapping[str, tuple[Post, ...]] = field(default_factory=dict, repr=False, compare=False)
    _tags: tuple[TagCount, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def of(cls, posts: Iterable[Post]) -> Archive:
        """The archive of these posts; of two with the same slug the first one handed in is kept."""
        slugs: dict[str, Post] = {}
        for post in posts:
            slugs.setdefault(post.slug, post)
        ordered = tuple(sorted(slugs.values(), key=_order))
        tagged = _by_tag(ordered)
        return cls(ordered, slugs, {post.key: post for post in ordered}, tagged, _counts(tagged))

    def __len__(self) -> int:
        return len(self.posts)

    def latest(self, n: int = 1) -> tuple[Post, ...]:
        """The ``n`` newest posts, newest first."""
        return self.posts[::-1][: max(n, 0)]

    def by_slug(self, slug: str) -> Post | None:
        """The post of this slug, in any Unicode form."""
        return self._slugs.get(slug) or self._slugs.get(unicodedata.normalize("NFC", slug))

    def by_key(self, key: str) -> Post | None:
        """The post of this short key (``Post.key``)."""
        return self._keys.get(key)

    def on(self, day: dt.date) -> tuple[Post, ...]:
        """The posts of a day, in order."""
        return tuple(post for post in self.posts if post.date == day)

    def tagged(self, name: str) -> tuple[Post, ...]:
        """The posts with a tag, newest first; case, spaces, hyphens and ``#`` do not count."""
        return self._tagged.get(fold(name), ())

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag, the most frequent first, then the most recent."""
        return self._tags

    def tag_by_key(self, key: str) -> Tag | None:
        """The tag of this short key (``bot.posts.tags.tag_key``)."""
        return next((count.tag for count in self._tags if tag_key(count.name) == key), None)

    def days(self) -> tuple[dt.date, ...]:
        """Every day that has posts, newest first."""
        return tuple(dict.fromkeys(post.date for post in reversed(self.posts)))


def _order(post: Post) -> tuple[dt.date, dt.datetime, str]:
    """A post without a time of day comes before those of its day that have one."""
    return post.date, post.meta.published_at or _EARLIEST, post.slug


def _by_tag(ordered: tuple[Post, ...]) -> dict[str, tuple[Post, ...]]:
    tagged: defaultdict[str, dict[str, Post]] = defaultdict(dict)
    for post in reversed(ordered):
        for tag in post.meta.tags:
            tagged[fold(tag.name)][post.slug] = post
    return {name: tuple(posts.values()) for name, posts in tagged.items()}


def _counts(tagged: Mapping[str, tuple[Post, ...]]) -> tuple[TagCount, ...]:
    counts = [
        TagCount(tag=_as_written(name, posts[0]), count=len(posts), latest=posts[0].date)
        for name, posts in tagged.items()
    ]
    return tuple(sorted(counts, key=lambda c: (-c.count, -c.latest.toordinal(), c.name)))


def _as_written(name: str, post: Post) -> Tag:
    return next(tag for tag in post.meta.tags if fold(tag.name) == name)
