"""The archive's order and its look-ups."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest

from bot.posts.archive import Archive
from bot.posts.hangul import letters
from bot.posts.models import FrontMatter, Post, Tag, TagKind
from bot.posts.search.aliases import Aliases


def post(slug: str, day: str, *tags: str, at: datetime | None = None, title: str = "T") -> Post:
    meta = FrontMatter(
        title=title,
        date=date.fromisoformat(day),
        slug=slug,
        published_at=at,
        tags=tuple(Tag(name=name) for name in tags),
    )
    return Post(meta=meta, body="x", path=f"{slug}.md")


def slugs(posts: tuple[Post, ...]) -> list[str]:
    return [post.slug for post in posts]


def test_posts_are_ordered_by_day_then_time_then_slug() -> None:
    late = post("a", "2024-05-04", at=datetime(2024, 5, 4, 9, tzinfo=UTC))
    early = post("z", "2024-05-04", at=datetime(2024, 5, 4, 8, tzinfo=UTC))
    archive = Archive.of(
        [post("n", "2024-05-05"), late, post("y", "2024-05-04"), early, post("x", "2024-05-04")]
    )
    assert slugs(archive.posts) == ["x", "y", "z", "a", "n"]
    assert len(archive) == 5


def test_the_latest_come_newest_first() -> None:
    archive = Archive.of([post("a", "2024-05-01"), post("b", "2024-05-02"), post("c", "2024-05-03")])
    assert slugs(archive.latest()) == ["c"]
    assert slugs(archive.latest(2)) == ["c", "b"]
    assert slugs(archive.latest(99)) == ["c", "b", "a"]
    assert archive.latest(0) == archive.latest(-1) == Archive().latest() == ()


def test_a_post_is_found_by_slug_key_and_day() -> None:
    found = post("한글", "2024-05-04")
    archive = Archive.of([found, post("b", "2024-05-05")])
    assert archive.by_slug("한글") is found
    assert archive.by_slug("한글") is found
    assert archive.by_slug("nope") is None
    assert archive.by_key(found.key) is found
    assert archive.by_key("0" * 16) is None
    assert archive.on(date(2024, 5, 4)) == (found,)
    assert archive.on(date(2024, 5, 6)) == ()
    assert list(archive.days_before(date.max)) == [date(2024, 5, 5), date(2024, 5, 4)]


def test_of_two_posts_with_a_slug_the_first_stays() -> None:
    archive = Archive.of([post("a", "2024-05-04", title="first"), post("a", "2024-05-01", title="second")])
    assert [p.title for p in archive.posts] == ["first"]


def test_spellings_of_a_tag_meet() -> None:
    archive = Archive.of([post("a", "2024-05-01", "Long Context"), post("b", "2024-05-02", "long-context")])
    for spelling in ("long context", "#LongContext", "LONG-CONTEXT", " long  context ", "long_context"):
        assert slugs(archive.tagged(spelling)) == ["b", "a"], spelling
    assert archive.tagged("long") == archive.tagged("") == ()


def test_decomposed_and_composed_hangul_are_one_tag() -> None:
    archive = Archive.of([post("a", "2024-05-01", "에이전트")])
    assert slugs(archive.tagged("에이전트")) == ["a"]


def test_full_width_letters_are_the_usual_ones() -> None:
    archive = Archive.of([post("a", "2024-05-01", "OpenAI")])
    assert slugs(archive.tagged("ＯｐｅｎＡＩ")) == slugs(archive.tagged("Ｏｐｅｎ　ＡＩ")) == ["a"]
    assert [tag.name for tag in archive.matching_tags("ＯＰＥＮ", 5)] == ["OpenAI"]


def test_tags_of_punctuation_alone_stay_apart() -> None:
    archive = Archive.of([post("a", "2024-05-01", "C#"), post("b", "2024-05-02", "--")])
    assert slugs(archive.tagged("c#")) == ["a"]
    assert slugs(archive.tagged("--")) == ["b"]


def test_tags_are_counted_by_frequency_then_recency_as_last_written() -> None:
    archive = Archive.of(
        [
            post("a", "2024-05-01", "LLM", "old"),
            post("b", "2024-05-02", "llm", "mid"),
            post("c", "2024-05-03", "new", "NEW"),
        ]
    )
    counts = [(count.name, count.count, count.latest.day) for count in archive.tags()]
    assert counts == [("llm", 2, 2), ("new", 1, 3), ("mid", 1, 2), ("old", 1, 1)]


def typed(slug: str, day: str, *tags: Tag) -> Post:
    meta = FrontMatter(title="T", date=date.fromisoformat(day), slug=slug, tags=tags)
    return Post(meta=meta, body="", path=f"{slug}.md")


def test_a_count_keeps_the_kind_that_the_newest_post_says_that_says_one() -> None:
    company = typed("a", "2024-05-01", Tag(name="openai", kind=TagKind.COMPANY))
    model = typed("b", "2024-05-02", Tag(name="openai", kind=TagKind.MODEL))
    plain = typed("c", "2024-05-03", Tag(name="OpenAI"))
    korean = typed("d", "2024-05-04", Tag(name="오픈AI"))
    aliases = Aliases.parse("OpenAI, 오픈AI")
    for posts, name, kind in (
        ([company], "openai", TagKind.COMPANY),
        ([company, plain], "OpenAI", TagKind.COMPANY),
        ([company, model, plain, korean], "오픈AI", TagKind.MODEL),
        ([model, korean], "오픈AI", TagKind.MODEL),
        ([plain, korean], "오픈AI", TagKind.TOPIC),
    ):
        anew = Archive.of(posts, aliases)
        assert anew.tags()[0].tag == Tag(name=name, kind=kind)
        # So does an archive that is made from another one, whatever comes and goes.
        for before in ([company, model, plain, korean], [plain], [korean, company], [model]):
            changed = Archive.of(before, aliases).changed_to(posts)
            assert changed.tags()[0].tag == Tag(name=name, kind=kind)


def test_two_threads_that_ask_first_get_the_letters_of_each_tag_once(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive.of([post("a", "2024-05-04", "LLM", "오픈AI", "칩")])
    meeting = Barrier(2)

    def letters_of(text: str) -> str:
        meeting.wait(5)
        return letters(text)

    monkeypatch.setattr("bot.posts.tag_index.letters", letters_of)
    with ThreadPoolExecutor(2) as pool:
        found = [list(done) for done in pool.map(lambda _: archive.lettered_tags, range(2))]
    assert len(found[0]) == len(found[1]) == len(archive.spelt_tags) == 3
