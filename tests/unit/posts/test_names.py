"""What file names say, and which names new posts get."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from bot.posts.names import day_in_name, file_name, is_post_name, slug_of

DAY = date(2024, 5, 4)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2024-05-04-x.md", DAY),
        ("24-05-04-x.md", DAY),
        ("2024_05_04_x.md", DAY),
        ("20240504-x.md", DAY),
        ("2024-05-04.md", DAY),
        ("blog/2024-05-04-x/index.md", DAY),
        ("240504-x.md", None),
        ("2024-13-04-x.md", None),
        ("2024-05-045.md", None),
        ("x-2024-05-04.md", None),
        ("24.md", None),
        ("0001-01-01-x.md", None),
    ],
)
def test_the_day_a_name_begins_with(path: str, day: date | None) -> None:
    assert day_in_name(path) == day


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2024-05-04-x.md", True),
        ("x.markdown", True),
        ("X.MD", True),
        (".x.md", False),
        (".#x.md", False),
        ("#x.md#", False),
        ("~x.md", False),
        ("x.md~", False),
        (".x.md.swp", False),
        ("x.md.tmp", False),
        ("x.mdx", False),
        ("4913", False),
    ],
)
def test_only_markdown_files_that_are_no_editors_leavings_are_posts(name: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_post_name(name) is expected


def test_a_slug_is_the_files_stem_composed() -> None:
    assert slug_of(unicodedata.normalize("NFD", "a/2024-05-04-한글 이름.md")) == "2024-05-04-한글-이름"
    assert slug_of("a/b/index.md") == "b"
    assert slug_of("index.md") == "index"


def test_a_name_that_is_no_utf8_still_makes_a_slug_that_can_be_stored() -> None:
    assert slug_of("2024-05-04-\udcff.md").encode() == b"2024-05-04-?"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("오늘의 AI: GPT-6 출시!", "2024-05-04-오늘의-ai-gpt-6-출시.md"),
        (unicodedata.normalize("NFD", "한글"), "2024-05-04-한글.md"),
        ("../../etc/passwd", "2024-05-04-etc-passwd.md"),
        ("🚀🚀", "2024-05-04-post.md"),
        ("", "2024-05-04-post.md"),
    ],
)
def test_a_new_posts_name_keeps_hangul(title: str, name: str) -> None:
    assert file_name(title, DAY) == name


def test_a_long_title_makes_a_name_that_file_systems_take() -> None:
    assert len(file_name("가" * 500, DAY).encode()) <= 255
    assert file_name("가" * 500, DAY).startswith("2024-05-04-가")
