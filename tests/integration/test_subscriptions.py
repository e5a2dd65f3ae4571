"""Which channels get posts, on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.decisions import Action, SqlDecisions
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.causes import BY_HAND, BY_OPERATOR, BY_SERVER
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout
from bot.replacing import replace
from tests.support.subscribing import forget_subscription, save_subscription

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
OPERATOR = 99


def subscription(channel_id: int, **changes: Any) -> Subscription:
    values = {"timetable": Timetable(at=None), "created_at": NOW, "locale": "en"}
    return Subscription(channel_id=channel_id, **{**values, **changes})


async def active(store: SqlSubscriptions, now: datetime = NOW) -> list[Subscription]:
    """The active ones without their numbers."""
    return [replace(found, id=None) for found in await store.active(now)]


async def test_what_a_server_chose_comes_back_as_it_was_stored(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    chosen = subscription(
        2**63 - 1,
        guild_id=2**62,
        kind=ChannelKind.FORUM,
        timetable=Timetable(at=time(18, 30), zone="America/New_York", weekdays=frozenset({0, 4})),
        layout=Layout.THREAD,
        include=frozenset({"LLM", "오픈AI"}),
        exclude=frozenset({"crypto"}),
        role_id=2**62 + 1,
        silent=True,
        publish=True,
        forum_tags=("뉴스", "AI"),
    )
    stored = await save_subscription(engine, chosen)
    assert stored.id is not None
    assert await store.active(NOW) == [stored]
    assert replace(stored, id=None) == chosen


async def test_a_server_has_several_and_each_channel_one(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    first = await save_subscription(engine, subscription(1, guild_id=7))
    second = await save_subscription(engine, subscription(2, guild_id=7))
    await save_subscription(engine, subscription(3, guild_id=8))
    later = subscription(1, guild_id=7, locale="ko", created_at=NOW + timedelta(days=1))
    changed = await save_subscription(engine, later)
    assert changed == replace(first, locale="ko"), "the same number and the same beginning"
    assert await store.of_guild(7) == [changed, second]
    await forget_subscription(engine, 2)
    assert await store.of_guild(7) == [changed]


async def test_one_that_was_made_by_a_clock_that_was_ahead_begins_when_it_is_right(
    engine: AsyncEngine,
) -> None:
    store = SqlSubscriptions(engine)
    await save_subscription(engine, subscription(1, created_at=NOW + timedelta(days=2)))
    await save_subscription(engine, subscription(2))
    for now in (NOW, NOW + timedelta(hours=1)):
        assert [one.created_at for one in await store.active(now)] == [NOW, NOW]


async def test_a_pause_ends_for_a_look_and_for_good_when_mended(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    await save_subscription(engine, subscription(1))
    for times in (1, 2):
        await store.pause(1, "no permission", NOW + timedelta(hours=1))
        assert await store.active(NOW + timedelta(minutes=59)) == []
        (looked_at,) = await store.active(NOW + timedelta(hours=1))
        assert (looked_at.paused_because, looked_at.failures) == ("no permission", times)
    await store.resume(1, "no permission")
    assert await active(store) == [subscription(1)]


async def test_the_settings_decide_the_one_subscription_that_is_theirs(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    await store.follow_settings(subscription(1))
    assert await active(store) == [subscription(1)]
    await store.follow_settings(subscription(2))
    assert await active(store) == [subscription(2)]
    await store.follow_settings(None)
    assert await active(store) == []
    later = replace(subscription(1), created_at=NOW + timedelta(days=9))
    await store.follow_settings(later)
    assert await active(store) == [subscription(1)], "it does not start over"


async def test_a_restart_keeps_the_creation_and_looks_at_once_whether_it_was_mended(
    engine: AsyncEngine,
) -> None:
    store = SqlSubscriptions(engine)
    await store.follow_settings(subscription(1))
    await store.pause(1, "send:50013", None)
    assert await active(store) == []
    restarted = replace(
        subscription(1), created_at=NOW + timedelta(days=1), timetable=Timetable(zone="Europe/Paris")
    )
    await store.follow_settings(restarted)
    later = NOW + timedelta(days=1)
    paused: dict[str, Any] = {"paused_because": "send:50013", "failures": 1, "retry_at": later}
    assert await active(store, later) == [replace(restarted, created_at=NOW, **paused)]
    await store.resume(1, "send:50013")
    assert await active(store) == [replace(restarted, created_at=NOW)]


async def test_a_restart_keeps_a_pause_on_purpose_and_the_server_that_is_known(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    await store.follow_settings(subscription(1))
    await store.learn_channel(1, 77, ChannelKind.FORUM)
    await store.pause(1, BY_SERVER, None)
    await store.follow_settings(subscription(1))
    assert await active(store) == []
    (found,) = await store.of_guild(77)
    assert (found.paused_because, found.kind) == (BY_SERVER, ChannelKind.FORUM)
    await save_subscription(engine, replace(found, guild_id=77))
    await store.learn_channel(1, 77, ChannelKind.TEXT)  # what a server chose is more than the settings
    assert await store.of_channel(1) == found
    assert await store.of_channel(2) is None


async def test_a_server_is_told_once_a_cause_by_whoever_takes_it_first(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    await save_subscription(engine, subscription(1, guild_id=7))
    assert not await store.claim_notice(1, NOW), "it is not stopped"
    await store.pause(1, "send:50013", NOW)
    assert [found.channel_id for found in await store.untold(7, NOW)] == [1]
    assert await store.untold(8, NOW) == []
    taken = await asyncio.gather(*(store.claim_notice(1, NOW) for _ in range(5)))
    assert sorted(taken) == [False] * 4 + [True]
    await store.pause(1, "send:50013", NOW)
    assert await store.untold(7, NOW) == [], "it knows"
    late = NOW + timedelta(minutes=5)
    assert len(await store.untold(7, late)) == 1, "whoever took it on never told"
    assert await store.claim_notice(1, late)
    await store.notice_told(1, "send:10003")
    assert len(await store.untold(7, late + timedelta(days=1))) == 1, "it heard of another cause"
    await store.notice_told(1, "send:50013")
    assert await store.untold(7, NOW + timedelta(days=999)) == [], "it knows for good"
    assert not await store.claim_notice(1, NOW + timedelta(days=999))
    await store.give_notice_back(1)
    assert len(await store.untold(7, NOW)) == 1, "nobody could be told"
    await store.claim_notice(1, NOW)
    await store.pause(1, "send:10003", NOW)
    assert len(await store.untold(7, NOW)) == 1, "another cause"
    await store.pause(1, BY_OPERATOR, None)
    assert await store.untold(7, NOW) == [], "that is no failure"


@pytest.mark.parametrize("cause", sorted(BY_HAND))
async def test_what_a_person_paused_only_a_person_resumes(engine: AsyncEngine, cause: str) -> None:
    store = SqlSubscriptions(engine)
    await store.follow_settings(subscription(1))
    await store.pause(1, cause)
    await store.pause(1, "send:50001", NOW)
    assert await active(store, NOW + timedelta(days=400)) == []
    await store.resume(1, "send:50001")
    assert await SqlDecisions(engine).release_stopped(OPERATOR, NOW) == 0
    await store.follow_settings(subscription(1))
    found = await store.of_channel(1)
    assert found is not None
    assert found.paused_because == cause, "after a restart as well"
    await store.resume(1, cause)
    assert await active(store) == [subscription(1)]


async def test_stopped_channels_are_resumed_all_together_or_one(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    for channel_id in (1, 2, 3):
        await save_subscription(engine, subscription(channel_id, guild_id=7))
    for channel_id in (1, 2):
        await store.pause(channel_id, "send:50001", NOW + timedelta(days=1))
    decisions = SqlDecisions(engine)
    assert await decisions.release_stopped(OPERATOR, NOW, 3) == 0
    assert await decisions.release_stopped(OPERATOR, NOW, 2) == 1
    assert [one.channel_id for one in await store.active(NOW)] == [2, 3]
    assert await decisions.release_stopped(OPERATOR, NOW) == 1
    assert await active(store) == [subscription(number, guild_id=7) for number in (1, 2, 3)]
    assert await store.of_channel(4) is None
    (record,) = await decisions.history(7, 2, 5)
    assert (record.action, record.user_id, record.old) == (
        Action.OPERATOR_RESUME,
        OPERATOR,
        {"paused": "send:50001"},
    )
    assert await decisions.history(7, 3, 5) == []


async def test_slots_are_counted_where_nothing_is_paused(engine: AsyncEngine) -> None:
    store = SqlSubscriptions(engine)
    morning = Timetable(at=time(9, 0), weekdays=frozenset({0, 6}))
    for channel_id, timetable in enumerate((morning, morning, Timetable(at=None), morning), 1):
        await save_subscription(engine, subscription(channel_id, timetable=timetable, guild_id=7))
    await store.pause(4, BY_SERVER)
    assert await store.timetables() == {morning: 2, Timetable(at=None): 1}
    assert await store.causes() == {BY_SERVER: 1}
    known = await store.channels()
    assert [(one.channel_id, one.guild_id, one.paused_because) for one in known] == [
        (1, 7, None),
        (2, 7, None),
        (3, 7, None),
        (4, 7, BY_SERVER),
    ]
