"""Interactions that no client would send: any command, click or form, by anybody, anywhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

import simcord.actors
import structlog.testing
from simcord import ChannelHandle, MemberActor
from simcord.backend.models import Overwrite
from simcord.enums import InteractionType, OverwriteType
from simcord.results import InteractionResult

from tests.support.operating import everybody_sees_every_command
from tests.support.servers import actor, handle, manager, rights
from tests.support.stage import Play, Stage

__all__ = ["GARBAGE", "People", "Person", "everybody_sees_every_command", "nothing_happens", "told"]

BUTTON: Final = 2
SELECT: Final = 3
GARBAGE: Final = (
    "",
    "0",
    "9" * 20,
    "٣",
    "f" * 16,
    "../../etc/passwd",
    "@everyone\n\x00",
    "😀" * 30,
)
"""What stands in a custom id, an option or a field that nobody of ours wrote."""
FAILED: Final = "문제가 생겨"
"""In the sentence for what nobody foresaw; a traceback is then in the log."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a channel; what they send is not held up by what a client lets them."""

    member: MemberActor
    channel: ChannelHandle

    async def commands(self, name: str, options: dict[str, Any], root: dict[str, Any]) -> InteractionResult:
        """Send a command of any server's."""
        return await simcord.actors._slash_resolved(self.member, self.channel, name, options, root)

    async def types(self, name: str, option: str, root: dict[str, Any]) -> list[Any] | None:
        """Ask what an option offers."""
        result = await simcord.actors._autocomplete_result_resolved(
            self.member, self.channel, name, option, "", {}, root
        )
        return result.autocomplete_choices

    async def clicks(
        self, custom_id: str, values: Sequence[str] | None = None, *, own: bool = True
    ) -> InteractionResult:
        """Press a button, or choose in a select, on a message of the bot's: one's own or a public one."""
        backend = self.member._env.backend
        if values is None:
            part: dict[str, Any] = {"type": BUTTON, "style": 2, "label": "x", "custom_id": custom_id}
        else:
            options = [{"label": "x", "value": value or "x"} for value in values or ("x",)]
            part = {"type": SELECT, "custom_id": custom_id, "options": options}
        components = [{"type": 1, "components": [part]}]
        message = backend.create_message(
            self.channel.id, backend.bot_user.id, "x", components=components, flags=64 if own else 0
        )
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": part["type"]}
        if values is not None:
            data["values"] = list(values)
        return await simcord.actors._component_interaction(self.member, message, data)

    async def submits(self, custom_id: str, rows: list[dict[str, Any]]) -> InteractionResult:
        """Send a form back that was never opened."""
        data = {"custom_id": custom_id, "components": rows}
        return await simcord.actors._dispatch_actor_interaction(
            self.member, InteractionType.MODAL_SUBMIT, self.channel, data
        )


@dataclass(frozen=True, slots=True)
class People:
    """Who sends them; ``stranger`` manages another server, and acts there."""

    member: Person
    manager: Person
    operator: Person
    stranger: Person

    @property
    def theirs(self) -> tuple[str, str]:
        """The ids of the stranger's server and channel."""
        return str(self.stranger.member.guild.id), str(self.stranger.channel.id)

    @classmethod
    def of(cls, stage: Stage, play: Play) -> Self:
        """Four people, none of whom has more rights than their name says; two may not write."""
        here, other = stage.guild, stage.backend.create_guild("다른 서버", preferred_locale="ko")
        there = stage.backend.create_channel(other.id, "other")
        operator = stage.backend.make_user("lonely")
        stage.backend.add_member(here.id, operator.id)
        play.app.bot.owner_ids = {operator.id}
        stranger, member = manager(stage, other), stage.users[0].id
        for channel, user_id in ((stage.channel, member), (there, stranger)):
            overwrite = Overwrite(target_id=user_id, type=OverwriteType.MEMBER, deny=rights("send_messages"))
            stage.backend.set_overwrite(channel.id, overwrite)
        return cls(
            Person(play.reader, play.channel),
            Person(actor(play, manager(stage)), play.channel),
            Person(actor(play, operator.id), play.channel),
            Person(actor(play, stranger, other), handle(play, there, other)),
        )


def told(result: InteractionResult) -> str:
    """Everything that the person was told, in an answer that only they see; a form by its title."""
    if result.modal is not None:
        return str(result.modal)
    messages = [*filter(None, [result.response]), *result.followups]
    assert messages, f"nobody answered {result}"
    assert all(message.ephemeral for message in messages), result
    text = "\n".join(
        "\n".join([message.content, *(f"{card.title}\n{card.description}" for card in message.embeds)])
        for message in messages
    )
    assert text.strip(), result
    assert FAILED not in text, (result, text)
    return text


@contextmanager
def nothing_happens(stage: Stage, play: Play, *, but: Sequence[str] = ()) -> Iterator[None]:
    """Inside, the database stays as it is, no channel hears of anything, and the log tells of no error.

    ``but``: rows that hold one of these may come, go and change, and a channel with such an id may hear.
    """
    before, requests = _rows(stage, but), len(play.env.http_requests)
    with structlog.testing.capture_logs() as lines:
        yield
    changed = set(_rows(stage, but)) ^ set(before)
    assert not changed, changed
    sent = [one.path for one in play.env.http_requests[requests:] if one.method != "GET"]
    allowed = ("/interactions/", "/webhooks/", *(f"/channels/{one}/" for one in but))
    sent = [path for path in sent if not path.startswith(allowed)]
    assert not sent, sent
    errors = [line for line in lines if line.get("exc_info") or line["log_level"] == "error"]
    assert not errors, errors


def _rows(stage: Stage, but: Sequence[str]) -> list[str]:
    with sqlite3.connect(stage.folder / "state.db") as database:
        return [line for line in database.iterdump() if not any(word in line for word in but)]
