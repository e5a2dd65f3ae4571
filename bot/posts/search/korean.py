"""Takes particles and endings off a Korean word, so that ``모델을`` meets ``모델에서``, typed or written."""

from __future__ import annotations

from functools import lru_cache

from bot.patterns import regex

_PARTICLES = """
은 는 이 가 을 를 의 에 도 만 와 과 로 나 랑 란 며 요 께 야 들 에서 에게 에게서 한테
한테서 께서 더러 보고 에다 에다가 으로 로서 로써 으로서 으로써 하고 이랑 이란 이나 이며 이고
이라 이라고 라고 이라는 라는 이라면 라면 이라서 라서 이라도 라도 이라니 라니 이든 이든지 든지
이야말로 야말로 은커녕 는커녕 처럼 같이 만큼 보다 까지 부터 마다 조차 마저 밖에 이나마 대로 치고
따라 뿐 커녕
"""
"""Josa and the plural ``들``; those that are written together come off one after the other."""

_COPULA = """
인 이다 입니다 이에요 예요 이었다 였다 이었습니다 였습니다 인데 인가 인지 일까 이죠 이지만 지만 이니까 이므로
이어서 이면 이었던 이었고 였고
"""

_ENDINGS = """
했습니다 하였습니다 합니다 됩니다 되었습니다 됐습니다 하겠습니다 했어요 해요 돼요 됐어요 되었어요 하였다
했다 한다 된다 됐다 되었다 하는 되는 하던 하며 되며 하고 되고 하기 되기 하면 되면 하지 되지 했던 됐던
되었던 하여 하게 하다 되다 되어 시킨 시키는 적인 적으로 했고 됐고 한 된 할 될 해 돼 함 됨
"""
"""Of nouns that become verbs: ``출시했다``, ``공개된``."""

_LEAST = 2
"""Syllables that must be left where nothing else says that what is left is a word."""

_MOST_ENDINGS = 4
"""That stand one behind the other: ``모델들만으로도``."""

_AFTER_ANY = ("에서", "에게", "에는", "에도", "으로", "까지", "부터", "처럼")
"""Particles that leave no doubt, so that one syllable is enough before them: ``칩에서`` is ``칩``."""
_AFTER_CONSONANT, _AFTER_VOWEL = frozenset("은을"), frozenset("는를")
"""One syllable is enough before these too where its sound agrees: ``칩은``, but not ``마을``."""
_ONLY_AFTER = {True: "은을이과", False: "는를가와"}
"""By whether a syllable has a final consonant, the particles that only such a one has."""

_SUFFIXES = tuple(dict.fromkeys(f"{_PARTICLES} {_COPULA} {_ENDINGS}".split()))
_BY_END = {end: tuple(s for s in _SUFFIXES if s[-1] == end) for end in {s[-1] for s in _SUFFIXES}}
_FIRST, _FINALS = ord("가"), 28
_ENDS_IN_HANGUL = regex("[가-힣]$")
_LATIN_THEN_HANGUL = regex(r"(?P<name>.*[A-Za-z0-9)\]])(?P<tail>[가-힣]+)$")


def bare_forms(word: str) -> tuple[str, ...]:
    """The word without its particles or endings, in every way that leaves two syllables; longest first.

    One syllable is left only where the particle leaves no doubt; ``stems`` has the others. A Latin name may
    be left alone: ``GPT-4o를`` is ``GPT-4o``. Without an ending there are none.
    """
    if not _ENDS_IN_HANGUL.search(word):
        return ()
    if match := _LATIN_THEN_HANGUL.fullmatch(word):
        name, tail = match.groups()
        if tail.startswith("만") and not any(character.isalpha() for character in name):
            name, tail = f"{name}만", tail[1:]  # ten thousand: ``10만``
        return (name,) if tail and is_ending(tail) else ()
    return tuple(form for form in stems(word) if len(form) >= _LEAST or _is_clear(word, form))


@lru_cache(maxsize=65_536)
def stems(word: str) -> tuple[str, ...]:
    """What is left of a Hangul word without endings, down to one syllable, longest first."""
    found: dict[str, None] = {}
    wave = [word]
    for _ in range(_MOST_ENDINGS):
        wave = [form for longer in wave for form in _without_one(longer) if form not in found]
        found |= dict.fromkeys(wave)
    return tuple(sorted(found, key=len, reverse=True))


@lru_cache(maxsize=65_536)
def is_ending(tail: str) -> bool:
    """Whether all of this may stand behind a word: nothing, a particle, an ending, or several."""
    return not tail or "" in _without_one(tail) or any(is_ending(rest) for rest in _without_one(tail))


def word_forms(word: str) -> tuple[str, ...]:
    """A written Hangul word as it may be looked for: itself, and without endings, ``칩`` of ``칩이`` too."""
    return (word, *(form for form in stems(word) if len(form) >= _LEAST or _agrees(word, form)))


def _without_one(word: str) -> list[str]:
    return [word.removesuffix(s) for s in _BY_END.get(word[-1:], ()) if word.endswith(s)]


def _is_clear(word: str, syllable: str) -> bool:
    if not syllable:
        return False
    tail = word.removeprefix(syllable)
    return tail in (_AFTER_CONSONANT if _has_final(syllable) else _AFTER_VOWEL) or tail.startswith(_AFTER_ANY)


def _agrees(word: str, syllable: str) -> bool:
    return bool(syllable) and word[1] not in _ONLY_AFTER[not _has_final(syllable)]


def _has_final(syllable: str) -> bool:
    return (ord(syllable) - _FIRST) % _FINALS > 0
