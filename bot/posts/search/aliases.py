"""Spellings that mean the same, so that ``오픈AI`` finds ``OpenAI``; operators may add their own."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.posts.search.words import words_of
from bot.posts.tags import fold

MAX_SPELLING = 60
"""Characters of a spelling that can be matched."""

_VAGUE = "?"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Groups of spellings. A spelling in several groups joins them. Make it with ``Aliases.parse``.

    One with ``?`` behind it does not: it means something else in each, and stands for all of them, as 추론
    does for both ``inference`` and ``reasoning``.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    _by_fold: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def parse(cls, *texts: str) -> Aliases:
        """The groups of alias files: a group a line, commas between spellings, ``#`` before a remark."""
        return cls.of(spellings_in(line) for text in texts for line in text.splitlines())

    @classmethod
    def of(cls, groups: Iterable[Iterable[str]]) -> Aliases:
        """These groups; spellings that are too long, and groups of one, say nothing and are left out."""
        lines = [[word for word in group if len(word) <= MAX_SPELLING and fold(word)] for group in groups]
        vague = frozenset(
            fold(word.removesuffix(_VAGUE)) for line in lines for word in line if word.endswith(_VAGUE)
        )
        members: dict[str, list[str]] = {}
        for line in lines:
            _join(members, [word.removesuffix(_VAGUE) for word in line], vague)
        by_fold = {name: tuple(group) for name, group in members.items()}
        distinct = tuple(dict.fromkeys(by_fold.values()))
        for name in vague:
            meant = (group for group in distinct if any(fold(word) == name for word in group))
            by_fold[name] = tuple(dict.fromkeys(word for group in meant for word in group)) or (name,)
        return cls(distinct, by_fold)

    def spellings(self, name: str) -> tuple[str, ...]:
        """All spellings of a name, in the file's order; the name alone where no group holds it."""
        return self._by_fold.get(fold(name), (name,))

    @property
    def meaning(self) -> str:
        """The same for aliases that say the same."""
        return repr(sorted(self._by_fold.items()))

    def matching(self, pattern: str) -> Iterator[str]:
        """The spellings, folded, that are just what a regular expression says."""
        found = re.finditer(f"^(?:{pattern})$", "\n".join(self._by_fold), re.MULTILINE)
        return (match[0] for match in found)


def spellings_in(line: str) -> tuple[str, ...]:
    """The spellings of one line of an alias file; none in an empty one."""
    return tuple(filter(None, (word.strip() for word in line.partition("#")[0].split(","))))


def _join(members: dict[str, list[str]], group: list[str], vague: Container[str]) -> None:
    """Take in a group; a group that shares a spelling with others, no vague one, is joined with them."""
    if len(group) < 2:  # noqa: PLR2004 - a spelling alone has no alias
        return
    known = [members[fold(word)] for word in group if fold(word) in members]  # no vague one is
    joined: dict[tuple[str, ...], str] = {}
    for word in (*(word for other in known for word in other), *group):
        # ``머신 러닝`` is the same name as ``머신러닝``, but other words: each finds only what is written so.
        joined.setdefault(tuple(words_of(word)) or (fold(word),), word)
    spellings = list(joined.values())
    members.update(dict.fromkeys((name for name in map(fold, spellings) if name not in vague), spellings))
