"""What look-ups offer while somebody types, and archives that are made from the one before."""

from __future__ import annotations

import datetime as dt
import random
import re

import pytest

from bot.adapters.alias_files import load_aliases
from bot.posts.archive import FEW, Archive
from bot.posts.models import FrontMatter, Post, Tag
from bot.posts.search.query import PostQuery, TagFilter
from bot.posts.suggestions import did_you_mean, nearest_days, nearest_tags
from bot.posts.tags import tag_key
from bot.replacing import replace
from tests.support.effort import calls_of

NAMES = (
    "OpenAI",
    "오픈AI",
    "오픈에이아이",
    "에이전트",
    "LLM",
    "long context",
    "Long-Context",
    "추론",
    "챗봇",
)


def made(slug: str, day: str = "2024-05-04", *tags: str, title: str = "T", lang: str = "ko") -> Post:
    meta = FrontMatter(
        title=title,
        date=dt.date.fromisoformat(day),
        slug=slug,
        tags=tuple(Tag(name=name) for name in tags),
        lang=lang,
    )
    return Post(meta=meta, body="x", path=f"{slug}.md", content_hash=slug)


def shown(archive: Archive) -> tuple[object, ...]:
    """Everything that readers can tell apart."""
    tags = archive.tags()
    return (
        archive.posts,
        [(tag.name, tag.count, tag.latest) for tag in tags],
        [tag.name for tag in archive.spelt_tags],
        [archive.tagged(tag.name) for tag in tags],
        [archive.tag_by_key(tag_key(tag.name)) for tag in tags],
        [archive.by_key(post.key) for post in archive.posts],
        [archive.matching_tags(typed, 5) for typed in ("ㅇㅍ", "ai", "context", "추")],
        archive.months(),
        list(archive.days_from(dt.date.min)),
        archive.lettered_tags,
        archive.spellings(),
    )


@pytest.mark.parametrize("seed", range(12))
def test_an_archive_made_from_the_one_before_is_the_same_as_one_made_anew(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same changes each time

    def some(number: int) -> Post:
        day = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(40))
        tags = chance.sample(NAMES, chance.randrange(4))
        return made(f"p{number}", day.isoformat(), *tags, title=f"제목 {chance.randrange(9)}")

    posts = {number: some(number) for number in range(30)}
    archive = Archive.of(posts.values(), load_aliases())
    for _ in range(8):
        for number in chance.sample(range(36), chance.choice((1, 3, 9))):
            older = posts.pop(number, None)
            if older and chance.random() < 0.4:
                posts[number] = replace(older, body=f"{older.body} 고침")
            elif older is None or chance.random() < 0.5:
                posts[number] = some(number)
        archive = archive.changed_to(posts.values())
        assert shown(archive) == shown(Archive.of(posts.values(), load_aliases()))


def test_very_many_changes_are_taken_in_as_well() -> None:
    before = Archive.of([made("a"), made("b")])
    after = before.changed_to([made(f"p{number}", "2024-05-04", "LLM") for number in range(FEW + 5)])
    assert after.tags()[0].count == FEW + 5
    assert after.by_slug("a") is None


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ㅇㅍㅇ", ["오픈에이아이"]),
        ("오ㅍ", ["오픈에이아이"]),
        ("ㅊㅂ", ["챗봇"]),
        ("ㅇㅇㅈㅌ", ["에이전트"]),
        ("전트", ["에이전트"]),
        ("CONTEXT", ["long context"]),
        ("인공 지능", ["AI"]),
        ("ㅋㅋㅋ", []),
    ],
)
def test_tags_are_offered_for_any_part_initials_and_other_spellings(typed: str, names: list[str]) -> None:
    tags = ("오픈에이아이", "에이전트", "long context", "챗봇", "AI")
    archive = Archive.of([made("a", "2024-05-04", *tags)], load_aliases())
    assert [tag.name for tag in archive.matching_tags(typed, 25)] == names


def test_the_tag_of_just_that_name_comes_before_more_frequent_ones() -> None:
    archive = Archive.of(
        [
            made("a", "2024-05-04", "AI 윤리"),
            made("b", "2024-05-05", "AI 윤리"),
            made("c", "2024-05-01", "AI"),
        ]
    )
    assert [tag.name for tag in archive.matching_tags("ai", 25)] == ["AI", "AI 윤리"]
    assert [tag.name for tag in archive.matching_tags("", 1)] == ["AI 윤리"]
    assert archive.matching_tags("ai", 0) == archive.matching_tags("", -1) == ()


def test_months_are_counted_newest_first() -> None:
    days = ("2023-12-31", "2024-01-01", "2024-01-31", "2024-03-01", "0001-01-01")
    archive = Archive.of([made(day, day) for day in days])
    counts = [(month.year, month.month, month.count) for month in archive.months()]
    assert counts == [(2024, 3, 1), (2024, 1, 2), (2023, 12, 1), (1, 1, 1)]
    assert Archive().months() == ()
    assert [post.slug for post in archive.month(2024, 1)] == ["2024-01-01", "2024-01-31"]
    assert archive.month(2024, 13) == ()


