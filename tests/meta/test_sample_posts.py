"""The bundled posts are sound, invented, and between them show what a post can hold."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.posts.models import Importance, Post, TagKind
from bot.posts.parsing import ParsedPost, parse_post
from tests.meta.source import ROOT

NAMES = sorted(path.name for path in (ROOT / "content").glob("*.md"))
EXAMPLE_HOSTS = {"example.com", "example.org", "example.net"}
"""Hosts that belong to nobody (RFC 2606)."""
REFERENCE_HOSTS = {
    "docs.python.org",
    "huggingface.co",
    "modelcontextprotocol.io",
    "platform.openai.com",
    "pytorch.org",
}
"""Hosts of documentation whose front pages a post may name."""


@cache
def parsed(name: str) -> ParsedPost:
    """The sample post in the file ``name``, read the day after the last one."""
    return parse_post((ROOT / "content" / name).read_bytes(), name, today=date(2026, 11, 24))


@cache
def tokens(name: str) -> list[Token]:
    """The body's tokens, block and inline, in order."""
    flat: list[Token] = []
    for token in MarkdownIt("commonmark").enable("table").parse(parsed(name).post.body):
        flat += [token, *(token.children or ())]
    return flat


def headings(name: str) -> list[tuple[str, str]]:
    """Every heading's tag (``h2``) and text, in order."""
    return [
        (opening.tag, text.content)
        for opening, text in pairwise(tokens(name))
        if opening.type == "heading_open"
    ]


def posts() -> list[Post]:
    """Every sample post, by file name."""
    return [parsed(name).post for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_post_has_no_problem(name: str) -> None:
    assert parsed(name).problems == ()
    assert parsed(name).post.meta.lang == "ko"


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_post_has_the_sections_of_a_daily_post(name: str) -> None:
    main = [heading for heading in headings(name) if heading[0] == "h2" or "AI Viewpoint" in heading[1]]
    assert main == [("h2", "Today's Preview"), ("h3", "AI Viewpoint 🤖"), ("h2", "Today's Overview")]
    assert [tag for tag, _ in headings(name)].count("h4") >= 3
    # A nested list makes the preview.
    assert max(token.level for token in tokens(name) if token.type == "bullet_list_open") >= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_post_is_a_few_minutes_long(name: str) -> None:
    assert 3_000 <= len((ROOT / "content" / name).read_text("utf-8")) <= 6_000


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_post_links_only_to_invented_pages_and_front_pages(name: str) -> None:
    links = [urlsplit(str(token.attrs["href"])) for token in tokens(name) if token.type == "link_open"]
    assert len(links) >= 10
    for link in links:
        assert link.scheme == "https"
        assert link.hostname in EXAMPLE_HOSTS or (
            link.hostname in REFERENCE_HOSTS and link.path.count("/") <= 2 and not link.query
        )


def test_the_sample_posts_are_a_week_without_a_gap() -> None:
    days = [post.date for post in posts()]
    assert days == [date(2026, 11, 17) + timedelta(days=day) for day in range(7)]


def test_the_sample_posts_show_every_importance_and_one_correction() -> None:
    loudness = Counter(post.meta.importance for post in posts())
    assert loudness == {Importance.NORMAL: 5, Importance.MAJOR: 1, Importance.QUIET: 1}
    assert [post.slug for post in posts() if post.meta.updated and post.meta.updated > post.date] == [
        "2026-11-18-yeoul-2-low-power-chip"
    ]


def test_the_sample_posts_share_tags_of_every_kind() -> None:
    tags = Counter(tag.name for post in posts() for tag in post.meta.tags)
    assert {"LLM", "오픈소스", "평가"} <= {name for name, count in tags.items() if count > 1}
    assert {tag.kind for post in posts() for tag in post.meta.tags} == set(TagKind)


@pytest.mark.parametrize("kind", ["table_open", "fence", "ordered_list_open", "blockquote_open", "em_open"])
def test_the_sample_posts_show_each_kind_of_block(kind: str) -> None:
    assert [name for name in NAMES if any(token.type == kind for token in tokens(name))]
