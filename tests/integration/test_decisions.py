"""What servers decide about their channels, on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.decisions import By, Decision, Refusal, SqlDecisions
from bot.adapters.database.drafts import Owner, SqlDrafts
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.causes import BY_OPERATOR, BY_SERVER, NOT_IN_SETTINGS
from bot.delivery.choices import MOST_SUBSCRIPTIONS, values_of
from bot.delivery.drafts import LIFETIME
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from bot.replacing import replace
from tests.support.subscribing import save_subscription

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
BY = By(guild_id=7, user_id=42, at=NOW)


def subscription(channel_id: int, **changes: Any) -> Subscription:
    values = {"timetable": Timetable(), "created_at": NOW, "locale": "en", "guild_id": 7}
    return Subscription(channel_id=channel_id, **{**values, **changes})


async def test_a_decision_is_stored_with_a_line_in_the_audit(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    first = subscription(1)
    assert await decisions.take([Decision(old=None, new=first)], BY) is None
    later = replace(first, locale="ko", created_at=NOW + timedelta(days=3))
    assert await decisions.take([Decision(old=first, new=later)], BY) is None
    (found,) = await store.of_guild(7)
    assert (found.locale, found.created_at) == ("ko", NOW), "it does not start over"
    changed, created = await decisions.history(7, 1, 5)
    assert (created.action, created.old, created.user_id) == ("create", None, 42)
    assert (changed.action, changed.old, changed.new) == ("change", values_of(first), values_of(later))
    assert await decisions.history(8, 1, 5) == []


async def test_of_several_decisions_all_are_taken_or_none(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    known = await save_subscription(engine, subscription(2))
    good = Decision(old=None, new=subscription(1))
    wrong = Decision(old=replace(known, silent=True), new=replace(known, locale="ko"))
    assert await decisions.take([good, wrong], BY) is Refusal.OUTDATED
    assert [each.channel_id for each in await store.of_guild(7)] == [2]
    assert await decisions.history(7, 1, 5) == []


async def test_a_move_takes_the_old_channel_away_and_no_taken_one(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    first = await save_subscription(engine, subscription(1))
    second = await save_subscription(engine, subscription(2))
    taken = Decision(old=first, new=replace(first, channel_id=2))
    assert await decisions.take([taken], BY) is Refusal.TAKEN
    assert await decisions.take([Decision(old=first, new=replace(first, channel_id=3))], BY) is None
    assert [each.channel_id for each in await store.of_guild(7)] == [2, 3]
    assert await decisions.take([Decision(old=second, new=None)], BY) is None
    assert [each.channel_id for each in await store.of_guild(7)] == [3]
    assert [record.action for record in await decisions.history(7, 1, 5)] == ["move"]


async def test_of_two_at_once_one_is_told_that_the_channel_changed(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    new = [Decision(old=None, new=subscription(1, locale=locale)) for locale in ("ko", "en")]
    outcomes = await asyncio.gather(*(decisions.take([each], BY) for each in new))
    assert sorted(outcomes, key=str) == [None, Refusal.TAKEN]
    (known,) = await store.of_guild(7)
    changes = [Decision(old=known, new=replace(known, silent=True)), Decision(old=known, new=None)]
    outcomes = await asyncio.gather(*(decisions.take([each], BY) for each in changes))
    assert sorted(outcomes, key=str) == [None, Refusal.OUTDATED]


async def test_a_server_has_no_more_than_it_may(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    several = [Decision(old=None, new=subscription(channel)) for channel in range(1, MOST_SUBSCRIPTIONS + 1)]
    assert await decisions.take(several, BY) is None
    one_more = Decision(old=None, new=subscription(99))
    assert await decisions.take([one_more], BY) is Refusal.FULL
    assert len(await store.of_guild(7)) == MOST_SUBSCRIPTIONS
    elsewhere = replace(BY, guild_id=8)
    other = Decision(old=None, new=subscription(99, guild_id=8))
    assert await decisions.take([other], elsewhere) is None


async def test_a_pause_by_hand_outlives_a_change_and_the_operators_word_counts_more(
    engine: AsyncEngine,
) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    known = await save_subscription(engine, subscription(1))
    assert await decisions.pause(1, BY_SERVER, BY)
    assert not await decisions.pause(1, BY_SERVER, BY)
    assert await decisions.take([Decision(old=known, new=replace(known, silent=True))], BY) is None
    assert (await store.of_guild(7))[0].paused_because == BY_SERVER
    assert await decisions.pause(1, BY_OPERATOR, BY)
    assert not await decisions.pause(1, BY_SERVER, BY)
    assert not await decisions.resume(1, BY_SERVER, NOW, BY)
    assert await store.active(NOW + timedelta(days=99)) == []
    assert not await decisions.release(1, BY_SERVER, BY)
    assert await decisions.release(1, BY_OPERATOR, BY)
    assert (await store.of_guild(7))[0].paused_because == BY_SERVER, "that is the server's to end"
    assert await decisions.resume(1, BY_SERVER, NOW + timedelta(days=1), BY)
    (found,) = await store.active(NOW + timedelta(days=1))
    assert found.created_at == NOW + timedelta(days=1)
    actions = [record.action for record in await decisions.history(7, 1, 9)]
    assert actions == ["resume", "operator_resume", "operator_pause", "change", "pause"]
    assert await decisions.pause(1, BY_OPERATOR, BY)
    assert await decisions.release(1, BY_OPERATOR, BY)
    (found,) = await store.active(NOW + timedelta(days=2))
    assert found.created_at == NOW + timedelta(days=1), "what is owed comes"


async def test_saving_ends_a_pause_that_discord_caused(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    known = await save_subscription(engine, subscription(1))
    await store.pause(1, "send:50013", NOW + timedelta(hours=1))
    assert await decisions.take([Decision(old=known, new=replace(known, locale="ko"))], BY) is None
    assert len(await store.active(NOW)) == 1


async def test_what_a_server_decided_counts_more_than_the_settings(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    wanted = subscription(1, guild_id=None)
    await store.follow_settings(wanted)
    await store.learn_channel(1, 7, ChannelKind.TEXT)
    (known,) = await store.of_guild(7)
    chosen = replace(known, timetable=Timetable(zone="Europe/Paris"))
    assert await decisions.take([Decision(old=known, new=chosen)], BY) is None
    await store.follow_settings(wanted)
    (known,) = await store.of_guild(7)
    assert known.timetable.zone == "Europe/Paris"
    await store.follow_settings(subscription(5, guild_id=None))
    assert len(await store.active(NOW)) == 2, "the server's own is not stopped"
    assert await decisions.take([Decision(old=known, new=None)], BY) is None
    await store.follow_settings(wanted)
    assert await store.active(NOW) == []


async def test_a_pause_alone_decides_nothing_over_the_settings(engine: AsyncEngine) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    await store.follow_settings(subscription(1))
    await decisions.pause(1, BY_SERVER, BY)
    await store.follow_settings(subscription(1, locale="ko"))
    (found,) = await store.of_guild(7)
    assert (found.locale, found.paused_because) == ("ko", BY_SERVER)


async def test_a_draft_is_its_owners_for_a_day(engine: AsyncEngine) -> None:
    drafts, owner = SqlDrafts(engine), Owner(guild_id=7, user_id=42)
    token = await drafts.keep(owner, {"new": {"time": "09:00"}}, NOW)
    assert await drafts.get(token, owner, NOW) == {"new": {"time": "09:00"}}
    for other in (Owner(guild_id=8, user_id=42), Owner(guild_id=7, user_id=43)):
        assert await drafts.get(token, other, NOW) is None
    await drafts.change(token, {"new": {"time": "10:00"}}, NOW + timedelta(hours=23))
    almost = NOW + timedelta(hours=23) + LIFETIME
    assert await drafts.get(token, owner, almost - timedelta(seconds=1)) == {"new": {"time": "10:00"}}
    assert await drafts.get(token, owner, almost) is None
    other_token = await drafts.keep(owner, {}, almost)
    assert await drafts.get(token, owner, NOW) is None, "old ones are forgotten"
    await drafts.drop(other_token)
    assert await drafts.get(other_token, owner, almost) is None


async def test_nobody_of_the_server_takes_a_pause_of_the_operator_away_with_its_channel(
    engine: AsyncEngine,
) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    known = await save_subscription(engine, subscription(1))
    assert await decisions.pause(1, BY_OPERATOR, BY)
    for new in (None, replace(known, channel_id=2)):
        assert await decisions.take([Decision(old=known, new=new)], BY) is Refusal.OPERATOR_PAUSED
    (found,) = await store.of_guild(7)
    assert (found.channel_id, found.paused_because) == (1, BY_OPERATOR)
    assert await decisions.release(1, BY_OPERATOR, BY)
    assert await decisions.take([Decision(old=known, new=None)], BY) is None


async def test_a_channel_out_of_the_settings_is_the_servers_own_with_the_one_decision_to_resume_it(
    engine: AsyncEngine,
) -> None:
    decisions, store = SqlDecisions(engine), SqlSubscriptions(engine)
    await store.follow_settings(subscription(1))
    await store.follow_settings(None)
    assert await decisions.resume(1, NOT_IN_SETTINGS, NOW + timedelta(days=1), BY)
    await store.follow_settings(None)
    (found,) = await store.active(NOW + timedelta(days=2))
    assert found.created_at == NOW + timedelta(days=1)
    assert [record.action for record in await decisions.history(7, 1, 5)] == ["resume"]
