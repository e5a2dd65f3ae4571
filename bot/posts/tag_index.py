"""Finds tags and their posts by name, and by what somebody has typed so far: any part, initials, aliases."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from operator import attrgetter

from bot.patterns import regex
from bot.posts.hangul import INITIALS, becoming, initials, is_syllable, letters, standing_for
from bot.posts.haystack import Haystack, finds
from bot.posts.keys import short_key
from bot.posts.models import Post, Tag, TagKind
from bot.posts.order import order
from bot.posts.search.aliases import Aliases
from bot.posts.search.respelling import all_respelt, completed, runs
from bot.posts.tag_entries import (
    Entry,
    TagCount,
    canonical,
    entries_of,
    entry_of,
    kind_in,
    kinds_in,
    tags_by_key,
)
from bot.posts.tags import fold
from bot.replacing import replace

_LEAST_INSIDE, _LEAST_SYLLABLES = 3, 2
"""Letters of a Latin spelling, and of others, that is looked for inside tags: ``ai`` is in too many words."""
_LONGEST = 60
"""Characters of what was typed that are looked for: patterns of many initials take long to make."""
_MOST_PARTS, _LOOKED_AT = 4, 100
"""Names in what was typed that are looked for each on its own, and places of each: the commonest tags."""
_POINT = regex(r"(?<=\d)\.(?=\d)")
"""Tags write ``3.1`` also as ``3-1``."""
_HAS_INITIAL = regex(f"[{INITIALS}]")


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
    _entries: dict[str, Entry] = field(default_factory=dict, repr=False, compare=False)
    # Of each tag the spellings, a line each.
    _texts: Haystack = field(default_factory=Haystack)
    # Filled when first asked for: a start has no time for thousands of hashes.
    _by_key: dict[str, Tag] = field(default_factory=dict, repr=False, compare=False)
    _letters: list[str] = field(default_factory=list, repr=False, compare=False)
    _initials: list[str] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, newest_first: Iterable[Post], aliases: Aliases) -> TagIndex:
        """The index of posts that are in order."""
        ranked = sorted(entries_of(newest_first, aliases).values(), key=attrgetter("rank"))
        return cls.of_entries(ranked, aliases)

    def changed(self, gone: Sequence[Post], new: Sequence[Post]) -> TagIndex:
        """The index without some posts and with others; the work grows with theirs, not with all."""
        entries = dict(self._entries)
        changing = {key for post in (*gone, *new) for key in tags_by_key(post, self.aliases)}
        # Of each tag that changes the posts, oldest first.
        several = {key: [*entries.pop(key).posts][::-1] if key in entries else [] for key in changing}
        for post in gone:
            for key in tags_by_key(post, self.aliases):
                del several[key][bisect_left(several[key], order(post), key=order)]
        for post in new:
            for key in tags_by_key(post, self.aliases):
                insort(several[key], post, key=order)
        changed = (tag for post in (*gone, *new) for tag in post.meta.tags)
        said = {canonical(tag.name, self.aliases) for tag in changed if tag.kind is not TagKind.TOPIC}
        for key, posts in several.items():
            if posts:
                tag = tags_by_key(posts[-1], self.aliases)[key]
                known = self._entries.get(key)
                if known is None or key in said:
                    kind = kind_in(reversed(posts), key, self.aliases)
                else:
                    kind = known.tally.tag.kind  # no look at all its posts where none that said it changed
                kinds = {kind for post in new for kind in kinds_in(post, key, self.aliases)}
                kinds |= known.kinds if known else frozenset()
                entries[key] = entry_of(key, replace(tag, kind=kind), posts[::-1], kinds, self.aliases)
        if all(key in entries and _looks_alike(entries[key], self._entries.get(key)) for key in changing):
            # A text was corrected, and no tag: what is looked through stays as it is.
            return replace(self, _entries=self._entries | {key: entries[key] for key in changing})
        return self.of_entries(sorted(entries.values(), key=attrgetter("rank")), self.aliases)

    @classmethod
    def of_entries(cls, ranked: Sequence[Entry], aliases: Aliases) -> TagIndex:
        """The index of these tags, which are in order of their ranks."""
        texts = Haystack.of(entry.text for entry in ranked)
        return cls(
            aliases=aliases,
            ranked=tuple(entry.tally for entry in ranked),
            folded=tuple(texts.text.split("\n")) if ranked else (),
            spelt=tuple(entry.tally for entry in ranked for _ in range(entry.text.count("\n") + 1)),
            _entries={entry.folded: entry for entry in ranked},  # so that the next sort is nearly done
            _texts=texts,
        )

    @property
    def entries(self) -> Iterable[Entry]:
        """Every tag with its posts, in order of their ranks."""
        return self._entries.values()

    @property
    def letters(self) -> Sequence[str]:
        """Each of ``folded`` by its letters (``bot.posts.hangul.letters``)."""
        if not self._letters and self.ranked:
            self._letters[:] = letters(self._texts.text).split("\n")  # several threads may
        return self._letters

    @property
    def initials(self) -> str:
        """The texts that are looked through, by their initials: all is in the same places."""
        if not self._initials:
            self._initials.append(initials(self._texts.text))
        return self._initials[0]

    def tagged(self, name: str, kind: TagKind | None = None) -> tuple[Post, ...]:
        """The posts with a tag so named in any spelling, of one kind or of any, newest first."""
        entry = self._named(name)
        if entry is None or (kind is not None and kind not in entry.kinds):
            return ()
        if kind is None or len(entry.kinds) == 1:
            return tuple(entry.posts)
        return tuple(post for post in entry.posts if kind in kinds_in(post, entry.folded, self.aliases))

    def named(self, name: str) -> Tag | None:
        """The tag so named in any spelling, or with the names in it in any: ``라마 3`` is ``llama-3``."""
        entry = self._named(name)
        return entry.tally.tag if entry else None

    def _named(self, name: str) -> Entry | None:
        if (entry := self._entries.get(canonical(name, self.aliases))) is not None:
            return entry
        plain = name.lstrip("@")
        others = (plain, *all_respelt(plain, self.aliases))
        keys = (canonical(other, self.aliases) for other in (*others, *map(_without_points, others)))
        return next((self._entries[key] for key in keys if key in self._entries), None)

    def by_key(self, key: str) -> Tag | None:
        """The tag of a short key (``bot.posts.tags.tag_key``)."""
        if not self._by_key:
            self._by_key.update(
                {short_key(name): tally.tag for name, tally in zip(self.folded, self.spelt, strict=True)}
            )
        return self._by_key.get(key)

    def matching(self, typed: str, limit: int) -> tuple[TagCount, ...]:
        """At most ``limit`` tags for what was typed: the one of just this name first, then by rank."""
        plain = typed.lstrip(" @")[:_LONGEST]
        if not fold(plain) or limit <= 0:
            return self.ranked[: max(limit, 0)]
        itself = self._named(typed)
        found = {itself.tally.name: itself.tally} if itself else {}
        for place in self._places(plain):
            if len(found) >= limit:
                break
            tag = self.ranked[self._texts.number_at(place)]
            found.setdefault(tag.name, tag)
        return tuple(found.values())

    def in_part(self, typed: str, limit: int) -> tuple[TagCount, ...]:
        """At most ``limit`` tags that hold some of several names in what was typed, those of most first.

        A number counts beside a name only: ``메타 라마 3`` is first ``llama-3``, but not ``phi-3``.
        """
        parts = [run for run in runs(typed, self.aliases) if any(map(str.isalnum, run))]
        if len(parts) < 2:  # noqa: PLR2004 - what was typed, and no part of it
            return ()
        names = [name for name in dict.fromkeys(parts) if _is_long_enough(fold(name))]
        held: Counter[int] = Counter()
        for name in names[:_MOST_PARTS]:
            places = islice(self._places(name) if name is parts[-1] else self._held(name), _LOOKED_AT)
            held.update({self._texts.number_at(place) for place in places})
        digits = [fold(part) for part in parts if part.strip()[:1].isdigit()][:_MOST_PARTS]
        for number in held if digits else ():
            text = self._texts.at(number)
            held[number] += sum(part in text for part in digits)
        best = sorted(held, key=lambda number: (-held[number], number))
        return tuple(self.ranked[number] for number in best[: max(limit, 0)])

    def _places(self, typed: str) -> Iterator[int]:
        """Where in the text a tag begins to be what was typed; first all that hold it as it stands."""
        wanted = fold(typed)
        becoming_names = self._inside(completed(typed, self.aliases))
        if _HAS_INITIAL.search(wanted):
            yield from merge(self._by_initials(wanted), becoming_names)
            return
        yield from self._held(typed)
        half_typed = self._half_typed(wanted) if is_syllable(wanted[-1]) else iter(())
        yield from merge(half_typed, becoming_names)
        if _POINT.search(typed):
            yield from self._held(_without_points(typed))

    def _held(self, typed: str) -> Iterator[int]:
        """Where what was typed is as it stands or in another spelling."""
        return merge(self._texts.places(fold(typed)), self._inside(all_respelt(typed, self.aliases)))

    def _inside(self, names: Iterable[str]) -> Iterator[int]:
        """Where one of some spellings is that are long enough to be a name inside others."""
        wants = dict.fromkeys(name for name in map(fold, names) if _is_long_enough(name))
        return merge(*map(self._texts.places, wants))

    def _by_initials(self, wanted: str) -> Iterator[int]:
        """Where syllables with these initials are."""
        pattern = re.compile("".join(map(standing_for, wanted)))
        # Where the initials are not, the pattern, which is slow, is not either.
        begun = finds(self.initials, initials(wanted))
        return (place for place in begun if pattern.match(self._texts.text, place))

    def _half_typed(self, wanted: str) -> Iterator[int]:
        """Where what the last syllable may become is."""
        pattern = re.compile(re.escape(wanted[:-1]) + becoming(wanted[-1]))
        if len(wanted) == 1:
            return (found.start() for found in pattern.finditer(self._texts.text))
        begun = self._texts.places(wanted[:-1])
        return (place for place in begun if pattern.match(self._texts.text, place))


def _looks_alike(entry: Entry, before: Entry | None) -> bool:
    """Whether they differ in nothing but the posts that have the tag."""
    return before is not None and entry == replace(before, posts=entry.posts)


def _without_points(name: str) -> str:
    return _POINT.sub("", name)


def _is_long_enough(folded: str) -> bool:
    """Whether a name is looked for inside tags; a number is no name."""
    least = _LEAST_INSIDE if folded.isascii() else _LEAST_SYLLABLES
    return len(folded) >= least and any(map(str.isalpha, folded))
