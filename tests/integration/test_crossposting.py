"""Announcement channels: messages are handed on in order, within the hour's limit, across restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.crossposting import AFTER_A_REFUSAL, AFTER_NO_ANSWER, AN_HOUR, HOUR, Crossposter
from bot.delivery.models import ChannelKind
from bot.errors import SendRefused, SendUncertain, TokenRefused
from bot.formatting.compose import Layout
from bot.replacing import replace
from tests.support.delivering import LONG_BODY, World, once
from tests.support.posts import post
from tests.support.subscribing import save_subscription

GO_ON = asyncio.Event()


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY * 4))
    await announce(world)
    await world.publisher().deliver_due()
    return world


async def announce(world: World, layout: Layout = Layout.FULL) -> None:
    subscriptions = SqlSubscriptions(world.engine)
    (known,) = await subscriptions.active(world.now)
    wanted = replace(known, kind=ChannelKind.ANNOUNCEMENT, publish=True, layout=layout)
    await save_subscription(world.engine, wanted)


def crossposter(world: World) -> Crossposter:
    return Crossposter(
        ledger=SqlLedger(world.engine),
        subscriptions=SqlSubscriptions(world.engine),
        postbox=world.postbox,
        clock=lambda: world.now,
    )


def ids(world: World) -> list[int]:
    return [sent.id for sent in world.postbox.sent]


async def test_every_message_is_handed_on_once_in_order_ten_an_hour(world: World) -> None:
    assert len(ids(world)) > AN_HOUR
    for _ in range(3):
        await crossposter(world).publish_due(GO_ON)  # each time as after a restart
    assert world.postbox.published == ids(world)[:AN_HOUR]
    world.now += HOUR + timedelta(seconds=1)
    for _ in range(2):
        await crossposter(world).publish_due(GO_ON)
    assert world.postbox.published == ids(world)


async def test_what_is_published_already_is_done(world: World) -> None:
    world.postbox.refuse_publish = _once(SendRefused("already", status=400, code=40033, permanent=False))
    await crossposter(world).publish_due(GO_ON)
    await crossposter(world).publish_due(GO_ON)
    assert world.postbox.published == ids(world)[1:AN_HOUR]


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (SendRefused("no", status=403, code=50013, permanent=True), AFTER_A_REFUSAL),
        (SendUncertain("time-out"), AFTER_NO_ANSWER),
    ],
)
async def test_a_refusal_stops_publishing_for_a_while_and_no_delivery(
    world: World, error: SendRefused | SendUncertain, wait: timedelta
) -> None:
    world.postbox.refuse_publish = _once(error)
    publishing = crossposter(world)
    await publishing.publish_due(GO_ON)
    await publishing.publish_due(GO_ON)
    assert world.postbox.published == []
    assert len(await SqlSubscriptions(world.engine).active(world.now)) == 1
    world.now += wait
    await publishing.publish_due(GO_ON)
    assert world.postbox.published == ids(world)[:AN_HOUR]


async def test_a_refused_token_ends_the_publishing(world: World) -> None:
    world.postbox.refuse_publish = _once(TokenRefused("401"))
    with pytest.raises(TokenRefused):
        await asyncio.wait_for(crossposter(world).run(asyncio.Event()), 5)
    assert world.postbox.published == []


async def test_of_a_threaded_post_only_the_cover_is_handed_on(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY))
    await announce(world, Layout.THREAD)
    await world.publisher().deliver_due()
    await crossposter(world).publish_due(GO_ON)
    assert world.postbox.published == ids(world)[:1]


async def test_it_stops_between_two_messages(world: World) -> None:
    stop = asyncio.Event()

    def stopping(_message_id: int) -> None:
        stop.set()

    world.postbox.refuse_publish = stopping
    await asyncio.wait_for(crossposter(world).run(stop), 5)
    assert world.postbox.published == ids(world)[:1]


def _once(error: BaseException) -> Callable[[int], None]:
    act = once(error)
    return lambda _message_id: act()
