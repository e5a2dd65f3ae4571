"""Forum channels: one thread a post, once, though Discord takes no nonce for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.composer import CachedComposer
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.models import ChannelKind
from bot.errors import SendRefused, SendUncertain
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.replacing import replace
from tests.support.delivering import CHANNEL, LONG_BODY, CrashError, World, once
from tests.support.posts import post, tagged
from tests.support.subscribing import save_subscription


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    world = World(engine)
    await world.subscribe(replace(tagged("long", "OpenAI"), body=LONG_BODY))
    subscriptions = SqlSubscriptions(world.engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(world.engine, replace(known, kind=ChannelKind.FORUM, forum_tags=("뉴스",)))
    return world


async def composed(world: World) -> list[Message]:
    composer = CachedComposer(catalogues=load_catalogues())
    return list(await composer.messages(world.archive.posts[0], Layout.FULL, "ko"))


def threads(world: World) -> list[list[Message]]:
    """What each thread says, in order."""
    return [
        [sent.message for sent in world.postbox.sent if sent.channel_id == thread]
        for thread in world.postbox.forum_posts
    ]


async def test_each_post_is_a_thread_with_the_tags_that_are_wanted(world: World) -> None:
    world.archive = Archive.of([*world.archive.posts, post("next")])
    world.first_seen["next"] = world.now
    await world.publisher().deliver_due()
    assert threads(world)[0] == await composed(world)
    assert list(world.postbox.threads.values()) == ["제목 long", "제목 next"]
    ((forum, asked), _) = world.postbox.forum_posts.values()
    assert (forum, asked.tags, asked.own_tags) == (CHANNEL, ("뉴스",), ["OpenAI"])
    await world.publisher().deliver_due()
    assert len(world.postbox.forum_posts) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("part", [1, 2, 3])
@pytest.mark.parametrize("downtime", [timedelta(seconds=5), timedelta(minutes=30)])
async def test_a_crash_at_any_moment_loses_and_doubles_nothing(
    world: World, moment: str, part: int, downtime: timedelta
) -> None:
    setattr(world.postbox, moment, once(CrashError(), part))
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    for _ in range(2):
        world.now += downtime + timedelta(seconds=15)
        await world.publisher().deliver_due()
    assert threads(world) == [await composed(world)]


async def test_a_thread_that_may_be_on_its_way_is_waited_for(world: World) -> None:
    world.postbox.before = once(SendUncertain("time-out"))
    await world.publisher().deliver_due()
    world.now += timedelta(seconds=20)
    await world.publisher().deliver_due()
    assert threads(world) == []
    world.now += timedelta(seconds=10)
    await world.publisher().deliver_due()
    assert threads(world) == [await composed(world)]


async def test_without_a_look_at_the_threads_none_is_started_again(world: World) -> None:
    world.postbox.after = once(SendUncertain("the answer is lost"))
    await world.publisher().deliver_due()
    world.postbox.history_is_readable = False
    for _ in range(3):
        world.now += timedelta(minutes=1)
        await world.publisher().deliver_due()
    assert len(world.postbox.forum_posts) == 1
    world.postbox.history_is_readable = True
    await world.publisher().deliver_due()
    assert threads(world) == [await composed(world)]


async def test_a_post_that_a_moderator_removed_half_way_is_left_alone(world: World) -> None:
    def removed(channel_id: int) -> None:
        if channel_id != CHANNEL:
            raise SendRefused("Unknown Channel", status=404, code=10003, permanent=True)

    world.postbox.refuse = removed
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1
    assert (await SqlLedger(world.engine).history(CHANNEL, world.now - timedelta(1)))["long"].complete
    assert len(await SqlSubscriptions(world.engine).active(world.now)) == 1
