"""Every answer fits one message, whatever the posts, and leads to every other page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.formatting.browsing import month_page
from bot.formatting.compose import ComposeOptions, compose, compose_section
from bot.formatting.controls import offered_pages
from bot.formatting.findings import Finding, search_page, topic_page
from bot.formatting.messages import Button, Message, Select
from bot.formatting.nothing import no_such_tag, nothing_found
from bot.formatting.pages import list_page, reading_page, tags_page, with_another
from bot.formatting.places import Kind, Place
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import Post, Tag
from bot.posts.search.outline import Heading
from bot.posts.sections import sections_of
from bot.replacing import replace
from tests.support.answers import assert_fits
from tests.support.posts import post

WORDS = load_catalogues().words("ko")
ENGLISH = load_catalogues().words("en")

TITLES = (
    "보통 제목",
    "가" * 300,
    "*_~`|[](<>)@everyone https://example.com " * 10,
    "👩‍👩‍👧‍👦" * 60,
    "\u3000",
)
LONG_URL = "https://example.com/" + "a" * 2000


def post_titled(
    title: str, slug: str = "a", day: str = "2024-05-04", body: str = "본문", tag: str = "LLM"
) -> Post:
    plain = post(slug, day, body)
    meta = replace(plain.meta, title=title, url=LONG_URL, tags=(Tag(name=tag),), description="설명 " * 500)
    return replace(plain, meta=meta)


def selects(message: Message) -> list[Select]:
    return [part for row in message.rows for part in row if isinstance(part, Select)]


def pressed(message: Message) -> list[str]:
    parts = [part for row in message.rows for part in row if isinstance(part, Button) and not part.disabled]
    return [part.custom_id or "" for part in parts]


@pytest.mark.parametrize("title", TITLES)
def test_lists_fit_whatever_the_titles_and_addresses(title: str) -> None:
    posts = [post_titled(title, f"slug-{number}") for number in range(95)]
    for index in (0, 4, 9, 5000):
        page = list_page(posts, title, Place(kind=Kind.TAG, what="0" * 16, index=index), WORDS)
        assert_fits(page)
        assert len(selects(page)[0].options) == (5 if index >= 9 else 10)


@pytest.mark.parametrize("title", TITLES)
def test_findings_fit_whatever_was_found(title: str) -> None:
    body = "\n".join(f"## {title or 'x'} {number}\n\n글" for number in range(5))
    found = post_titled(title, body=body)
    sections = [Heading(index=s.index, title=s.title, anchor=s.anchor) for s in sections_of(found)]
    excerpt = "**굵게** 그리고 " * 300
    findings = [Finding(post=found, section=section, excerpt=excerpt) for section in sections] or [
        Finding(post=found, excerpt=excerpt)
    ]
    place = Place(kind=Kind.SEARCH, what="말" * 200, index=2)
    assert_fits(search_page(findings, 60, place, WORDS, pending=1200))
    assert_fits(topic_page(findings, 60, title, Place(kind=Kind.TOPIC, what="0" * 16), ENGLISH))


@pytest.mark.parametrize("count", [1, 24, 25, 26, 60, 74, 200])
def test_a_post_of_many_sections_fits_and_its_menus_hold_the_present_one(count: int) -> None:
    body = "\n\n".join(f"## 부분 {number} {'긴 ' * 60}\n\n내용" for number in range(count))
    many = post_titled("글", body=body)
    sections = sections_of(many)
    messages = compose(many, ComposeOptions(words=WORDS))
    for section in (None, 0, count // 2, count - 1):
        page = reading_page(many, messages, sections, index=0, section=section, words=WORDS)
        assert_fits(page)
        menus = [select for select in selects(page) if select.custom_id.startswith("news:goto:")]
        chosen = [option.value for select in menus for option in select.options if option.default]
        assert chosen == ["all" if section is None else str(section)]
    if count <= 74:
        page = reading_page(many, messages, sections, index=0, section=None, words=WORDS)
        values = {option.value for select in selects(page) for option in select.options}
        assert values >= {str(number) for number in range(count)}


def test_a_post_of_300_kilobytes_is_read_page_by_page_within_every_limit() -> None:
    paragraph = "이 문단은 **굵은 글**과 [링크](https://example.com/a) 그리고 `코드`를 담아요. " * 20
    body = "\n\n".join(
        [paragraph] * 120 + ["- 항목 `x` **y**\n" * 400] + ["```\n" + "줄 하나\n" * 2000 + "```"]
    )
    body += "\n\n## 마지막\n\n" + paragraph * 40
    assert len(body.encode()) > 300_000
    huge = post_titled("큰 글", body=body)
    options = ComposeOptions(words=WORDS)
    messages = compose(huge, options)
    sections = sections_of(huge)
    assert len(messages) > 25
    for index in range(len(messages)):
        page = reading_page(huge, messages, sections, index=index, section=None, words=WORDS)
        assert_fits(page)
        assert len(pressed(page)) == 3 - (index in {0, len(messages) - 1})
    part = compose_section(huge, 0, options)
    assert_fits(with_another(reading_page(huge, part, sections, index=0, section=0, words=WORDS), WORDS))


@pytest.mark.parametrize("posts_a_day", [1, 3])
def test_a_month_fits_and_leads_to_every_day_and_to_months_around(posts_a_day: int) -> None:
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(1500)]
    archive = Archive.of(
        post_titled(TITLES[1], f"{day}-{number}", day.isoformat())
        for day in days
        for number in range(posts_a_day)
    )
    months = archive.months()
    here = months[30]
    posts = archive.month(here.year, here.month)[::-1]
    page = month_page(posts, months, here, 99, WORDS)
    assert_fits(page)
    *day_menus, month_menu = selects(page)
    values = [option.value for menu in day_menus for option in menu.options]
    assert values == [f"day:0:{day}" for day in sorted({post.date for post in posts})]
    assert [option.default for option in month_menu.options].count(True) == 1
    assert len(month_menu.options) == 25


def test_following_the_outermost_month_reaches_every_month() -> None:
    archive = Archive.of(
        post(f"{year}-{month}", f"{year}-{month:02}-01")
        for year in range(2000, 2024)
        for month in range(1, 13)
    )
    months = archive.months()
    reached, here = set(), months[0]
    for _ in range(40):
        page = month_page(archive.month(here.year, here.month)[::-1], months, here, 0, WORDS)
        values = [option.value for option in selects(page)[-1].options]
        reached |= set(values)
        here = next(month for month in months if values[-1].endswith(f"{month.year:04}-{month.month:02}"))
    assert len(reached) == len(months) == 288


@pytest.mark.parametrize("name", ["*긴_태그 " * 30, "🔥" * 150])
def test_all_tags_fit_with_their_counts_also_tags_of_a_hundred_characters(name: str) -> None:
    archive = Archive.of(post_titled("글", f"s{number}", tag=f"{name}{number}") for number in range(60))
    page = tags_page(archive.tags(), Place(kind=Kind.TAGS, index=1), WORDS)
    assert_fits(page)
    labels = [option.label for option in selects(page)[0].options]
    assert len(labels) == 25
    assert all(label.endswith("(1)") for label in labels)


def test_nothing_found_while_posts_are_indexed_says_so() -> None:
    assert "1,200" in (nothing_found("말", (), (), WORDS, pending=1200).content or "")
    assert "1,200" not in (nothing_found("말", (), (), WORDS).content or "")


@pytest.mark.parametrize("typed", ["", "*" * 200, "말 " * 100, "@everyone", "> 인용"])
def test_nothing_found_fits_whatever_was_typed(typed: str) -> None:
    archive = Archive.of(post_titled("글", f"s{n}", tag="긴태그" * 40 + str(n)) for n in range(9))
    tags = archive.tags()
    assert_fits(nothing_found(typed, (typed, typed), tags, WORDS))
    assert_fits(nothing_found(typed, (), (), ENGLISH))
    assert_fits(no_such_tag(typed, Kind.TAG, tags, WORDS))
    assert_fits(no_such_tag(typed, Kind.TOPIC, (), WORDS))


@pytest.mark.parametrize("pages", [1, 2, 25, 26, 222, 9_999, 50_000])
def test_a_jump_offers_the_ends_and_the_neighbours(pages: int) -> None:
    for index in {0, pages // 2, min(pages, 10_000) - 1}:
        offered = offered_pages(index, pages)
        assert len(offered) == len(set(offered)) <= 25
        assert {0, min(pages, 10_000) - 1} <= set(offered)
        if index < 10_000:
            assert index in offered
