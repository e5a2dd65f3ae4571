"""Finds tags and their posts by name, and by what somebody has typed so far: any part, initials, aliases."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from bot.posts.hangul import INITIALS, becoming, initials, is_syllable, letters, syllables_with
from bot.posts.haystack import Haystack, finds
from bot.posts.keys import short_key
from bot.posts.models import Post, Tag, TagKind
from bot.posts.order import order
from bot.posts.search.aliases import Aliases
from bot.posts.tags import fold

_LEAST_INSIDE = 3
"""Letters of a Latin spelling that is looked for inside tags: ``ai`` is in too many words."""
_HAS_INITIAL = re.compile(f"[{INITIALS}]")


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


class _Entry(NamedTuple):
    """A tag with its posts, newest first, and the text in which typed parts are looked for.

    Everything that each reload needs of every tag stands ready: tags are many, those that change are few.
    """

    folded: str
    tally: TagCount
    posts: tuple[Post, ...]
    text: str
    initials: str
    rank: tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class TagIndex:
    """The tags of some posts. Make it with ``TagIndex.of``.

    Tags that the aliases call the same are one tag. ``ranked`` has the most frequent first; ``folded`` is
    every spelling of every tag as ``fold`` gives it, ``spelt`` the tag of each.
    """

    aliases: Aliases = field(default_factory=Aliases)
    ranked: tuple[TagCount, ...] = ()
    folded: tuple[str, ...] = ()
    spelt: tuple[TagCount, ...] = ()
    _entries: Mapping[str, _Entry] = field(default_factory=dict)
    # Of each tag the spellings, a line each; by their initials all is in the same places.
    _texts: Haystack = field(default_factory=Haystack)
    _initials: str = ""
    # Filled when first asked for: a start has no time for thousands of hashes.
    _by_key: dict[str, Tag] = field(default_factory=dict, repr=False, compare=False)
    _letters: list[str] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, newest_first: Iterable[Post], aliases: Aliases) -> TagIndex:
        """The index of posts that are in order."""
        # By name first, which is what strings are fast at: half a million look-ups, few names.
        named: dict[str, tuple[Tag, list[Post]]] = {}
        for post in newest_first:
            for tag in post.meta.tags:
                if (known := named.get(tag.name)) is None:
                    named[tag.name] = (tag, [post])
                else:
                    known[1].append(post)
        groups: dict[str, tuple[Tag, list[Post]]] = {}
        for name, (tag, posts) in named.items():
            key = _canonical(name, aliases)
            newest, others = groups.get(key, (tag, []))
            groups[key] = (newest, _together(others, posts) if others else posts)
        entries = {key: _entry(key, tag, posts, aliases) for key, (tag, posts) in groups.items()}
        return cls._made(entries, aliases)

    def changed(self, gone: Sequence[Post], new: Sequence[Post]) -> TagIndex:
        """The index without some posts and with others; the work grows with theirs, not with all."""
        entries = dict(self._entries)
        changing = {key for post in (*gone, *new) for key in _keys(post, self.aliases)}
        # Of each tag that changes the posts, oldest first.
        several = {key: list(entries.pop(key).posts[::-1]) if key in entries else [] for key in changing}
        for post in gone:
            for key in _keys(post, self.aliases):
                del several[key][bisect_left(several[key], order(post), key=order)]
        for post in new:
            for key in _keys(post, self.aliases):
                insort(several[key], post, key=order)
        for key, posts in several.items():
            if posts:
                tag = _keys(posts[-1], self.aliases)[key]
                entries[key] = _entry(key, tag, posts[::-1], self.aliases)
        return self._made(entries, self.aliases)

    @classmethod
    def _made(cls, entries: Mapping[str, _Entry], aliases: Aliases) -> TagIndex:
        ranked = sorted(entries.values(), key=attrgetter("rank"))
        texts = Haystack.of(entry.text for entry in ranked)
        return cls(
            aliases=aliases,
            ranked=tuple(entry.tally for entry in ranked),
            folded=tuple(texts.text.split("\n")) if ranked else (),
            spelt=tuple(entry.tally for entry in ranked for _ in range(entry.text.count("\n") + 1)),
            _entries={entry.folded: entry for entry in ranked},  # so that the next sort is nearly done
            _texts=texts,
            _initials="\n".join(entry.initials for entry in ranked),
        )

    @property
    def letters(self) -> Sequence[str]:
        """Each of ``folded`` by its letters (``bot.posts.hangul.letters``)."""
        if not self._letters and self.ranked:
            self._letters.extend(letters(self._texts.text).split("\n"))
        return self._letters

    def tagged(self, name: str, kind: TagKind | None = None) -> tuple[Post, ...]:
        """The posts with a tag so named in any spelling, of one kind or of any, newest first."""
        key = _canonical(name, self.aliases)
        entry = self._entries.get(key)
        posts = entry.posts if entry else ()
        if kind is None:
            return posts
        return tuple(
            post
            for post in posts
            if any(tag.kind is kind and _canonical(tag.name, self.aliases) == key for tag in post.meta.tags)
        )

    def by_key(self, key: str) -> Tag | None:
        """The tag of a short key (``bot.posts.tags.tag_key``)."""
        if not self._by_key:
            self._by_key.update(
                {short_key(name): tally.tag for name, tally in zip(self.folded, self.spelt, strict=True)}
            )
        return self._by_key.get(key)

    def matching(self, typed: str, limit: int) -> tuple[TagCount, ...]:
        """At most ``limit`` tags for what was typed: the one of just this name first, then by rank."""
        wanted = fold(typed)
        if not wanted or limit <= 0:
            return self.ranked[: max(limit, 0)]
        itself = self._entries.get(_canonical(typed, self.aliases))
        found = {itself.tally.name: itself.tally} if itself else {}
        for place in self._places(wanted, typed):
            if len(found) >= limit:
                break
            tag = self.ranked[self._texts.number_at(place)]
            found.setdefault(tag.name, tag)
        return tuple(found.values())

    def _places(self, wanted: str, typed: str) -> Iterator[int]:
        """Where in the text a tag begins to be what was typed; first all that hold it as it stands."""
        if _HAS_INITIAL.search(wanted):
            pattern = re.compile("".join(map(_class_of, wanted)))
            # Where the initials are not, the pattern, which is slow, is not either.
            begun = finds(self._initials, initials(wanted))
            return (place for place in begun if pattern.match(self._texts.text, place))
        latin = (name for name in self.aliases.spellings(typed) if name.isascii())
        wants = (wanted, *(name for name in map(fold, latin) if len(name) >= _LEAST_INSIDE))
        held = merge(*map(self._texts.places, wants))
        return chain(held, self._half_typed(wanted)) if is_syllable(wanted[-1]) else held

    def _half_typed(self, wanted: str) -> Iterator[int]:
        """Where what the last syllable may become is."""
        pattern = re.compile(re.escape(wanted[:-1]) + becoming(wanted[-1]))
        if len(wanted) == 1:
            return (found.start() for found in pattern.finditer(self._texts.text))
        begun = self._texts.places(wanted[:-1])
        return (place for place in begun if pattern.match(self._texts.text, place))


def _together(*lists: Sequence[Post]) -> list[Post]:
    """The posts of some lists, each once, newest first."""
    posts = {post.slug: post for posts in lists for post in posts}
    return sorted(posts.values(), key=order, reverse=True)


def _keys(post: Post, aliases: Aliases) -> dict[str, Tag]:
    """The post's tags by what they are kept under; the first of the same counts."""
    return {_canonical(tag.name, aliases): tag for tag in reversed(post.meta.tags)}


def _canonical(name: str, aliases: Aliases) -> str:
    """The same for all spellings of a tag: the folded first one of its aliases."""
    return fold(aliases.spellings(name)[0])


def _entry(key: str, tag: Tag, posts: Sequence[Post], aliases: Aliases) -> _Entry:
    names = aliases.spellings(tag.name)
    count = TagCount(tag=tag, count=len(posts), latest=posts[0].date)
    text = "\n".join(dict.fromkeys(map(fold, (tag.name, *names))))
    return _Entry(
        folded=key,
        tally=count,
        posts=tuple(posts),
        text=text,
        initials=initials(text),
        rank=(-count.count, -count.latest.toordinal(), tag.name),
    )


def _class_of(character: str) -> str:
    """An initial stands for itself and every syllable that begins with it."""
    return f"[{character}{syllables_with(character)}]" if character in INITIALS else re.escape(character)
