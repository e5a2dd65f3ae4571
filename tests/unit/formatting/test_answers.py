"""What each answer to a look-up says and where each of its buttons leads, to the last character.

tests/data/formatting/answers.drawn holds the expected drawings: a title, a line with a full stop, the answer,
a full stop. ``AINEWS_FIXTURES=write`` rewrites them; read the difference. The catalogue here holds each key
in the place of its sentence, so that a drawing names keys, not wordings.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from bot.formatting import nothing
from bot.formatting.browsing import month_page
from bot.formatting.controls import offered_pages, section_menus
from bot.formatting.discord import Slot, parse
from bot.formatting.discord.nodes import Kind as NodeKind
from bot.formatting.findings import Finding, search_page, topic_page
from bot.formatting.lines import fitted, place_option, post_entry, post_option
from bot.formatting.messages import Button, Card, Message, Option, Row, Select
from bot.formatting.pages import counted, list_page, reading_page, tags_page, with_another
from bot.formatting.places import Kind, Place
from bot.i18n import Words, load_catalogues
from bot.posts.archive import MonthCount, TagCount
from bot.posts.models import FrontMatter, Post, Tag
from bot.posts.search.outline import Heading
from bot.posts.sections import sections_of


def keyed(text: str, key: str) -> str:
    names = [name for _, name, _, _ in Formatter().parse(text) if name]
    return f"{key}({', '.join(f'{{{name}}}' for name in names)})" if names else key


WORDS = Words(
    locale="en",
    texts={key: keyed(text, key) for key, text in load_catalogues().words("en").texts.items()},
)


def post_of(slug: str, day: str = "2024-05-04", body: str = "text", **meta: object) -> Post:
    front: dict[str, object] = {
        "title": f"T {slug}",
        "date": dt.date.fromisoformat(day),
        "slug": slug,
        **meta,
    }
    return Post(meta=FrontMatter(**front), body=body, path=f"{slug}.md")  # type: ignore[arg-type] # free keys


def tag_count(name: str, count: int = 3) -> TagCount:
    return TagCount(tag=Tag(name=name), count=count, latest=dt.date(2024, 5, 4))


def drawn_option(option: Option) -> str:
    mark = "* " if option.default else "- "
    told = f" | {option.description}" if option.description else ""
    return f"{mark}{option.label} = {option.value}{told}"


def drawn_row(row: Row) -> list[str]:
    lines: list[str] = []
    for part in row:
        if isinstance(part, Select):
            lines += [f"select {part.custom_id}: {part.placeholder}", *map(drawn_option, part.options)]
        elif isinstance(part, Button):
            off = " off" if part.disabled else ""
            lines.append(f"{part.emoji or ''}[{part.label}] {part.custom_id}{off} {part.style.name.lower()}")
    return lines


def drawn_card(card: Card) -> list[str]:
    keys = ("author", "title", "description", "footer")
    said = [f"{key}: {text}" for key in keys if (text := getattr(card, key))]
    return [*said, f"colour: {card.colour:06x}"] if card.colour is not None else said


def drawn(message: Message) -> str:
    lines = [message.content] if message.content else []
    for card in message.cards:
        lines += drawn_card(card)
    for row in message.rows:
        lines += ["--", *drawn_row(row)]
    return "\n".join(lines)


POSTS = [
    post_of(f"s{n}", f"2024-05-{n + 1:02}", url=f"https://a.example/{n}" if n % 2 else None)
    for n in range(13)
]
LONG = post_of("q", body="## A\n\none\n\n### B\n\ntwo")
SECTIONS = sections_of(LONG)
FOUND = [Heading(index=one.index, title=one.title, anchor=one.anchor) for one in SECTIONS]
READ = [Message(content=f"m{number}") for number in range(5)]
MONTHS = [MonthCount(year=2024, month=month, count=month * 1000) for month in (6, 5, 3)]
DAYS = [dt.date(2024, 5, number) for number in range(1, 8)]
TAGS = [tag_count(f"T{number}") for number in range(7)]


def menus(count: int, current: int | None) -> Message:
    """Only the ends of the menus and what is chosen: the whole is long."""
    post = post_of("m", body="\n\n".join(f"## S{number}\n\nx" for number in range(count)))
    rows = section_menus("k", sections_of(post), current, WORDS)
    shown = [
        Select(
            custom_id=menu.custom_id,
            placeholder=menu.placeholder,
            options=(
                menu.options[0],
                *(option for option in menu.options if option.default),
                menu.options[-1],
            ),
        )
        for (menu,) in rows
        if isinstance(menu, Select)
    ]
    return Message(rows=tuple((menu,) for menu in shown))


def page_of(kind: Kind, what: str = "", index: int = 0) -> Place:
    return Place(kind=kind, what=what, index=index)


ANSWERS: dict[str, Callable[[], Message]] = {
    "a list's last page": lambda: list_page(POSTS, "He_ad", page_of(Kind.TAG, "x", 1), WORDS),
    "a list's first page": lambda: list_page(POSTS, "H", page_of(Kind.TAG, "x"), WORDS),
    "a list of ten": lambda: list_page(POSTS[:10], "H", page_of(Kind.TAG, "x"), WORDS),
    "a list beyond its end": lambda: list_page(POSTS, "H" * 300, page_of(Kind.TAG, "x", 9), WORDS),
    "a list that holds a post twice": lambda: list_page(
        [POSTS[0], POSTS[0], POSTS[1]], "H", page_of(Kind.DAY, "2024-05-01"), WORDS
    ),
    "all tags": lambda: tags_page(
        [tag_count("a_b"), tag_count("C d", 1234)], page_of(Kind.TAGS, "", 7), WORDS
    ),
    "the second page of tags": lambda: tags_page(
        [tag_count(f"t{number}") for number in range(27)], page_of(Kind.TAGS, "", 1), WORDS
    ),
    "a page of a section": lambda: reading_page(LONG, READ, SECTIONS, index=3, section=1, words=WORDS),
    "a post of one page without sections": lambda: reading_page(
        LONG, READ[:1], (), index=9, section=None, words=WORDS
    ),
    "a post of three pages": lambda: reading_page(LONG, READ[:3], (), index=2, section=None, words=WORDS),
    "a post of four pages": lambda: reading_page(LONG, READ[:4], (), index=0, section=None, words=WORDS),
    "a post that chance chose": lambda: with_another(
        reading_page(LONG, READ[:2], SECTIONS, index=0, section=None, words=WORDS), WORDS
    ),
    "the menus of 24 sections": lambda: menus(24, None),
    "the menus of 30 sections": lambda: menus(30, None),
    "the menus of 60 sections": lambda: menus(60, 24),
    "the menus of 74 sections": lambda: menus(74, 73),
    "the menus of 200 sections at the start": lambda: menus(200, None),
    "the menus of 200 sections in the middle": lambda: menus(200, 100),
    "the menus of 200 sections at the end": lambda: menus(200, 199),
    "a search": lambda: search_page(
        [Finding(post=LONG, section=FOUND[1], excerpt="**two**\nlines"), Finding(post=POSTS[1])],
        1234,
        page_of(Kind.SEARCH, "w*", 2),
        WORDS,
        pending=1500,
    ),
    "the end of a search": lambda: search_page(
        [Finding(post=POSTS[1], excerpt="x")], 6, page_of(Kind.SEARCH, "w" * 200, 1), WORDS
    ),
    "a topic": lambda: topic_page(
        [Finding(post=POSTS[1], section=FOUND[0])], 2, "Top_ic", page_of(Kind.TOPIC, "x", 4), WORDS
    ),
    "a month": lambda: month_page([POSTS[4], POSTS[3], POSTS[3]], MONTHS, MONTHS[1], 5, WORDS),
    "the only month": lambda: month_page([POSTS[4]], MONTHS[1:2], MONTHS[1], 0, WORDS),
    "the newest month": lambda: month_page([POSTS[4]], MONTHS, MONTHS[0], 0, WORDS),
    "the oldest month's last page": lambda: month_page([POSTS[4]] * 11, MONTHS, MONTHS[2], 1, WORDS),
    "a month of 27 days": lambda: month_page(
        [post_of(f"d{day}", f"2024-05-{day:02}") for day in range(27, 0, -1)], MONTHS, MONTHS[1], 0, WORDS
    ),
    "a month among many": lambda: month_page(
        [POSTS[4]],
        many := [MonthCount(year=y, month=m, count=1) for y in (9, 8, 7) for m in range(12, 0, -1)],
        many[20],
        0,
        WORDS,
    ),
    "a post that is gone": lambda: nothing.gone(WORDS),
    "no posts": lambda: nothing.no_posts(WORDS),
    "no words to search for": lambda: nothing.nothing_asked(WORDS),
    "no post on a day": lambda: nothing.no_post_on(dt.date(2024, 4, 1), DAYS, WORDS),
    "no such day": lambda: nothing.no_such_day("x *y*\n @everyone", DAYS[:2], WORDS),
    "no such day and no posts": lambda: nothing.no_such_day("# x", [], WORDS),
    "no such tag": lambda: nothing.no_such_tag("ty ped", Kind.TOPIC, TAGS, WORDS),
    "no such tag and nothing like it": lambda: nothing.no_such_tag("ty", Kind.TAG, [], WORDS, search=False),
    "no such tag too long to search for": lambda: nothing.no_such_tag("t" * 120, Kind.TAG, TAGS[:1], WORDS),
    "nothing found": lambda: nothing.nothing_found("ty", ("sp", "wi"), TAGS, WORDS),
    "nothing found nor offered": lambda: nothing.nothing_found("ty", (), (), WORDS),
    "nothing found but a wider search": lambda: nothing.nothing_found("ty", ("wi",), TAGS[:1], WORDS),
    "nothing found and a spelling that no button holds": lambda: nothing.nothing_found(
        "ty", ("s" * 85,), (), WORDS
    ),
    "nothing found and a spelling that a button shortens": lambda: nothing.nothing_found(
        "ty", ("s" * 80,), (), WORDS
    ),
}

FILE = Path(__file__).parents[2] / "data" / "formatting" / "answers.drawn"
PIECES = FILE.read_text("utf-8").split("\n.\n")
EXPECTED = {title.strip(): text for title, text in zip(PIECES[::2], PIECES[1::2], strict=False)}


def test_every_answer_has_a_drawing() -> None:
    assert list(EXPECTED) == list(ANSWERS)


@pytest.mark.parametrize("title", ANSWERS)
def test_an_answer_is_as_drawn(title: str) -> None:
    assert drawn(ANSWERS[title]()) == EXPECTED[title]


@pytest.mark.skipif(
    os.environ.get("AINEWS_FIXTURES") != "write", reason="rewrites drawings only when asked to"
)
def test_drawings_are_rewritten_on_request() -> None:
    parts = [f"{title}\n.\n{drawn(make())}\n.\n" for title, make in ANSWERS.items()]
    FILE.write_text("\n".join(parts), "utf-8")


@pytest.mark.parametrize(
    ("post", "keys", "expected"),
    [
        (
            POSTS[1],
            {"section": "Se_c", "anchor": "anc", "below": "> b"},
            (
                "**Thu, May 2, 2024** · [T s1](<https://a.example/1#anc>) › Se\\_c\n> b",
                "**Thu, May 2, 2024** · T s1 › Se\\_c\n> b",
                "**Thu, May 2, 2024** · T s1 › Se\\_c",
                "**Thu, May 2, 2024** · T s1",
            ),
        ),
        (
            POSTS[0],
            {"section": "S" * 61, "anchor": "anc"},
            ("**Wed, May 1, 2024** · T s0 › " + "S" * 59 + "…", "**Wed, May 1, 2024** · T s0"),
        ),
        (POSTS[1], {"section": "S" * 61}, None),
        (
            post_of("z", title="t\n" + "w" * 200, url="/relative"),
            {},
            (
                "**Sat, May 4, 2024** · t " + "w" * 147 + "…",
                "**Sat, May 4, 2024** · t " + "w" * 12 + "…",
            ),
        ),
    ],
)
def test_a_posts_line_has_a_form_for_every_room(
    post: Post, keys: dict[str, Any], expected: tuple[str, ...] | None
) -> None:
    entry = post_entry(post, WORDS, **keys)
    if expected is None:
        assert entry[0] == "**Thu, May 2, 2024** · [T s1](<https://a.example/1>) › " + "S" * 59 + "…"
    else:
        assert entry == expected


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (13, "aaaaa\nbbb\nccc"),
        (12, "a\nbbb\nccc"),
        (8, "a\nb\nccc"),
        (7, "a\nb\nccc"),
        (6, "a\nb\nc"),
        (1, "a\nb\nc"),
    ],
)
def test_the_longest_entry_gives_way_first(room: int, expected: str) -> None:
    assert fitted([("aaaaa", "a"), ("bbb", "b"), ("ccc", "c")], room=room) == expected


def test_entries_give_way_where_the_client_would_stop_drawing() -> None:
    rich = ("`x` " * 100, "poor")
    assert fitted([rich, rich], " | ").count("poor") == 1
    assert fitted([rich], " | ") == rich[0]


def test_a_jump_offers_every_page_up_to_as_many_as_a_menu_holds() -> None:
    assert offered_pages(12, 25) == list(range(25))
    assert offered_pages(0, 26)[:7] == [0, 1, 2, 3, 4, 5, 7]


def test_an_option_is_never_empty_nor_too_long() -> None:
    place = page_of(Kind.DAY, "2024-05-04")
    assert place_option(place, " \n ") == Option(label="…", value="day:0:2024-05-04")
    option = place_option(place, "n" * 120, "d" * 120, here=True)
    assert (len(option.label), len(option.description or ""), option.default) == (100, 100, True)
    assert post_option(POSTS[0], WORDS, section=3, title="Part").label == "Part"


def test_a_tags_count_is_never_cut() -> None:
    assert counted(tag_count("a" * 200), WORDS, 40) == "news.tag_count(" + "a" * 20 + "…, 3)"
    assert len(counted(tag_count("a" * 200), WORDS)) == 100


def test_the_words_looked_for_are_bold_in_a_title_and_nothing_else_in_it_acts() -> None:
    pieces = (("*새* ", False), ("모델", True), (" [하나] https://b.example ", False), ("@everyone", True))
    linked, plain, *_ = post_entry(post_of("p", url="https://a.example/p"), WORDS, title=pieces)
    assert linked.endswith("](<https://a.example/p>)")
    (link,) = [node for node in parse(linked, Slot.DESCRIPTION) if node.kind is NodeKind.LINK]
    for shown in (link.children, parse(plain, Slot.DESCRIPTION)[1:]):
        assert {node.kind for node in shown} <= {NodeKind.TEXT, NodeKind.BOLD}
        bold = ["".join(child.text for child in node.children) for node in shown if node.children]
        assert [text.replace("\u2060", "") for text in bold] == ["모델", "@everyone"]
