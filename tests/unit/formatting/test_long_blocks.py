"""Blocks far longer than a card arrive whole: every word once, in order, whatever they are made of."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from bot.formatting import limits
from bot.formatting.compose import ComposeOptions, compose
from bot.formatting.discord import Slot, count_nodes, parse
from bot.i18n import load_catalogues
from bot.posts.models import FrontMatter, Post

OPTIONS = ComposeOptions(words=load_catalogues().words("ko"))
WORDS = [f"w{number}w" for number in range(9_000)]
LINES = [" ".join(WORDS[at : at + 12]) for at in range(0, len(WORDS), 12)]

BLOCKS = {
    "a fence": "```py\n" + "\n".join(LINES) + "\n```",
    "a fence that is never closed": "```\n" + "\n".join(LINES),
    "a fence of one line": "```\n" + " ".join(WORDS) + "\n```",
    "a fence in a list": "- ```\n  " + "\n  ".join(LINES) + "\n  ```",
    "a fence in a quote": "> ```\n> " + "\n> ".join(LINES) + "\n> ```",
    "a paragraph": " ".join(WORDS),
    "a paragraph of many lines": "\\\n".join(LINES),
    "bold text": f"**{' '.join(WORDS)}**",
    "a code span": f"`{' '.join(WORDS)}`",
    "a link": f"[{' '.join(WORDS)}](https://a.example)",
    "a quote": "> " + "\\\n> ".join(LINES),
    "an item": "- " + "\\\n  ".join(LINES),
    "a heading": "## " + " ".join(WORDS),
    "HTML": "<div>" + "<br>".join(LINES) + "</div>",
    "preformatted HTML": "<pre>" + "\n".join(LINES) + "</pre>",
    "a table": "| A |\n|--|\n" + "\n".join(f"| {line} |" for line in LINES),
    "a table's cell": "| A | B |\n|--|--|\n| " + " ".join(WORDS) + " | [x](https://a.example) |",
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_longer_than_any_card_loses_no_word(kind: str) -> None:
    meta = FrontMatter(title="제목", date=dt.date(2026, 11, 23), slug="x")
    messages = compose(Post(meta=meta, body=BLOCKS[kind], path="x.md"), OPTIONS)
    shown = "\n".join(f"{card.title} {card.description}" for message in messages for card in message.cards)
    assert re.findall(r"w\d+w", shown) == WORDS


def test_a_paragraph_of_emoji_is_cut_before_the_client_stops_drawing() -> None:
    meta = FrontMatter(title="제목", date=dt.date(2026, 11, 23), slug="x")
    body = "그림 " + "😀" * 900
    cards = [
        card
        for message in compose(Post(meta=meta, body=body, path="x.md"), OPTIONS)
        for card in message.cards[1:] or message.cards
    ]
    texts = [card.description or "" for card in cards]
    assert all(count_nodes(parse(text, Slot.DESCRIPTION)) <= limits.CARD_NODES for text in texts)
    assert sum(text.count("😀") for text in texts) == 900
