"""Hangul by its letters, as they are typed one after the other."""

from __future__ import annotations

import re

import pytest

from bot.posts.archive import Archive
from bot.posts.hangul import becoming, letters
from bot.posts.spellings import Spellings
from bot.posts.suggestions import did_you_mean
from tests.support.posts import tagged


@pytest.mark.parametrize(
    ("text", "typed"),
    [("모델", "ㅁㅗㄷㅔㄹ"), ("닭과 GPT", "ㄷㅏㄹㄱㄱㅗㅏ GPT"), ("힣ㅋ", "ㅎㅣㅎㅋ"), ("", "")],
)
def test_syllables_are_the_letters_that_are_typed(text: str, typed: str) -> None:
    assert letters(text) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("프", "픈"), ("옾", "오프"), ("옾", "옾"), ("고", "과"), ("갈", "갉"), ("닭", "달걀"), ("가", "가")],
)
def test_a_half_typed_syllable_may_become_what_is_meant(typed: str, meant: str) -> None:
    assert re.fullmatch(becoming(typed), meant)


@pytest.mark.parametrize(("typed", "other"), [("픈", "프"), ("옾", "오픈소스"), ("가", "나"), ("과", "고")])
def test_a_typed_syllable_becomes_nothing_else(typed: str, other: str) -> None:
    assert not re.fullmatch(becoming(typed), other)


@pytest.mark.parametrize("typed", ["오", "옾", "오프", "오픈", "오픈ㅅ", "오픈소", "픈솟", "ㅇㅍ"])
def test_a_tag_is_found_at_every_moment_of_its_typing(typed: str) -> None:
    archive = Archive.of([tagged("a", "오픈소스"), tagged("b", "하드웨어")])
    assert [tag.name for tag in archive.matching_tags(typed, 5)] == ["오픈소스"]


def test_what_holds_the_letters_themselves_comes_before_what_they_may_become() -> None:
    archive = Archive.of([*(tagged(str(n), "오픈소스") for n in range(5)), tagged("z", "오프라인")])
    assert [tag.name for tag in archive.matching_tags("오프", 5)] == ["오프라인", "오픈소스"]


def test_one_wrong_letter_of_two_syllables_is_mended() -> None:
    known = Spellings.of(["모델", "GPT"])
    assert did_you_mean(known, "모댈") == "모델"
    assert did_you_mean(known, "사과") is None
