"""The layout ``thread``: the cover in the channel, the rest in a thread on it, whatever breaks off when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.composer import CachedComposer
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.operating import SqlOperating
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.database.tables import deliveries
from bot.delivery.models import ChannelKind, DeliveryState
from bot.errors import Doing, SendRefused, SendUncertain
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.delivering import CHANNEL, LONG_BODY, CrashError, World, once
from tests.support.posts import post
from tests.support.subscribing import save_subscription


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    world = World(engine)
    await world.subscribe(post("long", body=LONG_BODY))
    await follow(world, ChannelKind.TEXT)
    return world


async def follow(world: World, kind: ChannelKind, layout: Layout = Layout.THREAD) -> None:
    subscriptions = SqlSubscriptions(world.engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(world.engine, replace(known, kind=kind, layout=layout))


async def composed(world: World, layout: Layout = Layout.THREAD) -> list[Message]:
    composer = CachedComposer(catalogues=load_catalogues())
    return list(await composer.messages(world.archive.posts[0], layout, "ko"))


def in_the_channel(world: World) -> list[Message]:
    return [sent.message for sent in world.postbox.sent if sent.channel_id == CHANNEL]


def in_the_thread(world: World) -> list[Message]:
    return [sent.message for sent in world.postbox.sent if sent.channel_id == world.postbox.sent[0].id]


@pytest.mark.parametrize("kind", [ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT])
async def test_the_cover_is_in_the_channel_and_the_rest_in_a_thread_named_after_the_post(
    world: World, kind: ChannelKind
) -> None:
    await follow(world, kind)
    await world.publisher().deliver_due()
    cover, *rest = await composed(world)
    assert in_the_channel(world) == [cover]
    assert in_the_thread(world) == rest
    assert rest
    assert world.postbox.threads == {world.postbox.sent[0].id: "제목 long"}


async def test_in_a_thread_everything_goes_into_that_thread(world: World) -> None:
    await follow(world, ChannelKind.THREAD)
    await world.publisher().deliver_due()
    assert in_the_channel(world) == await composed(world, Layout.FULL)
    assert world.postbox.threads == {}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("part", [1, 2, 3])
@pytest.mark.parametrize("downtime", [timedelta(seconds=20), timedelta(minutes=30)])
async def test_a_crash_at_any_send_loses_and_doubles_nothing_and_stays_in_the_thread(
    world: World, moment: str, part: int, downtime: timedelta
) -> None:
    setattr(world.postbox, moment, once(CrashError(), part))
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    world.now += downtime
    await world.publisher().deliver_due()
    cover, *rest = await composed(world)
    assert (in_the_channel(world), in_the_thread(world)) == ([cover], rest)


async def test_a_crash_between_the_cover_and_its_thread_is_made_up_for(world: World) -> None:
    def crash(_: int) -> None:
        raise CrashError

    world.postbox.refuse_thread = crash
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    assert (len(world.postbox.sent), world.postbox.threads) == (1, {})
    world.postbox.refuse_thread = lambda _: None
    await world.publisher().deliver_due()
    cover, *rest = await composed(world)
    assert (in_the_channel(world), in_the_thread(world)) == ([cover], rest)
    assert len(world.postbox.threads) == 1


@pytest.mark.parametrize("code", [10003, 50083, 160005])
async def test_a_thread_that_a_moderator_removed_is_left_alone_and_the_next_post_comes(
    world: World, code: int
) -> None:
    def removed(channel_id: int) -> None:
        if channel_id != CHANNEL and len(world.postbox.sent) == 2:
            raise SendRefused("no", status=404, code=code, permanent=True)

    world.postbox.refuse = removed
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 2
    assert (await SqlLedger(world.engine).history(CHANNEL, world.now - timedelta(1)))["long"].complete
    (active,) = await SqlSubscriptions(world.engine).active(world.now)
    assert active.paused_because is None

    world.postbox.refuse = lambda _: None
    world.archive = Archive.of([*world.archive.posts, post("next")])
    world.first_seen["next"] = world.now
    for _ in range(2):
        await world.publisher().deliver_due()
    assert [message.cards[0].title for message in in_the_channel(world)] == ["제목 long", "제목 next"]
    assert len(in_the_thread(world)) == 1


async def test_without_the_right_to_make_threads_the_channel_waits_and_then_goes_on(world: World) -> None:
    def forbid(_: int) -> None:
        raise SendRefused(
            "Missing Permissions", status=403, code=50013, permanent=True, doing=Doing.OPEN_THREAD
        )

    world.postbox.refuse_thread = forbid
    await world.publisher().deliver_due()
    assert await SqlSubscriptions(world.engine).active(world.now) == []
    world.postbox.refuse_thread = lambda _: None
    world.now += timedelta(hours=1)
    await world.publisher().deliver_due()
    cover, *rest = await composed(world)
    assert (in_the_channel(world), in_the_thread(world)) == ([cover], rest)


async def test_a_part_in_doubt_is_looked_for_in_the_thread(world: World) -> None:
    world.postbox.after = once(SendUncertain("the answer is lost"), 2)
    await world.publisher().deliver_due()
    world.now += timedelta(minutes=30)
    await world.publisher().deliver_due()
    cover, *rest = await composed(world)
    assert (in_the_channel(world), in_the_thread(world)) == ([cover], rest)


async def grown_after_another_layout(world: World) -> tuple[int, Post]:
    """In how many messages a post came in one layout, and the post as it is now, in another, longer."""
    await follow(world, ChannelKind.TEXT, layout=Layout.FULL)
    world.archive = Archive.of([post("long", body=LONG_BODY)])
    await world.publisher().deliver_due()
    begun = len(world.postbox.sent)
    await follow(world, ChannelKind.TEXT, layout=Layout.THREAD)
    longer = replace(world.archive.posts[0], body=LONG_BODY + "\n\n" + LONG_BODY, content_hash="longer")
    world.archive = Archive.of([longer])
    return begun, longer


async def test_what_a_post_grows_by_after_the_layout_changed_goes_into_a_thread_on_it(world: World) -> None:
    begun, longer = await grown_after_another_layout(world)
    world.now += timedelta(hours=1)
    await world.publisher().deliver_due()
    wanted = await CachedComposer(catalogues=load_catalogues()).messages(longer, Layout.THREAD, "ko")
    assert begun > 1
    assert [sent.message for sent in world.postbox.there()] == list(wanted)
    assert len(in_the_thread(world)) == len(wanted) - begun
    rows = await SqlLedger(world.engine).parts("long", CHANNEL)
    assert {row.state for row in rows} == {DeliveryState.SENT}


async def test_growth_after_another_layout_waits_while_nobody_can_tell_whether_its_thread_was_removed(
    world: World,
) -> None:
    begun, longer = await grown_after_another_layout(world)
    async with world.engine.begin() as connection:  # as an older version left it
        await connection.execute(update(deliveries).values(place_id=None))
    world.postbox.history_is_readable = False
    for _ in range(3):
        world.now += timedelta(hours=1)
        await world.publisher().deliver_due()
    assert len(world.postbox.sent) == begun
    last = (await SqlLedger(world.engine).parts("long", CHANNEL))[-1]
    assert last.state is DeliveryState.FAILED, "Discord has refused it: nothing is in doubt"
    assert last.retry_at is not None
    assert last.retry_at > world.now
    assert "not allowed" in (last.cause or "")
    world.postbox.history_is_readable = True
    world.now = last.retry_at
    await world.publisher().deliver_due()
    wanted = await CachedComposer(catalogues=load_catalogues()).messages(longer, Layout.THREAD, "ko")
    assert [sent.message for sent in world.postbox.there()] == list(wanted)


async def test_growth_after_another_layout_goes_on_though_the_answer_to_an_edit_was_lost(
    world: World,
) -> None:
    begun, longer = await grown_after_another_layout(world)
    world.postbox.after = once(SendUncertain("time-out"), begun)  # the last one's edit
    for _ in range(3):
        world.now += timedelta(hours=1)
        await world.publisher().deliver_due()
    wanted = await CachedComposer(catalogues=load_catalogues()).messages(longer, Layout.THREAD, "ko")
    assert [sent.message for sent in world.postbox.there()] == list(wanted)


@pytest.mark.parametrize("layouts", [(Layout.FULL, Layout.THREAD), (Layout.THREAD, Layout.FULL)])
async def test_a_nonce_is_trusted_only_where_the_message_went(
    world: World, layouts: tuple[Layout, Layout]
) -> None:
    """Discord remembers a nonce for its channel alone, and a thread is another."""
    await follow(world, ChannelKind.TEXT, layout=layouts[0])
    world.postbox.history_is_readable = False
    world.postbox.after = once(SendUncertain("time-out"), 2)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 2
    await follow(world, ChannelKind.TEXT, layout=layouts[1])
    world.now += timedelta(seconds=30)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 2, "nobody can tell whether it is there"
    world.postbox.history_is_readable = True
    world.now += timedelta(days=1)
    await world.publisher().deliver_due()
    rows = await SqlLedger(world.engine).parts("long", CHANNEL)
    assert [row.message_id for row in rows] == [sent.id for sent in world.postbox.sent]


@pytest.mark.parametrize("layouts", [(Layout.FULL, Layout.THREAD), (Layout.THREAD, Layout.FULL)])
async def test_what_is_in_doubt_is_found_where_it_went_though_the_layout_changed(
    world: World, layouts: tuple[Layout, Layout]
) -> None:
    await follow(world, ChannelKind.TEXT, layout=layouts[0])
    world.postbox.after = once(CrashError(), 2)
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    await follow(world, ChannelKind.TEXT, layout=layouts[1])
    world.now += timedelta(minutes=30)
    await world.publisher().deliver_due()
    rows = await SqlLedger(world.engine).parts("long", CHANNEL)
    assert [row.message_id for row in rows][:2] == [sent.id for sent in world.postbox.sent][:2]
    assert len(world.postbox.sent) == len(rows)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_what_is_in_doubt_holds_up_no_post_for_ever_though_the_first_message_was_marked_as_sent(
    world: World, moment: str
) -> None:
    await follow(world, ChannelKind.TEXT, layout=Layout.FULL)
    world.postbox.before = once(SendUncertain("no answer"))
    await world.publisher().deliver_due()
    world.now += timedelta(minutes=2)
    assert await SqlOperating(world.engine).mark_sent("long", CHANNEL, 0, world.now)
    setattr(world.postbox, moment, once(SendUncertain("no answer")))
    await world.publisher().deliver_due()
    await follow(world, ChannelKind.TEXT, layout=Layout.THREAD)
    world.now += timedelta(minutes=30)
    world.archive = Archive.of([*world.archive.posts, post("next")])
    world.first_seen["next"] = world.now
    for _ in range(2):
        await world.publisher().deliver_due()
    in_doubt = (await SqlLedger(world.engine).parts("long", CHANNEL))[1]
    was_there = moment == "after"
    assert in_doubt.state is (DeliveryState.SENT if was_there else DeliveryState.GONE)
    titles = [message.cards[0].title for message in in_the_channel(world)]
    assert titles == (["부분 1", "제목 next"] if was_there else ["제목 next"])
