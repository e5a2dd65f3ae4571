"""The demo draws what Discord's client makes of a text, not what CommonMark makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.drawing import as_discord, draw
from bot.formatting.discord import Slot


def text(content: str) -> dict[str, Any]:
    return {"type": "text", "content": content}


def line(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": "inline", "children": list(children)}


STRONG, END_STRONG = {"type": "strong_open"}, {"type": "strong_close"}
EM, END_EM = {"type": "em_open"}, {"type": "em_close"}


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        (
            "**마크다운(Markdown)**을",
            [line(STRONG, text("마크다운(Markdown)"), END_STRONG, text("을"))],
        ),
        ("_말_을", [line(EM, text("말"), END_EM, text("을"))]),
        ("가\n\n나", [line(text("가"), {"type": "break"}, {"type": "break"}, text("나"))]),
        ("`x`", [line({"type": "code", "content": "x"})]),
        (
            "[글](https://example.com/a)",
            [
                line(
                    {"type": "link_open", "href": "https://example.com/a"}, text("글"), {"type": "link_close"}
                )
            ],
        ),
        ("<t:1700000000:R>", [line({"type": "timestamp", "unix": 1700000000, "style": "R"})]),
        ("<t:1700000000>", [line({"type": "timestamp", "unix": 1700000000, "style": "f"})]),
        ("## 제목", [{"type": "heading", "tag": "h2", "children": [line(text("제목"))]}]),
        ("-# 작게", [{"type": "subtext", "children": [text("작게")]}]),
        ("```py\nx\n```", [{"type": "code_block", "content": "x", "language": "py", "info": "py"}]),
        ("> 인용", [{"type": "blockquote", "children": [line(text("인용"))]}]),
    ],
)
def test_a_text_is_drawn_as_the_client_reads_it(source: str, drawn: list[dict[str, Any]]) -> None:
    assert draw(source, Slot.DESCRIPTION) == drawn


def test_nested_lists_keep_their_levels() -> None:
    (outer,) = draw("- 가\n  - 나", Slot.DESCRIPTION)
    (item,) = outer["children"]
    inner = item["children"][-1]
    assert (outer["type"], item["type"], inner["type"]) == ("bullet_list", "list_item", "bullet_list")
    assert inner["children"][0]["children"] == [line(text("나"))]


def test_numbered_lists_are_ordered() -> None:
    assert draw("1. 가\n2. 나", Slot.DESCRIPTION)[0]["type"] == "ordered_list"


def test_a_title_takes_no_masked_link() -> None:
    (title,) = draw("[글](https://example.com/a)", Slot.TITLE)
    assert title["children"][0] == text("[글](")


def test_plain_places_are_left_to_the_page() -> None:
    asked: list[tuple[object, str]] = []

    def original(value: object, profile: str) -> list[dict[str, Any]]:
        asked.append((value, profile))
        return []

    reading = as_discord(original)
    assert reading("**a**", "embed_footer") == []
    assert reading(None, "message") == []
    assert asked == [("**a**", "embed_footer"), (None, "message")]
    assert reading("**a**", "embed_description") == [line(STRONG, text("a"), END_STRONG)]


def test_what_is_mentioned_is_named_where_the_page_knows_it() -> None:
    reading = as_discord(lambda *_, **__: [])
    names = {"channels": {"1": "ai-news"}, "roles": {"2": "구독자"}, "users": {"3": "민지"}}
    ((drawn,), (unknown,)) = (
        reading(typed, "embed_description", context=names)
        for typed in ("- <#1> <@&2> <@3> <@!3>", "**<#9>** </setup:1>")
    )
    labels = [token.get("label") for token in drawn["children"][0]["children"][0]["children"]]
    assert labels == ["#ai-news", None, "@구독자", None, "@민지", None, "@민지"]
    assert unknown == line(STRONG, text("<#9>"), END_STRONG, text(" "), text("</setup:1>"))
