"""The order of claim, send, confirm, with crashes between any two of them, on real databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise
from typing import ClassVar

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.composer import CachedComposer
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.models import History, Subscription
from bot.delivery.planning import MOST_A_SLOT
from bot.delivery.publisher import WORKERS
from bot.delivery.shards import Shards
from bot.delivery.timetable import Timetable
from bot.delivery.witness import Nobody
from bot.errors import HistoryUnreadable, SendRefused, SendUncertain, TokenRefused
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.delivering import CHANNEL, LONG_BODY, CrashError, World, once
from tests.support.posts import post
from tests.support.subscribing import forget_subscription, save_subscription


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    return World(engine)


async def test_a_post_goes_out_once_however_often_the_publisher_wakes(world: World) -> None:
    await world.subscribe(post("a"))
    for _ in range(3):
        await world.publisher().deliver_due()
        world.now += timedelta(hours=1)
    assert len(world.postbox.sent) == 1
    assert len(world.nonces()[0]) <= 25


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("part", [1, 2, 3])
@pytest.mark.parametrize("downtime", [timedelta(seconds=20), timedelta(minutes=30)])
async def test_a_crash_at_any_send_loses_and_doubles_nothing(
    world: World, moment: str, part: int, downtime: timedelta
) -> None:
    await world.subscribe(post("long", body=LONG_BODY))
    setattr(world.postbox, moment, once(CrashError(), part))
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    world.now += downtime
    await world.publisher().deliver_due()

    expected = await CachedComposer(catalogues=load_catalogues()).messages(
        world.archive.posts[0], Layout.FULL, "ko"
    )
    assert len(expected) >= 3
    assert [sent.message for sent in world.postbox.sent] == list(expected)


async def test_in_doubt_without_history_stays_in_doubt_and_nothing_is_doubled(world: World) -> None:
    await world.subscribe(post("a"))
    world.postbox.after = once(SendUncertain("reset"))
    await world.publisher().deliver_due()
    world.postbox.history_is_readable = False
    world.now += timedelta(hours=1)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1
    world.postbox.history_is_readable = True
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1
    assert await SqlLedger(world.engine).claimed(CHANNEL) == []


async def test_what_was_claimed_by_a_clock_far_ahead_is_found_once_the_clock_is_right(world: World) -> None:
    await world.subscribe(post("a"))
    real, ahead = world.now, [timedelta(hours=2), timedelta(0)]
    world.postbox.clock = lambda: world.now - ahead[0]
    world.now = real + ahead[0]
    world.postbox.after = once(CrashError())
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    ahead.pop(0)
    for minutes in (10, 150, 300):
        world.now = real + timedelta(minutes=minutes)
        await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1
    assert await SqlLedger(world.engine).claimed(CHANNEL) == []


async def test_in_doubt_within_the_nonces_memory_is_sent_again_with_the_same_nonce(world: World) -> None:
    await world.subscribe(post("a"))
    world.postbox.history_is_readable = False
    world.postbox.before = once(SendUncertain("time-out"))
    await world.publisher().deliver_due()
    assert world.postbox.sent == []
    world.now += timedelta(seconds=30)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1


async def test_a_refusal_is_tried_again_later(world: World) -> None:
    await world.subscribe(post("a"))
    world.postbox.before = once(SendRefused("bad image", status=400, code=50035, permanent=False))
    await world.publisher().deliver_due()
    await world.publisher().deliver_due()
    assert world.postbox.sent == []
    world.now += timedelta(minutes=1)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1


async def test_a_missing_permission_pauses_that_channel_and_says_why(world: World) -> None:
    await world.subscribe(post("a"))
    world.postbox.before = once(SendRefused("Missing Permissions", status=403, code=50013, permanent=True))
    await world.publisher().deliver_due()
    assert await SqlSubscriptions(world.engine).active(world.now) == []


async def test_a_refused_token_stops_everything(world: World) -> None:
    await world.subscribe(post("a"))
    world.postbox.before = once(TokenRefused("401"))
    with pytest.raises(TokenRefused):
        await world.publisher().deliver_due()


async def test_a_stop_confirms_the_message_in_flight_and_a_restart_goes_on_with_the_next(
    world: World,
) -> None:
    await world.subscribe(post("long", body=LONG_BODY))
    stopping = world.publisher()
    world.postbox.after = stopping.stopping.set
    await stopping.deliver_due()
    assert len(world.postbox.sent) == 1
    assert await SqlLedger(world.engine).claimed(CHANNEL) == []
    world.postbox.after = lambda: None
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) >= 3
    assert len(set(world.nonces())) == len(world.nonces())


async def test_a_post_that_cannot_be_composed_holds_up_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.subscribe(post("a-too-long", body="가나다 " * 400_000), post("b"))
    world.first_seen = dict.fromkeys(world.first_seen, world.now)
    await world.publisher().deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 b"]
    assert "a-too-long cannot be sent" in caplog.text


async def test_a_surprise_in_one_channel_ends_neither_the_pass_nor_the_next(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.subscribe(post("a"))
    world.postbox.before = once(ZeroDivisionError("surprise"))
    await world.publisher().deliver_due()
    assert f"channel {CHANNEL} was not served" in caplog.text
    world.now += timedelta(minutes=1)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1


async def test_a_post_that_is_refused_waits_longer_each_time(world: World) -> None:
    await world.subscribe(post("a"))
    tries: list[datetime] = []

    def refuse() -> None:
        tries.append(world.now)
        raise SendRefused("no", status=400, code=50035, permanent=False)

    world.postbox.before = refuse
    for _ in range(60):
        await world.publisher().deliver_due()
        world.now += timedelta(minutes=1)
    waits = [int((later - earlier).total_seconds() / 60) for earlier, later in pairwise(tries)]
    assert waits == [1, 2, 4, 8, 16]


@pytest.mark.parametrize("part", [0, 1])
async def test_a_message_that_discord_never_takes_is_left_out_until_its_post_is_corrected(
    world: World, caplog: pytest.LogCaptureFixture, part: int
) -> None:
    told: list[int] = []

    async def tell(subscription: Subscription) -> None:
        told.append(subscription.channel_id)

    def poisoned() -> None:
        if sum("소식" not in str(sent.message) for sent in world.postbox.sent) == part and is_poisoned:
            raise SendRefused("Invalid Form Body", status=400, code=50035, permanent=False)

    is_poisoned = True
    await world.subscribe(post("a", body=LONG_BODY))
    world.postbox.before = poisoned
    publisher = replace(world.publisher(), tell_left_out=tell)
    for _ in range(60 * 4):
        await publisher.deliver_due()
        world.now += timedelta(minutes=1)
    assert len(world.postbox.sent) == part
    assert told == [CHANNEL]
    assert [line.levelname for line in caplog.records].count("ERROR") == 1
    assert len(await SqlSubscriptions(world.engine).active(world.now)) == 1
    is_poisoned = False
    world.archive = Archive.of([*world.archive.posts, post("b")])
    world.first_seen["b"] = world.now
    await publisher.deliver_due()
    assert world.postbox.sent[-1].message.cards[0].title == "제목 b"
    corrected = post("a", body=LONG_BODY.replace("긴 문장", "짧지 않은 문장"))
    world.archive = Archive.of([corrected, *world.archive.posts[1:]])
    await publisher.deliver_due()
    wanted = await CachedComposer(catalogues=load_catalogues()).messages(corrected, Layout.FULL, "ko")
    of_a = [sent.message for sent in world.postbox.sent if sent.message.cards[0].title != "제목 b"]
    assert of_a == list(wanted)
    assert told == [CHANNEL]


async def test_a_delivery_in_doubt_holds_back_no_other_post(world: World) -> None:
    await world.subscribe(post("a"))
    world.postbox.after = once(SendUncertain("reset"))
    await world.publisher().deliver_due()
    world.postbox.history_is_readable = False
    world.now += timedelta(hours=1)
    world.archive = Archive.of([*world.archive.posts, post("b")])
    world.first_seen["b"] = world.now
    await world.publisher().deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 a", "제목 b"]


async def test_a_correction_while_in_doubt_is_not_sent_twice(world: World) -> None:
    await world.subscribe(post("a", body="처음 글이에요."))
    world.postbox.before = once(SendUncertain("time-out"))
    await world.publisher().deliver_due()
    world.archive = Archive.of([post("a", body="고친 글이에요.")])
    world.postbox.after = once(SendUncertain("the answer is lost"))
    world.now += timedelta(seconds=30)
    await world.publisher().deliver_due()
    world.now += timedelta(minutes=10)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1
    assert await SqlLedger(world.engine).claimed(CHANNEL) == []


async def test_parts_that_say_the_same_are_told_apart(world: World) -> None:
    code = "```\n" + "같은 줄이에요\n" * 6000 + "```"
    await world.subscribe(post("code", body=code))
    world.postbox.before = once(SendUncertain("time-out"), 3)
    await world.publisher().deliver_due()
    world.now += timedelta(minutes=10)
    await world.publisher().deliver_due()
    messages = await CachedComposer(catalogues=load_catalogues()).messages(
        world.archive.posts[0], Layout.FULL, "ko"
    )
    assert len(messages) > 3
    assert [sent.message for sent in world.postbox.sent] == list(messages)


async def test_a_post_that_became_shorter_half_way_is_complete(world: World) -> None:
    await world.subscribe(post("a", body=LONG_BODY))
    world.postbox.before = once(SendUncertain("time-out"), 2)
    await world.publisher().deliver_due()
    world.archive = Archive.of([post("a", body="짧아졌어요.")])
    world.now += timedelta(minutes=10)
    publisher = world.publisher()
    for _ in range(2):
        await publisher.deliver_due()
    assert len(world.postbox.sent) == 1
    assert (await SqlLedger(world.engine).history(CHANNEL, world.now - timedelta(days=1)))["a"].complete
    assert await SqlLedger(world.engine).unfinished() == frozenset()


async def test_what_another_process_is_sending_is_left_to_it_with_all_that_follows(world: World) -> None:
    await world.subscribe(post("a", body=LONG_BODY), post("b"))
    ledger = SqlLedger(world.engine, timedelta(seconds=15))
    ours = replace(world.publisher(), ledger=ledger)
    world.postbox.before = once(SendUncertain("slow"))
    await ours.deliver_due()  # its claim is fresh, as if its request were still on the way
    other = replace(world.publisher(), ledger=ledger)
    await other.deliver_due()
    assert world.postbox.sent == []
    world.now += timedelta(seconds=15)
    await other.deliver_due()
    composer = CachedComposer(catalogues=load_catalogues())
    both = [await composer.messages(item, Layout.FULL, "ko") for item in world.archive.posts]
    assert [sent.message for sent in world.postbox.sent] == [*both[0], *both[1]]


class Watched(SqlLedger):
    """A ledger that remembers whose history was asked for."""

    looks: ClassVar[list[int]] = []

    async def history(self, channel_id: int, since: datetime, slugs: Collection[str] = ()) -> History:
        self.looks.append(channel_id)
        return await super().history(channel_id, since, slugs)


async def test_a_channel_that_is_owed_nothing_costs_no_look_into_its_history(world: World) -> None:
    await world.subscribe(post("a"))
    publisher = replace(world.publisher(), ledger=Watched(world.engine))
    for _ in range(2):
        await publisher.deliver_due()
    Watched.looks.clear()
    await publisher.deliver_due()
    assert Watched.looks == []
    world.archive = Archive.of([*world.archive.posts, post("b")])
    world.first_seen["b"] = world.now
    await publisher.deliver_due()
    assert Watched.looks == [CHANNEL]
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 a", "제목 b"]


async def test_a_post_of_a_month_ago_that_stopped_half_way_goes_on(world: World) -> None:
    await world.subscribe(
        post("a", body=LONG_BODY), *(post(f"old{number}", "2024-05-01") for number in range(20))
    )
    world.first_seen = {slug: world.now - timedelta(days=9) for slug in world.first_seen} | {"a": world.now}
    world.postbox.before = once(SendUncertain("time-out"), 2)
    await world.publisher().deliver_due()
    first = len(world.postbox.sent)
    world.now += timedelta(days=60)
    await world.publisher().deliver_due()
    assert first == 1
    assert len(world.postbox.sent) > 1


async def test_an_outage_of_hours_loses_doubles_and_reorders_nothing_and_holds_up_no_other_channel(
    world: World,
) -> None:
    await world.subscribe(post("a", body=LONG_BODY), post("b"))
    other = Subscription(
        channel_id=CHANNEL + 1, timetable=Timetable(at=None), created_at=world.now - timedelta(days=1)
    )
    await save_subscription(world.engine, other)
    deaf: list[datetime] = []

    def out(channel_id: int) -> None:
        if channel_id == CHANNEL and world.now < back:
            deaf.append(world.now)
            raise SendUncertain("503")

    back = world.now + timedelta(hours=5)
    world.postbox.refuse = out
    publisher = world.publisher()
    while world.now < back + timedelta(minutes=13):
        await publisher.deliver_due()
        world.now += timedelta(minutes=1)
    composer = CachedComposer(catalogues=load_catalogues())
    both = [await composer.messages(item, Layout.FULL, "ko") for item in world.archive.posts]
    for channel in (CHANNEL, CHANNEL + 1):
        sent = [item.message for item in world.postbox.sent if item.channel_id == channel]
        assert sent == [*both[0], *both[1]]
    assert 30 < len(deaf) < 60, "every ten minutes or so, not at every pass"
    elsewhere = [item.at for item in world.postbox.sent if item.channel_id == CHANNEL + 1]
    assert max(elsewhere) < back - timedelta(hours=4)


@pytest.mark.parametrize("begun", [0, 1])
@pytest.mark.parametrize("minutes", [45, 55, 67, 75, 180])
async def test_after_an_outage_that_hid_the_history_too_the_posts_come_in_order_and_whole(
    world: World, begun: int, minutes: int
) -> None:
    await world.subscribe(post("a", body=LONG_BODY))
    over = world.now + timedelta(minutes=minutes)

    def out(_channel_id: int) -> None:
        if world.postbox.history_is_out and len(world.postbox.sent) >= begun:
            raise SendUncertain("503")

    world.postbox.refuse = out
    publisher = world.publisher()
    while world.now < over + timedelta(minutes=13):
        world.postbox.history_is_out = world.now < over
        await publisher.deliver_due()
        world.now += timedelta(minutes=1)
        if world.now == over - timedelta(minutes=25):
            world.archive = Archive.of([*world.archive.posts, post("b", body=LONG_BODY)])
            world.first_seen["b"] = world.now
    composer = CachedComposer(catalogues=load_catalogues())
    both = [await composer.messages(item, Layout.FULL, "ko") for item in world.archive.posts]
    assert [sent.message for sent in world.postbox.sent] == [*both[0], *both[1]]


@pytest.mark.parametrize("is_out", [True, False])
async def test_nothing_comes_between_a_posts_parts_while_one_is_in_doubt_but_nobody_waits_for_more_than_a_day(
    world: World, *, is_out: bool
) -> None:
    await world.subscribe(post("a", body=LONG_BODY))
    world.postbox.before = once(SendUncertain("time-out"), 2)
    publisher = world.publisher()
    await publisher.deliver_due()
    world.postbox.history_is_out, world.postbox.history_is_readable = is_out, is_out
    world.archive = Archive.of([*world.archive.posts, post("b")])
    world.first_seen["b"] = world.now
    for _ in range(24):
        world.now += timedelta(minutes=59)
        await publisher.deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 a"]
    for _ in range(3):
        world.now += timedelta(minutes=30)
        await publisher.deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 a", "제목 b"]


async def test_a_picture_that_discord_refuses_is_dropped_and_not_the_post(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    pictured = post("a")
    await world.subscribe(replace(pictured, meta=replace(pictured.meta, image="https://example.com/a.png")))
    words = "Invalid Form Body\nIn embeds.0.image.url: Not a well formed URL."
    world.postbox.before = once(SendRefused(words, status=400, code=50035, permanent=False))
    await world.publisher().deliver_due()
    (sent,) = world.postbox.sent
    assert sent.message.cards[0].title == "제목 a"
    assert sent.message.cards[0].image is None
    assert "without its pictures" in caplog.text
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1


async def test_a_stopped_channel_goes_on_by_itself_once_it_is_mended(world: World) -> None:
    await world.subscribe(post("a"))
    denied = SendRefused("Missing Permissions", status=403, code=50013, permanent=True)
    world.postbox.before = once(denied)
    publisher = world.publisher()
    await publisher.deliver_due()
    world.now += timedelta(minutes=59)
    await publisher.deliver_due()
    assert world.postbox.sent == []
    world.now += timedelta(minutes=1)
    await publisher.deliver_due()
    assert len(world.postbox.sent) == 1
    (again,) = await SqlSubscriptions(world.engine).active(world.now)
    assert (again.paused_because, again.failures, again.retry_at) == (None, 0, None)


async def test_a_channel_that_stays_closed_is_tried_less_and_less_often(world: World) -> None:
    await world.subscribe(post("a"))
    tries: list[datetime] = []

    def refuse() -> None:
        tries.append(world.now)
        raise SendRefused("Missing Access", status=403, code=50001, permanent=True)

    world.postbox.before = refuse
    publisher = world.publisher()
    for _ in range(72):
        await publisher.deliver_due()
        world.now += timedelta(hours=1)
    waits = [round((later - earlier) / timedelta(hours=1)) for earlier, later in pairwise(tries)]
    assert waits == [1, 2, 4, 8, 16, 24]


async def test_two_processes_with_a_shard_each_serve_their_own_servers(world: World) -> None:
    await world.subscribe(post("a"))
    for number in range(4):
        await save_subscription(
            world.engine,
            Subscription(
                channel_id=CHANNEL + 1 + number,
                guild_id=number << 22,
                timetable=Timetable(at=None),
                created_at=world.now - timedelta(days=1),
            ),
        )
    await replace(world.publisher(), shards=Shards((0,), 2)).deliver_due()
    assert sorted(sent.channel_id - CHANNEL for sent in world.postbox.sent) == [0, 1, 3]
    await replace(world.publisher(), shards=Shards((1,), 2)).deliver_due()
    assert sorted(sent.channel_id - CHANNEL for sent in world.postbox.sent) == [0, 1, 2, 3, 4]


async def many(world: World, count: int) -> tuple[Post, ...]:
    """So many posts that came out during an absence of the bot."""
    await world.subscribe(*(post(f"p{number:03}", "2024-05-03") for number in range(count)))
    return world.archive.posts


async def test_after_an_absence_the_oldest_posts_go_out_and_one_card_names_the_rest(world: World) -> None:
    posts = await many(world, MOST_A_SLOT + 12)
    publisher = world.publisher()
    for _ in range(3):
        await publisher.deliver_due()
        world.now += timedelta(hours=1)
    *full, card = [sent.message for sent in world.postbox.sent]
    assert [message.cards[0].title for message in full] == [item.title for item in posts[:MOST_A_SLOT]]
    assert "12" in (card.cards[0].title or "")
    assert [item.title in (card.cards[0].description or "") for item in posts] == [False] * 5 + [True] * 12
    buttons = [part.custom_id for row in card.rows for part in row]
    assert [any(item.key in (button or "") for button in buttons) for item in posts[5:]] == [True] * 12


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("downtime", [timedelta(seconds=20), timedelta(minutes=30)])
async def test_a_crash_around_the_list_card_loses_and_doubles_nothing(
    world: World, moment: str, downtime: timedelta
) -> None:
    posts = await many(world, MOST_A_SLOT + 3)
    setattr(world.postbox, moment, once(CrashError(), MOST_A_SLOT + 1))
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    world.now += downtime
    for _ in range(2):
        await world.publisher().deliver_due()
    assert len(world.postbox.sent) == MOST_A_SLOT + 1
    description = world.postbox.sent[-1].message.cards[0].description or ""
    assert all(item.title in description for item in posts[MOST_A_SLOT:])


async def test_a_refused_list_card_is_tried_again_without_the_posts_that_are_gone(world: World) -> None:
    posts = await many(world, MOST_A_SLOT + 3)
    refusal = SendRefused("no", status=400, code=50035, permanent=False)
    world.postbox.before = once(refusal, MOST_A_SLOT + 1)
    publisher = world.publisher()
    await publisher.deliver_due()
    world.archive = Archive.of(posts[:-1])
    for _ in range(2):
        world.now += timedelta(minutes=2)
        await publisher.deliver_due()
    assert len(world.postbox.sent) == MOST_A_SLOT + 1
    description = world.postbox.sent[-1].message.cards[0].description or ""
    assert [item.title in description for item in posts[-3:]] == [True, True, False]


async def test_a_refused_list_card_whose_posts_are_all_gone_is_owed_no_more(world: World) -> None:
    posts = await many(world, MOST_A_SLOT + 1)
    refusal = SendRefused("no", status=400, code=50035, permanent=False)
    world.postbox.before = once(refusal, MOST_A_SLOT + 1)
    publisher = world.publisher()
    await publisher.deliver_due()
    world.archive = Archive.of(posts[:-1])
    world.now += timedelta(minutes=2)
    await publisher.deliver_due()
    assert len(world.postbox.sent) == MOST_A_SLOT
    assert await SqlLedger(world.engine).unfinished() == frozenset()


async def test_a_server_is_told_at_each_look_why_its_channel_stopped_in_case_it_has_not_heard(
    world: World,
) -> None:
    told: list[tuple[int, str]] = []

    async def tell(subscription: Subscription, cause: str) -> None:
        told.append((subscription.channel_id, cause))

    def closed(_channel_id: int) -> None:
        raise SendRefused("Missing Permissions", status=403, code=50013, permanent=True)

    await world.subscribe(post("p"))
    world.postbox.refuse = closed
    publisher = replace(world.publisher(), tell=tell)
    for _ in range(4):
        await publisher.deliver_due()
        world.now += timedelta(hours=2)
    assert told == [(CHANNEL, "send:50013")] * 3  # after an hour, and two hours after that


async def test_a_server_that_cannot_be_told_ends_no_other_channels_pass(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def tell(_subscription: Subscription, _cause: str) -> None:
        raise ConnectionResetError

    def closed(channel_id: int) -> None:
        if channel_id == CHANNEL:
            raise SendRefused("Missing Permissions", status=403, code=50013, permanent=True)

    await world.subscribe(post("p"))
    for channel_id in range(CHANNEL + 1, CHANNEL + 50):
        other = Subscription(
            channel_id=channel_id, timetable=Timetable(at=None), created_at=world.now - timedelta(days=1)
        )
        await save_subscription(world.engine, other)
    world.postbox.refuse = closed
    await replace(world.publisher(), tell=tell).deliver_due()
    assert len(world.postbox.sent) == 49
    assert f"channel {CHANNEL} was not served" in caplog.text


async def test_what_stays_in_doubt_is_looked_for_ever_more_seldom_and_said_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.subscribe(post("a"))
    world.postbox.after = once(SendUncertain("reset"))
    publisher = world.publisher()
    await publisher.deliver_due()
    world.now += timedelta(hours=1)
    looks: list[datetime] = []

    class Closed(type(world.postbox)):  # type: ignore[misc]  # the fake, whose history is closed
        async def find(self, *_: object) -> int | None:
            looks.append(world.now)
            raise HistoryUnreadable("not allowed")

    closed = replace(publisher, postbox=Closed(lambda: world.now))
    for _ in range(120):
        await closed.deliver_due()
        world.now += timedelta(seconds=30)
    assert 8 <= len(looks) <= 12
    errors = [line for line in caplog.records if line.levelname == "ERROR"]
    assert len(errors) == 1
    await closed.try_again(CHANNEL, None)
    before = len(looks)
    await closed.deliver_due()
    assert len(looks) == before + 1


async def published_over_time(world: World, waits: Sequence[timedelta], at: time | None) -> list[str]:
    """The titles in the channel after a post, a wait, a post and so on, with passes in between."""
    world.now = datetime(2024, 1, 1, 1, tzinfo=UTC)
    begun = world.now - timedelta(days=1)
    await save_subscription(
        world.engine, Subscription(channel_id=CHANNEL, timetable=Timetable(at=at), created_at=begun)
    )
    publisher = world.publisher()
    for number, wait in enumerate(waits):
        new = post(f"p{number:02}", day=str(world.now.date()))
        world.archive = Archive.of([*world.archive.posts, new])
        world.first_seen[new.slug] = world.now
        for step in (timedelta(minutes=1), timedelta(minutes=1), wait - timedelta(minutes=2)):
            await publisher.deliver_due()
            world.now += step
    for _ in range(2):
        await publisher.deliver_due()
    return [sent.message.cards[0].title or "" for sent in world.postbox.sent]


@pytest.mark.parametrize(
    ("at", "days"), [(None, [7] * 12), (time(10), [14] * 12), (None, [1] * 11 + [32] + [1] * 3)]
)
async def test_posts_that_come_seldom_or_after_a_break_arrive_each_by_itself(
    world: World, at: time | None, days: list[int]
) -> None:
    titles = await published_over_time(world, [timedelta(days=number) for number in days], at)
    assert titles == [f"제목 p{number:02}" for number in range(len(days))]


async def test_an_archive_that_is_filled_up_goes_to_no_channel(world: World) -> None:
    await world.subscribe(post("news"))
    publisher = world.publisher()
    await publisher.deliver_due()
    old = [post(f"old{day:03}", str(date(2021, 1, 1) + timedelta(days=day))) for day in range(300)]
    world.archive = Archive.of([*old, *world.archive.posts])
    world.first_seen |= {item.slug: world.now for item in old}
    for _ in range(2):
        world.now += timedelta(minutes=1)
        await publisher.deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 news"]


async def test_a_channel_that_is_subscribed_again_gets_the_newest_post(world: World) -> None:
    await world.subscribe(post("a"))
    await world.publisher().deliver_due()
    await forget_subscription(world.engine, CHANNEL)
    world.now += timedelta(days=5)
    world.archive = Archive.of([*world.archive.posts, post("b", str(world.now.date()))])
    world.first_seen["b"] = world.now
    world.now += timedelta(days=1)
    again = Subscription(channel_id=CHANNEL, timetable=Timetable(at=None), created_at=world.now)
    await save_subscription(world.engine, again)
    for _ in range(3):
        await world.publisher().deliver_due()
        world.now += timedelta(minutes=1)
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 a", "제목 b"]


async def test_a_post_whose_turn_comes_just_when_another_is_too_old_is_not_overlooked(world: World) -> None:
    midnight = datetime(2024, 5, 5, tzinfo=UTC)
    await world.subscribe()
    utc = Subscription(
        channel_id=CHANNEL,
        timetable=Timetable(at=None, zone="UTC"),
        created_at=midnight - timedelta(days=200),
    )
    await save_subscription(world.engine, utc)
    days = [midnight.date() - timedelta(days=number) for number in range(60, -1, -1)]
    world.archive = Archive.of([post(f"p{number:02}", str(day)) for number, day in enumerate(days)])
    world.first_seen = {item.slug: midnight - timedelta(days=90) for item in world.archive.posts}
    publisher, world.now = world.publisher(), midnight - timedelta(minutes=1)
    for _ in range(12):
        await publisher.deliver_due()
    before = len(world.postbox.sent)
    world.now = midnight
    await publisher.deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent[before:]] == ["제목 p60"]


async def test_how_late_a_missed_slot_is_made_up_for_is_the_operators(world: World) -> None:
    daily = Subscription(
        channel_id=CHANNEL, timetable=Timetable(at=time(9)), created_at=world.now - timedelta(days=1)
    )
    await save_subscription(world.engine, daily)
    world.archive = Archive.of([post("a")])
    world.first_seen = {"a": world.now - timedelta(hours=1)}
    world.now += timedelta(hours=8)  # 09:00 in Seoul was eight hours ago
    await world.publisher().deliver_due()
    assert world.postbox.sent == []
    await replace(world.publisher(), grace=timedelta(hours=9)).deliver_due()
    assert len(world.postbox.sent) == 1


def automod(*unwanted: str) -> Callable[[Message], None]:
    """AutoMod refuses messages whose title ends with one of these."""

    def refuse(message: Message) -> None:
        if (message.cards[0].title or "").endswith(unwanted):
            raise SendRefused("AutoMod", status=400, code=200000, permanent=True)

    return refuse


async def test_a_post_that_is_refused_for_what_it_says_holds_up_no_other(world: World) -> None:
    await world.subscribe(post("bad"))
    told: list[str] = []

    async def tell(_subscription: Subscription, cause: str) -> None:
        told.append(cause)

    async def tell_unwanted(_subscription: Subscription, cause: str) -> None:
        told.append(f"at once {cause}")

    async def tell_left_out(_subscription: Subscription) -> None:
        told.append("left out")

    publisher = replace(
        world.publisher(), tell=tell, tell_unwanted=tell_unwanted, tell_left_out=tell_left_out
    )
    world.postbox.refuse_words = automod("bad")
    await publisher.deliver_due()
    assert told == ["at once send:200000"]
    for number in range(3):
        for _ in range(12):
            await publisher.deliver_due()
            world.now += timedelta(hours=2)
        new = post(f"good{number}", str(world.now.date()))
        world.archive = Archive.of([*world.archive.posts, new])
        world.first_seen[new.slug] = world.now
    await publisher.deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == [f"제목 good{n}" for n in range(3)]
    assert told == ["at once send:200000"], "and not at each of several tries"
    bad, *others = world.archive.posts
    mended = replace(bad, content_hash="mended", meta=replace(bad.meta, title="나아진 글"))
    world.archive = Archive.of([mended, *others])
    world.now += timedelta(hours=2)
    await publisher.deliver_due()
    assert world.postbox.sent[-1].message.cards[0].title == "나아진 글"


async def test_a_part_that_is_refused_for_what_it_says_holds_up_the_next_post_for_hours_and_not_for_good(
    world: World,
) -> None:
    await world.subscribe(post("long", body=LONG_BODY))
    publisher = world.publisher()

    def refuse(message: Message) -> None:
        if "부분 2" in str(message.to_payload()):
            raise SendRefused("AutoMod", status=400, code=200000, permanent=True)

    world.postbox.refuse_words = refuse
    await publisher.deliver_due()
    begun = len(world.postbox.sent)
    world.archive = Archive.of([*world.archive.posts, post("next")])
    world.first_seen["next"] = world.now
    for _ in range(24):
        world.now += timedelta(minutes=30)
        await publisher.deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent[begun:]] == ["제목 next"]
    assert begun > 0


async def test_where_a_second_post_is_refused_too_the_channel_stops_until_one_goes_through(
    world: World,
) -> None:
    await world.subscribe(post("bad"), post("worse"))
    world.first_seen |= {"bad": world.now - timedelta(hours=1), "worse": world.now - timedelta(hours=1)}
    told: list[str] = []

    async def tell(_subscription: Subscription, cause: str) -> None:
        told.append(cause)

    publisher = replace(world.publisher(), tell=tell)
    world.postbox.refuse_words = automod("bad", "worse")
    await publisher.deliver_due()
    assert told == ["send:200000"]
    assert await SqlSubscriptions(world.engine).active(world.now) == []
    world.archive = Archive.of([*world.archive.posts, post("good")])
    world.first_seen["good"] = world.now
    world.now += timedelta(hours=3)
    await publisher.deliver_due()
    assert [sent.message.cards[0].title for sent in world.postbox.sent] == ["제목 good"]
    (again,) = await SqlSubscriptions(world.engine).active(world.now)
    assert again.paused_because is None


async def test_a_corrected_post_that_is_refused_still_ends_no_pause(world: World) -> None:
    await world.subscribe(post("a"))
    publisher = world.publisher()

    def refuse(_channel: int) -> None:
        raise SendRefused("no access", status=403, code=50001, permanent=True)

    world.postbox.refuse = refuse
    await publisher.deliver_due()
    world.archive = Archive.of([replace(world.archive.posts[0], content_hash="corrected")])
    world.now += timedelta(hours=3)
    await publisher.deliver_due()
    assert await SqlSubscriptions(world.engine).active(world.now) == []
    assert world.postbox.sent == []


class Rounds(Nobody):
    """Counts, while channels are served, how many of them share a round of the event loop."""

    def __init__(self) -> None:
        self.round = 0
        self.served: list[int] = []

    def waiting(self, channels: int) -> None:
        if channels:
            self.served.append(self.round)

    async def count(self) -> None:
        while True:
            self.round += 1
            await asyncio.sleep(0)


async def test_where_nothing_is_owed_a_command_need_not_wait_for_more_than_a_channel(world: World) -> None:
    await world.subscribe(post("a"))
    for channel in range(1000, 1060):
        timetable = Timetable(at=None)
        await save_subscription(
            world.engine, Subscription(channel_id=channel, timetable=timetable, created_at=world.now)
        )
    rounds = Rounds()
    publisher = replace(world.publisher(), witness=rounds)
    for _ in range(3):
        await publisher.deliver_due()
        world.now += timedelta(hours=1)
    rounds.served.clear()
    counting = asyncio.create_task(rounds.count())
    await publisher.deliver_due()
    counting.cancel()
    assert len(rounds.served) == 61
    # The workers begin together; from then on it is one after the other.
    assert max(Counter(rounds.served[WORKERS:]).values()) <= 2


REFUSED = SendRefused("no", status=400, code=50035, permanent=False)


def refusing(*calls: int) -> Callable[[], None]:
    """Discord refuses these requests, counted from 1."""
    numbers = count(1)

    def act() -> None:
        if next(numbers) in calls:
            raise REFUSED

    return act


async def test_a_post_that_was_refused_before_does_not_come_between_the_parts_of_one_that_stopped(
    engine: AsyncEngine,
) -> None:
    world = World(engine)
    await world.subscribe(post("a"), replace(post("b"), body=LONG_BODY))
    world.postbox.before = refusing(1, 3)
    for wait in (timedelta(0), timedelta(0), timedelta(minutes=1)):
        world.now += wait
        await world.publisher().deliver_due()
    titles = [sent.message.cards[0].title for sent in world.postbox.sent]
    assert len(titles) > 2
    assert titles.index("제목 a") == len(titles) - 1


async def test_a_list_that_was_refused_before_waits_for_a_post_that_stopped_half_way(
    engine: AsyncEngine,
) -> None:
    world = World(engine)
    await world.subscribe(*(post(f"p{number}") for number in range(MOST_A_SLOT + 1)))
    world.postbox.before = refusing(MOST_A_SLOT + 1, MOST_A_SLOT + 3)
    await world.publisher().deliver_due()
    world.archive = Archive.of([*world.archive.posts, replace(post("z"), body=LONG_BODY)])
    world.first_seen["z"] = world.now
    for _ in range(2):
        world.now += timedelta(seconds=30)
        await world.publisher().deliver_due()
    assert len(world.postbox.sent) == MOST_A_SLOT + 1, "the list's time has come, the post's has not"
    world.now += timedelta(seconds=30)
    await world.publisher().deliver_due()
    titles = [sent.message.cards[0].title or "" for sent in world.postbox.sent[MOST_A_SLOT:]]
    assert titles[0] == "제목 z"
    assert len(titles) > 2
    assert ["그동안" in title for title in titles].index(True) == len(titles) - 1
