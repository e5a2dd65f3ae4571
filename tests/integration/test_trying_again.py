"""A person says that it is mended: nothing waits any longer, on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.marks import SqlMarks, SqlToldFindings
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.causes import BY_OPERATOR
from bot.delivery.models import DeliveryState
from bot.delivery.withdrawing import withdraw
from bot.errors import SendRefused, SendUncertain
from bot.formatting.messages import Message
from bot.posts.archive import Archive
from tests.support.delivering import CHANNEL, LONG_BODY, World, once
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


class Filter:
    """Refuses every message with one of these words, as long as it is on; counts what it stopped."""

    def __init__(self, *words: str) -> None:
        self.words, self.is_on, self.stopped = words, True, 0

    def __call__(self, message: Message) -> None:
        if self.is_on and any(word in str(message.to_payload()) for word in self.words):
            self.stopped += 1
            raise SendRefused("AutoMod", status=400, code=200000, permanent=True)


async def passes(world: World, hours: int, every: timedelta = timedelta(minutes=30)) -> None:
    """A pass each half hour, or as seldom as it is said."""
    publisher = world.publisher()
    for _ in range(timedelta(hours=hours) // every):
        await publisher.deliver_due()
        world.now += every


def titles(world: World) -> list[str]:
    return [sent.message.cards[0].title or "" for sent in world.postbox.sent]


@pytest.mark.parametrize("words", ["제목 a", "부분 2"])
@pytest.mark.parametrize("is_wanted_by_hand", [True, False])
async def test_what_a_filter_stopped_comes_once_it_is_mended_by_hand_at_once_and_by_itself_within_a_day(
    world: World, words: str, *, is_wanted_by_hand: bool
) -> None:
    await world.subscribe(post("a", body=LONG_BODY), post("b"))
    world.postbox.refuse_words = stop = Filter(words)
    await passes(world, 12)
    begun = len(world.postbox.sent)
    assert titles(world)[-1] == "제목 b", "the other post was not held up for good"
    stop.is_on = False
    if is_wanted_by_hand:
        await world.publisher().try_again(CHANNEL, None)
        await world.publisher().deliver_due()
    else:
        await passes(world, 10)
        assert len(world.postbox.sent) == begun
        await passes(world, 14)
    assert len(world.postbox.sent) > begun
    rows = await SqlLedger(world.engine).parts("a", CHANNEL)
    assert {row.state for row in rows} == {DeliveryState.SENT}
    assert len(rows) == len([title for title in titles(world) if title != "제목 b"])


async def test_what_a_filter_goes_on_to_stop_is_tried_daily_for_a_week_and_by_hand_after_that(
    world: World,
) -> None:
    world.postbox.refuse_words = stop = Filter("제목 a")
    await passes(world, 12)
    assert stop.stopped == 8
    await passes(world, 24 * 8)
    assert stop.stopped == 8 + 7
    await passes(world, 24 * 6, every=timedelta(hours=2))
    assert stop.stopped == 8 + 7
    await world.publisher().try_again(CHANNEL, None)
    await world.publisher().deliver_due()
    assert stop.stopped == 8 + 7 + 1
    world.archive = Archive.of([*world.archive.posts, post("b", str(world.now.date()))])
    world.first_seen["b"] = world.now
    await passes(world, 1)
    assert titles(world) == ["제목 b"]


async def test_what_a_filter_stopped_of_a_post_that_is_withdrawn_does_not_come_any_more(world: World) -> None:
    await world.subscribe(post("a", body=LONG_BODY))
    world.postbox.refuse_words = stop = Filter("부분 2")
    await passes(world, 12)
    assert world.postbox.there()
    await withdraw("a", SqlLedger(world.engine), world.postbox)
    stop.is_on = False
    await world.publisher().try_again(CHANNEL, None)
    await passes(world, 48)
    assert world.postbox.there() == []


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
