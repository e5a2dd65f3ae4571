"""What tests of the operator's commands need: forged clicks, deliveries in doubt, a slow database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import simcord.actors
from simcord.results import ResponseMessage

from bot.adapters.database.operating import SqlOperating
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.errors import StoreError
from tests.support.answers import public, shown
from tests.support.stage import Play, Stage


async def forged(play: Play, custom_id: str) -> ResponseMessage:
    """A public message of the bot, on which a button has this custom id: anybody can click it there."""
    listed = await play.operator.slash(play.channel, "news latest")
    await play.operator.click(shown(listed), label="채널에 공유")
    message = public(play)[-1]
    message._message.components = [
        {"type": 1, "components": [{"type": 2, "style": 2, "label": "위조", "custom_id": custom_id}]}
    ]
    return message


def everybody_sees_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forged interaction is not held up by what the client hides."""
    monkeypatch.setattr(simcord.actors, "_check_command_access", lambda *_: None)


async def in_doubt(play: Play, slug: str, channel_id: int | None = None, part: int = 0) -> DeliveryKey:
    """A claim that a process left behind when it died, some minutes ago."""
    key = DeliveryKey(slug=slug, channel_id=channel_id or play.stage.channel.id, part=part)
    claim = Delivery(
        key=key,
        state=DeliveryState.CLAIMED,
        parts=1,
        fingerprint="f",
        payload_hash="p",
        claimed_at=play.stage.now - timedelta(minutes=10),
    )
    assert await play.app.bot.services.room.ledger.claim(claim)
    return key


def break_database(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.0) -> None:
    """From now on what an operator asks of the database fails, after a while."""

    async def fail(*_: object) -> None:
        await asyncio.sleep(seconds)
        raise StoreError("the database did not answer: no route to db.internal")

    for name in ("counts", "in_doubt", "retry", "mark_sent", "slugs"):
        monkeypatch.setattr(SqlOperating, name, fail)
    room = "bot.adapters.database"
    for method in ("of_channel", "channels", "active", "pause", "resume"):
        monkeypatch.setattr(f"{room}.subscriptions.SqlSubscriptions.{method}", fail)
    for method in ("paused_since", "pause_all", "resume_all", "everywhere", "steps"):
        monkeypatch.setattr(f"{room}.ledger.SqlLedger.{method}", fail)


def second_channel(stage: Stage, name: str = "second") -> int:
    """Another channel of the stage's server."""
    return stage.backend.create_channel(stage.guild.id, name).id
