"""A person says that it is mended: nothing waits any longer, on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.marks import SqlMarks, SqlToldFindings
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.causes import BY_OPERATOR
from bot.errors import SendRefused, SendUncertain
from tests.support.delivering import CHANNEL, World, once
from tests.support.posts import post

NOW = datetime(2024, 5, 5, tzinfo=UTC)


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    world = World(engine)
    await world.subscribe(post("a"))
    return world


async def test_what_was_refused_goes_out_in_the_next_pass(world: World) -> None:
    world.postbox.before = once(SendRefused("no", status=403, code=50013, permanent=True))
    publisher = world.publisher()
    await publisher.deliver_due()
    await publisher.deliver_due()
    assert world.postbox.sent == []
    await publisher.try_again(CHANNEL, "send:50013")
    await publisher.deliver_due()
    assert len(world.postbox.sent) == 1
    (active,) = await SqlSubscriptions(world.engine).active(world.now)
    assert active.paused_because is None


async def test_a_channel_that_waits_out_an_outage_is_served_too_and_nothing_doubles(world: World) -> None:
    publisher = world.publisher()
    for _ in range(3):
        world.postbox.before = once(SendUncertain("time-out"))
        await publisher.deliver_due()
        world.now += timedelta(hours=1)
    world.postbox.before = once(SendUncertain("time-out"))
    await publisher.deliver_due()
    await publisher.try_again(CHANNEL, None)
    world.postbox.before = lambda: None
    await publisher.deliver_due()
    await publisher.try_again(CHANNEL, None)
    await publisher.deliver_due()
    assert len(world.postbox.sent) == 1


async def test_what_a_person_paused_meanwhile_stays_so(world: World) -> None:
    subscriptions = SqlSubscriptions(world.engine)
    await subscriptions.pause(CHANNEL, BY_OPERATOR)
    await world.publisher().try_again(CHANNEL, "send:50013")
    assert await subscriptions.active(world.now) == []


async def test_another_channels_wait_is_left_alone(world: World) -> None:
    world.postbox.before = once(SendRefused("no", status=403, code=50013, permanent=True))
    publisher = world.publisher()
    await publisher.deliver_due()
    await publisher.try_again(CHANNEL + 1, "send:50013")
    await publisher.deliver_due()
    assert world.postbox.sent == []


async def test_a_server_is_warned_once_a_set_of_findings_and_by_one_process(engine: AsyncEngine) -> None:
    told = SqlToldFindings(engine)
    assert await told.all(NOW) == {}
    assert await told.claim(2**63 - 1, "a" * 16, NOW)
    assert not await told.claim(2**63 - 1, "a" * 16, NOW), "another process was first"
    assert await told.claim(2**63 - 1, "b" * 16, NOW)
    assert await told.claim(7, "c", NOW)
    assert await told.all(NOW) == {2**63 - 1: "b" * 16, 7: "c"}
    await told.forget(7)
    assert await told.all(NOW) == {2**63 - 1: "b" * 16}
    assert await SqlMarks(engine).unsaid(["x"]) == ["x"]


async def test_a_warning_that_was_taken_on_and_never_given_is_another_ones(engine: AsyncEngine) -> None:
    told, later = SqlToldFindings(engine), NOW + timedelta(minutes=5)
    assert await told.claim(7, "c", NOW)
    assert await told.all(later) == {}
    assert await told.claim(7, "c", later)
    await told.told(7, "c")
    assert await told.all(later + timedelta(days=999)) == {7: "c"}
    assert not await told.claim(7, "c", later + timedelta(days=999))
