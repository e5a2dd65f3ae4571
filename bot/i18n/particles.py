"""Chooses the Korean particle that fits the word before it: ``칩은``, ``메모리는``, ``칩으로``, ``GPT로``.

A catalogue writes both, ``‘{text}’은(는)``, as nobody knows the word before it is there. What is foreign is
read as Koreans read it: capitals letter by letter, digits as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Final

from bot.patterns import regex

_PAIRS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "은(는)": ("은", "는"),
        "이(가)": ("이", "가"),
        "을(를)": ("을", "를"),
        "과(와)": ("과", "와"),
        "(으)로": ("으로", "로"),
        "(이)라": ("이라", "라"),
    }
)
"""By how a catalogue writes it: the particle behind a consonant, and behind a vowel."""

_DOUBLE = regex("|".join(map(re.escape, _PAIRS)))
_LAST = regex(r"([a-zA-Z]+|[^\W_])[\W_]*$")
_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_DIGITS = "ㅇㄹ ㅁ  ㄱㄹㄹ "
"""The last consonant of 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구."""
_LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}
"""The last consonant of a letter's name: 엘, 엠, 엔, 알; the others end in a vowel."""
_FINALS = " ㄱㄲㄱㄴㄴㄴㄷㄹㄱㅁㄹㄹㄹㅂㄹㅁㅂㅂㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_ENGLISH = (
    (regex(r"le?$|[aeiou]ll$"), "ㄹ"),
    (regex(r"ng$"), "ㅇ"),
    (regex(r"me?$"), "ㅁ"),
    (regex(r"ne?$"), "ㄴ"),
    (regex(r"(?<![aeiou])[aeiou](?:ck|[kpt])$|ook$"), "ㄱ"),
)
"""English words that end in a consonant in Korean too: 모델, 구글, 체인, 챗봇; 테스트 and 클로드 do not."""


def filled(template: str, values: Mapping[str, object]) -> str:
    """``template.format(**values)`` with the particle that fits wherever the template writes both.

    Where nobody can tell, as behind a Chinese character, both stay.
    """
    if not _DOUBLE.search(template):
        return template.format(**values)
    text = ""
    for literal, name, spec, conversion in Formatter().parse(template):
        at = 0
        for match in _DOUBLE.finditer(literal):
            text += literal[at : match.start()]
            text += fitting(text, match.group())
            at = match.end()
        text += literal[at:]
        if name is not None:
            field = f"{{{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}"
            text += field.format(**values)
    return text


def fitting(before: str, both: str) -> str:
    """The one of two particles (``은(는)``) that fits what stands before it; both where it is unknown."""
    last = _last_consonant(before)
    if last is None:
        return both
    behind_consonant, behind_vowel = _PAIRS[both]
    is_vowel = last == " " or (last == "ㄹ" and both == "(으)로")
    return behind_vowel if is_vowel else behind_consonant


def _last_consonant(text: str) -> str | None:
    """The consonant in which a text ends as it is spoken, a space for a vowel; None where that is unknown."""
    match = _LAST.search(text)
    if match is None:
        return None
    word = match[1]
    if "가" <= word <= "힣":
        return _FINALS[(ord(word) - ord("가")) % len(_FINALS)]
    if word in _CONSONANTS:
        return word
    if word in _VOWELS:
        return " "
    if word.isascii() and word.isdigit():
        return _DIGITS[int(word)]
    return _english(word) if word.isascii() else None


def _english(word: str) -> str:
    if word.isupper() or len(word) == 1 or word[-2:].isupper():
        return _LETTERS.get(word[-1].lower(), " ")
    return next((final for pattern, final in _ENGLISH if pattern.search(word.lower())), " ")
