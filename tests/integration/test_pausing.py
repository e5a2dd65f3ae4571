"""Passes while an operator has stopped all deliveries, and after a delivery was marked as sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.operating import SqlOperating
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.models import DeliveryState, Subscription
from bot.delivery.timetable import Timetable
from bot.errors import SendUncertain
from bot.formatting.compose import Layout
from bot.replacing import replace
from tests.support.delivering import CHANNEL, LONG_BODY, World, once
from tests.support.posts import post


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    return World(engine)


async def test_nothing_goes_out_while_all_is_paused_and_all_of_it_afterwards(world: World) -> None:
    await world.subscribe(post("a"))
    ledger = SqlLedger(world.engine)
    await ledger.pause_all(world.now)
    await world.publisher().deliver_due()
    assert world.postbox.sent == []
    await ledger.resume_all()
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1


async def test_a_pause_in_the_middle_of_a_long_post_stops_before_the_next_message(world: World) -> None:
    await world.subscribe(post("long", body=LONG_BODY))
    ledger, publisher = SqlLedger(world.engine), world.publisher()
    claims = ledger.claim

    class Braking(SqlLedger):
        async def claim(self, *arguments: object) -> int | None:
            if world.postbox.sent:
                await self.pause_all(world.now)
            return await claims(*arguments)  # type: ignore[arg-type]  # handed on as they came

    await replace(publisher, ledger=Braking(world.engine)).deliver_due()
    assert len(world.postbox.sent) == 1
    await ledger.resume_all()
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) >= 3
    assert len(set(world.nonces())) == len(world.postbox.sent)


async def test_edits_wait_as_well_while_all_is_paused(world: World) -> None:
    await world.subscribe(post("a"))
    publisher = world.publisher()
    await publisher.deliver_due()
    await SqlLedger(world.engine).pause_all(world.now)
    await world.subscribe(replace(post("a", body="달라졌어요"), content_hash="other"))
    await publisher.deliver_due()
    assert world.postbox.edits == []


async def test_the_thread_of_a_message_that_was_marked_as_sent_gets_no_messages(world: World) -> None:
    await world.subscribe(post("long", body=LONG_BODY))
    threaded = Subscription(
        channel_id=CHANNEL,
        timetable=Timetable(at=None),
        created_at=world.now - timedelta(days=1),
        layout=Layout.THREAD,
    )
    await SqlSubscriptions(world.engine).follow_settings(threaded)
    world.postbox.before = once(SendUncertain("time-out"))
    publisher = world.publisher()
    await publisher.deliver_due()
    world.postbox.history_is_readable = False
    world.now += timedelta(hours=1)
    await publisher.deliver_due()
    assert await SqlOperating(world.engine).mark_sent("long", CHANNEL, None, world.now) == 1
    await publisher.deliver_due()
    assert world.postbox.sent == []
    states = {row.state for row in await SqlLedger(world.engine).parts("long", CHANNEL)}
    assert states == {DeliveryState.GONE}
    kinds = [step.kind.value for step in await SqlLedger(world.engine).steps("long", CHANNEL)]
    assert kinds[:3] == ["claimed", "uncertain", "marked"]
