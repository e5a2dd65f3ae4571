"""Many short texts searched as one: what is found is what a look at each of them finds."""

from __future__ import annotations

import pytest

from bot.posts.haystack import Haystack

TEXTS = ("오픈ai", "", "openai\n오픈에이아이", "ai", "메타", "aiai")


@pytest.mark.parametrize("part", ["ai", "a", "오픈", "에이", "메타", "없다", "타a"])
def test_a_part_is_found_in_those_texts_that_hold_it_and_not_across_two(part: str) -> None:
    holding = [number for number, text in enumerate(TEXTS) if part in text]
    assert list(Haystack.of(TEXTS).numbers(part)) == holding


def test_each_character_knows_its_text() -> None:
    haystack = Haystack.of(TEXTS)
    numbers = [haystack.number_at(place) for place in range(len(haystack.text))]
    assert [numbers.count(number) for number in range(len(TEXTS))] == [5, 1, 14, 3, 3, 4]
    assert numbers == sorted(numbers)


def test_nothing_is_found_in_nothing() -> None:
    assert list(Haystack.of(()).numbers("a")) == []
