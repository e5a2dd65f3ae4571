"""Picks from a post the text that is searched, place by place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.patterns import regex
from bot.posts.models import Post
from bot.posts.search.korean import word_forms

_NOT_READ = regex(
    r"\]\((?:[^)\s\]]|\](?!\())*+(?:\s\"[^\"]*\")?\)|</?[A-Za-z][^<>]*>|<?https?://[^\s)>\]]+>?"
)
"""Link targets, HTML tags and bare addresses: nobody looks for them, and they are most of some posts.

None of them goes on past the beginning of another: so each character is looked at once.
"""

_INLINE_TAG = r"</?(?:[abisu]|code|del|em|ins|mark|span|strong|sub|sup)(?:[ \t][^<>\n]*)?>"
_WITHIN_WORD = regex(
    rf"([가-힣])(?:\*{{1,3}}|~~|`+|\|\||\]\([^()\s]*\)|{_INLINE_TAG})++(?=[가-힣])", re.IGNORECASE
)
"""Markup between the syllables of a word: ``**모델**을`` is read, and looked for, as ``모델을``."""

_HANGUL_WORD = regex("[가-힣]+")
_HEADING = regex(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)


def whole_words(text: str) -> str:
    """The Hangul words of a text, each as it is written and without its particles.

    So a word is found as itself, and not as the beginning of a longer one: ``애플`` in ``애플이``, but not in
    ``애플리케이션``.
    """
    written = set(_HANGUL_WORD.findall(unicodedata.normalize("NFC", text)))
    return " ".join({form for word in written for form in word_forms(word)})


def fields_of(post: Post) -> Mapping[str, str]:
    """By field (``bot.posts.search.ranking.TIERS``), what readers see of the post there."""
    body = _read(post.body)
    return {
        "title": post.title,
        "description": _read(post.meta.description),
        "tags": "\n".join(tag.name for tag in post.meta.tags),
        "headings": "\n".join(_HEADING.findall(body)),
        "body": body,
    }


def joined(markdown: str) -> str:
    """NFC text, line for line, with nothing between the syllables of a word that readers do not see there."""
    return _WITHIN_WORD.sub(r"\1", markdown)


def _read(markdown: str) -> str:
    return _NOT_READ.sub(" ", joined(unicodedata.normalize("NFC", markdown)))
