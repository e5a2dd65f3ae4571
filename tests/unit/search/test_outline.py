"""The quick outline of a post says what its parsed sections say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.posts.models import Post
from bot.posts.parsing import parse_post
from bot.posts.search.outline import Heading, heading_at, heading_lines
from bot.posts.sections import sections_of
from tests.support.corpus import corpus
from tests.support.posts import post

TODAY = dt.date(2026, 12, 1)
CONTENT = Path(__file__).parents[3] / "content"

BODIES = {
    "no heading": "그냥 글이에요.\n\n또 글이에요.",
    "levels": "# 하나\n글\n## 둘\n글\n### 셋\n글\n#### 넷은 줄일 뿐이에요\n글",
    "closed by signs": "## 하나 ##\n글\n## C# 이야기\n글",
    "empty": "#\n글\n## \n글\n## 진짜\n글",
    "in a fence": "## 하나\n```md\n## 둘 아님\n```\n## 셋\n~~~\n# 넷 아님\n```\n~~~\n글",
    "in an open fence": "## 하나\n````\n## 둘 아님\n```\n## 셋 아님",
    "under a line": "하나\n===\n글\n\n둘\n---\n글\n\n---\n\n글 사이\n줄이 둘\n---",
    "after html": "<div>\n## 둘 아님\n</div>\n\n## 하나\n<b>굵게</b>\n## 둘",
    "a table's row": "| 가 | 나 |\n|---|---|\n| 1 | 2 |\n\n## 뒤\n글",
    "repeated": "## 모델\n글\n## 모델\n글\n## [모델](https://example.com)\n글\n## 모델들\n글\n## 모델\n글",
    "with marks": "## **굵은** `코드` 그리고 [링크](https://example.com/a_(b))\n글\n## A &amp; B\n글",
    "code by indent": "글\n\n    ## 아님\n\n## 하나",
    "quoted": "> ## 인용 안\n\n## 하나",
}


def assert_outline_is_as_parsed(found: Post) -> None:
    lines = found.body.split("\n")
    headings = heading_lines(found.body)
    sections = sections_of(found)
    starts = [section.line for section in sections]
    for number in range(len(lines)):
        place = sum(start <= number for start in starts) - 1
        expected = None
        if place >= 0:
            section = sections[place]
            expected = Heading(index=section.index, title=section.title, anchor=section.anchor)
        assert heading_at(lines, headings, number) == expected, (found.path, number, lines[number][:80])


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_lines_heading_is_its_sections(body: str) -> None:
    assert_outline_is_as_parsed(post("a", body=body))


@pytest.mark.parametrize("file", sorted(CONTENT.glob("*.md")), ids=lambda file: file.name)
def test_the_sample_posts_have_the_outline_that_is_parsed(file: Path) -> None:
    assert_outline_is_as_parsed(parse_post(file.read_bytes(), file.name, today=TODAY).post)


def test_nearly_all_headings_of_real_posts_are_seen() -> None:
    """Markdown this hostile is not worth a parse a result: one heading in a hundred may be another."""
    seen = wanted = 0
    for file in sorted(corpus().rglob("*.md")):
        found = parse_post(file.read_bytes(), file.name, today=TODAY).post
        lines, headings = found.body.split("\n"), heading_lines(found.body)
        for section in sections_of(found)[::7]:
            wanted += 1
            heading = heading_at(lines, headings, section.line)
            seen += heading == Heading(index=section.index, title=section.title, anchor=section.anchor)
    assert wanted > 100
    assert seen >= 0.99 * wanted
