"""Who notices that a post has arrived."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery.manner import in_its_manner
from bot.delivery.models import Subscription
from bot.delivery.timetable import Timetable
from bot.formatting.messages import Card, Message
from bot.posts.models import Importance
from tests.support.posts import important

MESSAGES = (Message(cards=(Card(title="하나"),)), Message(content="둘"))
ROLE = 314159265358979323


def subscription(**changes: Any) -> Subscription:
    values = {"channel_id": 1, "timetable": Timetable(), "created_at": datetime(2024, 5, 4, tzinfo=UTC)}
    return Subscription(**{**values, **changes})


def payloads(importance: Importance, **changes: Any) -> list[dict[str, Any]]:
    messages = in_its_manner(MESSAGES, important("a", importance), subscription(**changes))
    return [message.to_payload() for message in messages]


@pytest.mark.parametrize("importance", [Importance.NORMAL, Importance.MAJOR])
def test_without_a_role_every_post_arrives_as_usual(importance: Importance) -> None:
    assert payloads(importance) == [message.to_payload() for message in MESSAGES]


def test_an_ordinary_post_mentions_nobody() -> None:
    assert payloads(Importance.NORMAL, role_id=ROLE) == [message.to_payload() for message in MESSAGES]


def test_a_major_post_mentions_the_role_once_and_nobody_else() -> None:
    first, second = payloads(Importance.MAJOR, role_id=ROLE)
    assert first["content"] == f"<@&{ROLE}>"
    assert first["allowed_mentions"] == {"parse": [], "roles": [str(ROLE)]}
    assert second == MESSAGES[1].to_payload()


def test_a_mention_keeps_what_the_message_says() -> None:
    (message,) = in_its_manner(MESSAGES[1:], important("a", Importance.MAJOR), subscription(role_id=ROLE))
    assert message.content == f"<@&{ROLE}>\n둘"


@pytest.mark.parametrize(
    ("importance", "changes"),
    [
        (Importance.QUIET, {}),
        (Importance.QUIET, {"role_id": ROLE}),
        (Importance.NORMAL, {"silent": True}),
        (Importance.MAJOR, {"silent": True, "role_id": ROLE}),
    ],
)
def test_a_quiet_post_and_a_silent_channel_notify_nobody(
    importance: Importance, changes: dict[str, Any]
) -> None:
    for payload in payloads(importance, **changes):
        assert payload["flags"] == 1 << 12
        assert payload["allowed_mentions"] == {"parse": []}
        assert "<@" not in payload.get("content", "")
