"""Finds tags and their posts by name, and by what somebody has typed so far: any part, initials, aliases."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from bot.posts.hangul import INITIALS, initials, syllables_with
from bot.posts.models import Post, Tag
from bot.posts.order import order
from bot.posts.search.aliases import Aliases
from bot.posts.tags import fold, key_of_folded

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

    ``ranked`` has the most frequent first, ``folded`` their names in the same order as ``fold`` gives them.
    """

    aliases: Aliases = field(default_factory=Aliases)
    ranked: tuple[TagCount, ...] = ()
    folded: tuple[str, ...] = ()
    _entries: Mapping[str, _Entry] = field(default_factory=dict)
    _texts: tuple[str, ...] = ()
    _initials: tuple[str, ...] = ()
    # Filled when first asked for: a start has no time for thousands of hashes.
    _by_key: dict[str, Tag] = field(default_factory=dict, repr=False, compare=False)

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
            key = fold(name)
            newest, others = groups.get(key, (tag, []))
            groups[key] = (newest, _together(others, posts) if others else posts)
        entries = {key: _entry(key, tag, posts, aliases) for key, (tag, posts) in groups.items()}
        return cls._made(entries, aliases)

    def changed(self, gone: Sequence[Post], new: Sequence[Post]) -> TagIndex:
        """The index without some posts and with others; the work grows with theirs, not with all."""
        entries = dict(self._entries)
        left = {post.slug for post in gone}
        for key in {key for post in (*gone, *new) for key in _keys(post)}:
            before = entries.pop(key).posts if key in entries else ()
            posts = [post for post in before if post.slug not in left]
            posts += [post for post in new if key in _keys(post)]
            if posts:
                posts.sort(key=order, reverse=True)
                entries[key] = _entry(key, _keys(posts[0])[key], posts, self.aliases)
        return self._made(entries, self.aliases)

    @classmethod
    def _made(cls, entries: Mapping[str, _Entry], aliases: Aliases) -> TagIndex:
        ranked = sorted(entries.values(), key=attrgetter("rank"))
        return cls(
            aliases=aliases,
            ranked=tuple(entry.tally for entry in ranked),
            folded=tuple(entry.folded for entry in ranked),
            _entries={entry.folded: entry for entry in ranked},  # so that the next sort is nearly done
            _texts=tuple(entry.text for entry in ranked),
            _initials=tuple(entry.initials for entry in ranked),
        )

    def tagged(self, name: str) -> tuple[Post, ...]:
        """The posts with a tag of this name or another spelling of it, newest first."""
        keys = dict.fromkeys(map(fold, (name, *self.aliases.spellings(name))))
        found = [self._entries[key].posts for key in keys if key in self._entries]
        if len(found) <= 1:
            return found[0] if found else ()
        return tuple(_together(*found))

    def by_key(self, key: str) -> Tag | None:
        """The tag of a short key (``bot.posts.tags.tag_key``)."""
        if not self._by_key:
            self._by_key.update(
                {key_of_folded(name): entry.tally.tag for name, entry in self._entries.items()}
            )
        return self._by_key.get(key)

    def matching(self, typed: str, limit: int) -> tuple[TagCount, ...]:
        """At most ``limit`` tags for what was typed: the one of just this name first, then by rank."""
        wanted = fold(typed)
        if not wanted or limit <= 0:
            return self.ranked[: max(limit, 0)]
        exact = [self._entries[wanted].tally] if wanted in self._entries else []
        for tag in self._found(wanted):
            if len(exact) >= limit:
                break
            if tag not in exact[:1]:
                exact.append(tag)
        return tuple(exact)

    def _found(self, wanted: str) -> Iterator[TagCount]:
        if not _HAS_INITIAL.search(wanted):
            return (tag for tag, text in zip(self.ranked, self._texts, strict=True) if wanted in text)
        pattern = re.compile("".join(map(_class_of, wanted)))
        first = initials(wanted)  # where these are not, the pattern, which is slow, is not either
        entries = zip(self.ranked, self._texts, self._initials, strict=True)
        return (tag for tag, text, begun in entries if first in begun and pattern.search(text))


def _together(*lists: Sequence[Post]) -> list[Post]:
    """The posts of some lists, each once, newest first."""
    posts = {post.slug: post for posts in lists for post in posts}
    return sorted(posts.values(), key=order, reverse=True)


def _keys(post: Post) -> dict[str, Tag]:
    """The post's tags by their folded names; the first of the same counts."""
    return {fold(tag.name): tag for tag in reversed(post.meta.tags)}


def _entry(key: str, tag: Tag, posts: Sequence[Post], aliases: Aliases) -> _Entry:
    names = aliases.spellings(tag.name)
    count = TagCount(tag=tag, count=len(posts), latest=posts[0].date)
    text = "\n".join(dict.fromkeys((key, *map(fold, names)))) if len(names) > 1 else key
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