def test_the_nearest_days_come_first_and_of_two_as_near_the_later() -> None:
    days = ["2024-05-01", "2024-05-03", "2024-05-05", "2024-05-09"]
    archive = Archive.of([made(f"{day}-{n}", day) for day in days for n in range(2)])
    nearest = nearest_days(archive, dt.date(2024, 5, 4), 3)
    assert [day.day for day in nearest] == [5, 3, 1]
    assert [day.day for day in nearest_days(archive, dt.date(2024, 5, 9), 9)] == [9, 5, 3, 1]
    assert nearest_days(archive, dt.date.min, 1) == (dt.date(2024, 5, 1),)
    assert nearest_days(archive, dt.date(2024, 5, 4), -1) == nearest_days(Archive(), dt.date.max, 3) == ()


def test_a_misspelt_word_is_mended_by_tags_and_titles() -> None:
    archive = Archive.of([made("a", "2024-05-04", "하드웨어", "quantization", title="Thunderbird 출시")])
    assert did_you_mean(archive.spellings(), "하드웨아 thunderbrid") == "하드웨어 Thunderbird"
    assert did_you_mean(archive.spellings(), "하드웨어") is None
    assert did_you_mean(archive.spellings(), "전혀다른말이에요") is None
    assert [tag.name for tag in nearest_tags(archive, "quantisation", 3)] == ["quantization"]
    assert nearest_tags(archive, " ", 3) == ()


@pytest.mark.parametrize(
    ("typed", "word", "tag"),
    [
        ("책깔피", "책갈피", None),
        ("에이젼트", "에이전트", "에이전트"),
        ("윤술", "윤슬", "윤슬 3"),
        ("모댈", "모델", None),
        ("앤비디아", None, "nvidia"),
        ("구굴", None, "google"),
        ("추른", "추론", "추론"),
        ("deepseak", "deepseek", "deepseek"),
        ("가을", None, None),
        ("안녕", None, None),
        ("하늘", None, None),
        ("겨울", None, None),
        ("영화", None, None),
        ("여름", None, None),
        ("부동산", None, None),
        ("운동회", None, None),
        ("델", None, None),
    ],
)
def test_of_a_short_korean_word_only_what_a_slip_away_is_offered(
    typed: str, word: str | None, tag: str | None
) -> None:
    tags = ("에이전트", "윤슬 3", "nvidia", "google", "apple", "groq", "추론", "deepseek", "sama", "보안")
    title = "‘책갈피’ 윤슬, 한 모델을 우회하다: 모델 같은"
    archive = Archive.of(
        [made("a", "2024-05-04", *tags, "안전성", "양자화", title=f"{title} 우회")], load_aliases()
    )
    assert did_you_mean(archive.spellings(), typed) == word
    assert [near.name for near in nearest_tags(archive, typed, 1)] == ([tag] if tag else [])


def test_a_query_selects_by_tags_days_and_language() -> None:
    archive = Archive.of(
        [
            made("a", "2024-05-01", "LLM"),
            made("b", "2024-05-02", "LLM", "추론", lang="en"),
            made("c", "2024-05-03", "추론"),
        ]
    )

    def slugs(query: PostQuery) -> list[str]:
        return [post.slug for post in archive.select(query)]

    assert slugs(PostQuery()) == ["c", "b", "a"]
    assert slugs(PostQuery(tags=(TagFilter("llm"), TagFilter("추론")))) == ["b"]
    assert slugs(PostQuery(langs=("en",))) == ["b"]
    assert slugs(PostQuery(langs=("en", "ko"))) == ["c", "b", "a"]
    assert slugs(PostQuery(after=dt.date(2024, 5, 2))) == ["c", "b"]
    assert slugs(PostQuery(before=dt.date(2024, 5, 2))) == ["a"]
    assert slugs(PostQuery(before=dt.date.min)) == []


def test_initials_that_nobody_chose_from_the_list_are_answered_with_the_tags_they_stand_for() -> None:
    archive = Archive.of([made("a", "2024-05-04", "오픈에이아이", "챗봇")], load_aliases())
    assert [tag.name for tag in nearest_tags(archive, "ㅇㅍㅇ", 5)] == ["오픈에이아이"]
    assert nearest_tags(archive, "ㅋㅋㅋ", 5) == ()


