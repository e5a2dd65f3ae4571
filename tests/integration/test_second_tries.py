"""What is offered where a search found nothing finds something, however many words were typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pytest

from bot.adapters.search_index import SearchIndex
from bot.adapters.second_tries import SecondTries
from bot.posts.archive import Archive
from bot.posts.search.query import PostQuery, parse_query
from tests.support.posts import post, tagged

TODAY = dt.date(2024, 6, 1)
POSTS = (
    post("a", body="수박 참외 자두 살구"),
    post("b", body="수박 참외 자두"),
    post("c", body="수박 앵두"),
    post("d", body="수박 참외 버찌"),
    tagged("e", "과일"),
    post("f", body="It is not much."),
)


class Counted(SearchIndex):
    """Counts how often it was asked."""

    asked = 0

    async def count(self, query: PostQuery, hidden: Collection[str] = ()) -> int:
        self.asked += 1
        return await super().count(query, hidden)


async def offers(text: str) -> tuple[tuple[str, ...], int]:
    """The searches that are offered, and how many were tried."""
    index, archive = Counted(), Archive.of(POSTS)
    await index.update(archive)
    query = parse_query(text, TODAY)
    assert not (await index.search(query, 1)).total
    found = await SecondTries(archive, index, ()).of(query)
    for offer in found:
        assert (await index.search(parse_query(offer, TODAY), 1)).total, offer
    await index.close()
    return found, index.asked


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("수박 참외 자두 살구 버찌 앵두 없는말", "수박 참외 자두 살구"),
        ("없는말 버찌 앵두 자두 참외 수박 헛소리 아무말", "자두 참외 수박"),
        (f"{' '.join(f'없는말{number}' for number in range(12))} 앵두", "앵두"),
        ("수박 버찌 앵두", "수박 앵두"),
    ],
)
async def test_of_words_that_find_nothing_together_those_are_offered_that_do(text: str, offer: str) -> None:
    found, tried = await offers(text)
    assert offer in found
    assert tried <= 20


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("자두 앵두 버찌", ("앵두", "버찌", "자두")),
        ("자두 앵두 xqzqz", ("앵두", "자두")),
        ("참외 NOT", ("참외",)),
        ("참외 NOT 앵두 xqzqz", ("참외",)),
        ("앵두 not", ("앵두",)),
        ('앵두 "자두 살구"', ('"자두 살구"', "앵두")),
        ("참 외", ("참외", "참")),
        ("수박 앵 두", ("수박 앵두", "수박 앵", "수박", "앵")),
        ("앵두 after:2030", ("앵두",)),
        ("tag:과일 앵두", ("앵두", "tag:과일")),
        ("tag:과일 xqzqz", ("tag:과일",)),
        ("앵두 자두 before:2020", ("앵두", "자두")),
        ("수박 버찌 앵두 살구 자두 참외 xqzqz", ("수박 자두 참외", "버찌", "앵두", "살구", "자두")),
    ],
)
async def test_each_word_that_finds_something_is_offered_and_what_is_asked_beside_words(
    text: str, found: tuple[str, ...]
) -> None:
    assert (await offers(text))[0] == found


async def test_where_no_word_finds_anything_nothing_is_offered_after_a_bounded_number_of_tries() -> None:
    found, tried = await offers(" ".join(f"없는말{number}" for number in range(16)))
    assert (found, tried <= 20) == ((), True)
