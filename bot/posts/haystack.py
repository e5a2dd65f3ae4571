"""Many short texts as one, so that a part of any of them is found at the speed of a single search."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec import Struct


class Haystack(Struct, frozen=True):
    """Texts in an order that matters, a line each or several. Make it with ``Haystack.of``."""

    text: str = ""
    _starts: tuple[int, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Haystack:
        """The texts in this order."""
        several = list(texts)
        lengths = (len(text) + 1 for text in several[:-1])
        return cls("\n".join(several), tuple(accumulate(lengths, initial=0)) if several else ())

    def number_at(self, place: int) -> int:
        """The number, from 0, of the text in which this character is."""
        return bisect_right(self._starts, place) - 1

    def at(self, number: int) -> str:
        """The text of this number, from 0."""
        end = self._starts[number + 1] - 1 if number + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[number] : end]

    def places(self, part: str) -> Iterator[int]:
        """Where a part begins, in order; a part without a line break is always within one text."""
        return finds(self.text, part)

    def numbers(self, part: str) -> Iterator[int]:
        """The numbers, from 0, of the texts that hold a part, in order, each once."""
        last = -1
        for place in self.places(part):
            if (number := self.number_at(place)) != last:
                yield (last := number)


def finds(text: str, part: str) -> Iterator[int]:
    """Each place in a text where a part begins."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
