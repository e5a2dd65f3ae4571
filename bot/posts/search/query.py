"""Reads what a member typed into the search as a ``PostQuery``."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.patterns import regex
from bot.posts.dates import read_moment
from bot.posts.language import LANGUAGES, language_code
from bot.posts.models import TagKind
from bot.posts.periods import read_period
from bot.posts.search.words import narrow

MAX_QUERY = 500
"""Characters of a query that are read; the rest is left out."""

MAX_WORDS = 16
"""Words, phrases and exclusions that count, each; more than anybody types by hand."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂«»「」『』", '"') | {"：": ":", "－": "-", "−": "-", "　": " "})
_KEYS = {
    "tag": "tag",
    "태그": "tag",
    "company": "company",
    "회사": "company",
    "model": "model",
    "모델": "model",
    "topic": "topic",
    "주제": "topic",
    "person": "person",
    "인물": "person",
    "before": "before",
    "until": "before",
    "이전": "before",
    "after": "after",
    "since": "after",
    "이후": "after",
    "lang": "lang",
    "언어": "lang",
}
_TURNED = {"before": "after", "after": "before"}
"""What is not before a day is from that day on."""
_TAG_KINDS = {"tag": None, **{str(kind): kind for kind in TagKind}}
_PART = regex(
    rf"""
    (?P<minus>-)?
    (?:(?P<key>(?i:{"|".join(_KEYS)})):(?:\s+(?!-|(?i:{"|".join(_KEYS)}):))?(?=\S)|(?P<other>[A-Za-z가-힣]{{2,6}}):(?=\S))?
    (?: "(?P<quoted>[^"]*)(?:"|$) | (?P<plain>[^\s"]+) )
    """,
    re.VERBOSE,
)
_LANGUAGES = {
    **dict.fromkeys(("한국어", "한글", "korean", "kr"), "ko"),
    **dict.fromkeys(("영어", "영문", "english"), "en"),
    **dict.fromkeys(("중국어", "중문", "chinese", "cn"), "zh"),
}
"""Unicode's full-width forms of ASCII."""
_DAYS_BACK = {"today": 0, "오늘": 0, "yesterday": 1, "어제": 1, "그제": 2, "그저께": 2}
_SIGNS = r"\s.,!?…;:()\[\]{}<>~'‘’·、。"
_EDGES = regex(rf"^(?:(?!\.\w)[{_SIGNS}])+|[{_SIGNS}]+$")
"""Signs before and behind a word that say nothing of it; ``.NET``, ``C++`` and ``C#`` keep theirs."""
_LISTED = regex(r"(?<!\d)[,·ㆍ・、]|[,·ㆍ・、](?!\d)")
"""Between two words that are written without a space: ``구글,오픈AI``, but not ``1,000``."""
_PERIOD = regex(r"(?P<year>[0-9]{4})(?:[년年]|(?:[-./](?P<month>[0-9]{1,2}))?[-./]?)")
_DAY_WORD = regex(rf"""\s*(?!-|(?i:{"|".join(_KEYS)}):)[^\s"]+""")
_MOST_TAG_WORDS = 5
"""Words that a tag may have without quotes."""
MOST_DAY_WORDS = 5
"""Words that a day may have: ``the day before yesterday``, ``2024년 5월 4일 토요일``."""
_BESIDE_DAY = regex(r"\((?![월화수목금토일](?:요일)?\)).*|(?:자|의|에|날|글|뉴스|소식|거|꺼|것)")
"""What may stand behind a day and is then a word of its own: ``after:어제 뉴스``."""


KEY_ALONE = "alone"
"""In ``PostQuery.unread`` a key with nothing behind it: ``tag:``."""


