"""Messages become exactly the JSON that Discord's REST API documents."""

from __future__ import annotations

import datetime as dt

from bot.formatting.messages import Button, ButtonStyle, Card, Field, Message, Option, Select


def test_a_full_card_names_every_key_as_discord_does() -> None:
    card = Card(
        title="t",
        description="d",
        url="https://a.example",
        colour=0x123456,
        fields=(Field(name="n", value="v"), Field(name="m", value="w", inline=True)),
        footer="f",
        author="a",
        image="https://a.example/i.png",
        thumbnail="https://a.example/s.png",
        timestamp=dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC),
    )
    assert card.to_payload() == {
        "title": "t",
        "description": "d",
        "url": "https://a.example",
        "color": 0x123456,
        "fields": [
            {"name": "n", "value": "v", "inline": False},
            {"name": "m", "value": "w", "inline": True},
        ],
        "footer": {"text": "f"},
        "author": {"name": "a"},
        "image": {"url": "https://a.example/i.png"},
        "thumbnail": {"url": "https://a.example/s.png"},
        "timestamp": "2026-11-23T09:00:00+00:00",
    }


def test_an_empty_card_has_no_keys_and_black_is_a_colour() -> None:
    assert Card().to_payload() == {}
    assert Card(colour=0).to_payload() == {"color": 0}


def test_buttons_carry_what_they_have() -> None:
    assert Button(label="l", custom_id="c").to_payload() == {
        "type": 2,
        "style": 2,
        "label": "l",
        "custom_id": "c",
    }
    link = Button(label="l", url="https://a.example", style=ButtonStyle.LINK, emoji="🔗", disabled=True)
    assert link.to_payload() == {
        "type": 2,
        "style": 5,
        "label": "l",
        "url": "https://a.example",
        "emoji": {"name": "🔗"},
        "disabled": True,
    }


def test_menus_list_their_options() -> None:
    plain, full = Option(label="l", value="v"), Option(label="m", value="w", description="d", default=True)
    assert Select(custom_id="c", options=(plain, full)).to_payload() == {
        "type": 3,
        "custom_id": "c",
        "options": [
            {"label": "l", "value": "v"},
            {"label": "m", "value": "w", "description": "d", "default": True},
        ],
    }
    menu = Select(custom_id="c", options=(plain,), placeholder="p", disabled=True).to_payload()
    assert (menu["placeholder"], menu["disabled"]) == ("p", True)


def test_a_message_holds_rows_and_mentions_nobody() -> None:
    button = Button(label="l", custom_id="c")
    message = Message(content="hi", cards=(Card(title="t"),), rows=((button,),))
    assert message.to_payload() == {
        "content": "hi",
        "embeds": [{"title": "t"}],
        "components": [{"type": 1, "components": [button.to_payload()]}],
        "allowed_mentions": {"parse": []},
    }
    assert Message().to_payload() == {"allowed_mentions": {"parse": []}}
