"""Members find what they look for: judged searches over the sample posts, and real ones where they are."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.alias_files import load_aliases
from bot.adapters.search_index import SearchIndex
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.parsing import parse_post
from bot.posts.search.query import parse_query
from bot.replacing import replace
from tests.support.corpus import corpus

ROOT = Path(__file__).parents[2]
JUDGED = tomllib.loads((ROOT / "tests/data/search/judgements.toml").read_text("utf-8"))["query"]
TODAY = dt.date(2026, 11, 24)
AT, GOAL = 5, 0.95


def posts_below(folder: Path, prefix: str) -> list[Post]:
    """Posts by their path: some files of two languages have the same slug."""
    posts = []
    for file in sorted(folder.rglob("*.md")):
        path = f"{prefix}{file.relative_to(folder).as_posix()}"
        read = parse_post(file.read_bytes(), path, today=TODAY).post
        posts.append(replace(read, meta=replace(read.meta, slug=path)))
    return posts


async def index_of(posts: list[Post]) -> SearchIndex:
    index = SearchIndex()
    await index.update(Archive.of(posts, load_aliases()))
    await index.settled()
    return index


@pytest.fixture
async def content() -> AsyncIterator[SearchIndex]:
    index = await index_of(posts_below(ROOT / "content", "content/"))
    yield index
    await index.close()


@pytest.fixture
async def everything() -> AsyncIterator[SearchIndex]:
    index = await index_of([*posts_below(corpus(), ""), *posts_below(ROOT / "content", "content/")])
    yield index
    await index.close()


async def found(index: SearchIndex, text: str, limit: int) -> list[str]:
    result = await index.search(parse_query(text, TODAY), limit)
    return [match.post.slug for match in result.matches]


def begins(path: str, beginnings: list[str]) -> bool:
    return any(path.startswith(beginning) for beginning in beginnings)


async def misses(index: SearchIndex, queries: list[dict[str, Any]]) -> tuple[float, list[str]]:
    """Mean recall at AT, and a line for every query that is not answered perfectly."""
    shares, lines = [], []
    for query in queries:
        wanted = query["wanted"]
        best = await found(index, query["text"], AT)
        hits = sum(begins(path, wanted) for path in best)
        shares.append(hits / len(wanted) if wanted else float(not best))
        if shares[-1] < 1:
            lines.append(f"{query['text']} ({query['kind']}): {best} instead of {wanted}")
    return sum(shares) / len(shares), lines


def judged(over: str) -> list[dict[str, Any]]:
    return [query for query in JUDGED if query["over"] == over]


def test_the_judgements_are_of_every_kind() -> None:
    kinds = {query["kind"] for query in judged("content")}
    assert kinds >= {"particle", "two syllables", "loanword", "nfd", "phrase", "exclusion", "date", "tag"}
    assert len(judged("content")) >= 40
    assert len(JUDGED) >= 60
    assert {"chinese", "english", "spelling"} <= {query["kind"] for query in JUDGED}


async def test_nineteen_in_twenty_answers_among_the_sample_posts_are_in_the_first_five(
    content: SearchIndex,
) -> None:
    recall, missed = await misses(content, judged("content"))
    assert recall >= GOAL, "\n".join(missed)


async def test_nineteen_in_twenty_answers_among_real_posts_are_in_the_first_five(
    everything: SearchIndex,
) -> None:
    recall, missed = await misses(everything, judged("corpus"))
    assert recall >= GOAL, "\n".join(missed)


async def test_the_samples_are_found_among_the_real_posts_too(everything: SearchIndex) -> None:
    recall, missed = await misses(everything, [q for q in judged("content") if not q.get("alone")])
    assert recall >= GOAL, "\n".join(missed)


async def test_of_many_matches_the_best_come_first_by_their_place_and_day(everything: SearchIndex) -> None:
    """Any other order fails: the worst one has none of the best among as many."""
    queries = [query for query in judged("corpus") if query["kind"] == "ranking"]
    assert len(queries) >= 20
    shares, worst = [], []
    for query in queries:
        paths, wanted = await found(everything, query["text"], 100), query["wanted"]
        assert len(paths) > 2 * AT, query["text"]
        shares.append(sum(begins(path, wanted) for path in paths[: len(wanted)]) / len(wanted))
        worst.append(sum(begins(path, wanted) for path in paths[-len(wanted) :]))
    assert sum(shares) / len(shares) >= GOAL, dict(zip((q["text"] for q in queries), shares, strict=True))
    assert sum(worst) == 0


async def test_what_was_excluded_is_on_no_page(content: SearchIndex) -> None:
    for query in judged("content"):
        paths = await found(content, query["text"], 100)
        assert not [path for path in paths if begins(path, query.get("unwanted", []))], query["text"]


async def test_what_was_excluded_among_real_posts_is_on_no_page(everything: SearchIndex) -> None:
    for query in judged("corpus"):
        paths = await found(everything, query["text"], 100)
        assert not [path for path in paths if begins(path, query.get("unwanted", []))], query["text"]
