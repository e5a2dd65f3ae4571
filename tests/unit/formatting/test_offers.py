"""What an autocompletion offers for what was typed so far."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.formatting.offers import day_offers, tag_offers
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import FrontMatter, Post, Tag, TagKind
from bot.replacing import replace

WORDS = load_catalogues().words("ko")
TODAY = dt.date(2024, 5, 20)


def post_of(day: str, title: str = "글", number: int = 0, tag: str = "LLM") -> Post:
    meta = FrontMatter(
        title=title, date=dt.date.fromisoformat(day), slug=f"{day}-{number}", tags=(Tag(name=tag),)
    )
    return Post(meta=meta, body="본문", path=f"{day}-{number}.md")


ARCHIVE = Archive.of(
    [
        post_of("2022-05-04", "Older May"),
        post_of("2023-05-04", "Agents 2"),
        post_of("2023-05-11", "모델 소식"),
        post_of("2024-03-02", "GPT"),
        post_of("2024-04-30", "에이전트 2024"),
        post_of("2024-05-01", "첫 글", 0),
        post_of("2024-05-01", "둘째 글", 1),
    ]
)


def days(typed: str, archive: Archive = ARCHIVE) -> list[str]:
    return [offer.value for offer in day_offers(archive, typed, TODAY, WORDS)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["2024-05-01", "2024-04-30", "2024-03-02", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("5월", ["2024-05-01"]),
        ("2023-05", ["2023-05-11", "2023-05-04"]),
        ("2023년  5월", ["2023-05-11", "2023-05-04"]),
        ("2023 / 5", ["2023-05-11", "2023-05-04"]),
        ("2022.05", ["2022-05-04"]),
        ("3월", ["2024-03-02"]),
        ("11월", ["2024-03-02", "2024-04-30", "2024-05-01", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("May", ["2024-05-01", "2022-05-04"]),
        ("may 2023", ["2023-05-11", "2023-05-04"]),
        ("last month", ["2024-04-30"]),
        ("3주 전", ["2024-04-30", "2024-05-01", "2024-03-02", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("23년 5월", ["2023-05-11", "2023-05-04"]),
        ("2024-13-01", ["2024-05-01", "2024-04-30", "2024-03-02", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("2024-02-30", ["2024-03-02", "2024-04-30", "2024-05-01", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("5월 1", ["2024-05-01", "2024-04-30", "2024-03-02", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("5/4/2023", ["2023-05-04", "2023-05-11", "2024-03-02", "2024-04-30", "2022-05-04", "2024-05-01"]),
        ("5/", ["2024-05-01"]),
        ("2023-05-", ["2023-05-11", "2023-05-04"]),
        ("2023년", ["2023-05-11", "2023-05-04"]),
        ("작년", ["2023-05-11", "2023-05-04"]),
        ("last year", ["2023-05-11", "2023-05-04"]),
        ("작년 5월", ["2023-05-11", "2023-05-04"]),
        ("2021년", ["2022-05-04", "2023-05-04", "2023-05-11", "2024-03-02", "2024-04-30", "2024-05-01"]),
        ("last", ["2024-05-01", "2024-04-30", "2024-03-02", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("지난", ["2024-05-01", "2024-04-30", "2024-03-02", "2023-05-11", "2023-05-04", "2022-05-04"]),
        ("gpt", ["2024-03-02"]),
        ("에이전트", ["2024-04-30"]),
        ("모델   소식", ["2023-05-11"]),
        ("2024", ["2024-05-01", "2024-04-30", "2024-03-02"]),
        ("2024-0", ["2024-05-01", "2024-04-30", "2024-03-02"]),
        ("-05", []),
        ("no such word", []),
    ],
)
def test_days_are_offered_for_months_words_and_beginnings_of_dates(typed: str, expected: list[str]) -> None:
    assert days(typed) == expected


def test_a_typed_day_gives_the_days_nearest_to_it() -> None:
    assert days("2024-04-29")[:3] == ["2024-04-30", "2024-05-01", "2024-03-02"]


def test_a_week_gives_its_own_days() -> None:
    of_week = Archive.of(map(post_of, ("2024-05-12", "2024-05-13", "2024-05-16", "2024-05-19", "2024-05-20")))
    assert days("지난주", of_week) == ["2024-05-19", "2024-05-16", "2024-05-13"]
    assert days("이번 주", of_week) == ["2024-05-20"]


def test_decomposed_korean_finds_the_same_days() -> None:
    assert days("\u1106\u1169\u1103\u1166\u11af") == ["2023-05-11"]


def test_a_month_of_the_first_year_is_found_and_none_where_there_are_no_posts() -> None:
    assert days("12월", Archive.of([post_of("2020-12-01"), post_of("2021-01-01")])) == ["2020-12-01"]
    assert days("1월", Archive.of([post_of("2020-12-01"), post_of("2021-01-01")])) == ["2021-01-01"]
    assert days("5월", Archive.of([])) == []


def test_an_offer_names_the_day_its_newest_title_and_how_many_posts_there_are() -> None:
    several, single, *_ = day_offers(ARCHIVE, "", TODAY, WORDS)
    count = WORDS("list.count", count="2")
    assert several.name == f"2024년 5월 1일 (수) · {count} · 둘째 글"
    assert single.name == "2024년 4월 30일 (화) · 에이전트 2024"


def test_a_long_title_is_shortened_to_what_a_choice_holds() -> None:
    (offer,) = day_offers(Archive.of([post_of("2024-05-01", "긴" * 200)]), "", TODAY, WORDS)
    assert len(offer.name) == 100
    assert offer.name.endswith("긴…")


def test_twenty_five_days_are_offered_the_newest_or_the_nearest() -> None:
    start = dt.date(2024, 3, 1)
    archive = Archive.of(post_of((start + dt.timedelta(days=number)).isoformat()) for number in range(40))
    newest = [(start + dt.timedelta(days=number)).isoformat() for number in range(39, 14, -1)]
    assert days("", archive) == newest
    assert days("글", archive) == newest
    assert days("3월", archive) == [f"2024-03-{day:02}" for day in range(31, 6, -1)]
    assert len(days("2024-03-15", archive)) == 25


def test_companies_models_and_people_are_called_so() -> None:
    plain = [(kind, post_of("2024-05-01", number=number)) for number, kind in enumerate(TagKind)]
    archive = Archive.of(
        replace(post, meta=replace(post.meta, tags=(Tag(name=str(kind), kind=kind),))) for kind, post in plain
    )
    assert {offer.value: offer.name for offer in tag_offers(archive, "", WORDS)} == {
        "topic": "topic (1)",
        "company": "company (1) · 회사",
        "model": "model (1) · 모델",
        "person": "person (1) · 인물",
    }


def test_tags_are_offered_with_their_counts_a_long_one_by_its_key() -> None:
    long = "긴" * 101
    archive = Archive.of(
        [
            post_of("2024-05-01", tag="LLM"),
            post_of("2024-05-02", tag="LLM"),
            post_of("2024-05-03", tag="긴" * 100),
            post_of("2024-05-04", tag=long),
        ]
    )
    offers = tag_offers(archive, "", WORDS)
    llm = next(offer for offer in offers if offer.value == "LLM")
    assert llm.name == WORDS("news.tag_count", tag="LLM", count="2")
    assert "긴" * 100 in {offer.value for offer in offers}
    (key,) = {offer.value for offer in offers} - {"LLM", "긴" * 100}
    assert len(key) == 16
    assert int(key, 16) > 0
    assert all(len(offer.name) <= 100 for offer in offers)
    assert [offer.value for offer in tag_offers(archive, "llm", WORDS)] == ["LLM"]


def test_twenty_five_tags_are_offered() -> None:
    archive = Archive.of(post_of("2024-05-01", number=number, tag=f"t{number}") for number in range(30))
    assert len(tag_offers(archive, "t", WORDS)) == 25
