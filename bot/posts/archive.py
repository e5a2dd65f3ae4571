"""An immutable, ordered snapshot of posts, with the look-ups readers need."""

from __future__ import annotations

import datetime as dt
import itertools
import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from bot.posts.haystack import Haystack
from bot.posts.models import Post, Tag, TagKind
from bot.posts.order import order
from bot.posts.search.aliases import Aliases
from bot.posts.search.query import PostQuery
from bot.posts.spellings import Spellings
from bot.posts.tag_entries import TagCount
from bot.posts.tag_index import TagIndex

__all__ = ["Archive", "MonthCount", "TagCount"]


FEW = 100
"""Changed posts up to which an archive is made from the older one; for more, anew is no slower."""

_TITLES = 2_000
"""The newest posts whose titles say how words are spelt."""


class MonthCount(Struct, frozen=True, kw_only=True):
    """A month that has posts, and how many."""

    year: int
    month: int
    count: int


@dataclass(frozen=True, slots=True)
class Archive:
    """Posts in the order of (date, published_at, slug), oldest first. Make it with ``Archive.of``."""

    posts: tuple[Post, ...] = ()
    _slugs: Mapping[str, Post] = field(default_factory=dict, repr=False, compare=False)
    tag_index: TagIndex = field(default_factory=TagIndex, repr=False, compare=False)
    # Filled when first asked for: most archives are replaced before anybody asks for these.
    _keys: dict[str, Post] = field(default_factory=dict, repr=False, compare=False)
    _spellings: list[Spellings] = field(default_factory=list, repr=False, compare=False)
    _titles: list[Haystack] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        posts: Iterable[Post],
        aliases: Aliases | None = None,
        index: Callable[[Sequence[Post], Aliases], TagIndex] = TagIndex.of,
    ) -> Archive:
        """The archive of these posts; of two with the same slug the first one handed in is kept.

        ``index`` is for whoever has kept the ``TagIndex`` of these posts, newest first.
        """
        slugs = _by_slug(posts)
        ordered = tuple(sorted(slugs.values(), key=order))
        return cls(ordered, slugs, index(ordered[::-1], aliases or Aliases()))

    def changed_to(self, posts: Iterable[Post]) -> Archive:
        """``Archive.of`` these posts with the same aliases; little work where most are the very same."""
        slugs = _by_slug(posts)
        gone = [post for post in self.posts if slugs.get(post.slug) is not post]
        new = [post for slug, post in slugs.items() if self._slugs.get(slug) is not post]
        if len(gone) + len(new) > FEW:
            return Archive.of(slugs.values(), self.aliases)
        left = {post.slug for post in gone}
        ordered = [post for post in self.posts if post.slug not in left]
        for post in new:
            insort(ordered, post, key=order)
        archive = Archive(tuple(ordered), slugs, self.tag_index.changed(gone, new))
        if self._keys:
            archive._keys.update(self._keys)
            for post in gone:
                del archive._keys[post.key]
            archive._keys.update((post.key, post) for post in new)
        return archive

    def without(self, posts: Iterable[Post]) -> Archive:
        """This archive but for some of its posts; itself where there are none."""
        slugs = {post.slug for post in posts}
        return self.changed_to(post for post in self.posts if post.slug not in slugs) if slugs else self

    def other_than(self, older: Archive) -> list[Post]:
        """The posts that are not the very same in ``older``, newest first."""
        before = older._slugs
        return [post for post in reversed(self.posts) if before.get(post.slug) is not post]

    @property
    def aliases(self) -> Aliases:
        """The spellings that are the same to its tags."""
        return self.tag_index.aliases

    def __len__(self) -> int:
        return len(self.posts)

    def latest(self, n: int = 1) -> tuple[Post, ...]:
        """The ``n`` newest posts, newest first."""
        return self.posts[: -max(n, 0) - 1 : -1]

    def by_slug(self, slug: str) -> Post | None:
        """The post of this slug, in any Unicode form."""
        return self._slugs.get(slug) or self._slugs.get(unicodedata.normalize("NFC", slug))

    def by_key(self, key: str) -> Post | None:
        """The post of this short key (``Post.key``)."""
        if not self._keys:
            self._keys.update({post.key: post for post in self.posts})
        return self._keys.get(key)

    def on(self, day: dt.date) -> tuple[Post, ...]:
        """The posts of a day, in order."""
        return self.between(day, day)

    def between(self, first: dt.date, last: dt.date) -> tuple[Post, ...]:
        """The posts from one day to another, both included, in order."""
        start = bisect_left(self.posts, first, key=_day)
        return self.posts[start : bisect_right(self.posts, last, lo=start, key=_day)]

    def dated(self, start: str) -> tuple[Post, ...]:
        """The posts of the days that, as ``2024-05-04``, start so, in order."""
        first = bisect_left(self.posts, start, key=_iso)
        end = bisect_right(self.posts, start, lo=first, key=lambda post: _iso(post)[: len(start)])
        return self.posts[first:end]

    def titled(self, part: str) -> Iterator[Post]:
        """The posts whose titles hold this, newest first; case does not count."""
        if not self._titles:
            self._titles.append(Haystack.of(post.title.casefold() for post in reversed(self.posts)))
        return (self.posts[-1 - number] for number in self._titles[0].numbers(part.casefold()))

    def month(self, year: int, month: int) -> tuple[Post, ...]:
        """The posts of a month, in order; none where there is no such month."""
        try:
            first = dt.date(year, month, 1)
        except ValueError:
            return ()
        last = first.replace(day=28) + dt.timedelta(days=4)
        return self.between(first, last - dt.timedelta(days=last.day))

    def months(self) -> tuple[MonthCount, ...]:
        """The months that have posts, newest first."""
        months, end = [], len(self.posts)
        while end:  # a search a month, not a look at every post
            newest = self.posts[end - 1].date
            start = bisect_left(self.posts, newest.replace(day=1), hi=end, key=_day)
            months.append(MonthCount(year=newest.year, month=newest.month, count=end - start))
            end = start
        return tuple(months)

    def days_from(self, day: dt.date) -> Iterator[dt.date]:
        """The days that have posts, from this one on, oldest first."""
        start = bisect_left(self.posts, day, key=_day)
        later = (self.posts[place].date for place in range(start, len(self.posts)))
        return (found for found, _ in itertools.groupby(later))

    def days_before(self, day: dt.date) -> Iterator[dt.date]:
        """The days before this one that have posts, newest first."""
        end = bisect_left(self.posts, day, key=_day)
        earlier = (self.posts[place].date for place in range(end - 1, -1, -1))
        return (found for found, _ in itertools.groupby(earlier))

    def tagged(self, name: str, kind: TagKind | None = None) -> tuple[Post, ...]:
        """The posts with a tag, of a kind or of any, newest first, whatever its case, spaces, hyphens, ``#``.

        What the aliases call the same is the same tag here, also within a name: ``라마 3`` is ``llama-3``.
        """
        return self.tag_index.tagged(name, kind)

    def tag_named(self, name: str) -> Tag | None:
        """The tag of which ``tagged`` gives the posts."""
        return self.tag_index.named(name)

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag, the most frequent first, then the most recent."""
        return self.tag_index.ranked

    def matching_tags(self, typed: str, limit: int) -> tuple[TagCount, ...]:
        """At most ``limit`` tags that hold what was typed anywhere, by frequency, then recency.

        Hangul initials (``ㅇㅍㅇ``), half-typed syllables and other spellings count; a tag of just that
        name comes first; nothing typed gives the most frequent ones.
        """
        return self.tag_index.matching(typed, limit)

    def tags_in_part(self, typed: str, limit: int) -> tuple[TagCount, ...]:
        """At most ``limit`` tags that hold some of several names in what was typed, those of most first."""
        return self.tag_index.in_part(typed, limit)

    @property
    def lettered_tags(self) -> Sequence[str]:
        """Every spelling of every tag by its ``bot.posts.hangul.letters``, the most frequent tag first."""
        return self.tag_index.letters

    @property
    def spelt_tags(self) -> tuple[TagCount, ...]:
        """The tag of each of ``lettered_tags``."""
        return self.tag_index.spelt

    def spellings(self) -> Spellings:
        """How words are written: those of tags, the most frequent first, then of titles."""
        if not self._spellings:
            said = (*(tag.name for tag in self.tags()), *(post.title for post in self.latest(_TITLES)))
            self._spellings.append(Spellings.of(word for text in said for word in text.split()))
        return self._spellings[0]

    def tag_by_key(self, key: str) -> Tag | None:
        """The tag of this short key (``bot.posts.tags.tag_key``)."""
        return self.tag_index.by_key(key)

    def select(self, query: PostQuery) -> tuple[Post, ...]:
        """The posts that a query's tags, days and language allow, newest first, whatever its words."""
        last = query.before - dt.timedelta(days=1) if query.before and query.before > dt.date.min else None
        if query.before and last is None:
            return ()
        posts = self.between(query.after or dt.date.min, last or dt.date.max)
        if query.langs:
            posts = tuple(post for post in posts if post.lang in query.langs)
        for tag in query.tags:
            allowed = {post.slug for post in self.tagged(*tag)}
            posts = tuple(post for post in posts if post.slug in allowed)
        for tag in query.without_tags:
            refused = {post.slug for post in self.tagged(*tag)}
            posts = tuple(post for post in posts if post.slug not in refused)
        if query.without_langs:
            posts = tuple(post for post in posts if post.lang not in query.without_langs)
        return posts[::-1]


def _day(post: Post) -> dt.date:
    return post.date


def _iso(post: Post) -> str:
    return post.date.isoformat()


def _by_slug(posts: Iterable[Post]) -> dict[str, Post]:
    slugs: dict[str, Post] = {}
    for post in posts:
        slugs.setdefault(post.slug, post)
    return slugs
