"""What an editor is told about a post that can be used all the same."""

from __future__ import annotations

from datetime import date

import pytest

from bot.posts.parsing import parse_post
from bot.posts.problems import Severity

TODAY = date(2024, 6, 1)


def found(text: str, path: str = "2024-05-04-x.md") -> list[tuple[int, str]]:
    problems = parse_post(text.encode(), path, today=TODAY).problems
    assert all(problem.severity is Severity.WARNING for problem in problems)
    assert all(problem.path == path and problem.cause and problem.fix for problem in problems)
    return [(problem.line, problem.code) for problem in problems]


def front(lines: str, body: str = "Body.", title: str = "T") -> str:
    return f"---\ntitle: {title}\n{lines}\n---\n\n{body}\n"


def test_a_good_post_has_no_problems() -> None:
    lines = f"date: 2024-05-04\nupdate: 2024-05-04\ntags: [{'a' * 100}]\ndescription: {'d' * 4096}"
    assert found(front(lines, title="t" * 256)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (front("", title="t" * 257), (2, "long-title")),
        (front("description: " + "d" * 4097), (3, "long-description")),
        (front("tags:\n  - " + "a" * 101), (3, "long-tag")),
        (front("date: 2024-06-02", body="x"), (3, "future-date")),
        (front("date: 2024-05-04\nupdate: 2024-05-03"), (4, "update-before-date")),
        (front("date: 2024-05-06"), (3, "date-contradicts-name")),
        (front("x: y\nimage: /a.png"), (4, "relative-image")),
        (front("update: soon"), (3, "bad-update")),
        (front("lang: '한국어'"), (3, "bad-lang")),
        (front("url: ftp://example.com"), (3, "bad-url")),
        (front("x: y", body=""), (6, "empty-body")),
        (front("x: y", body="a\n\n```python\ncode\n~~~\n"), (8, "unclosed-fence")),
        (front("x: y", body="````\n```\n"), (6, "unclosed-fence")),
    ],
)
def test_each_doubt_names_its_line(text: str, problem: tuple[int, str]) -> None:
    assert problem in found(text)
    assert len({code for _, code in found(text)} - {"date-contradicts-name"}) <= 1


@pytest.mark.parametrize(
    "body", ["```\na\n```", "~~~~\n```\n~~~~~", "``` a`b\ntext", "    ```\ncode", "```py\n``` x\n```"]
)
def test_closed_fences_and_what_only_looks_like_one_are_no_problem(body: str) -> None:
    assert found(front("x: y", body=body)) == []


def test_a_day_of_difference_to_the_name_is_a_matter_of_time_zones() -> None:
    assert found(front("date: '2024-05-05T01:00:00Z'")) == []


def test_the_last_day_that_is_not_in_the_future_is_today() -> None:
    assert found(front("date: 2024-06-01"), "x.md") == []
    assert found(front("date: 2024-06-02"), "x.md") == [(3, "future-date")]
