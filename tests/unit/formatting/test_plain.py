"""Lists, menus and names show what an author's Markdown says, without a mark of it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.delivery.places import thread_name
from bot.formatting.browsing import month_page
from bot.formatting.lines import post_entry, post_option
from bot.formatting.messages import Select
from bot.formatting.offers import day_offers
from bot.formatting.pages import list_page
from bot.formatting.places import Kind, Place
from bot.formatting.plain import about, plain_line, title_of
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.posts import post

WORDS = load_catalogues().words("ko")
QUIET = "**조용한** [하루](https://example.com/a_b_c)"


def of(day: str, title: str = QUIET, description: str = "", url: str | None = None) -> Post:
    plain = post(day, day)
    return replace(plain, meta=replace(plain.meta, title=title, description=description, url=url))


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("**굵게**와 *기울여*", "굵게와 기울여"),
        ("**“굵게”**는 `gpt-realtime` 이야기", "“굵게”는 gpt-realtime 이야기"),
        ("****겹친** 별**과 **열린 별", "겹친 별과 열린 별"),
        ("[이름](https://example.com/x_(y)) 곁의 ![그림](a.png)", "이름 곁의 그림"),
        ("한 줄\n\n  두 줄", "한 줄 두 줄"),
        ("snake_case와 2 ** 3 ** 4, <think>", "snake_case와 2 ** 3 ** 4, <think>"),
        (r"\*그대로\* &amp; 그대로", "*그대로* & 그대로"),
        ("", ""),
    ],
)
def test_a_line_says_its_words(markdown: str, said: str) -> None:
    assert plain_line(markdown) == said


def test_a_title_of_marks_alone_stays() -> None:
    assert title_of(of("2024-05-01", "[](x)")) == "[](x)"


def test_a_long_description_is_told_from_its_beginning_whatever_its_links_take() -> None:
    link = f"[하나](https://example.com/{'a' * 900}) "
    assert about(of("2024-05-01", description=link * 3 + "**둘**"), 40) == "하나 하나 하나 둘"
    assert (
        about(of("2024-05-01", description="**말** " * 500), 40) == ("말 " * 20).strip()[:38].rstrip() + "…"
    )


def test_a_posts_line_option_offer_and_thread_have_no_marks() -> None:
    quiet = of("2024-05-01", url="https://example.com/p")
    (offer,) = day_offers(Archive.of([quiet]), "", date(2024, 5, 4), WORDS)
    assert all("조용한 하루" in form for form in post_entry(quiet, WORDS))
    assert post_option(quiet, WORDS).label == "조용한 하루"
    assert offer.name == "2024년 5월 1일 (수) · 조용한 하루"
    assert thread_name(quiet.title) == "조용한 하루"


def test_posts_of_the_same_title_are_told_apart_by_plain_words_wherever_they_are_listed() -> None:
    posts = [of(f"2024-05-0{day}", description=f"**모델 {day}호**가 나왔어요") for day in (3, 2, 1)]
    archive = Archive.of(posts)
    listed = list_page(posts, "글", Place(kind=Kind.TAG, what="x"), WORDS)
    month = month_page(posts, archive.months(), archive.months()[0], 0, WORDS)
    for page in (listed, month):
        assert "> 모델 2호가 나왔어요" in str(page.cards[0].description)
        select = page.rows[0][0]
        assert isinstance(select, Select)
        assert [option for option in select.options if "모델 2호가 나왔어요" in str(option.description)]
    offers = day_offers(archive, "", date(2024, 5, 4), WORDS)
    assert [offer.name for offer in offers][1] == "2024년 5월 2일 (목) · 조용한 하루 · 모델 2호가 나왔어요"


def test_what_tells_posts_apart_acts_on_nothing() -> None:
    posts = [of(f"2024-05-0{day}", description="# 큰 글씨 \\*별\\* @everyone") for day in (1, 2)]
    text = str(list_page(posts, "글", Place(kind=Kind.TAG, what="x"), WORDS).cards[0].description)
    assert r"> \# 큰 글씨 \*별\* \@everyone" in text


def test_an_address_with_a_fragment_leads_to_the_section() -> None:
    linked, *_ = post_entry(of("2024-05-01", url="https://example.com/p?y=1#old"), WORDS, anchor="a")
    assert "(<https://example.com/p?y=1#a>)" in linked
    whole, *_ = post_entry(of("2024-05-01", url="https://example.com/p?y=1#old"), WORDS)
    assert "(<https://example.com/p?y=1#old>)" in whole
