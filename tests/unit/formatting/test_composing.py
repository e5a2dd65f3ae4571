"""What a post as a whole becomes: cover, layouts, sections, packing."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.errors import PostError
from bot.formatting import limits
from bot.formatting.compose import ComposeOptions, Layout, compose, compose_section
from bot.formatting.messages import Card, Message, Select
from bot.i18n import load_catalogues
from bot.posts import lengths
from bot.posts.models import FrontMatter, Post, Tag
from bot.posts.sections import sections_of
from bot.replacing import replace
from tests.support.answers import CLIENT_NODES

OPTIONS = ComposeOptions(words=load_catalogues().words("ko"))
DIGEST = replace(OPTIONS, layout=Layout.DIGEST)
DAY = dt.date(2026, 11, 23)


def post_of(body: str, **meta: object) -> Post:
    front: dict[str, object] = {"title": "오늘의 AI", "date": DAY, "slug": "today", **meta}
    return Post(meta=FrontMatter(**front), body=body, path="today.md")  # type: ignore[arg-type] # free keys


def cards_of(messages: tuple[Message, ...]) -> list[Card]:
    return [card for message in messages for card in message.cards]


def test_the_cover_shows_title_day_tags_picture_and_address() -> None:
    post = post_of(
        "본문입니다.",
        description="한 줄 **소개**",
        tags=(Tag(name="LLM"), Tag(name="Kaggle 대회")),
        image="https://a.example/i.png",
        url="https://a.example/p",
        authors=("민수",),
    )
    cover = cards_of(compose(post, OPTIONS))[0]
    assert cover.title == "오늘의 AI"
    assert cover.author == "2026년 11월 23일 (월) · 민수"
    assert cover.description == "한 줄 **소개**\n\n`LLM` `Kaggle 대회`"
    assert cover.image == "https://a.example/i.png"
    assert cover.url == "https://a.example/p"


def test_a_description_that_the_body_repeats_is_not_said_twice() -> None:
    cover, intro = cards_of(
        compose(post_of("첫 문장입니다. 더 있습니다.", description="**첫 문장**입니다."), OPTIONS)
    )
    assert cover.description is None
    assert intro.description == "첫 문장입니다. 더 있습니다."


def test_a_long_summary_stands_small_and_plain_beneath_the_cover() -> None:
    cover = cards_of(compose(post_of("본문", description="**요약** 문장입니다. " * 40), OPTIONS))[0]
    assert cover.footer is not None
    assert cover.footer.startswith("요약 문장입니다. ")


def test_a_first_heading_that_repeats_the_title_is_left_out() -> None:
    cards = cards_of(compose(post_of("# 오늘의 AI\n\n본문"), OPTIONS))
    assert [(card.title, card.description) for card in cards] == [("오늘의 AI", None), (None, "본문")]


def test_a_title_over_256_characters_is_not_cut() -> None:
    cover = cards_of(compose(post_of("본문", title="가나다 " * 80), OPTIONS))[0]
    assert cover.title is None
    assert cover.description == "## " + " ".join(["가나다"] * 80)


def test_an_address_that_discord_would_refuse_never_reaches_a_card() -> None:
    post = post_of("![x y](http://localhost/i.png)", image="ftp://a.example/i.png", url="not an address")
    cover, text = cards_of(compose(post, OPTIONS))
    assert (cover.image, cover.url, text.image) == (None, None, None)
    assert text.description == "[🖼️ x y](http://localhost/i.png)"


def test_a_section_that_flows_over_is_numbered_and_keeps_its_colour() -> None:
    body = "## Preview\n\n" + "\n\n".join(f"{number}번째 문단입니다. " * 30 for number in range(40))
    cards = cards_of(compose(post_of(body), OPTIONS))[1:]
    count = len(cards)
    assert count > 2
    assert cards[0].title == f"Preview (1/{count})"
    assert [card.author for card in cards[1:]] == [f"Preview ({at}/{count})" for at in range(2, count + 1)]
    assert {card.colour for card in cards} == {0xFEE75C}


def test_messages_are_full_before_the_next_one_begins() -> None:
    body = "\n\n".join(f"## 부분 {number}\n\n" + "문장입니다. " * 100 for number in range(60))
    messages = compose(post_of(body), OPTIONS)
    sizes = [
        sum(len(card.title or "") + len(card.description or "") for card in message.cards)
        for message in messages
    ]
    assert all(size <= limits.MESSAGE_CARD_CHARACTERS for size in sizes)
    assert min(sizes[:-1]) > limits.MESSAGE_CARD_CHARACTERS * 0.75


def test_no_card_ends_in_a_heading_whose_text_is_on_the_next() -> None:
    body = "\n\n".join(f"#### 묶음 {number}\n\n" + "- 항목입니다\n" * 12 for number in range(80))
    for card in cards_of(compose(post_of(body), OPTIONS)):
        assert not (card.description or "").endswith("**")


def test_links_and_emoji_never_pass_the_clients_node_limit() -> None:
    body = "- " + "\n- ".join(f"[링크](https://a.example/{at}) 😀 `x` **굵게**" for at in range(300))
    for card in cards_of(compose(post_of(body), OPTIONS))[1:]:
        assert (card.description or "").count("](") * 4 < CLIENT_NODES


def test_the_digest_holds_intro_preview_and_a_menu_of_sections() -> None:
    body = (
        "소개\n\n## First\n\none\n\n## Today's Preview\n\ntwo\n\n### Deep\n\n"
        + "x " * 900
        + "\n\n## Last\n\nthree"
    )
    messages = compose(post_of(body), DIGEST)
    texts = [card.description for card in cards_of(messages)]
    assert "소개" in texts
    assert any(card.title == "Today's Preview" for card in cards_of(messages))
    assert "three" not in str(texts)
    menu = messages[-1].rows[0][0]
    assert isinstance(menu, Select)
    assert menu.custom_id == f"news:section:{post_of('').key}"
    assert menu.placeholder == OPTIONS.words("layout.open_section")
    assert [(option.label, option.value) for option in menu.options] == [
        ("First", "0"),
        ("Today's Preview", "1"),
        ("Deep", "2"),
        ("Last", "3"),
    ]


def test_every_section_can_be_opened_from_the_digest_however_many_there_are() -> None:
    body = "\n\n".join(f"## 부분 {number} {'긴 제목 ' * 40}\n\n내용 {number}" for number in range(160))
    post = post_of(body)
    messages = compose(post, DIGEST)
    menus = [part for message in messages for row in message.rows for part in row if isinstance(part, Select)]
    values = [int(option.value) for menu in menus for option in menu.options]
    assert values == list(range(160))
    assert len({menu.custom_id for menu in menus}) == len(menus)
    for menu in menus:
        assert len(menu.options) <= limits.SELECT_OPTIONS
        assert all(len(option.label) <= limits.OPTION_TEXT for option in menu.options)
    assert all(len(message.rows) <= limits.MESSAGE_ROWS for message in messages)
    assert all(message.content or message.cards for message in messages), "Discord refuses menus alone"


def test_deeper_sections_leave_the_menu_when_it_would_not_hold_them() -> None:
    body = "\n\n".join(
        f"## {a}\n\ntext\n\n" + "\n\n".join(f"### {a}{b}\n\ntext" for b in range(5)) for a in range(10)
    )
    menu = compose(post_of(body), DIGEST)[-1].rows[0][0]
    assert isinstance(menu, Select)
    assert [option.label for option in menu.options] == [str(number) for number in range(10)]


def test_a_section_opens_with_everything_under_it() -> None:
    post = post_of("intro\n\n## A\n\none [x][r]\n\n### B\n\ntwo\n\n## C\n\nthree\n\n[r]: https://a.example/r")
    text = str([card.description for card in cards_of(compose_section(post, 0, OPTIONS))])
    assert "https://a.example/r" in text
    assert "two" in text
    assert "three" not in text
    assert "intro" not in text


@pytest.mark.parametrize("index", [-1, 2])
def test_a_section_that_does_not_exist_is_an_index_error(index: int) -> None:
    with pytest.raises(IndexError, match="2 sections"):
        compose_section(post_of("## A\n\n## B"), index, OPTIONS)


def test_a_thread_is_the_cover_alone_and_then_everything_else() -> None:
    post = post_of("## A\n\none\n\n## B\n\ntwo")
    cover, *rest = compose(post, replace(OPTIONS, layout=Layout.THREAD))
    whole = cards_of(compose(post, OPTIONS))
    assert [*cards_of((cover,)), *cards_of(tuple(rest))] == whole
    assert len(cover.cards) == 1


def test_a_body_beyond_the_bound_is_a_clear_error() -> None:
    with pytest.raises(PostError, match="1,000,000 can be published"):
        compose(post_of("x" * (lengths.MAX_CHARACTERS + 1)), OPTIONS)


@pytest.mark.parametrize("layout", Layout)
def test_a_post_that_is_too_long_is_named(layout: Layout) -> None:
    post = post_of("# A\n\n" + "x" * lengths.MAX_CHARACTERS)
    with pytest.raises(PostError) as caught:
        compose(post, replace(OPTIONS, layout=layout))
    assert [problem.path for problem in caught.value.problems] == ["today.md"]
    with pytest.raises(PostError) as caught:
        compose_section(post, 0, OPTIONS)
    assert [problem.path for problem in caught.value.problems] == ["today.md"]


def test_the_digest_leaves_out_a_first_heading_that_repeats_the_title() -> None:
    cards = cards_of(compose(post_of("# 오늘의 AI\n\n소개\n\n## A\n\none"), DIGEST))
    assert [(card.title, card.description) for card in cards] == [
        ("오늘의 AI", None),
        (None, "소개"),
        ("A", "one"),
    ]


@pytest.mark.parametrize(
    ("body", "preview"),
    [
        ("## Preview\n\n## Other\n\nother", ("Preview", None)),
        ("### A\n\none\n\n### B\n\ntwo", ("A", "one")),
        ("## A\n\none\n\n### B\n\ntwo\n\n### C\n\nthree", ("A", "one\n### B\ntwo\n### C\nthree")),
        ("## A\n\none\n\n## 요약\n\ntwo\n\n## Recap\n\nthree", ("요약", "two")),
    ],
)
def test_the_digests_preview_is_one_section(body: str, preview: tuple[str, str | None]) -> None:
    _, card = cards_of(compose(post_of(body), DIGEST))
    assert (card.title, card.description) == preview


def test_the_digests_preview_is_as_much_as_one_card_holds() -> None:
    words = "word " * 2000
    _, card = cards_of(compose(post_of(f"## A\n\n{words}"), DIGEST))
    assert card.title == "A"
    text, end = (card.description or "").split("\n")
    assert words.startswith(text)
    assert (3000 < len(text) <= limits.CARD_DESCRIPTION - 2, end) == (True, "…")


def test_the_digests_preview_ends_with_its_first_picture() -> None:
    body = "## A\n\none\n\n![](https://a.example/i.png)\n\ntwo"
    _, card = cards_of(compose(post_of(body), DIGEST))
    assert (card.title, card.description, card.image) == ("A", "one", "https://a.example/i.png")


def test_a_digest_with_a_long_introduction_stays_within_the_limits() -> None:
    body = "word " * 1100 + "\n\n## Preview\n\n" + "more " * 1500
    messages = compose(post_of(body), DIGEST)
    assert len(messages) == 2
    for message in messages:
        size = sum(len(text) for card in message.cards for text in (card.title, card.description) if text)
        assert size <= limits.MESSAGE_CARD_CHARACTERS


def test_sections_know_their_lines_anchors_and_depth() -> None:
    post = post_of("# A `b`\n\none\n\n```\n# no\n```\n\n### **C**\n\ntwo\n\nA\n---\n\n- # no\n\n## A\n")
    sections = sections_of(post)
    assert [(s.index, s.level, s.depth, s.title, s.anchor) for s in sections] == [
        (0, 1, 0, "A b", "a-b"),
        (1, 3, 1, "C", "c"),
        (2, 2, 1, "A", "a"),
        (3, 2, 1, "A", "a-1"),
    ]
    assert sections[0].end == len(post.body.split("\n"))


def test_relative_links_resolve_against_the_posts_own_address_first() -> None:
    options = replace(OPTIONS, site_url="https://site.example/")
    body = "[x](y)"
    own = cards_of(compose(post_of(body, url="https://own.example/a/"), options))[1].description
    site = cards_of(compose(post_of(body), options))[1].description
    none = cards_of(compose(post_of(body), OPTIONS))[1].description
    digest = cards_of(compose(post_of(body), replace(options, layout=Layout.DIGEST)))[1].description
    assert digest == site
    assert (own, site, none) == ("[x](https://own.example/a/y)", "[x](https://site.example/y)", "x")


def test_a_posts_relative_address_is_one_of_the_site() -> None:
    options = replace(OPTIONS, site_url="https://site.example/blog")
    post = post_of("[다음](b)", url="/posts/a")
    (message,) = compose(post, options)
    assert message.cards[0].url == "https://site.example/posts/a"
    assert "(https://site.example/posts/b)" in str(message)
