"""Posts written to break the formatter come out within limits, for work that grows with their size only."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest

from bot.formatting import limits
from bot.formatting.compose import ComposeOptions, compose
from bot.formatting.messages import Message
from bot.i18n import load_catalogues
from bot.posts.models import FrontMatter, Post
from tests.support.effort import calls_of

OPTIONS = ComposeOptions(words=load_catalogues().words("en"))
SMALL, LARGE = 3_000, 12_000

HOSTILE: dict[str, Callable[[int], str]] = {
    "open brackets": lambda n: "[" * n,
    "pictures that never close": lambda n: "![" * (n // 2),
    "stars": lambda n: "*" * n,
    "open emphasis": lambda n: "**a " * (n // 4),
    "mixed emphasis": lambda n: "_a*b " * (n // 5),
    "quotes": lambda n: "> " * (n // 2),
    "quote marks": lambda n: ">" * n,
    "nested lists": lambda n: "\n".join(" " * (2 * depth) + "- a" for depth in range(int(n**0.5))),
    "lists on a line": lambda n: "- " * (n // 2) + "a",
    "lists in HTML": lambda n: "<ul><li>" * (n // 8) + "x",
    "open comments": lambda n: "<div>" + "<!-- <b> " * (n // 9),
    "open attributes": lambda n: "<div>" + '<a href="x>' * (n // 11),
    "tags": lambda n: "<a " * (n // 3),
    "code": lambda n: "`a" * (n // 2),
    "one word": lambda n: "a" * n,
    "one line": lambda n: "word " * (n // 5),
    "one code span": lambda n: "`" + "x " * (n // 2) + "`",
    "one label": lambda n: "[" + "x " * (n // 2) + "](https://a.example)",
    "null bytes": lambda n: "\0" * n,
    "lone surrogates": lambda n: "\ud800" * n,
    "right-to-left overrides": lambda n: "\u202eabc " * (n // 5),
    "combining marks": lambda n: "e" + "\u0301" * n,
    "emoji": lambda n: "😀" * n,
    "joined emoji": lambda n: "👨\u200d" * (n // 2),
    "table columns": lambda n: "|a" * (n // 4) + "\n" + "|-" * (n // 4) + "\n",
    "table rows": lambda n: "|a|b|\n|-|-|\n" + "|a|b|\n" * (n // 6),
    "headings": lambda n: "# a\n" * (n // 4),
    "pictures": lambda n: "![a](https://a.example/c.png)\n\n" * (n // 31),
}


def composed(body: str) -> tuple[Message, ...]:
    post = Post(meta=FrontMatter(title="t", date=dt.date(2026, 1, 1), slug="s"), body=body, path="s.md")
    return compose(post, OPTIONS)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_input_is_bounded_and_linear(kind: str) -> None:
    _, small = calls_of(lambda: composed(HOSTILE[kind](SMALL)))
    messages, large = calls_of(lambda: composed(HOSTILE[kind](LARGE)))
    # Four times the text: four times the calls, eight where the small one fits one message; a square has 16.
    assert large <= max(20_000, small * 10)
    json.dumps([message.to_payload() for message in messages], ensure_ascii=False).encode("utf-8")
    for message in messages:
        assert len(message.cards) <= limits.MESSAGE_CARDS
        assert all(len(card.description or "") <= limits.CARD_DESCRIPTION for card in message.cards)
        sizes = [
            len(text or "") for card in message.cards for text in (card.title, card.description, card.author)
        ]
        assert sum(sizes) <= limits.MESSAGE_CARD_CHARACTERS


def test_nothing_nested_deeply_is_lost() -> None:
    body = "\n".join(" " * (2 * depth) + f"- w{depth}w" for depth in range(80))
    messages = composed(body)
    text = "".join(card.description or "" for message in messages for card in message.cards)
    assert [word for word in (f"w{depth}w" for depth in range(80)) if word not in text] == []
