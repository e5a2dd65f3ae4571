"""Turns a query into what must be found: for each wish, the ways in which it may be written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.posts.search.aliases import Aliases
from bot.posts.search.korean import bare_forms
from bot.posts.search.query import PostQuery
from bot.posts.search.words import START, forms, words_of

AS_TYPED, BARE, ALIAS, INFLECTED, INSIDE = 1.0, 0.95, 0.7, 0.8, 0.6
"""How much a way of writing counts: as typed, without its particle, another spelling, another form,
inside a longer Korean word."""

MAX_WAYS = 40
"""Ways of writing that are tried for one wish."""

_LONGEST_NAME = 3
"""Typed words that may together be one name of the aliases (``메타 에이아이``)."""

_PIECE = re.compile(r"[가-힣]+|[A-Za-z]+|[^가-힣A-Za-z\s]+|\s+")
"""What a name and its number are made of: ``라마3``, ``딥시크v2``, ``라마 3``."""


@dataclass(frozen=True, slots=True)
class Way:
    """Words in a row (``bot.posts.search.words``), and how much it counts to find them: 0 to 1."""

    words: tuple[str, ...]
    weight: float = AS_TYPED


Wish = tuple[Way, ...]
"""Ways of which one must be found, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Wishes that must all come true, and those that must not."""

    required: tuple[Wish, ...] = ()
    excluded: tuple[Wish, ...] = ()


def plan(query: PostQuery, aliases: Aliases) -> Plan:
    """What a query's words, phrases and exclusions amount to; wishes without a letter are left out.

    A phrase is meant as written: it gets no other endings, but the alias of the whole.
    """
    wishes = [*_wishes(query.terms, aliases), *(_written(phrase, aliases) for phrase in query.phrases)]
    excluded = (_excluded(text, aliases) for text in query.excluded)
    return Plan(required=tuple(filter(None, wishes)), excluded=tuple(filter(None, excluded)))


def _wishes(terms: tuple[str, ...], aliases: Aliases) -> Iterator[Wish]:
    at = 0
    while at < len(terms):
        taken = next((n for n in range(_LONGEST_NAME, 1, -1) if _is_name(terms[at : at + n], n, aliases)), 1)
        yield _typed(" ".join(terms[at : at + taken]), aliases)
        at += taken


def _is_name(terms: tuple[str, ...], count: int, aliases: Aliases) -> bool:
    return len(terms) == count and len(aliases.spellings(" ".join(terms))) > 1


def _typed(term: str, aliases: Aliases) -> Wish:
    bare = bare_forms(term)
    ways = [*_starting(term, AS_TYPED)]
    for form in bare:
        ways += _starting(form, BARE)
    for form in (term, *bare):
        for spelling in _respelt(form, aliases):
            ways += _starting(spelling, ALIAS)
    for form in (term, *bare):
        ways += _inflected(form)
        ways += _inside(form)
    return _best(ways)


def _written(text: str, aliases: Aliases) -> Wish:
    ways = [*_starting(text, AS_TYPED)]
    for spelling in _respelt(text, aliases):
        ways += _starting(spelling, ALIAS)
    return _best([*ways, *_inside(text)])


def _excluded(text: str, aliases: Aliases) -> Wish:
    """As written, and one word also without its particle: ``-라마를`` is meant as ``-라마``."""
    forms_ = (text, *(bare_forms(text) if " " not in text else ()))
    return _best([way for form in forms_ for way in _written(form, aliases)])


def _respelt(text: str, aliases: Aliases) -> Iterator[str]:
    """The text in other spellings, and with any name in it in another: ``라마3`` as ``Llama3``."""
    yield from aliases.spellings(text)
    pieces = _PIECE.findall(text)
    for length in range(min(len(pieces) - 1, 2 * _LONGEST_NAME - 1), 0, -1):
        for at in range(len(pieces) - length + 1):
            name = "".join(pieces[at : at + length])
            others = aliases.spellings(name) if not name.isspace() else ()
            if len(others) > 1:
                before, after = "".join(pieces[:at]), "".join(pieces[at + length :])
                yield from (f"{before} {spelling} {after}" for spelling in others)


def _starting(text: str, weight: float) -> Iterator[Way]:
    if words := words_of(text):
        yield Way(tuple(words), weight)


def _inflected(text: str) -> Iterator[Way]:
    words = words_of(text)
    if words:
        for form in forms(words[-1])[1:]:
            yield Way((*words[:-1], form), INFLECTED)


def _inside(text: str) -> Iterator[Way]:
    """``모델`` in ``언어모델``; one syllable would be found everywhere."""
    words = words_of(text)
    if len(words) > 1 and words[0].startswith(START) and not words[1].startswith(START):
        yield Way((words[0].removeprefix(START), *words[1:]), INSIDE)


def _best(ways: list[Way]) -> Wish:
    """Each way once, at its greatest weight."""
    weights: dict[tuple[str, ...], float] = {}
    for way in ways:
        weights[way.words] = max(way.weight, weights.get(way.words, 0.0))
    return tuple(Way(words, weight) for words, weight in list(weights.items())[:MAX_WAYS])
