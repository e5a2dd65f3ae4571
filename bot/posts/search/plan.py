"""Turns a query into what must be found: for each wish, the ways in which it may be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from bot.patterns import regex
from bot.posts.search.aliases import Aliases
from bot.posts.search.korean import bare_forms, is_ending, stems
from bot.posts.search.query import PostQuery, no_tag
from bot.posts.search.respelling import one_respelt
from bot.posts.search.words import START, forms, words_of

AS_TYPED, BARE = 1.0, 0.9
"""How much a way of writing counts: as typed, and in other spellings and forms; as what was typed may be
meant, without its particle or in two words."""

MAX_WAYS = 40
"""Ways of writing that are tried for one wish."""

_LONGEST_NAME = 3
"""Typed words that may together be one name of the aliases (``메타 에이아이``)."""

_LEAST_COMPOUND, _LONGEST_COMPOUND = 3, 10
"""Syllables of a Korean word that may have been meant as two."""

_HANGUL = regex("[가-힣]+")
_ENDS_IN_ENGLISH = regex("(|.*[^A-Za-z])([A-Za-z]{2,})(?:['’]s)?")
_ACRONYM = regex("([A-Z]{2,5})s?")


class Way(Struct, frozen=True):
    """Words in a row (``bot.posts.search.words``), and how much it counts to find them: 0 to 1.

    A Hangul word at the end is one with its particles; ``goes_on``: also the beginning of a longer word,
    which counts far less (``ranking.IN_LONGER``). A way that begins within a word, ``모델`` in ``언어모델``,
    is always a part of a longer one.
    """

    words: tuple[str, ...]
    weight: float = AS_TYPED
    goes_on: bool = True


Wish = tuple[Way, ...]
"""Ways of which one must be found, the best first."""


class Plan(Struct, frozen=True, kw_only=True):
    """Wishes that must all come true, and those that must not."""

    required: tuple[Wish, ...] = ()
    excluded: tuple[Wish, ...] = ()


def plan(query: PostQuery, aliases: Aliases, is_tag: Callable[[str], object] = no_tag) -> Plan:
    """What a query's words, phrases and exclusions amount to; wishes without a letter are left out.

    A phrase is meant as written: it gets no other endings, but the alias of the whole. Of a tag
    (``is_tag``) or an alias one syllable is enough: ``칩이`` is ``칩``, but ``나이`` is not ``나``.
    """
    known = _Known(aliases, is_tag)
    wishes = [*_wishes(query.terms, known), *(_written(phrase, aliases) for phrase in query.phrases)]
    excluded = (_excluded(text, known) for text in query.excluded)
    return Plan(required=tuple(filter(None, wishes)), excluded=tuple(filter(None, excluded)))


class _Known(Struct, frozen=True):
    """The names that are known to be some."""

    aliases: Aliases
    is_tag: Callable[[str], object]

    def has(self, word: str) -> bool:
        return len(self.aliases.spellings(word)) > 1 or bool(self.is_tag(word))

    def bare(self, text: str) -> tuple[str, ...]:
        """The text without its last word's endings, in every way that leaves something that may be meant."""
        before, space, last = text.rpartition(" ")
        stemmed = stems(last) if _HANGUL.fullmatch(last) else ()
        one = [form for form in stemmed if len(form) == 1 and self.has(form)]
        return tuple(dict.fromkeys(f"{before}{space}{form}" for form in (*bare_forms(last), *one)))

    def is_name(self, text: str) -> bool:
        """Whether the aliases know the text, perhaps without an ending: ``강화 학습을``, ``world models``."""
        forms_of_it = (text, *self.bare(text), *_with_other_endings(text))
        return any(len(self.aliases.spellings(form)) > 1 for form in forms_of_it)

    def respelt(self, text: str) -> Iterator[str]:
        """The text in other spellings, also those of another English form of it: ``agents`` as 에이전트."""
        yield from one_respelt(text, self.aliases)
        for form in _with_other_endings(text):
            spellings = self.aliases.spellings(form)
            yield from spellings if len(spellings) > 1 else ()


