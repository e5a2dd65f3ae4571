"""Counting nodes, the client's cut, and the links of a tree."""

from __future__ import annotations

import pytest

from bot.formatting.discord import (
    NODE_LIMIT,
    Link,
    Slot,
    count_nodes,
    cut_by_client,
    links_of,
    parse,
    visible_text,
)
from tests.support.effort import calls_of


def test_plain_text_costs_nothing_and_a_list_costs_one_for_all_its_items() -> None:
    assert count_nodes(parse("글 그리고 글\n다음 줄", Slot.DESCRIPTION)) == 0
    assert count_nodes(parse("- a\n- **b** `c`\n- d", Slot.DESCRIPTION)) == 3


def test_links_come_in_reading_order_with_what_they_show() -> None:
    nodes = parse("- [**가** 나](https://a.b) <https://c.d>\n  - [e](mailto:f@g.h)", Slot.DESCRIPTION)
    assert links_of(nodes) == (
        Link(label="가 나", url="https://a.b", masked=True),
        Link(label="https://c.d", url="https://c.d", masked=False),
        Link(label="e", url="mailto:f@g.h", masked=True),
    )


def test_the_client_shows_199_nodes_and_hides_the_200th_and_all_after_it() -> None:
    text = "".join(f"**{number}** " for number in range(NODE_LIMIT)) + "끝"
    cut = cut_by_client(parse(text, Slot.DESCRIPTION))
    assert visible_text(cut.shown) == "".join(f"{number} " for number in range(199))
    assert visible_text(cut.hidden) == "199 끝"


def test_a_list_that_is_cut_keeps_its_items_up_to_there() -> None:
    text = "앞\n" + "\n".join(f"- **{number}** x" for number in range(210))
    cut = cut_by_client(parse(text, Slot.DESCRIPTION))
    assert visible_text(cut.shown).splitlines()[198] == "• 197 x"
    assert "198 x" not in visible_text(cut.shown)
    assert visible_text(cut.hidden).startswith("198 x199 x")


def test_below_the_limit_nothing_is_hidden() -> None:
    nodes = parse("**a** " * 199, Slot.DESCRIPTION)
    cut = cut_by_client(nodes)
    assert cut.shown == nodes
    assert cut.hidden == ()


HOSTILE = [
    *("*", "**", "*_", "*a ", "_a", "__", "____a", "*a **", "~~a", "||a", "`", "`a``b```c", "```a\n", "\\"),
    *(
        "[",
        "[]",
        "](",
        "[a](",
        "[a](((",
        "[a](( b)(( b)",
        "[a](b 'c ",
        "[[a](https://b.c)",
        "<",
        "<a:",
        "<a@b.",
    ),
    *(
        " ",
        "\n",
        "\n ",
        "> ",
        "> a\n",
        "- ",
        " - a\n",
        "- a\n\n",
        "# ",
        "a",
        "a:",
        "1",
        "😀",
        "https://a(",
        "<@1",
    ),
]
CLOSING = {"[": "]", "(": ")", "<": ">"}


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_full_description_of_hostile_text_takes_bounded_work(piece: str) -> None:
    run = (piece * 4096)[:4096]
    mirrored = run[:2048] + "".join(CLOSING.get(char, char) for char in reversed(run[:2048]))

    def read() -> None:
        for text in (run, mirrored):
            nodes = parse(text, Slot.DESCRIPTION)
            count_nodes(nodes)
            visible_text(cut_by_client(nodes).shown)

    _, calls = calls_of(read)
    assert calls < 60 * (len(run) + len(mirrored))


def test_marks_nested_beyond_all_reason_stay_text_and_are_not_lost() -> None:
    text = "**_" * 300 + "x" + "_**" * 300
    assert "x" in visible_text(parse(text, Slot.DESCRIPTION))


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\u202e**a**", "**\ud800**"])
def test_odd_characters_are_shown_as_they_are(text: str) -> None:
    assert visible_text(parse(text, Slot.DESCRIPTION)) == text.replace("**", "")
