"""Asks the same of our index, of ``grep -r`` and of SQLite's FTS5 with trigrams: how quick, and how right.

What is right is decided by a regular expression over each post's text, not by any of the three.
"""

from __future__ import annotations

import re
import sqlite3
import statistics
import subprocess
import time
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.alias_files import load_aliases
from bot.adapters.search_engine import SearchEngine
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.search.plan import plan
from bot.posts.search.query import parse_query
from bot.posts.search.source import fields_of

ROUNDS = 3
Found = Callable[[str], set[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What somebody types, and the pattern of what is meant."""

    kind: str
    typed: str
    meant: str


CASES = (
    Case(kind="particle", typed="모델을", meant="모델"),
    Case(kind="particle", typed="칩에서", meant=r"칩|반도체|\bchips?\b|芯片"),
    Case(kind="particle", typed="취약점이", meant="취약점"),
    Case(kind="particle", typed="커뮤니티에서", meant="커뮤니티"),
    Case(kind="two syllables", typed="보안", meant="보안"),
    Case(kind="two syllables", typed="전력", meant="전력"),
    Case(kind="two syllables", typed="요약", meant="요약"),
    Case(kind="two syllables", typed="번역", meant="번역"),
    Case(kind="alias", typed="오픈AI", meant=r"open[ -]?ai|오픈[ -]?ai|오픈 ?에이아이"),
    Case(kind="alias", typed="앤트로픽", meant=r"anthropic|[앤안엔]트로픽|앤쓰로픽"),
    Case(kind="alias", typed="파이토치", meant="pytorch|파이토치"),
    Case(kind="alias", typed="허깅페이스", meant="hugging[ -]?face|허깅 ?페이스|抱抱脸"),
    Case(kind="spelling", typed="GPT4o", meant=r"gpt[ -]?4[ -]?o"),
    Case(kind="decomposed", typed=unicodedata.normalize("NFD", "윤슬"), meant="윤슬"),
    Case(kind="Chinese", typed="陪审团", meant="陪审团"),
    Case(kind="English", typed="quantization", meant="quantization"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of one tool and one kind of case: the median milliseconds, and the share of right posts it found."""

    tool: str
    kind: str
    milliseconds: float
    recall: float


def compared(root: Path, posts: Iterable[Post], work: Path) -> list[Score]:
    """The scores of all tools over these posts below ``root``; their slugs end their files' names."""
    kept = list(posts)
    texts = {post.slug: "\n".join(fields_of(post).values()) for post in kept}
    right = {case: _meant(case, texts) for case in CASES}
    files = {post.slug: root / post.path for post in kept}
    scores = []
    with closing(_trigrams(texts, work / "trigrams.db")) as connection:
        tools: dict[str, Found] = {
            "ours": _ours(kept, work / "index"),
            "grep -rli": lambda typed: _grepped(typed, root, files),
            "FTS5 trigram": lambda typed: _matched(typed, connection),
        }
        for tool, found in tools.items():
            scores += _scores(tool, found, right)
    return scores


def _scores(tool: str, found: Found, right: dict[Case, set[str]]) -> list[Score]:
    scores = []
    for kind in dict.fromkeys(case.kind for case in CASES):
        cases = [case for case in CASES if case.kind == kind and right[case]]
        times, shares = [], []
        for case in cases:
            for _ in range(ROUNDS):
                started = time.perf_counter()
                slugs = found(case.typed)
                times.append((time.perf_counter() - started) * 1e3)
            shares.append(len(slugs & right[case]) / len(right[case]))
        if cases:
            median, mean = statistics.median(times), statistics.mean(shares)
            scores.append(Score(tool=tool, kind=kind, milliseconds=median, recall=mean))
    return scores


def _meant(case: Case, texts: dict[str, str]) -> set[str]:
    pattern = re.compile(case.meant, re.IGNORECASE)
    return {slug for slug, text in texts.items() if pattern.search(text)}


def _ours(posts: list[Post], folder: Path) -> Found:
    archive = Archive.of(posts, load_aliases())
    engine = SearchEngine(folder)
    engine.replace((post.content_hash, post) for post in posts)

    def find(typed: str) -> set[str]:
        query = parse_query(typed, posts[0].date)
        _, hits = engine.find(plan(query, archive.aliases), query, (), len(posts), 0)
        found = (archive.by_key(key) for _, key in hits)
        return {post.slug for post in found if post}

    return find


def _grepped(typed: str, root: Path, files: dict[str, Path]) -> set[str]:
    command = ["grep", "-rli", "--fixed-strings", "--", typed, str(root)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own
    names = set(listed.splitlines())
    return {slug for slug, file in files.items() if str(file) in names}


def _trigrams(texts: dict[str, str], file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE VIRTUAL TABLE posts USING fts5(slug UNINDEXED, text, tokenize='trigram')")
    with connection:
        connection.executemany("INSERT INTO posts VALUES (?, ?)", texts.items())
    return connection


def _matched(typed: str, connection: sqlite3.Connection) -> set[str]:
    quoted = f'"{typed}"'
    rows = connection.execute("SELECT slug FROM posts WHERE posts MATCH ? ORDER BY rank", (quoted,))
    return {slug for (slug,) in rows}
