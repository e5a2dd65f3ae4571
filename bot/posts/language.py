"""Guesses the language a post is written in from its script."""

from __future__ import annotations

from bot.patterns import regex

_SAMPLE = 8000
"""Characters of the body that are looked at."""

_ENOUGH = 0.08
"""The share of letters in a script that makes it the text's own: foreign names in passing stay below."""

_CODE = regex(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_NOT_PROSE = regex(r"\]\([^)\s\]]{0,2000}\)|<[^<>]{0,500}>|https?://\S{1,2000}")
_TWO_LETTERS = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee
el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is
it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms
mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk
sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi
yo za zh zu
"""
LANGUAGES = frozenset(_TWO_LETTERS.split())
"""ISO 639-1: the languages that have a code of two letters."""
_HANGUL = regex(r"[ᄀ-ᇿ㄰-㆏가-힣]")
_KANA = regex(r"[ぁ-ヿ]")
_HAN = regex(r"[㐀-䶿一-鿿]")
_LETTER = regex(r"[^\W\d_]")


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
