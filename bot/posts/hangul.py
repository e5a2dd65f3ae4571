"""Hangul by its initials: whether ``ㅇㅍㅇ`` stands for ``오픈에이아이``."""

from __future__ import annotations

import re

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
"""The 19 initial consonants in Unicode's order (The Unicode Standard, 3.12: conjoining jamo behaviour)."""

_FIRST, _LAST = ord("가"), ord("힣")
_A_INITIAL = 21 * 28
"""Syllables that share an initial: 21 vowels by 28 finals, "none" included."""

_INITIAL_OF = {code: INITIALS[(code - _FIRST) // _A_INITIAL] for code in range(_FIRST, _LAST + 1)}

_ONLY_INITIALS = re.compile(rf"[{INITIALS}]+")


def initials(text: str) -> str:
    """The text with each Hangul syllable as its initial; other characters stay."""
    return text if text.isascii() else text.translate(_INITIAL_OF)


def is_initials(text: str) -> bool:
    """Whether the text is nothing but initial consonants."""
    return _ONLY_INITIALS.fullmatch(text) is not None


def syllables_with(initial: str) -> str:
    """The syllables that begin with an initial, as the range of a regular expression: ``가-깋`` of ``ㄱ``."""
    first = _FIRST + INITIALS.index(initial) * _A_INITIAL
    return f"{chr(first)}-{chr(first + _A_INITIAL - 1)}"
