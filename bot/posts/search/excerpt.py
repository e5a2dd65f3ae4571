"""Picks the sentence of a post that answers a search, and marks the words in it."""

from __future__ import annotations

import heapq
import html
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.posts.search.korean import is_ending
from bot.posts.search.outline import Heading, heading_at, heading_lines
from bot.posts.search.plan import Wish
from bot.posts.search.words import HAN, HANGUL, START

LONGEST = 220
"""Code points of an excerpt."""

_CANDIDATES = 12
"""Lines that are looked at closely."""

_LONGEST_LINE = 4_000
"""Code points of a line that are looked at closely, around the first word in it."""

_PART = 0.5
"""What a word counts in a sentence that has it only as a part of a longer one."""

_BEFORE = 60
"""Code points before the first word when a sentence has to be cut."""

_HANGUL_RUN = re.compile(f"[{HANGUL}]+")
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_TAG = re.compile(
    r"<!--(?:[^<-]|-(?!->)|<(?!!--))*+-->|</?[A-Za-z][^<>]{0,2000}>|<https?://[^<>\s]*>|https?://[^\s)\]]+"
)
_LINE_MARK = re.compile(r"^[\s>]*(?:#{1,6}\s+|[-*+]\s+|\d{1,9}[.)]\s+)?[\s>]*")
_MARKS = re.compile(r"\\([^\w\s])|\*{1,4}|_{2,}|`+|~~")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence in pieces, each with whether it is one of the words looked for.

    ``section`` is the heading under which it stands; None before the first.
    """

    pieces: tuple[tuple[str, bool], ...]
    section: Heading | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """A wish as it is found in text: needles that are quick to look for, and the exact pattern."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]


class Finder:
    """Finds the best sentence for a search; made once a search, used for each post."""

    def __init__(self, wishes: Iterable[Wish]) -> None:
        self._looked = [_Looked(_needles(wish), _pattern(wish)) for wish in wishes]

    def excerpt(self, body: str, description: str, title: str = "") -> Excerpt:
        """The sentence of the body with most of the words, else of the description, else their beginning.

        Where the title has all of the words, the description says what it is about, unless a sentence says
        more.
        """
        lines = unicodedata.normalize("NFC", body).split("\n")
        best: tuple[float, int, str] = (0, 0, "")
        for number in self._likely(lines):
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

    def _likely(self, lines: Sequence[str]) -> list[int]:
        """The lines that hold most of the needles, prose before headings, in the post's order."""
        lowered = "\n".join(lines).lower().split("\n")
        counts: Counter[int] = Counter()
        for looked in self._looked:
            found: set[int] = set()
            for needle in looked.needles:  # one pass of C a needle: excerpts are most of a search's time
                found.update([number for number, line in enumerate(lowered) if needle in line])
            counts.update(found)
        scored = ((-count, lines[number].startswith("#"), number) for number, count in counts.items())
        return [number for _, _, number in heapq.nsmallest(_CANDIDATES, scored)]

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
        found = ([_is_whole(lowered, span) for span in _spans_of(looked, lowered)] for looked in self._looked)
        return sum(1.0 if any(whole) else _PART for whole in found if whole)

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words are; parts of longer words only where they are no words of their own."""
        lowered = _lowered(text)
        spans: list[tuple[int, int]] = []
        for looked in self._looked:
            found = _spans_of(looked, lowered)
            spans += [span for span in found if _is_whole(lowered, span)] or found
        return spans

    def _marked(self, sentence: str) -> tuple[tuple[str, bool], ...]:
        spans = self._spans(sentence)
        if len(sentence) > LONGEST:
            sentence = _cut(sentence, min((start for start, _ in spans), default=0))
            spans = self._spans(sentence)
        return _pieces(sentence, spans)


def _spans_of(looked: _Looked, lowered: str) -> list[tuple[int, int]]:
    return [match.span() for match in looked.pattern.finditer(lowered)]


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
    return " ".join(html.unescape(_MARKS.sub(r"\1", _TAG.sub("", text))).split())


def _beginning(lines: Sequence[str]) -> str:
    return next(
        (text for line in lines if not line.startswith("#") and (text := plain(line[:_LONGEST_LINE]))), ""
    )


def _lowered(text: str) -> str:
    """Lower case with every character in its place (``İ`` alone becomes two)."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower()[0] for c in text)


def _needles(wish: Wish) -> tuple[str, ...]:
    """The longest word of each way, without its ending where forms differ; unlike the pattern, too wide."""
    needles = {max(_runs(way.words), key=len) for way in wish}
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


def _pattern(wish: Wish) -> re.Pattern[str]:
    ways = sorted(wish, key=lambda way: -sum(map(len, way.words)))
    return re.compile("|".join(_way_pattern(way.words) for way in ways) or "(?!)")


def _way_pattern(words: tuple[str, ...]) -> str:
    runs = _runs(words)
    gaps = ["1" if _is_apart(one, other) else "0" for one, other in itertools.pairwise(runs)]
    later = (rf"[\W_]{{{least},3}}{re.escape(run)}" for least, run in zip(gaps, runs[1:], strict=True))
    joined = re.escape(runs[0]) + "".join(later)
    before = rf"(?<![{HANGUL}])" if words[0].startswith(START) else _edge(words[0], "<!")
    return f"{before}{joined}{_edge(words[-1][-1], '!')}"


def _is_apart(one: str, other: str) -> bool:
    """Two numbers, or two Latin words, are never written together: ``3.5`` is not ``35``."""
    return _kind(one[-1]) == _kind(other[0]) and _kind(other[0]) in ("digit", "letter")


def _edge(word: str, look: str) -> str:
    """Latin words and numbers end where others begin; Hangul goes on with particles."""
    kind = _kind(word)
    if kind == "digit":
        return f"(?{look}[0-9])"
    return f"(?{look}[a-z])" if kind == "letter" else ""


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
