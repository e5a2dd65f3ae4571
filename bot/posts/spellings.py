"""The words of an archive as they should be written, ready to be compared with a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from bot.posts.hangul import letters
from bot.posts.tags import fold

_SIGNS = " \t\"'‘’“”()[]{}<>「」『』,:;!?…"
"""Signs around a word of a title that are no part of it."""


class Spellings(Struct, frozen=True):
    """Words, the likeliest first, and each one folded and by its letters. Make it with ``Spellings.of``."""

    words: Sequence[str]
    letters: Sequence[str]
    _folded: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> Spellings:
        """The words without the signs around them, each once; of two ways to write one the first stays."""
        spelt: dict[str, str] = {}
        for word in dict.fromkeys(filter(None, (word.strip(_SIGNS) for word in words))):
            spelt.setdefault(fold(word), word)
        return cls(
            words=tuple(spelt.values()),
            letters=tuple(letters("\n".join(spelt)).split("\n")),
            _folded=frozenset(spelt),
        )

    def has(self, folded: str) -> bool:
        """Whether a word, as ``bot.posts.tags.fold`` gives it, is among them."""
        return folded in self._folded
