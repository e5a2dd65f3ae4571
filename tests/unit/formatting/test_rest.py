"""The card of posts that came out during an absence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.formatting import limits
from bot.formatting.discord import Slot, count_nodes, parse
from bot.formatting.messages import Button, Message, Select
from bot.formatting.rest import MOST_BUTTONS, rest_message
from bot.i18n import load_catalogues
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.answers import CLIENT_NODES
from tests.support.posts import post

FIRST = date(2024, 1, 1)


def posts(count: int, title: str = "제목") -> list[Post]:
    several = [post(f"p{number}", str(FIRST + timedelta(days=number))) for number in range(count)]
    return [replace(item, meta=replace(item.meta, title=f"{title} {item.slug}")) for item in several]


def opened(message: Message) -> list[str]:
    """What the buttons and the menus lead to."""
    parts = [part for row in message.rows for part in row]
    buttons = [part.custom_id.split(":")[-1] for part in parts if isinstance(part, Button) and part.custom_id]
    return [
        *buttons,
        *(option.value for part in parts if isinstance(part, Select) for option in part.options),
    ]


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("title", ["제목", "🤖" * 60, "**굵은** [말](https://example.com) `코드` " * 10])
@pytest.mark.parametrize("count", [1, 12, MOST_BUTTONS, MOST_BUTTONS + 1, 125, 126, 2_000])
def test_however_many_posts_there_are_the_card_is_within_every_limit(
    count: int, title: str, locale: str
) -> None:
    message = rest_message(posts(count, title), load_catalogues().words(locale))
    (card,) = message.cards
    assert len(card.title or "") <= limits.CARD_TITLE
    assert 0 < len(card.description or "") <= limits.CARD_DESCRIPTION
    assert count_nodes(parse(card.description or "", Slot.DESCRIPTION)) <= CLIENT_NODES
    assert len(message.rows) <= limits.MESSAGE_ROWS
    ids = [part.custom_id for row in message.rows for part in row]
    assert len(set(ids)) == len(ids)
    for row in message.rows:
        assert len(row) <= 5
        for part in row:
            if isinstance(part, Select):
                assert 0 < len(part.options) <= limits.SELECT_OPTIONS
                assert len(part.placeholder or "") <= 150
                assert len({option.value for option in part.options}) == len(part.options)


@pytest.mark.parametrize("count", [1, 12, MOST_BUTTONS, MOST_BUTTONS + 1, 125])
def test_every_post_can_be_opened_from_the_card(count: int) -> None:
    several = posts(count)
    assert opened(rest_message(several, load_catalogues().words("ko"))) == [item.key for item in several]


def test_of_very_many_posts_the_oldest_are_found_under_their_months() -> None:
    several = posts(160)
    ways = opened(rest_message(several, load_catalogues().words("ko")))
    assert ways == ["month:0:2024-01", "month:0:2024-02", *(item.key for item in several[-100:])]