class TagFilter(NamedTuple):
    """A tag that a post must have, or must not; ``kind`` is None where any kind will do."""

    name: str
    kind: TagKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostQuery:
    """What a member looks for; every part must hold. All text is NFC.

    Attributes:
        terms: words that must all occur, in any form, in the order typed.
        phrases: words that must follow one another.
        excluded: words and phrases that must not occur.
        tags: tags that the post must have, all of them.
        without_tags: tags that the post must not have, none of them.
        before: the first day that no longer counts.
        after: the first day that counts.
        langs: languages of which the post must have one, such as ``ko``.
        without_langs: languages that the post must not have.
        unread: filters that could not be read, by what they are (``after``, ``before``, ``lang``) and what
            was typed; they are words as well, but for a key alone (``KEY_ALONE``).
    """

    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    tags: tuple[TagFilter, ...] = ()
    without_tags: tuple[TagFilter, ...] = ()
    before: dt.date | None = None
    after: dt.date | None = None
    langs: tuple[str, ...] = ()
    without_langs: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def has_words(self) -> bool:
        """Whether any text is looked for; without, the query is a list by tag, day and language."""
        return bool(self.terms or self.phrases)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was asked."""
        return self == PostQuery()


def no_tag(name: str) -> bool:  # noqa: ARG001 - stands for a look-up
    """Says of no name that it is a tag."""
    return False


def parse_query(text: str, today: dt.date, is_tag: Callable[[str], object] = no_tag) -> PostQuery:
    """The query in a text; never raises.

    ``"a phrase"``, ``-word``, ``-"a phrase"``, ``tag:x``, ``after:2024-05`` (from that day on),
    ``before:2024-05-04`` (earlier than that day), ``lang:ko``, ``-tag:x``, ``-lang:ko``; ``company:x``,
    ``model:x``, ``topic:x`` and ``person:x`` are tags of that kind; keys also in Korean (``태그:``,
    ``회사:``, ``모델:``, ``주제:``, ``인물:``, ``이후:``, ``이전:``, ``언어:``), and with a space behind
    them, as telephones write it. Signs around a word do not count, and words with a comma between them are
    several: ``구글,오픈AI``. A key with a value that cannot be read, or an unknown key, is a word like
    others; a key with nothing behind it is left out. ``-before:2024`` is ``after:2024``.

    Where the first word behind a key is no tag (``is_tag``), but with the next ones it is, they are meant:
    ``tag:오픈 소스``.
    """
    normal = unicodedata.normalize("NFC", narrow(text).translate(_QUOTES))[:MAX_QUERY]
    reader = _Reader(today, is_tag)
    at = 0
    while match := _PART.search(normal, at):
        at = reader.read_days(match) or reader.read_tag(match) or reader.read(match)
    return reader.query()


class _Reader:
    """Sorts the parts of a query."""

    def __init__(self, today: dt.date, is_tag: Callable[[str], object]) -> None:
        self.today = today
        self.is_tag = is_tag
        self.terms: dict[str, None] = {}
        self.phrases: dict[str, None] = {}
        self.excluded: dict[str, None] = {}
        self.tags: dict[TagFilter, None] = {}
        self.without_tags: dict[TagFilter, None] = {}
        self.before: dt.date | None = None
        self.after: dt.date | None = None
        self.langs: dict[str, None] = {}
        self.without_langs: dict[str, None] = {}
        self.unread: dict[tuple[str, str], None] = {}

    def read_days(self, match: re.Match[str]) -> int | None:
        """Take a filter by day, with as many words as make one, and tell where it ends; None for others."""
        key = _KEYS.get((match["key"] or "").lower())
        if key not in _TURNED or match["quoted"] is not None:
            return None
        take = self._exclude if match["minus"] else self._filter
        begins = match.start("plain")
        for end in _ends_of_days(match.string, begins):
            if take(key, match.string[begins:end].rstrip(",;")):
                return end
        return None

    def read_tag(self, match: re.Match[str]) -> int | None:
        """Take a tag of several words without quotes, and tell where it ends; None for others."""
        key = _KEYS.get((match["key"] or "").lower())
        if (
            key not in _TAG_KINDS
            or match["quoted"] is not None
            or self.is_tag(_tag_in(match["plain"].rstrip(",;")))
        ):
            return None
        begins = match.start("plain")
        ends = [match.end()]
        while len(ends) < _MOST_TAG_WORDS and (word := _DAY_WORD.match(match.string, ends[-1])):
            ends.append(word.end())
        for end in ends[:0:-1]:
            if self.is_tag(name := _tag_in(match.string[begins:end].rstrip(",;"))):
                (self._exclude if match["minus"] else self._filter)(key, name)
                return end
        return None

    def read(self, match: re.Match[str]) -> int:
        """Take a part, and tell where it ends."""
        self._take(match)
        return match.end()

    def _take(self, match: re.Match[str]) -> None:
        key = _KEYS.get((match["key"] or "").lower())
        value = " ".join((match["quoted"] or (match["plain"] or "").rstrip(",;") or "").split())
        if key and value and (self._exclude if match["minus"] else self._filter)(key, value):
            return
        name = match["key"] or match["other"]
        if not name and match["quoted"] is None and value.endswith(":") and value[:-1].lower() in _KEYS:
            key, name, value = _KEYS[value[:-1].lower()], value[:-1], ""
        if key:
            if not any(map(str.isalnum, value)):
                self.unread[KEY_ALONE, f"{name}:"] = None
                return
            self.unread[key, value] = None
        if name:
            value = f"{name}:{value}"
        kept = self.phrases if match["quoted"] is not None else self.terms
        if match["minus"]:
            kept = self.excluded
        is_list = not name and match["quoted"] is None
        for word in _LISTED.split(value) if is_list else (value,):
            if any(character.isalnum() for character in word):
                kept[_EDGES.sub("", word)] = None

    def _exclude(self, key: str, value: str) -> bool:
        """Take a filter with a minus; False where that says nothing."""
        if key in _TURNED:
            return self._filter(_TURNED[key], value)
        if key in _TAG_KINDS and (name := _tag_in(value)):
            self.without_tags[TagFilter(name, _TAG_KINDS[key])] = None
            return True
        if key == "lang" and (code := _language(value)):
            self.without_langs[code] = None
            return True
        return False

    def _filter(self, key: str, value: str) -> bool:
        """Take a filter; False where its value says nothing."""
        if key in _TAG_KINDS:
            if name := _tag_in(value):
                self.tags[TagFilter(name, _TAG_KINDS[key])] = None
            return bool(name)
        if key == "lang":
            if code := _language(value):
                self.langs[code] = None
            return code is not None
        day = first_day(value, self.today)
        if key == "before":
            self.before = day or self.before
        else:
            self.after = day or self.after
        return day is not None

    def query(self) -> PostQuery:
        return PostQuery(
            terms=tuple(self.terms)[:MAX_WORDS],
            phrases=tuple(self.phrases)[:MAX_WORDS],
            excluded=tuple(self.excluded)[:MAX_WORDS],
            tags=tuple(self.tags)[:MAX_WORDS],
            without_tags=tuple(self.without_tags)[:MAX_WORDS],
            before=self.before,
            after=self.after,
            langs=tuple(self.langs)[:MAX_WORDS],
            without_langs=tuple(self.without_langs)[:MAX_WORDS],
            unread=tuple(self.unread)[:MAX_WORDS],
        )


def _tag_in(value: str) -> str:
    return " ".join(value.split()).lstrip("#@")


def _ends_of_days(text: str, at: int) -> list[int]:
    """Where a day of several words may end, which begins at a place; the farthest first."""
    ends: list[int] = []
    while len(ends) < MOST_DAY_WORDS and (word := _DAY_WORD.match(text, at)):
        at = word.end()
        if not ends or not _BESIDE_DAY.fullmatch(word[0].strip()):
            ends.append(at)
        else:
            break
    return ends[::-1]


def _language(value: str) -> str | None:
    """The code of a language that posts may be in; None for what nobody would recognise."""
    code = _LANGUAGES.get(value.lower()) or language_code(value)
    return code if code in LANGUAGES else None


def first_day(text: str, today: dt.date) -> dt.date | None:
    """The first day of what a text names: a week, a month, a year, or a day, as people say it."""
    back = _DAYS_BACK.get(text.lower())
    if back is not None:
        return today - dt.timedelta(days=min(back, today.toordinal() - 1))
    match = _PERIOD.fullmatch(text)
    if match is None:
        if (moment := read_moment(text)) is not None:
            return moment.day
        period = read_period(text, today)
        return period.first if period else None
    try:
        return dt.date(int(match["year"]), int(match["month"] or 1), 1)
    except ValueError:
        return None
