"""Picks the sentence of a post that answers a search, and marks the words in it."""

from __future__ import annotations

import heapq
import html
import itertools
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from bot.patterns import regex
from bot.posts.search.korean import is_ending
from bot.posts.search.outline import Heading, heading_at, heading_lines
from bot.posts.search.plan import Way, Wish
from bot.posts.search.source import joined
from bot.posts.search.words import HAN, HANGUL, START

LONGEST = 220
"""Code points of an excerpt."""

_CANDIDATES = 12
"""Lines that are looked at closely."""

_MOST_PLACES = 200
"""Places in a text that are looked at for each way of writing a word; more say no more."""

_LONGEST_LINE = 4_000
"""Code points of a line that are looked at closely, around the first word in it."""

_PART = 0.5
"""What a word counts in a sentence that has it only as a part of a longer one."""

_BEFORE = 60
"""Code points before the first word when a sentence has to be cut."""

_HANGUL_RUN = regex(f"[{HANGUL}]+")
_LINK = regex(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_TAG = regex(
    r"<!--(?:[^<-]|-(?!->)|<(?!!--))*+-->|</?[A-Za-z][^<>]{0,2000}>|<https?://[^<>\s]*>|https?://[^\s)\]]+"
)
_BREAK = regex(r"<(?:br|/?(?:p|div|li|tr|td|th|h[1-6]))(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_LINE_MARK = regex(r"^[\s>]*(?:#{1,6}\s+|[-*+]\s+|\d{1,9}[.)]\s+)?[\s>]*")
_MARKS = regex(r"\\([^\w\s])|\*{1,4}|_{2,}|`+|~~")
_CELL_EDGE = regex(r"(?<!\\)\|")
_SENTENCE = regex(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")


class Excerpt(Struct, frozen=True, kw_only=True):
    """A sentence in pieces, each with whether it is one of the words looked for.

    ``section`` is the heading under which it stands; None before the first.
    """

    pieces: tuple[tuple[str, bool], ...]
    section: Heading | None = None


class _Looked(Struct, frozen=True):
    """A wish as it is found in text: needles that are quick to look for, and the exact patterns.

    ``pattern`` has all the ways; its groups are those that must be words of their own (not ``goes_on``).
    """

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    ways: tuple[tuple[tuple[str, ...], str], ...]

    def spans(self, lowered: str) -> list[tuple[int, int]]:
        """Where it is in a sentence."""
        return list(_allowed(self.pattern.finditer(lowered), lowered))

    def places(self, lowered: str) -> Iterator[tuple[int, int]]:
        """Where it is in a whole text, not everywhere; only ways whose words all occur are looked for."""
        for runs, source in self.ways:
            if all(run in lowered for run in runs):
                found = itertools.islice(re.compile(source).finditer(lowered), _MOST_PLACES)
                yield from _allowed(found, lowered)


def _looked(wish: Wish) -> _Looked:
    # Of two with the same letters first the one that is less particular: what a regular expression finds with
    # the first of them it does not look for with the other.
    ways = sorted(wish, key=lambda way: (-sum(map(len, _runs(way.words))), not way.goes_on))
    patterns = [_way_pattern(way) for way in ways]
    runs = [tuple(sorted(_runs(way.words), key=len, reverse=True)) for way in ways]
    return _Looked(
        needles=_shortest({longest for longest, *_ in runs}),
        pattern=re.compile("|".join(patterns) or "(?!)"),
        ways=tuple(zip(runs, patterns, strict=True)),
    )


class Finder:
    """Finds the best sentence for a search; made once a search, used for each post."""

    def __init__(self, wishes: Iterable[Wish]) -> None:
        self._looked = [_looked(wish) for wish in wishes]

    def excerpt(self, body: str, description: str, title: str = "") -> Excerpt:
        """The sentence of the body with most of the words, else of the description, else their beginning.

        Where the title has all of the words, the description says what it is about, unless a sentence says
        more.
        """
        body = unicodedata.normalize("NFC", body)
        lines = body.split("\n")
        best: tuple[float, int, str] = (0, 0, "")
        for number in self._likely(joined(body)):
            count, sentence = self._best_sentence(plain(self._near(lines[number])))
            if count > best[0]:
                best = (count, number, sentence)
        section = _heading(lines, best[1]) if best[0] else None
        about = unicodedata.normalize("NFC", description)[:_LONGEST_LINE]
        count, sentence = self._best_sentence(plain(about))
        is_enough = section is None or (title and self._count(title) == len(self._looked))
        if count > best[0] or (count == best[0] and is_enough and count):
            return Excerpt(pieces=self._marked(sentence))
        if best[0]:
            return Excerpt(pieces=self._marked(best[2]), section=section)
        return Excerpt(pieces=self._marked(plain(about) or _beginning(lines)))

    def mark(self, text: str) -> tuple[tuple[str, bool], ...]:
        """A whole text in pieces, such as a title."""
        return _pieces(text, self._spans(text))

    def _likely(self, text: str) -> list[int]:
        """The numbers of lines: most of the words first, then most of the needles, prose before headings.

        A word that Markdown parts otherwise is only seen once the line is plain: so needles count as well.
        """
        text = text.lower()
        lines = text.split("\n")
        starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
        counts: Counter[int] = Counter()
        exact: dict[int, float] = {}
        for looked in self._looked:
            found: set[int] = set()
            for needle in looked.needles:  # one pass of C a needle: excerpts are most of a search's time
                if needle in text:
                    found.update([number for number, line in enumerate(lines) if needle in line])
            best: dict[int, float] = {}
            for span in looked.places(text) if found else ():
                number = bisect_right(starts, span[0]) - 1
                if best.get(number, 0) < 1:
                    best[number] = 1 if _is_whole(text, span) else _PART
            counts.update(found | best.keys())
            for number, count in best.items():
                exact[number] = exact.get(number, 0) + count
        scored = (
            (-exact.get(number, 0), -count, lines[number].startswith("#"), number)
            for number, count in counts.items()
        )
        return [number for *_, number in heapq.nsmallest(_CANDIDATES, scored)]

    def _near(self, line: str) -> str:
        """The line, or of a very long one what stands around the first of the words."""
        if len(line) <= _LONGEST_LINE:
            return line
        lowered = _lowered(line)
        found = (looked.pattern.search(lowered) for looked in self._looked)
        first = min((match.start() for match in found if match), default=0)
        start = max(0, first - _LONGEST_LINE // 4)
        return f"{'…' if start else ''}{line[start : start + _LONGEST_LINE]}…"

    def _best_sentence(self, text: str) -> tuple[float, str]:
        best: tuple[float, str] = (0, "")
        for sentence in _SENTENCE.split(text):
            count = self._count(sentence)
            if count > best[0]:
                best = (count, sentence.strip())
        return best

    def _count(self, text: str) -> float:
        """How many of the words are in a text; one that is only a part of a longer word counts less."""
        lowered = _lowered(text)
        found = ([_is_whole(lowered, span) for span in looked.spans(lowered)] for looked in self._looked)
        return sum(1.0 if any(whole) else _PART for whole in found if whole)

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words are; parts of longer words only where they are no words of their own."""
        lowered = _lowered(text)
        spans: list[tuple[int, int]] = []
        for looked in self._looked:
            found = looked.spans(lowered)
            spans += [span for span in found if _is_whole(lowered, span)] or found
        return spans

    def _marked(self, sentence: str) -> tuple[tuple[str, bool], ...]:
        spans = self._spans(sentence)
        if len(sentence) > LONGEST:
            sentence = _cut(sentence, min((start for start, _ in spans), default=0))
            spans = self._spans(sentence)
        return _pieces(sentence, spans)


def _allowed(matches: Iterable[re.Match[str]], lowered: str) -> Iterator[tuple[int, int]]:
    """The spans but those of parts of longer words that only count as words of their own."""
    for match in matches:
        if not match.lastindex or _is_whole(lowered, match.span()):
            yield match.span()


def _is_whole(lowered: str, span: tuple[int, int]) -> bool:
    """Whether Hangul found there is a word of its own, with its particles; other words always are."""
    start, end = span
    if _is_hangul(lowered[start]) and start and _is_hangul(lowered[start - 1]):
        return False
    tail = _HANGUL_RUN.match(lowered, end)
    return not _is_hangul(lowered[end - 1]) or tail is None or is_ending(tail[0])


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _heading(lines: Sequence[str], number: int) -> Heading | None:
    """The heading above a line; what follows its paragraph is not looked at."""
    end = next((at for at in range(number, len(lines)) if not lines[at].strip()), len(lines))
    return heading_at(lines, heading_lines("\n".join(lines[:end])), number)


def plain(markdown: str) -> str:
    """A line of Markdown as its words; for excerpts only, the formatter does it properly."""
    text = _LINK.sub(r"\1", _LINE_MARK.sub("", markdown))
    if text.startswith("|"):
        text = _CELL_EDGE.sub(" · ", text.strip("| "))
    return " ".join(html.unescape(_MARKS.sub(r"\1", _TAG.sub("", _BREAK.sub(" ", text)))).split())


def _beginning(lines: Sequence[str]) -> str:
    return next(
        (text for line in lines if not line.startswith("#") and (text := plain(line[:_LONGEST_LINE]))), ""
    )


def _lowered(text: str) -> str:
    """Lower case with every character in its place (``İ`` alone becomes two)."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower()[0] for c in text)


def _shortest(needles: Iterable[str]) -> tuple[str, ...]:
    """Those that hold no other one, so that a word stands for all its forms; unlike the pattern, too wide."""
    needles = frozenset(needles)
    return tuple(n for n in needles if not any(other != n and other in n for other in needles))


def _runs(words: tuple[str, ...]) -> list[str]:
    """The words with the syllables of a Hangul word, or the characters of a Chinese one, put together."""
    runs: list[str] = []
    for word in words:
        if runs and _goes_on(runs[-1], word):
            runs[-1] += word
        else:
            runs.append(word.removeprefix(START))
    return runs


def _goes_on(run: str, word: str) -> bool:
    kind = _kind(run[-1])
    return kind in ("hangul", "han") and _kind(word) == kind


def _kind(word: str) -> str:
    first = word[0]
    if first == START:
        return "start"
    if "가" <= first <= "힣":
        return "hangul"
    if re.match(f"[{HAN}]", first):
        return "han"
    return "digit" if first.isdecimal() else "letter"


def _way_pattern(way: Way) -> str:
    """The pattern of a way, a group where it is no part of a longer word.

    It begins with a text, not with a condition on what stands before: so it is looked for far faster.
    """
    words, runs = way.words, _runs(way.words)
    gaps = ["1" if _is_apart(one, other) else "0" for one, other in itertools.pairwise(runs)]
    later = (rf"[\W_]{{{least},3}}{re.escape(run)}" for least, run in zip(gaps, runs[1:], strict=True))
    first = re.escape(runs[0])
    other = HANGUL if words[0].startswith(START) else _others(words[0])
    before = f"(?<![{other}]{first})" if other else ""
    after = f"(?![{other}])" if (other := _others(words[-1][-1])) else ""
    pattern = f"{first}{before}{''.join(later)}{after}"
    return pattern if way.goes_on else f"({pattern})"


def _is_apart(one: str, other: str) -> bool:
    """Two numbers, or two Latin words, are never written together: ``3.5`` is not ``35``."""
    return _kind(one[-1]) == _kind(other[0]) and _kind(other[0]) in ("digit", "letter")


def _others(word: str) -> str:
    """What makes a Latin word or a number another one beside it; Hangul goes on with particles."""
    return {"digit": "0-9", "letter": "a-z"}.get(_kind(word), "")


def _pieces(text: str, spans: Iterable[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        if start > at:
            pieces.append((text[at:start], False))
            at = start
        elif pieces:  # beside the word before: two bold texts in a row would show their stars
            at -= len(pieces.pop()[0])
        pieces.append((text[at:end], True))
        at = end
    if at < len(text):
        pieces.append((text[at:], False))
    return tuple(pieces)


def _cut(sentence: str, first: int) -> str:
    """At most LONGEST code points around a place, cut between words where there are any."""
    start = max(0, min(first - _BEFORE, len(sentence) - LONGEST + 2))
    if start:
        space = sentence.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    end = start + LONGEST - 2
    if end < len(sentence):
        space = sentence.rfind(" ", max(first + 20, start), end)
        end = space if space > 0 else end
    head, tail = "…" if start else "", "…" if end < len(sentence) else ""
    return f"{head}{sentence[start:end].strip()}{tail}"
