"""A new post's text is itself a post without problems, whatever its title."""

from __future__ import annotations

from datetime import date

import pytest

from bot.posts.parsing import parse_post
from bot.posts.template import new_post

DAY = date(2024, 5, 4)


@pytest.mark.parametrize(
    "title", ["오늘의 AI: GPT-6", 'He said "hi"', "a\\b", "#1", "[x]", "two\nlines", "🚀"]
)
@pytest.mark.parametrize("lang", ["ko", "en", "zh"])
def test_it_reads_back_as_a_draft_with_its_title_and_the_usual_headings(title: str, lang: str) -> None:
    text = new_post(title, DAY, lang, ["LLM", "#a: b"])
    parsed = parse_post(text.encode(), "2024-05-04-x.md", today=DAY)
    assert parsed.problems == ()
    meta = parsed.post.meta
    assert (meta.title, meta.date, meta.lang, meta.draft) == (title.replace("\n", " "), DAY, lang, True)
    assert [tag.name for tag in meta.tags] == ["LLM", "a: b"]
    for heading in ("## Today's Preview", "### AI Viewpoint 🤖", "## Today's Overview", "#### "):
        assert f"\n{heading}" in parsed.post.body


def test_a_post_that_is_no_draft_differs_in_that_line_alone() -> None:
    draft = new_post("x", DAY, "ko", [])
    assert new_post("x", DAY, "ko", [], draft=False) == draft.replace("\ndraft: true\n", "\n")
    assert "\ndraft: true\n" in draft


def test_without_tags_the_list_is_empty() -> None:
    parsed = parse_post(new_post("x", DAY, "ko", []).encode(), "2024-05-04-x.md", today=DAY)
    assert parsed.post.meta.tags == ()