def test_tags_that_the_aliases_call_the_same_are_one_tag_with_one_count() -> None:
    archive = Archive.of(
        [made("a", "2024-05-04", "오픈소스"), made("b", "2024-05-05", "open-source"), made("c")],
        load_aliases(),
    )
    (tally,) = archive.tags()
    assert (tally.name, tally.count) == ("open-source", 2)
    for name in ("오픈소스", "open source"):
        assert [item.slug for item in archive.tagged(name)] == ["b", "a"]
        found = archive.tag_by_key(tag_key(name))
        assert found is not None
        assert found.name == "open-source"


NUMBERED = (
    *("llama-3", "llama-3-1", "ollama", "gemini-2.5-flash", "gpt-4o", "deepseek-v3", "phi-3", "claude-3.5"),
    *("sonnet", "라마 2", "달무리 연구소", "meta-ai"),
)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("라마 3", ["llama-3", "llama-3-1"]),
        ("라마3", ["llama-3", "llama-3-1"]),
        ("라마-3", ["llama-3", "llama-3-1"]),
        ("라마 3.1", ["llama-3-1"]),
        ("llama 3.1", ["llama-3-1"]),
        ("llama 2", ["라마 2"]),
        ("제미나이 2.5", ["gemini-2.5-flash"]),
        ("제미나이2.5 플", []),
        ("지피티4o", ["gpt-4o"]),
        ("지피티 4o", ["gpt-4o"]),
        ("딥시크v3", ["deepseek-v3"]),
        ("ㄹㅁ", ["llama-3", "llama-3-1", "ollama", "라마 2"]),
        ("ㄹㅁ3", ["llama-3", "llama-3-1"]),
        ("ㅋㄹㄷ 3", ["claude-3.5"]),
        ("클로", ["claude-3.5"]),
        ("@달무리", ["달무리 연구소"]),
        ("@", list(NUMBERED)),
    ],
)
def test_a_name_with_its_number_is_offered_in_any_spelling(typed: str, names: list[str]) -> None:
    archive = Archive.of([made("a", "2024-05-04", *NUMBERED)], load_aliases())
    assert sorted(tag.name for tag in archive.matching_tags(typed, 25)) == sorted(names)


def test_a_name_with_its_number_is_the_tag_that_is_spelt_otherwise() -> None:
    archive = Archive.of([made("a", "2024-05-04", *NUMBERED)], load_aliases())
    for name, meant in (
        ("라마 3", "llama-3"),
        ("라마3.1", "llama-3-1"),
        ("지피티 4o", "gpt-4o"),
        ("@meta-ai", "meta-ai"),
        ("라마 2", "라마 2"),
    ):
        tag = archive.tag_named(name)
        assert tag is not None
        assert tag.name == meant
        assert archive.tagged(name) == archive.posts
    assert archive.tag_named("라마 4") is None
    assert archive.tagged("라마 4") == ()


def test_very_much_typed_costs_no_more_than_a_line_and_finds_a_long_tag() -> None:
    long = "아주 긴 태그 " * 20
    archive = Archive.of([made("a", "2024-05-04", *NUMBERED, long)], load_aliases())

    def effort(typed: str) -> int:
        re.purge()  # what a pattern costs is to make it
        return calls_of(lambda: archive.matching_tags(typed, 25))[1]

    for typed in ("ㄹㅁ", "라마 3 ", "가나다라", "1 a ㄱ 가 "):
        assert effort(typed * 3_000) < 2 * effort(typed * 50), typed
    for typed in (long, long[:70], long[:30]):
        assert archive.matching_tags(typed, 25)[0].name == long


def test_tags_that_hold_a_part_of_what_was_typed_come_before_those_only_a_little_like_it() -> None:
    archive = Archive.of([made("a", "2024-05-04", *NUMBERED, "mamba")], load_aliases())

    def in_part(typed: str) -> list[str]:
        return [tag.name for tag in archive.tags_in_part(typed, 3)]

    assert in_part("메타 라마 3") == ["llama-3", "llama-3-1", "meta-ai"]
    assert in_part("클로드 소네트") == ["claude-3.5", "sonnet"]
    assert in_part("xqx 3") == in_part("달무리연구소") == []
    assert "mamba" not in [tag.name for tag in nearest_tags(archive, "메타 라마", 3)]
    assert nearest_tags(archive, "달무리 연구수", 1)[0].name == "달무리 연구소"
    assert in_part("라마 9")[0] == "llama-3"


@pytest.mark.parametrize(
    ("typed", "names"), [("라마", ["llama-3", "ollama"]), ("메타", ["meta-ai-fair"]), ("gpt", ["gpt-4o"])]
)
def test_another_spelling_is_looked_for_inside_tags_as_well(typed: str, names: list[str]) -> None:
    archive = Archive.of(
        [made("a", "2024-05-05", "llama-3", "meta-ai-fair", "gpt-4o"), made("b", "2024-05-04", "ollama")],
        load_aliases(),
    )
    assert sorted(tag.name for tag in archive.matching_tags(typed, 25)) == names
