"""Whatever Markdown an author writes, every word and link arrives once, in order, within every limit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.formatting import discord, limits
from bot.formatting.compose import ComposeOptions, compose, compose_section
from bot.formatting.messages import Card, Message
from bot.i18n import load_catalogues
from bot.posts.models import FrontMatter, Post
from bot.posts.sections import sections_of
from tests.support.answers import CLIENT_NODES

OPTIONS = ComposeOptions(words=load_catalogues().words("ko"))
WORD = re.compile(r"w\d+w")
thorough = settings(
    max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

Source = Callable[[Iterator[int]], str]
"""Writes Markdown whose words are numbered by the counter, so that order and loss can be told."""


def words(least: int = 1, most: int = 12) -> st.SearchStrategy[Source]:
    return st.integers(least, most).map(lambda n: lambda c: " ".join(f"w{next(c)}w" for _ in range(n)))


def wrapped(inner: st.SearchStrategy[Source], before: str, after: str) -> st.SearchStrategy[Source]:
    return inner.map(lambda source: lambda c: f"{before}{source(c)}{after}")


def linked(inner: st.SearchStrategy[Source]) -> st.SearchStrategy[Source]:
    addresses = st.sampled_from(
        ["https://a.example/x_y_{}", "http://b.example/(p)/{}?q=1&utm_source=z", "https://c.example?n={}"]
    )
    return st.tuples(inner, addresses).map(
        lambda pair: lambda c: f"[{pair[0](c)}]({pair[1].format(next(c))})"
    )


STRAY = st.sampled_from(
    [
        "*",
        "**",
        "_",
        "~~",
        "|",
        "||",
        "`",
        "<",
        ">",
        "#",
        "1.",
        "-",
        ":",
        "@everyone",
        "<@1>",
        "<#2>",
        "<t:0>",
        ":smile:",
        "\\",
        "[",
        "]",
        "](",
        "![",
        "<think>",
        "&amp;",
        "$100k",
        "👨‍👩‍👧",
        "한국어",
        "“따옴표”",
        "汉字。",
        "****",
        "1.5",
        "https://x.example/a_b",
    ]
).map(lambda text: lambda _c: text)

INLINE: st.SearchStrategy[Source] = st.recursive(
    words(),
    lambda inner: st.one_of(
        wrapped(inner, "**", "**"),
        wrapped(inner, "*", "*"),
        wrapped(inner, "_", "_"),
        wrapped(words(), "~~", "~~"),
        wrapped(words(), "`", "`"),
        linked(words()),
        linked(wrapped(words(), "**", "**")),
        STRAY,
        st.lists(inner, min_size=2, max_size=4).map(
            lambda parts: lambda c: " ".join(part(c) for part in parts)
        ),
    ),
    max_leaves=8,
)


def line(source: Source) -> Source:
    return lambda c: " ".join(source(c).split())


def indented(source: Source, first: str, rest: str) -> Source:
    return lambda c: first + source(c).replace("\n", f"\n{rest}")


LINE = INLINE.map(line)
LEAF = st.one_of(
    LINE,
    words(200, 500),
    LINE.map(lambda source: lambda c: f"## w{next(c)}w {source(c)}"),
    LINE.map(lambda source: lambda c: f"##### w{next(c)}w {source(c)}"),
    words(1, 400).map(lambda source: lambda c: f"```py\n{source(c).replace(' w', chr(10) + 'w')}\n```"),
    st.tuples(LINE, LINE, LINE, LINE).map(
        lambda cells: (
            lambda c: "| {} | {} |\n|---|---|\n| {} | {} |".format(
                *(cell(c).replace("|", "/") for cell in cells)
            )
        )
    ),
    words(1, 5).map(lambda source: lambda c: f"<details><summary>{source(c)}</summary>{source(c)}</details>"),
    words(1, 5).map(lambda source: lambda c: f"<ul><li><b>{source(c)}</b></li><li>{source(c)}</li></ul>"),
)


def listed(inner: st.SearchStrategy[Source]) -> st.SearchStrategy[Source]:
    items = st.lists(inner, min_size=1, max_size=5)
    bullets = items.map(lambda parts: lambda c: "\n".join(indented(part, "- ", "  ")(c) for part in parts))
    numbers = items.map(
        lambda parts: (
            lambda c: "\n".join(indented(part, f"{at + 3}. ", "    ")(c) for at, part in enumerate(parts))
        )
    )
    return st.one_of(bullets, numbers)


BLOCK: st.SearchStrategy[Source] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        listed(inner),
        inner.map(lambda source: indented(source, "> ", "> ")),
        st.lists(inner, min_size=2, max_size=4).map(
            lambda parts: lambda c: "\n\n".join(part(c) for part in parts)
        ),
    ),
    max_leaves=14,
)
DOCUMENT = st.lists(BLOCK, min_size=1, max_size=8).map(
    lambda parts: "\n\n".join(part(counter) for counter in [count()] for part in parts)
)
NOISE = st.text(
    alphabet=st.one_of(st.sampled_from("*_~`|[]()<>#-+.!\\:@&\n 1a가“。'\"/"), st.characters()), max_size=400
)


def post_of(body: str) -> Post:
    return Post(meta=FrontMatter(title="제목", date=dt.date(2026, 11, 23), slug="x"), body=body, path="x.md")


def cards_of(messages: tuple[Message, ...]) -> list[Card]:
    return [card for message in messages for card in message.cards]


def shown(card: Card) -> str:
    """What a reader sees of a card, each of its texts parsed alone."""
    title_slot = discord.Slot.TITLE_WITH_URL if card.url else discord.Slot.TITLE
    texts = []
    if card.title:
        texts.append(discord.visible_text(discord.parse(card.title, title_slot)))
    if card.description:
        nodes = discord.parse(card.description, discord.Slot.DESCRIPTION)
        texts.append(discord.visible_text(discord.cut_by_client(nodes).shown))
    return "\n".join(texts)


def assert_within_limits(messages: tuple[Message, ...]) -> None:
    for message in messages:
        assert 1 <= len(message.cards) <= limits.MESSAGE_CARDS
        total = 0
        for card in message.cards:
            assert len(card.title or "") <= limits.CARD_TITLE
            assert len(card.description or "") <= limits.CARD_DESCRIPTION
            assert len(card.author or "") <= limits.CARD_AUTHOR
            assert len(card.footer or "") <= limits.CARD_FOOTER
            assert card.title or card.description or card.image
            total += sum(len(text or "") for text in (card.title, card.description, card.author, card.footer))
            nodes = discord.parse(card.description or "", discord.Slot.DESCRIPTION)
            assert discord.count_nodes(nodes) < CLIENT_NODES
        assert total <= limits.MESSAGE_CARD_CHARACTERS


@thorough
@given(DOCUMENT)
def test_every_word_is_shown_once_and_in_order(body: str) -> None:
    written = [f"w{number}w" for number in sorted(int(word[1:-1]) for word in WORD.findall(body))]
    found = WORD.findall("\n".join(shown(card) for card in cards_of(compose(post_of(body), OPTIONS))))
    # A table drawn as a list names its columns in every row: there they stand, but not once and in order.
    columns = set(WORD.findall("".join(re.findall(r"^.*\|.*\n(?=[> 0-9.]*\|---)", body, re.MULTILINE))))
    assert columns <= set(found)
    assert [word for word in found if word not in columns] == [
        word for word in written if word not in columns
    ]


@thorough
@given(DOCUMENT)
def test_every_message_stays_within_every_limit(body: str) -> None:
    assert_within_limits(compose(post_of(body), OPTIONS))


@thorough
@given(NOISE)
def test_noise_composes_within_limits_to_what_json_can_carry(noise: str) -> None:
    messages = compose(post_of(noise), OPTIONS)
    assert_within_limits(messages)
    for card in cards_of(messages):
        (card.description or "").encode("utf-8")


@thorough
@given(DOCUMENT)
def test_composing_twice_gives_the_same_messages(body: str) -> None:
    assert compose(post_of(body), OPTIONS) == compose(post_of(body), OPTIONS)


@thorough
@given(DOCUMENT)
def test_sections_opened_one_by_one_hold_what_the_whole_post_holds(body: str) -> None:
    post = post_of(body)
    outermost = [section for section in sections_of(post) if not section.depth]
    opened = [
        word
        for section in outermost
        for card in cards_of(compose_section(post, section.index, OPTIONS))
        for word in WORD.findall(shown(card))
    ]
    whole = WORD.findall("\n".join(shown(card) for card in cards_of(compose(post, OPTIONS))))
    assert opened == whole[len(whole) - len(opened) :]
