"""Cuts text into the words that are indexed and looked for.

Latin letters and digits part from each other, so that ``GPT-4o``, ``GPT4o`` and ``gpt 4o`` are the same three
words in a row. Hangul and Han are cut into syllables and characters: a word in those scripts is looked for as
its characters in a row, whatever particle follows. The first syllable of a Hangul word bears a mark, so that
no word is found across the border of two others. The index holds words as they are written; endings and
spellings are a matter of the query (``forms``, ``bot.posts.search.korean``), so they can change without
indexing anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.patterns import regex

START = "ˇ"
"""Stands before the first syllable of a Hangul word; a letter to every tokenizer (category Lm)."""

HANGUL = "가-힣"
HAN = "㐀-䶿一-鿿豈-龎𠀀-𲎯"

_SPLIT = regex(rf"(?P<hangul>[{HANGUL}]+)|[{HAN}]+|[0-9]+")
_WIDE = regex("[０-９Ａ-Ｚａ-ｚ]+")
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_WORD = regex(r"[^\W_]+")
_POSSESSIVE = regex(r"['’]s\b")
_VOWEL = regex("[aeiouy]")

_LEAST_STEM = 4
_LEAST_NOUN_STEM = 6
"""Letters before ``-ion``: ``detection`` is of ``detect``, but ``station`` is not of ``stat``."""
_KEPT_DOUBLE = frozenset("lsz")


def normal(text: str) -> str:
    """The form in which words are compared: NFC and lower case."""
    return unicodedata.normalize("NFC", text).lower()


def spaced(text: str) -> str:
    """NFC text in which each word stands apart: what a tokenizer cuts at all but letters and digits."""
    usual = _WIDE.sub(lambda match: narrow(match[0]), unicodedata.normalize("NFC", text))
    return _SPLIT.sub(_apart, usual.replace(START, " "))


def narrow(text: str) -> str:
    """Full-width letters, digits and signs, as some input methods write them, at their usual width."""
    return text.translate(_NARROW)


def _apart(match: re.Match[str]) -> str:
    text = match[0]
    if match.lastgroup:
        return f" {START}{' '.join(text)} "
    return f" {text} " if text.isdecimal() else f" {' '.join(text)} "


def words_of(text: str) -> list[str]:
    """The words of a text in order, lower case."""
    return _WORD.findall(spaced(_POSSESSIVE.sub("", text)).lower())


def last_hangul(words: Sequence[str]) -> str:
    """The Hangul word with which some words end; empty where they end otherwise, or in a part of one."""
    at = len(words)
    while at and "가" <= words[at - 1][0] <= "힣":
        at -= 1
    begins = at > 0 and words[at - 1].startswith(START)
    return words[at - 1].removeprefix(START) + "".join(words[at:]) if begins else ""


def forms(word: str) -> tuple[str, ...]:
    """An English word with its plural, ``-ed``, ``-ing`` and ``-tion``, itself first; other words alone.

    Light on purpose: ``releases`` meets ``released``, and ``detecting`` meets ``detection``; names stay what
    they are. Some of the forms are no words, which finds nothing and does no harm.
    """
    if len(word) < _LEAST_STEM or not word.isascii() or not word.isalpha():
        return (word,)
    root = stem(word)
    tails = ["ies", "ied", "y", "ying"] if root.endswith("y") else ["", "e", "s", "es", "ed", "ing"]
    base = root.removesuffix("y") if root.endswith("y") else root
    made = [base + tail for tail in tails]
    if not root.endswith(("y", "e")):
        made += [root + root[-1] + tail for tail in ("ed", "ing")]
    if root.endswith("t") and len(root) >= _LEAST_NOUN_STEM:
        made += [root + "ion", root + "ions"]
    return tuple(dict.fromkeys((word, *made)))


def stem(word: str) -> str:
    """A lower-case English word without its plural, ``-ing``, ``-ed``, ``-ion`` or last ``e``."""
    if len(word) < _LEAST_STEM or not word.isascii():
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _LEAST_STEM - 1 and _VOWEL.search(rest):
            return _undoubled(rest)
    if word.endswith("tion") and len(word) >= _LEAST_NOUN_STEM + len("ion"):
        return word.removesuffix("ion")
    return word.removesuffix("e") if len(word) > _LEAST_STEM else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > _LEAST_STEM:
        return word[:-3] + "y"
    if word.endswith("ied") and len(word) > _LEAST_STEM:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _undoubled(word: str) -> str:
    return word[:-1] if word[-1] == word[-2] and word[-1] not in _KEPT_DOUBLE else word
