"""Guesses the language a post is written in from its script."""

from __future__ import annotations

import re

_SAMPLE = 8000
"""Characters of the body that are looked at."""

_ENOUGH = 0.08
"""The share of letters in a script that makes it the text's own: foreign names in passing stay below."""

_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_NOT_PROSE = re.compile(r"\]\([^)\s\]]{0,2000}\)|<[^<>]{0,500}>|https?://\S{1,2000}")
_HANGUL = re.compile(r"[ᄀ-ᇿ㄰-㆏가-힣]")
_KANA = re.compile(r"[ぁ-ヿ]")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_LETTER = re.compile(r"[^\W\d_]")


def language_code(text: str) -> str | None:
    """The primary part of a BCP 47 code, lower case (``ko`` of ``ko-KR``); None where it is no code."""
    match = _CODE.fullmatch(text)
    return match[1].lower() if match else None


def guess_language(title: str, body: str) -> str:
    """``ko``, ``ja``, ``zh`` or ``en``: the title's script decides, else the body's."""
    return _script(title, 0) or _script(_NOT_PROSE.sub(" ", body[:_SAMPLE]), _ENOUGH) or "en"


def _script(text: str, least: float) -> str | None:
    letters = len(_LETTER.findall(text)) or 1
    hangul, kana, han = (len(script.findall(text)) / letters for script in (_HANGUL, _KANA, _HAN))
    if hangul > least and hangul * 4 > han + kana:
        return "ko"
    if han + kana > least:
        return "ja" if kana * 10 > han else "zh"
    return None
