"""Each fixture under tests/data/formatting says what a reader's Discord is sent for a piece of Markdown.

A file holds cases in markdown-it's notation: a title, a line with a full stop, the input, a full stop, the
expected cards, a full stop. ``AINEWS_FIXTURES=write`` rewrites the expectations; read the difference.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.formatting.compose import ComposeOptions, compose
from bot.formatting.messages import Card
from bot.formatting.packing import Group, pack
from bot.formatting.parsing import parse
from bot.formatting.render import render
from bot.formatting.splitting import split_block
from bot.i18n import load_catalogues
from bot.posts.models import FrontMatter, Post

FOLDER = Path(__file__).parents[2] / "data" / "formatting"
SITE = "https://site.example/posts/"
OPTIONS = ComposeOptions(words=load_catalogues().words("ko"), site_url=SITE)


def cases() -> Iterator[tuple[Path, str, str, str]]:
    for path in sorted(FOLDER.glob("*.txt")):
        pieces = path.read_text("utf-8").split("\n.\n")
        for at in range(0, len(pieces) - 2, 3):
            yield path, pieces[at].strip(), pieces[at + 1], pieces[at + 2]


def drawn(card: Card) -> str:
    head = [
        f"[{key}: {value}]"
        for key, value in (
            ("title", card.title),
            ("url", card.url),
            ("name", card.author),
            ("image", card.image),
        )
        if value
    ]
    return "\n".join([*head, *([card.description] if card.description else [])])


def composed(path: Path, title: str, source: str) -> str:
    if path.stem == "cuts":
        return cut(title, source)
    post = Post(meta=FrontMatter(title="t", date=dt.date(2026, 11, 23), slug="s"), body=source, path="s.md")
    cards = [card for message in compose(post, OPTIONS) for card in message.cards][1:]
    return "\n---\n".join(drawn(card) for card in cards)


def cut(title: str, source: str) -> str:
    """The block that overflows, cut to the room that the title tells; or blocks packed into small cards."""
    room = int(title.rsplit(" ", 1)[1])
    blocks = render(parse(source))[0].blocks
    if len(blocks) > 1:
        cards = pack([Group(card=Card(), blocks=blocks)], room)[0].cards
        return "\n---\n".join(drawn(card) for card in cards)
    head, tail = split_block(blocks[0], room, 100)
    return "\n---\n".join([head.text, "\n".join([*tail.parents, tail.text])])


CASES = list(cases())


@pytest.mark.parametrize(
    ("path", "title", "source", "expected"),
    CASES,
    ids=[f"{path.stem}: {title}" for path, title, _, _ in CASES],
)
def test_a_fixture_composes_to_what_it_says(path: Path, title: str, source: str, expected: str) -> None:
    assert composed(path, title, source) == expected


@pytest.mark.skipif(
    os.environ.get("AINEWS_FIXTURES") != "write", reason="rewrites fixtures only when asked to"
)
def test_fixtures_are_rewritten_on_request() -> None:
    texts: dict[Path, list[str]] = {}
    for path, title, source, _ in CASES:
        texts.setdefault(path, []).append(f"{title}\n.\n{source}\n.\n{composed(path, title, source)}\n.\n")
    for path, parts in texts.items():
        path.write_text("\n".join(parts), "utf-8")