def _wishes(terms: tuple[str, ...], known: _Known) -> Iterator[Wish]:
    at = 0
    while at < len(terms):
        longest = min(_LONGEST_NAME, len(terms) - at)
        taken = next((n for n in range(longest, 1, -1) if known.is_name(" ".join(terms[at : at + n]))), 1)
        yield _typed(" ".join(terms[at : at + taken]), known)
        at += taken


def _typed(term: str, known: _Known) -> Wish:
    meant = [(term, AS_TYPED), *((form, BARE) for form in known.bare(term))]
    ways = [way for form, weight in meant for way in _starting(form, weight, term)]
    spellings = [(spelling, weight) for form, weight in meant for spelling in known.respelt(form)]
    for spelling, weight in spellings:
        ways += _starting(spelling, weight)
    for form, weight in meant:
        ways += _inflected(form, weight)
        ways += _inside(form, weight)
    for spelling, weight in spellings:
        ways += _inflected(spelling, weight) if _takes_endings(spelling) else ()
    least = 2 if known.is_name(term) else 1
    return _best([*ways, *(way for form, _ in meant for way in _parted(form, least))])


def _written(text: str, aliases: Aliases) -> Wish:
    ways = [*_starting(text, AS_TYPED)]
    for spelling in one_respelt(text, aliases):
        ways += _starting(spelling, AS_TYPED)
    return _best([*ways, *_inside(text, AS_TYPED)])


def _excluded(text: str, known: _Known) -> Wish:
    """As written, with no or another ending, and in other spellings: ``-라마를`` is meant as ``-Llama``."""
    texts = (text, *known.bare(text), *known.respelt(text))
    ways = [way for form in texts for way in _written(form, known.aliases)]
    return _best([*ways, *(way for form in texts if _takes_endings(form) for way in _inflected(form, BARE))])


def _starting(text: str, weight: float, typed: str = "") -> Iterator[Way]:
    """One syllable that is left of what was ``typed`` begins too many words."""
    if words := words_of(text):
        yield Way(tuple(words), weight, goes_on=len(text) > 1 or text == typed)


def _inflected(text: str, weight: float) -> Iterator[Way]:
    for form in _with_other_endings(text):
        yield Way(tuple(words_of(form)), weight)


def _with_other_endings(text: str) -> Iterator[str]:
    """The text with its last word, an English one, in its other forms: a plural, ``-ed``, ``-ing``."""
    if match := _ENDS_IN_ENGLISH.fullmatch(text):
        before, last = match.groups()
        one = _ACRONYM.fullmatch(last)
        others = (*((one[1], f"{one[1]}s") if one else ()), *forms(last.lower())[1:])
        yield from (f"{before}{form}" for form in others if form != last)


def _takes_endings(spelling: str) -> bool:
    """Whether an English spelling is no proper name, which has no other forms: ``agent``, not ``Meta``."""
    return spelling.isascii() and (spelling.islower() or spelling.isupper())


def _inside(text: str, weight: float) -> Iterator[Way]:
    """``모델`` in ``언어모델``; one syllable would be found everywhere."""
    words = words_of(text)
    if len(words) > 1 and words[0].startswith(START) and not words[1].startswith(START):
        yield Way((words[0].removeprefix(START), *words[1:]), weight)


def _parted(text: str, least: int) -> Iterator[Way]:
    """``긴문맥`` as ``긴 문맥``: a compound in two words of at least so many syllables, none a particle."""
    if _HANGUL.fullmatch(text) and _LEAST_COMPOUND <= len(text) <= _LONGEST_COMPOUND:
        for at in range(least, len(text) - least + 1):
            if len(text) - at == 1 and is_ending(text[at:]):
                continue
            yield Way(tuple(words_of(f"{text[:at]} {text[at:]}")), BARE, goes_on=False)


def _best(ways: list[Way]) -> Wish:
    """Each way once, at its greatest weight."""
    best: dict[tuple[str, ...], Way] = {}
    for way in ways:
        if way.words not in best or best[way.words].weight < way.weight:
            best[way.words] = way
    return tuple(list(best.values())[:MAX_WAYS])
