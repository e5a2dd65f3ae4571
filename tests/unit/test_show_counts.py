"""Counts against Discord's limits, as `ainews show` prints them."""

from __future__ import annotations

import pytest

from bot.formatting.counts import Count, Level, card_counts, message_counts
from bot.formatting.messages import Button, Card, Field, Message


def printed(counts: tuple[Count, ...]) -> list[str]:
    return [str(count) for count in counts]


def test_a_card_accounts_for_each_part_it_has() -> None:
    card = Card(title=" 제목 ", description="**굵게** 글", footer="끝", author="이름")
    assert printed(card_counts(card)) == [
        "author 2/256",
        "title 2/256",
        "description 8/4,096",
        "nodes 1/200",
        "footer 1/2,048",
    ]


def test_fields_are_counted_by_the_longest_of_them() -> None:
    fields = (Field(name="가", value="**a**"), Field(name="나다", value="- `b` `c`"))
    assert printed(card_counts(Card(fields=fields))) == [
        "fields 2/25",
        "longest name 2/256",
        "longest value 9/1,024",
        "nodes of a value 3/200",
    ]


def test_a_message_sums_all_characters_of_its_cards() -> None:
    card = Card(title="12", description="345", footer="6", author="7", fields=(Field(name="89", value="0"),))
    message = Message(content="글", cards=(card, card), rows=((Button(label="x", custom_id="y"),),))
    assert printed(message_counts(message)) == [
        "text 1/2,000",
        "cards 2/10",
        "characters in cards 20/6,000",
        "rows 1/5",
    ]


@pytest.mark.parametrize(
    ("used", "level"), [(3891, Level.FINE), (3892, Level.NEAR), (4096, Level.NEAR), (4097, Level.OVER)]
)
def test_a_description_is_near_from_95_percent_and_over_beyond_its_limit(used: int, level: Level) -> None:
    assert card_counts(Card(description="글" * used))[0].level is level


@pytest.mark.parametrize(("nodes", "level"), [(189, Level.FINE), (199, Level.NEAR), (200, Level.OVER)])
def test_the_200th_node_is_over_since_the_client_hides_it(nodes: int, level: Level) -> None:
    assert card_counts(Card(description="`x` " * nodes))[1].level is level


def test_an_address_is_counted_only_when_it_is_too_long_to_be_safe() -> None:
    assert printed(card_counts(Card(image="https://a.b/" + "c" * 2037))) == ["longest address 2,049/2,048"]
    assert card_counts(Card(image="https://a.b/c")) == ()
