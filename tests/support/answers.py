"""What tests ask of an answer: its buttons, its options, and whether it fits Discord's limits."""

from __future__ import annotations

from typing import Any

from simcord.results import InteractionResult, ResponseMessage

from bot.formatting import limits
from bot.formatting.discord import Slot, count_nodes, parse
from bot.formatting.messages import Message
from tests.support.stage import Play

CLIENT_NODES = 200
"""The client hides what follows this node of a text that is no plain text (discord-api-docs #8501)."""


def shown(result: InteractionResult) -> ResponseMessage:
    """The message that answers."""
    assert result.response is not None, result
    return result.response


def kept(play: Play, message: ResponseMessage) -> ResponseMessage:
    """A message of an earlier run, as the restarted bot's Discord has it."""
    return ResponseMessage(play.env, message._message)


def public(play: Play) -> list[ResponseMessage]:
    """What everybody sees in the news channel, oldest first."""
    messages = play.env.backend.messages[play.stage.channel.id].values()
    shown = [ResponseMessage(play.env, message) for message in messages]
    return [message for message in shown if not message.ephemeral]


def parts(message: ResponseMessage) -> list[dict[str, Any]]:
    """The buttons and selects."""
    return [part for row in message.components for part in row["components"]]


def buttons(message: ResponseMessage) -> list[str]:
    """The labels of the buttons that can be pressed."""
    return [part["label"] for part in parts(message) if part["type"] == 2 and not part.get("disabled")]


def options(message: ResponseMessage, custom_id: str) -> dict[str, str]:
    """From an option's value to its label."""
    (select,) = [part for part in parts(message) if part["custom_id"] == custom_id]
    return {option["value"]: option["label"] for option in select["options"]}


def assert_fits(message: Message) -> None:
    """Every limit of one message, by Discord's numbers."""
    assert len(message.content or "") <= limits.MESSAGE_CONTENT
    assert len(message.cards) <= limits.MESSAGE_CARDS
    assert sum(_characters(card.to_payload()) for card in message.cards) <= limits.MESSAGE_CARD_CHARACTERS
    for card in message.cards:
        assert len(card.title or "") <= limits.CARD_TITLE
        assert len(card.description or "") <= limits.CARD_DESCRIPTION
        assert len(card.footer or "") <= limits.CARD_FOOTER
        assert len(card.author or "") <= limits.CARD_AUTHOR
        assert count_nodes(parse(card.description or "", Slot.DESCRIPTION)) < CLIENT_NODES
    assert len(message.rows) <= limits.MESSAGE_ROWS
    _assert_components_fit(message.to_payload().get("components", []))


def _characters(embed: dict[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description"), embed.get("footer", {}).get("text")]
    texts.append(embed.get("author", {}).get("name"))
    texts += [field[key] for field in embed.get("fields", []) for key in ("name", "value")]
    return sum(len(text or "") for text in texts)


def _assert_components_fit(rows: list[dict[str, Any]]) -> None:
    ids = [part["custom_id"] for row in rows for part in row["components"]]
    assert len(ids) == len(set(ids)), ids
    assert all(1 <= len(custom_id) <= 100 for custom_id in ids), ids
    for row in rows:
        kinds = [part["type"] for part in row["components"]]
        assert kinds in ([3], [6], [8]) or (set(kinds) == {2} and len(kinds) <= 5)
        for part in row["components"]:
            assert len(part.get("placeholder") or "") <= 150
            assert part["type"] != 2 or 1 <= len(part["label"]) <= 80
            _assert_options_fit(part.get("options"), part.get("max_values", 1))


def _assert_options_fit(options: list[dict[str, Any]] | None, most: int) -> None:
    if options is None:
        return
    assert 1 <= len(options) <= limits.SELECT_OPTIONS
    assert len({option["value"] for option in options}) == len(options)
    assert sum(bool(option.get("default")) for option in options) <= most
    for option in options:
        for key in ("label", "value", "description"):
            assert key not in option or 1 <= len(option[key]) <= limits.OPTION_TEXT, option
