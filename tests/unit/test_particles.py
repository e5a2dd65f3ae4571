"""The particle that fits the word before it."""

from __future__ import annotations

import pytest

from bot.i18n import load_catalogues
from bot.i18n.particles import filled, fitting

WORDS = load_catalogues().words("ko")


@pytest.mark.parametrize(
    "said",
    [
        "모델은",
        "메모리는",
        "GPT는",
        "LLM은",
        "OpenAI는",
        "model은",
        "Google은",
        "Claude는",
        "LangChain은",
        "chatbot은",
        "transformer는",
        "test는",
        "o1은",
        "2024는",
        "10은",
        "ㅋ은",
        "ㅏ는",
        "‘칩’은",
        "**칩**은",
    ],
)
def test_the_particle_fits_how_a_word_is_spoken(said: str) -> None:
    assert said[:-1] + fitting(said[:-1], "은(는)") == said


@pytest.mark.parametrize(
    ("word", "both", "one"),
    [
        ("칩", "이(가)", "이"),
        ("칩", "을(를)", "을"),
        ("메모리", "과(와)", "와"),
        ("서울", "(으)로", "로"),
        ("칩", "(으)로", "으로"),
        ("50013", "(으)로", "으로"),
        ("50001", "(으)로", "로"),
        ("Asia/Seol", "(이)라", "이라"),
        ("모레", "(이)라", "라"),
        ("模型", "은(는)", "은(는)"),
        ("", "은(는)", "은(는)"),
        ("…", "은(는)", "은(는)"),
    ],
)
def test_every_pair_has_its_forms_and_stays_where_nobody_can_tell(word: str, both: str, one: str) -> None:
    assert fitting(word, both) == one


def test_only_what_the_catalogue_wrote_is_fitted() -> None:
    assert filled("‘{a}’은(는) {b:>3}을(를)", {"a": "이(가)", "b": 7}) == "‘이(가)’는   7을"
    assert filled("그대로 {a}", {"a": "은(는)"}) == "그대로 은(는)"


def test_sentences_are_whole() -> None:
    assert WORDS("search.not_a_date", text="2024-13").startswith("‘2024-13’은 날짜로")
    assert WORDS("search.not_a_date", text="모레").startswith("‘모레’는 날짜로")


def test_one_is_one_and_many_are_many_in_english() -> None:
    english = load_catalogues().words("en")
    assert english("list.count", count=english.number(1)) == "1 post"
    assert english("list.count", count=english.number(21)) == "21 posts"
    assert WORDS("list.count", count=WORDS.number(1)) == "글 1편"
