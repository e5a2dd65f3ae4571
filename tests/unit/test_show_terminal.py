"""Cards as they are drawn in a terminal."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.adapters.drawing.terminal import draw_message, draw_post
from bot.formatting.messages import Button, ButtonStyle, Card, Field, Message, Option, Select
from tests.support.posts import post

COMMANDS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
LONG = "한국어 문장은 두 칸씩 차지하므로 줄바꿈이 어긋나기 쉬워요. " * 8


def drawn(message: Message, width: int = 60) -> str:
    """What the terminal receives, colours and hyperlinks included."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor")
    console.print(draw_message(message))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def lines(message: Message, width: int = 60) -> list[str]:
    """What a reader sees, line by line."""
    return [line.rstrip() for line in COMMANDS.sub("", drawn(message, width)).splitlines()]


def card(**parts: str) -> Message:
    return Message(cards=(Card(**parts),))  # type: ignore[arg-type]  # only text parts are handed in


@pytest.mark.parametrize("width", [40, 61, 78])
def test_no_line_is_wider_than_the_card_and_each_begins_with_its_bar(width: int) -> None:
    text = f"{LONG}\n- {LONG}\n  - {LONG}\n> {LONG}\n```\n{LONG}\n```"
    shown = COMMANDS.sub("", drawn(card(title=LONG[:200], description=text), width)).splitlines()
    body = shown[: next(index for index, line in enumerate(shown) if line.startswith("  title"))]
    assert all(cell_len(line) <= width for line in shown)
    assert len(body) > 30
    assert all(line.startswith("▌ ") for line in body)


def test_the_frame_of_a_code_block_is_straight_beside_korean() -> None:
    shown = lines(card(description="```py\nx = '한국어'\ny = 'abc'\n```"))
    frame = [line for line in shown if line.endswith(("╮", "│", "╯"))]
    assert len(frame) == 4
    assert {cell_len(line) for line in frame} == {60}


def test_a_list_hangs_under_its_bullets_and_keeps_its_numbers() -> None:
    shown = lines(card(description="- 하나\n  7. 둘\n  7. 셋"))
    assert shown[:3] == ["▌  • 하나", "▌    7. 둘", "▌    8. 셋"]


def test_a_heading_a_quote_and_small_text_stand_on_lines_of_their_own() -> None:
    shown = lines(card(description="앞\n# 제목\n> 인용\n-# 작게\n뒤"))
    assert shown[:5] == ["▌ 앞", "▌ 제목", "▌ ▏ 인용", "▌ 작게", "▌ 뒤"]


def test_a_code_block_ends_its_line_itself() -> None:
    shown = lines(card(description="앞\n```\nx\n```\n뒤"))
    assert [line for line in shown if line == "▌"] == []


def test_marks_are_drawn_and_not_shown() -> None:
    out = drawn(card(description="**굵게** _기울게_ __밑줄__ ~~취소~~"))
    for command, word in (("1", "굵게"), ("3", "기울게"), ("4", "밑줄"), ("9", "취소")):
        assert f"\x1b[{command}m{word}\x1b[0m" in out
    assert "*" not in out


def test_links_and_titles_with_an_address_are_terminal_hyperlinks() -> None:
    out = drawn(card(title="제목", url="https://a.b/t", description="[글](https://a.b/c) <https://d.e>"))
    assert re.findall(r"\x1b\]8;id=\d+;([^\x1b]+)\x1b", out) == [
        "https://a.b/t",
        "https://a.b/c",
        "https://d.e",
    ]
    assert "](" not in out


def test_a_post_cannot_command_the_terminal() -> None:
    out = drawn(card(title="\x1b[2J제목", description="a\x1b]0;x\x07b\x9b2J \u202ec", footer="\x1b[31m"))
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", COMMANDS.sub("", out)) == []
    assert "␛[2J제목" in out


def test_counts_stand_under_the_card_and_turn_red_near_a_limit_and_beyond() -> None:
    fine, near, over = (drawn(card(description="글" * size), 78) for size in (812, 4000, 4097))
    assert "\x1b[2mdescription\u00a0812/4,096\x1b[0m" in fine
    assert "\x1b[31mdescription\u00a04,000/4,096\x1b[0m" in near
    assert "\x1b[1;37;41mdescription\u00a04,097/4,096\x1b[0m" in over


def test_what_the_client_would_hide_is_struck_out() -> None:
    out = drawn(card(description="`x` " * 199 + "`숨은`" + "끝"))
    assert re.search(r"\x1b\[[0-9;]*9;[0-9;]*m숨은", out)
    assert re.search(r"\x1b\[9;31m끝", out)


def test_three_inline_fields_share_a_row_and_others_do_not() -> None:
    fields = tuple(Field(name=f"이름{n}", value=f"값{n}", inline=n < 5) for n in range(1, 6))
    shown = lines(Message(cards=(Card(fields=fields),)))
    assert shown[0].split() == ["▌", "이름1", "이름2", "이름3"]
    assert shown[1].split() == ["▌", "값1", "값2", "값3"]
    assert shown[3].split() == ["▌", "이름4"]
    assert shown[6].split() == ["▌", "이름5"]


def test_image_footer_and_time_follow_the_text() -> None:
    moment = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
    shown = lines(
        Message(cards=(Card(description="글", image="https://a.b/c.png", footer="끝", timestamp=moment),))
    )
    assert shown[:5] == ["▌ 글", "▌", "▌ ▣ image https://a.b/c.png", "▌", "▌ 끝 • 2026-11-23 09:00 UTC"]


def test_buttons_and_menus_follow_the_cards() -> None:
    menu = Select(custom_id="x", placeholder="고르세요", options=(Option(label="첫째", value="1"),))
    link = Button(label="원문", url="https://a.b", style=ButtonStyle.LINK)
    out = "\n".join(lines(Message(content="글", rows=((link, Button(label="다음", custom_id="y")), (menu,)))))
    assert re.search(r"원문 ↗ +다음", out)
    assert re.search(r"고르세요 ▾ *\n  · 첫째", out)


def test_a_post_is_headed_by_its_title_and_file_and_each_message_by_its_place() -> None:
    console = Console(file=io.StringIO(), width=50)
    draw_post(console, post("a"), [Message(content="하나"), Message(content="둘")])
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue().splitlines()
    assert shown[:3] == ["제목 a  a.md", "message 1 of 2 " + "─" * 35, ""]
