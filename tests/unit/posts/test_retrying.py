"""Other searches for one that found nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.posts.archive import Archive
from bot.posts.periods import Period
from bot.posts.retrying import (
    better_spelt,
    conditions_alone,
    dated,
    days_asked,
    fewer_words,
    joined_words,
    less_strict,
    without_operators,
    words_alone,
    written,
)
from bot.posts.search.query import parse_query
from tests.support.posts import tagged

TODAY = date(2024, 5, 4)
FULL = (
    '모델 칩 "긴 문구" -뺄말 -"뺄 문구" tag:llm tag:"open source" after:2024-01-02 before:2024-05-01 lang:ko'
)


@pytest.mark.parametrize(
    "text", [FULL, "모델", '"문구"', "tag:llm", "-뺄말 lang:en", "after:2024-13 모델", '-"tag:x"']
)
def test_what_is_written_is_read_as_the_same(text: str) -> None:
    query = parse_query(text, TODAY)
    assert parse_query(written(query), TODAY) == query


def test_each_condition_is_left_out_in_turn() -> None:
    written_ = [
        written(query) for query in less_strict(parse_query("칩 -뺄말 tag:a tag:b after:2024-01-02", TODAY))
    ]
    assert written_ == [
        "칩 -뺄말 tag:b after:2024-01-02",
        "칩 -뺄말 tag:a after:2024-01-02",
        "칩 tag:a tag:b after:2024-01-02",
        "칩 -뺄말 tag:a tag:b",
    ]
    assert [written(query) for query in less_strict(parse_query('"긴 문구" 칩', TODAY))] == ["칩 긴 문구"]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2024년 4월 라마", "라마 after:2024-04-01 before:2024-05-01"),
        ("작년 라마 3.1 lang:ko", "라마 3.1 after:2023-01-01 before:2024-01-01 lang:ko"),
        ("라마 4월의", "라마 after:2024-04-01 before:2024-05-01"),
        ("지난주 금요일 라마", "라마 after:2024-04-26 before:2024-04-27"),
        ("지난주 라마", "라마 after:2024-04-22 before:2024-04-29"),
        ("May 3, 2024 llama", "llama after:2024-05-03 before:2024-05-04"),
        ('어제 "긴 문구"', '"긴 문구" after:2024-05-03 before:2024-05-04'),
    ],
)
def test_words_that_name_days_are_read_as_days_and_the_others_within_them(text: str, rest: str) -> None:
    meant = dated(parse_query(text, TODAY), TODAY)
    assert meant is not None
    assert (written(meant.rest), meant.is_all) == (rest, False)


@pytest.mark.parametrize("text", ["2024-05-04", "5/4", "4월", "2023", "지난주"])
def test_days_alone_are_all_that_is_asked(text: str) -> None:
    meant = dated(parse_query(text, TODAY), TODAY)
    assert meant is not None
    assert meant.is_all


@pytest.mark.parametrize(
    "text", ["라마", "Claude 3.5", "GPT 4", "라마 2023-01-01 칩", "작년 after:2024-01-01", ""]
)
def test_words_that_name_no_days_or_stand_beside_days_are_words(text: str) -> None:
    assert dated(parse_query(text, TODAY), TODAY) is None


def test_the_last_day_of_the_calendar_has_no_end() -> None:
    meant = dated(parse_query("오늘 라마", date.max), date.max)
    assert meant is not None
    assert (meant.rest.after, meant.rest.before) == (date.max, None)


def test_words_are_left_out_one_by_one_and_alone_without_conditions() -> None:
    query = parse_query("하나 둘 셋 tag:llm", TODAY)
    assert [written(other) for other in fewer_words(query)] == ["둘 셋", "하나 셋", "하나 둘"]
    assert written(words_alone(query)) == "하나 둘 셋"
    both = parse_query("하나 tag:a tag:b lang:ko", TODAY)
    assert [written(other) for other in conditions_alone(both)] == ["tag:a tag:b lang:ko", "tag:a", "tag:b"]


def test_words_that_follow_one_another_are_joined_where_they_are_few() -> None:
    def joined(text: str) -> list[str]:
        return [written(other) for other in joined_words(parse_query(text, TODAY))]

    assert joined("모 델 lang:ko") == ["모델 lang:ko"]
    assert joined("하나 둘 셋") == ["하나둘 셋", "하나 둘셋"]
    assert joined("하나") == joined("하나 둘 셋 넷") == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("모델 NOT", "모델"),
        ("모델 NOT 칩", "모델 -칩"),
        ("모델 AND 칩 OR 값", "모델 칩 값"),
        ("not much -칩", "not much -칩"),
    ],
)
def test_operators_of_other_searches_are_read_as_ours(text: str, plain: str) -> None:
    assert written(without_operators(parse_query(text, TODAY))) == plain


def test_days_are_asked_alone_where_there_are_no_words() -> None:
    def asked(text: str) -> Period | None:
        return days_asked(parse_query(text, TODAY))

    assert asked("after:2030") == (date(2030, 1, 1), date.max)
    assert asked("before:2020 lang:ko") == (date.min, date(2019, 12, 31))
    assert asked("before:0001-01-01") == (date.min, date.min)
    assert asked("칩 after:2030") is asked("lang:ko") is None


def test_words_phrases_and_tags_are_written_as_the_archive_has_them() -> None:
    archive = Archive.of([tagged("a", "하드웨어", "OpenAI")])
    query = parse_query('opnai "하드웨아 opnai" tag:하드웨아 tag:openai', TODAY)
    assert written(better_spelt(query, archive)) == 'OpenAI "하드웨어 OpenAI" tag:하드웨어 tag:openai'
    assert better_spelt(parse_query("전혀다른말이에요", TODAY), archive) == parse_query(
        "전혀다른말이에요", TODAY
    )
