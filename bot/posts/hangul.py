"""Hangul by its letters: whether ``ㅇㅍㅇ`` or a half-typed ``옾`` stands for ``오픈에이아이``."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import product

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
"""The 19 initial consonants in Unicode's order (The Unicode Standard, 3.12: conjoining jamo behaviour)."""

_FIRST, _LAST = ord("가"), ord("힣")
_A_INITIAL = 21 * 28
"""Syllables that share an initial: 21 vowels by 28 finals, "none" included."""

_VOWELS = (
    *"ㅏㅐㅑㅒㅓㅔㅕㅖㅗ",
    "ㅗㅏ",
    "ㅗㅐ",
    "ㅗㅣ",
    *"ㅛㅜ",
    "ㅜㅓ",
    "ㅜㅔ",
    "ㅜㅣ",
    *"ㅠㅡ",
    "ㅡㅣ",
    "ㅣ",
)
"""As keys are pressed: ``ㅘ`` is ``ㅗ`` and ``ㅏ``."""

_FINALS = (
    *(
        "",
        *"ㄱㄲ",
        "ㄱㅅ",
        "ㄴ",
        "ㄴㅈ",
        "ㄴㅎ",
        *"ㄷㄹ",
        "ㄹㄱ",
        "ㄹㅁ",
        "ㄹㅂ",
        "ㄹㅅ",
        "ㄹㅌ",
        "ㄹㅍ",
        "ㄹㅎ",
    ),
    *(*"ㅁㅂ", "ㅂㅅ", *"ㅅㅆㅇㅈㅊㅋㅌㅍㅎ"),
)


def initials(text: str) -> str:
    """The text with each Hangul syllable as its initial; other characters stay."""
    return text if text.isascii() else text.translate(_initial_of())


def syllables_with(initial: str) -> str:
    """The syllables that begin with an initial, as the range of a regular expression: ``가-깋`` of ``ㄱ``."""
    first = _FIRST + INITIALS.index(initial) * _A_INITIAL
    return f"{chr(first)}-{chr(first + _A_INITIAL - 1)}"


def standing_for(character: str) -> str:
    """What a typed character stands for, as a regular expression: an initial also for its syllables."""
    return f"[{character}{syllables_with(character)}]" if character in INITIALS else re.escape(character)


def letters(text: str) -> str:
    """The text as its keys are pressed: ``모델`` is ``ㅁㅗㄷㅔㄹ``; other characters stay.

    One wrong letter of two syllables is one of five, not one of two.
    """
    return text if text.isascii() else text.translate(_letters_of())


def is_syllable(character: str) -> bool:
    """Whether a character is a Hangul syllable."""
    return _FIRST <= ord(character) <= _LAST


def becoming(syllable: str) -> str:
    """What a syllable that is being typed may become, as a regular expression: ``오프``, then ``오픈``.

    Its last letter may yet begin the next syllable: ``옾`` becomes ``오프``.
    """
    typed, begun = _letters_of()[ord(syllable)], _begun()
    ways = [f"[{begun[typed]}]"]
    if typed[-1] in INITIALS:
        before = (other for other in begun.get(typed[:-1], "") if letters(other) == typed[:-1])
        ways += [f"{other}[{syllables_with(typed[-1])}]" for other in before]
    return f"(?:{'|'.join(ways)})"


@cache
def _initial_of() -> dict[int, str]:
    """From each syllable's code point to its initial."""
    return dict(enumerate("".join(initial * _A_INITIAL for initial in INITIALS), _FIRST))


@cache
def _letters_of() -> dict[int, str]:
    """From each syllable's code point to its letters; Unicode has the syllables in the order of these."""
    return dict(enumerate(map("".join, product(INITIALS, _VOWELS, _FINALS)), _FIRST))


@cache
def _begun() -> dict[str, str]:
    """From the letters of every syllable to the syllables that begin with them."""
    found: defaultdict[str, str] = defaultdict(str)
    for code, typed in _letters_of().items():
        for end in range(2, len(typed) + 1):
            found[typed[:end]] += chr(code)
    return dict(found)
