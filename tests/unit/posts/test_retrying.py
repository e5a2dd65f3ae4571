"""Other searches for one that found nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.posts.archive import Archive
from bot.posts.retrying import better_spelt, conditions_alone, fewer_words, less_strict, words_alone, written
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


def test_words_are_left_out_one_by_one_and_alone_without_conditions() -> None:
    query = parse_query("하나 둘 셋 tag:llm", TODAY)
    assert [written(other) for other in fewer_words(query)] == ["둘 셋", "하나 셋", "하나 둘"]
    assert written(words_alone(query)) == "하나 둘 셋"
    both = parse_query("하나 tag:a tag:b lang:ko", TODAY)
    assert [written(other) for other in conditions_alone(both)] == ["tag:a tag:b lang:ko", "tag:a", "tag:b"]


def test_words_phrases_and_tags_are_written_as_the_archive_has_them() -> None:
    archive = Archive.of([tagged("a", "하드웨어", "OpenAI")])
    query = parse_query('opnai "하드웨아 opnai" tag:하드웨아 tag:openai', TODAY)
    assert written(better_spelt(query, archive)) == 'OpenAI "하드웨어 OpenAI" tag:하드웨어 tag:openai'
    assert better_spelt(parse_query("전혀다른말이에요", TODAY), archive) == parse_query(
        "전혀다른말이에요", TODAY
    )
