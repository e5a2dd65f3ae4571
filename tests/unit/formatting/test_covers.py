"""What the cover says, what it leaves to the body, and which colours and names the sections get."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.errors import PostError
from bot.formatting import limits
from bot.formatting.cards import colour_of, shortened
from bot.formatting.compose import ComposeOptions, Layout, compose, compose_section
from bot.formatting.messages import Card, Message, Select
from bot.i18n import load_catalogues
from bot.posts import lengths
from bot.posts.models import FrontMatter, Post, Tag

OPTIONS = ComposeOptions(words=load_catalogues().words("en"), site_url="https://site.example/")


def post_of(body: str, **meta: object) -> Post:
    front: dict[str, object] = {"title": "Title", "date": dt.date(2026, 11, 23), "slug": "s", **meta}
    return Post(meta=FrontMatter(**front), body=body, path="s.md")  # type: ignore[arg-type] # free keys


def cards_of(messages: tuple[Message, ...]) -> list[Card]:
    return [card for message in messages for card in message.cards]


def cover_of(body: str, **meta: object) -> Card:
    return cards_of(compose(post_of(body, **meta), OPTIONS))[0]


def test_relative_addresses_of_the_cover_resolve() -> None:
    cover = cover_of("x", title="[T](a)", image="i.png", description="[more](b)")
    assert cover.image == "https://site.example/i.png"
    assert cover.title == "T"
    assert cover.description == "[more](https://site.example/b)"


def test_a_cover_wears_the_brands_colour() -> None:
    assert cover_of("x").colour == 0x5865F2


def test_a_title_of_256_characters_is_whole_and_one_more_moves_it() -> None:
    assert cover_of("x", title="t" * 256).title == "t" * 256
    longer = cover_of("x", title="t" * 257)
    assert (longer.title, longer.description) == (None, "## " + "t" * 257)


def test_a_title_too_long_for_a_card_keeps_its_links() -> None:
    title = "[" + "t" * 257 + "](a)"
    assert cover_of("x", title=title).description == f"## [{'t' * 257}](https://site.example/a)"


def test_a_long_name_leaves_room_for_its_mark() -> None:
    cards = cards_of(compose(post_of(f"## {'t' * 300}\n\n" + "word " * 1500), OPTIONS))[2:]
    assert [(card.author or "")[-8:] for card in cards] == ["t… (2/2)"]
    assert all(len(card.author or "") <= limits.CARD_AUTHOR for card in cards)


def test_a_cover_over_several_cards_is_named_after_the_post() -> None:
    cards = cards_of(compose(post_of("x", description="\n\n".join(["word " * 60] * 40)), OPTIONS))
    assert [card.author for card in cards[1:5]] == [f"Title ({number}/5)" for number in range(2, 6)]


def test_tags_that_say_nothing_leave_no_box() -> None:
    cover = cover_of("x", tags=(Tag(name="a`b"), Tag(name="c" * 80)))
    assert cover.description == "``a`b`` `" + "c" * 60 + "`"


def test_seventy_tags_end_at_the_sixtieth() -> None:
    cover = cover_of("x", tags=tuple(Tag(name=f"t{number}") for number in range(70)))
    assert (cover.description or "").split(" ") == [f"`t{number}`" for number in range(60)]


def test_a_tag_of_several_words_is_never_cut_in_two() -> None:
    tags = tuple(Tag(name=f"{number:02} " + "word " * 11 + "w") for number in range(60))
    cards = cards_of(compose(post_of("x", title="t" * 256, description="a" * 2000, tags=tags), OPTIONS))
    chips = " ".join(card.description or "" for card in cards)
    assert all(f"`{tag.name}`" in chips for tag in tags)


@pytest.mark.parametrize("host", ["localhost", "localhost.", ".localhost", "한국.example"])
def test_a_host_that_no_card_takes_leaves_the_cover_without_address(host: str) -> None:
    assert cover_of("x", url=f"https://{host}/x").url is None


def test_an_address_that_no_request_can_carry_is_written_so_that_it_can() -> None:
    assert cover_of("x", url="https://a.example/\ud800").url == "https://a.example/%3F"


@pytest.mark.parametrize("description", ["Title", "title!", "**TITLE**"])
def test_a_description_that_repeats_the_title_is_not_shown(description: str) -> None:
    assert cover_of("x", description=description).description is None


def test_a_description_found_in_a_later_paragraph_is_not_shown() -> None:
    assert cover_of("one\n\ntwo three\n\n## H\n\nfour five", description="four, FIVE").description is None
    assert cover_of("one\n\ntwo three", description="three one").description == "three one"
    assert cover_of("ab\n\ncd", description="abcd").description is None
    assert cover_of("x " * 9_000 + "\n\nlate words here", description="late words here").description is None
    far = "x " * 10_001 + "\n\n" + "y " * 10_001 + "\n\nlate words"
    assert cover_of(far, description="late words").description == "late words"


def test_a_description_with_four_words_of_the_body_in_a_row_is_small_print() -> None:
    body = "so one two three four"
    assert cover_of(body, description="one two three four five").footer == "one two three four five"
    assert cover_of(body, description="two three four five").description == "two three four five"
    assert cover_of("one two three x", description="one two three four").footer is None


def test_a_description_is_small_print_from_351_characters_up_to_2048() -> None:
    assert cover_of("x", description="a" * 350).footer is None
    assert cover_of("x", description="a" * 351).footer == "a" * 351
    assert cover_of("x", description="a" * 2048).footer == "a" * 2048
    longest = cover_of("x", description="a" * 2049)
    assert (longest.footer, longest.description) == (None, "a" * 2049)


def test_headings_and_paragraphs_of_a_description_stand_on_lines_of_their_own() -> None:
    cover = cover_of("x", description="# Head\n\none\n\ntwo")
    assert cover.description == "Head\none\n\ntwo"
    assert cover_of("x", description="one\n\n# Head\n\ntwo").description == "one\n\nHead\ntwo"
    small = cover_of("x", description="# Head\n\none\n\n" + "two " * 100)
    assert small.footer == "Head\none\n" + " ".join(["two"] * 100)
    broken = cover_of("x", description="one\\\ntwo " + "three " * 100)
    assert broken.footer == "one\ntwo " + " ".join(["three"] * 100)


def test_authors_stand_beside_the_day_within_the_limit() -> None:
    author = cover_of("x", authors=("Ann", "Bo")).author
    assert author is not None
    assert author.endswith(" · Ann · Bo")
    long = cover_of("x", authors=("a" * 300,)).author
    assert long is not None
    assert len(long) <= limits.CARD_AUTHOR


def test_only_a_first_heading_of_the_first_level_repeats_the_title() -> None:
    def titles(body: str) -> list[str | None]:
        return [card.title for card in cards_of(compose(post_of(body), OPTIONS))]

    assert titles("# TITLE!\n\nx") == ["Title", None]
    assert titles("## Title\n\nx") == ["Title", "Title"]
    assert titles("intro\n\n# Title\n\nx") == ["Title", None, "Title"]
    assert titles("# Other\n\nx\n\n# Title\n\ny") == ["Title", "Other", "Title"]
    assert titles("# [Title](https://a.example/)\n\nx") == ["Title", "Title"]


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("aaaaa bbbb", 8, "aaaaa…"),
        ("aaaa bbbb", 8, "aaaa bb…"),
        ("aa bbbbbb", 8, "aa bbbb…"),
        ("aaaa bb cc dd", 10, "aaaa bb…"),
        ("aaaa bbbb cccc", 10, "aaaa bbbb…"),
    ],
)
def test_a_text_is_shortened_at_a_word_where_there_is_one(text: str, most: int, expected: str) -> None:
    assert shortened(text, most) == expected


@pytest.mark.parametrize(
    ("title", "colour"),
    [
        ("AI Twitter Recap", 0x1DA1F2),
        ("오늘의 요약", 0x3BA55D),
        ("편집자의 시각", 0xEB459E),
        ("커뮤니티", 0x57F287),
        ("r/LocalLlama REDDIT", 0xFF5700),
        ("Discord", 0x5865F2),
        ("미리보기", 0xFEE75C),
        ("Else", None),
    ],
)
def test_a_title_tells_its_colour(title: str, colour: int | None) -> None:
    assert colour_of(title) == colour


def test_colours_reach_down_to_deeper_sections_only() -> None:
    body = "# Reddit\n\n" + "a " * 400 + "\n\n## One\n\nb\n\n## Two\n\nc\n\n# Plain\n\nd"
    cards = cards_of(compose(post_of(body), OPTIONS))[1:]
    assert [(card.title, card.colour) for card in cards] == [
        ("Reddit", 0xFF5700),
        ("One", 0xFF5700),
        ("Two", 0xFF5700),
        ("Plain", 0x99AAB5),
    ]


@pytest.mark.parametrize(("size", "shared"), [(600, True), (601, False)])
def test_a_section_shares_a_card_up_to_600_characters(size: int, *, shared: bool) -> None:
    cards = cards_of(compose(post_of("## A\n\nx\n\n### B\n\n" + "y" * size), OPTIONS))[1:]
    assert (len(cards) == 1) is shared


@pytest.mark.parametrize(("first", "shared"), [(1200, True), (1201, False)])
def test_a_shared_card_stays_within_1800_characters(first: int, *, shared: bool) -> None:
    cards = cards_of(compose(post_of("## A\n\n" + "x" * first + "\n\n### B\n\n" + "y" * 600), OPTIONS))[1:]
    assert (len(cards) == 1) is shared


def test_a_shared_card_counts_every_section_in_it() -> None:
    body = "## A\n\n" + "x" * 600 + "".join(f"\n\n### {name}\n\n" + "y" * 500 for name in "BCD")
    cards = cards_of(compose(post_of(body), OPTIONS))[1:]
    assert [card.title for card in cards] == ["A", "D"]


def test_a_menu_beyond_one_is_numbered_and_named_apart() -> None:
    body = "\n\n".join(f"## S{number}\n\nx" for number in range(26))
    messages = compose(post_of(body), ComposeOptions(words=OPTIONS.words, layout=Layout.DIGEST))
    menus = [part for message in messages for row in message.rows for part in row if isinstance(part, Select)]
    assert [menu.placeholder for menu in menus] == [
        "Choose a section to open (1/2)",
        "Choose a section to open (2/2)",
    ]
    assert [len(menu.options) for menu in menus] == [25, 1]
    assert menus[1].custom_id == f"{menus[0].custom_id}:1"


def test_a_digest_without_sections_has_no_menu() -> None:
    messages = compose(post_of("only text"), ComposeOptions(words=OPTIONS.words, layout=Layout.DIGEST))
    assert [message.rows for message in messages] == [()]
    assert [card.description for card in cards_of(messages)] == [None, "only text"]


def test_an_opened_section_resolves_its_links_and_names_its_post_when_too_long() -> None:
    card = cards_of(compose_section(post_of("## A\n\n[x](y)"), 0, OPTIONS))[0]
    assert (card.title, card.description) == ("A", "[x](https://site.example/y)")
    for opened in (compose, lambda post, options: compose_section(post, 0, options)):
        with pytest.raises(PostError) as caught:
            opened(post_of("## A\n\n" + "x" * lengths.MAX_CHARACTERS), OPTIONS)
        problem = caught.value.problems[0]
        assert (problem.path, problem.line, problem.code) == ("s.md", 1, "post-too-long")
