"""Real posts, where the reader has them beside the project: all load, and say what they say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.posts.archive import Archive
from bot.posts.models import Post, TagKind
from bot.posts.parsing import ParsedPost, parse_post
from tests.support.corpus import corpus


def load(path: Path) -> ParsedPost:
    return parse_post(path.read_bytes(), path.name, today=date(2026, 11, 23))


def folder(name: str) -> list[Post]:
    return [load(path).post for path in sorted(corpus(name).glob("*.md"))]


@pytest.mark.parametrize(("name", "count"), [("ko", 2), ("ainews-en", 48), ("ainews-zh", 16)])
def test_every_post_loads_under_a_slug_of_its_own(name: str, count: int) -> None:
    posts = folder(name)
    assert len(posts) == len(Archive.of(posts)) == count
    assert all(post.title and post.body.strip() and post.meta.description for post in posts)


def test_only_the_known_broken_lines_are_reported() -> None:
    found = [(p.path, p.line) for path in sorted(corpus().glob("*/*.md")) for p in load(path).problems]
    assert found == [("2024-05-04-kaggle-lmsys.md", 2), ("2024-05-04-kaggle-lmsys.md", 3)]


def test_the_post_with_invalid_yaml_has_its_whole_title() -> None:
    meta = load(corpus("ko/2024-05-04-kaggle-lmsys.md")).post.meta
    assert meta.title == "AI 분야의 최신 동향: $100k Kaggle 대회와 LLM의 인간 선호 예측"
    assert meta.description == meta.title
    assert (meta.date, meta.updated, meta.lang) == (date(2024, 5, 4), date(2024, 5, 4), "ko")
    assert [tag.name for tag in meta.tags] == ["Kaggle 대회", "인간 선호도 예측", "LLM"]


def test_an_english_post_read_by_eye() -> None:
    meta = load(corpus("ainews-en/25-11-19-gpt-51-codex-max-pro.md")).post.meta
    assert meta.title == "OpenAI fires back: GPT-5.1-Codex-Max (API) and GPT 5.1 Pro (ChatGPT)"
    assert meta.published_at == datetime(2025, 11, 19, 5, 44, 39, 731046, tzinfo=UTC)
    kinds = [tag.kind for tag in meta.tags]
    assert [
        kinds.count(kind) for kind in (TagKind.COMPANY, TagKind.MODEL, TagKind.TOPIC, TagKind.PERSON)
    ] == [
        4,
        4,
        8,
        1,
    ]
    assert meta.lang == "en"
    assert meta.extra == {"id": "MjAyNS0x"}


def test_a_chinese_post_read_by_eye() -> None:
    post = load(corpus("ainews-zh/23-12-12-ainews-12122023-towards-langchain-01.md")).post
    meta = post.meta
    assert meta.title == "2023年12月12日：迈向 LangChain 0.1"
    assert (post.slug, meta.lang) == ("ainews-12122023-towards-langchain-01", "zh")
    assert meta.description.startswith("**Langchain 架构重构**已完成")
    assert len(meta.tags) == 5 + 5 + 10
    assert meta.extra == {"id": "a7cce46d-05bb-4fe2-ae06-fce26608d9ee", "type": "archival"}
