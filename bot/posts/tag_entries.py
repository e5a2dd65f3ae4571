"""What is known of each tag of some posts: which posts have it, what kind it is, and how it is spelt."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from bot.posts.models import Post, Tag, TagKind
from bot.posts.order import order
from bot.posts.search.aliases import Aliases
from bot.posts.tags import fold
from bot.replacing import replace

_NUMBER: Final = "I"
"""The type of ``array`` in which numbers of posts are kept."""


class TagCount(Struct, frozen=True, kw_only=True):
    """A tag as its newest post writes it, in how many posts it stands, and the newest one's day.

    A plain tag says no kind: the tag is what the newest post calls it that says one.
    """

    tag: Tag
    count: int
    latest: dt.date

    @property
    def name(self) -> str:
        """The tag's name."""
        return self.tag.name


class Numbered(Struct, frozen=True):
    """Some of ``posts`` by their numbers (``numbered``), found anew by each who goes through them.

    Of thousands of tags few are asked for: a start has no time to find the posts of all. While a tag has the
    posts that it had at the start, those of the start stay in memory, a kilobyte or two for one that is gone.
    """

    posts: Sequence[Post]
    numbers: bytes

    def __iter__(self) -> Iterator[Post]:
        return map(self.posts.__getitem__, memoryview(self.numbers).cast(_NUMBER))


def numbered(numbers: Iterable[int]) -> bytes:
    """Numbers from 0 as ``Numbered`` reads them, on a machine of the same kind."""
    return array(_NUMBER, numbers).tobytes()


class Entry(Struct, frozen=True):
    """A tag with its posts, newest first, and the text in which typed parts are looked for.

    ``folded`` is what it is kept under (``canonical``), ``rank`` its place among others: the most frequent
    first. ``kinds`` are what its posts say that it is; after a reload also what they once said. Everything
    that each reload needs of every tag stands ready: tags are many, those that change few.
    """

    folded: str
    tally: TagCount
    posts: Iterable[Post]
    text: str
    rank: tuple[int, int, str]
    kinds: frozenset[TagKind]


def entries_of(newest_first: Iterable[Post], aliases: Aliases) -> dict[str, Entry]:
    """The tags of posts that are in order, by what they are kept under."""
    # By name first, which is what strings are fast at: half a million look-ups, few names.
    named: dict[str, tuple[Tag, list[Post], set[TagKind]]] = {}
    for post in newest_first:
        for tag in post.meta.tags:
            if (known := named.get(tag.name)) is None:
                named[tag.name] = (tag, [post], {tag.kind})
            else:
                known[1].append(post)
                if tag is not known[0]:
                    known[2].add(tag.kind)
                    if known[0].kind is TagKind.TOPIC is not tag.kind:
                        named[tag.name] = (tag, *known[1:])
    groups: dict[str, tuple[Tag, list[Post], set[TagKind]]] = {}
    for name, (tag, posts, kinds) in named.items():
        key = canonical(name, aliases)
        if (known := groups.get(key)) is None:
            groups[key] = (tag, posts, kinds)
        else:
            together = _together(known[1], posts)
            said = {known[0].kind, tag.kind} - {TagKind.TOPIC}
            kind = kind_in(together, key, aliases) if len(said) > 1 else next(iter(said), TagKind.TOPIC)
            groups[key] = (replace(known[0], kind=kind), together, known[2] | kinds)
    return {key: entry_of(key, tag, posts, kinds, aliases) for key, (tag, posts, kinds) in groups.items()}


def entry_of(key: str, tag: Tag, posts: Sequence[Post], kinds: Iterable[TagKind], aliases: Aliases) -> Entry:
    """A tag that is kept under ``key``, with its posts, newest first, and what they say that it is."""
    names = aliases.spellings(tag.name)
    tally = TagCount(tag=tag, count=len(posts), latest=posts[0].date)
    text = key if len(names) == 1 else "\n".join(dict.fromkeys(map(fold, (tag.name, *names))))
    rank = rank_of(tally)
    return Entry(folded=key, tally=tally, posts=tuple(posts), text=text, rank=rank, kinds=frozenset(kinds))


def rank_of(tally: TagCount) -> tuple[int, int, str]:
    """Sorts the most frequent tag first, then the most recent, then by name."""
    return -tally.count, -tally.latest.toordinal(), tally.tag.name


def canonical(name: str, aliases: Aliases) -> str:
    """The same for all spellings of a tag: the folded first one of its aliases."""
    return fold(aliases.spellings(name)[0])


def tags_by_key(post: Post, aliases: Aliases) -> dict[str, Tag]:
    """The post's tags by what they are kept under; the first of the same counts."""
    return {canonical(tag.name, aliases): tag for tag in reversed(post.meta.tags)}


def kinds_in(post: Post, key: str, aliases: Aliases) -> Iterator[TagKind]:
    """What a post says that a tag is."""
    return (tag.kind for tag in post.meta.tags if canonical(tag.name, aliases) == key)


def kind_in(newest_first: Iterable[Post], key: str, aliases: Aliases) -> TagKind:
    """What the newest post says that a tag is that says it."""
    kinds = (kind for post in newest_first for kind in kinds_in(post, key, aliases))
    return next((kind for kind in kinds if kind is not TagKind.TOPIC), TagKind.TOPIC)


def _together(*lists: Sequence[Post]) -> list[Post]:
    """The posts of some lists, each once, newest first."""
    posts = {post.slug: post for posts in lists for post in posts}
    return sorted(posts.values(), key=order, reverse=True)
