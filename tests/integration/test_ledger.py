"""The ledger's promises, kept in memory, on a real SQLite and on a real PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.seen import SqlPostsSeen
from bot.delivery.causes import REFUSED_FOR_GOOD, Ending
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, Progress
from bot.delivery.ports import Ledger
from bot.replacing import replace
from tests.support.databases import Opened
from tests.support.ledger_in_memory import MemoryLedger, Rows

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)

MakeLedger = Callable[..., Ledger]
"""A ledger over the test's one store, with a lease; each call is another process."""


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def make(request: pytest.FixtureRequest, opened: Opened) -> AsyncIterator[MakeLedger]:
    """A store of each kind."""
    if request.param == "memory":
        yield partial(MemoryLedger, Rows(), clock=lambda: NOW)
        return
    async with opened(request.param) as engine:
        yield partial(SqlLedger, engine, clock=lambda: NOW)


def claim(part: int = 0, parts: int = 2, at: datetime = NOW) -> Delivery:
    return Delivery(
        key=DeliveryKey(slug="오늘-뉴스", channel_id=2**63 - 1, part=part),
        state=DeliveryState.CLAIMED,
        parts=parts,
        fingerprint="f" * 64,
        payload_hash="p" * 64,
        claimed_at=at,
    )


async def test_only_one_of_many_claims_wins(make: MakeLedger) -> None:
    ledger = make()
    results = await asyncio.gather(*(ledger.claim(claim()) for _ in range(8)))
    assert sorted(results, key=str) == [1] + [None] * 7


async def test_a_confirmed_delivery_is_never_claimed_again(make: MakeLedger) -> None:
    ledger = make()
    assert await ledger.claim(claim())
    await ledger.confirm(claim().key, 42, NOW)
    assert not await ledger.claim(claim(at=NOW + timedelta(days=365)))
    assert await ledger.claimed(claim().key.channel_id) == []


async def test_a_failed_delivery_is_claimed_again_when_its_time_has_come(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim())
    await ledger.fail(claim().key, "no", NOW + timedelta(minutes=5))
    assert not await ledger.claim(claim(at=NOW + timedelta(minutes=4)))
    assert await ledger.claim(claim(at=NOW + timedelta(minutes=5))) == 2
    (again,) = await ledger.claimed(claim().key.channel_id)
    assert (again.attempts, again.claimed_at) == (2, NOW + timedelta(minutes=5))
    renewed = replace(again, fingerprint="n" * 64, claimed_at=NOW + timedelta(hours=1))
    await ledger.renew(renewed)
    assert await ledger.claimed(claim().key.channel_id) == [renewed]


async def test_no_more_is_sent_of_a_post_that_was_withdrawn_half_way_whatever_was_under_way(
    make: MakeLedger,
) -> None:
    ledger = make()
    for part in range(3):
        await ledger.claim(claim(part, 5))
    await ledger.confirm(claim(0).key, 40, NOW)
    await ledger.fail(claim(1).key, "no", NOW)
    await ledger.abandon("오늘-뉴스")
    await ledger.fail(claim(2).key, "late word of what was under way", NOW)
    rows = await ledger.parts("오늘-뉴스", claim().key.channel_id)
    assert [row.state for row in rows] == [DeliveryState.SENT, *[DeliveryState.GONE] * 4]
    assert [await ledger.claim(claim(part, 5, NOW + timedelta(days=1))) for part in range(5)] == [0] * 5
    assert await ledger.unfinished() == frozenset()
    assert await ledger.confirm(claim(2).key, 42, NOW) is False
    assert [row.message_id for row in await ledger.everywhere("오늘-뉴스")] == [42, 40]


async def test_a_message_confirmed_while_its_post_is_withdrawn_is_known_to_one_of_the_two(
    make: MakeLedger,
) -> None:
    ledger, other = make(), make()

    async def withdraw(slug: str) -> bool:
        await other.abandon(slug)
        return any(row.state is DeliveryState.SENT for row in await other.everywhere(slug))

    for number in range(30):
        key = replace(claim().key, slug=f"p{number}")
        await ledger.claim(replace(claim(), key=key))
        is_wanted, is_seen = await asyncio.gather(ledger.confirm(key, 42, NOW), withdraw(key.slug))
        assert is_seen or not is_wanted
        assert [row.message_id for row in await ledger.everywhere(key.slug)] == [42]


async def test_what_is_in_doubt_when_its_post_is_withdrawn_stays_so_and_is_not_claimed(
    make: MakeLedger,
) -> None:
    ledger = make(timedelta(seconds=15))
    channel = claim().key.channel_id
    await ledger.claim(claim())
    leased = (await ledger.claimed(channel))[0].retry_at
    for _ in range(2):
        await ledger.abandon("오늘-뉴스")
        (row,) = await ledger.claimed(channel)
        assert (row.state, row.cause) == (DeliveryState.CLAIMED, Ending.WITHDRAWN)
        assert row.retry_at == leased, "the process that is sending it has it still"
        assert await ledger.everywhere("오늘-뉴스") == [row]
    later = NOW + timedelta(days=1)
    assert [await ledger.claim(claim(part, at=later)) for part in (0, 1)] == [None, 0]
    assert await ledger.take(claim().key, later)
    await ledger.renew(replace(claim(), fingerprint="n" * 64))
    (row,) = await ledger.claimed(channel)
    assert (row.fingerprint, row.cause) == ("n" * 64, Ending.WITHDRAWN)


Late = Callable[[Ledger, DeliveryKey], Awaitable[None]]
LATE: dict[str, Late] = {
    "refused": lambda ledger, key: ledger.fail(key, "no", NOW),
    "left out": lambda ledger, key: ledger.give_up(key, f"{REFUSED_FOR_GOOD}Invalid Form Body"),
    "no thread": lambda ledger, key: ledger.give_up(key, Ending.THREAD_GONE),
    "taken back": lambda ledger, key: ledger.remove(key, NOW),
    "postponed": lambda ledger, key: ledger.postpone(key, Ending.TAKING_BACK, NOW),
    "edited": lambda ledger, key: ledger.amend(replace(claim(), key=key)),
}


@pytest.mark.parametrize("learn", LATE.values(), ids=LATE)
async def test_nothing_that_is_learnt_late_makes_a_withdrawn_message_wanted_again(
    make: MakeLedger, learn: Late
) -> None:
    ledger = make()
    for part in (0, 1):
        await ledger.claim(claim(part))
    await ledger.fail(claim(1).key, "no", NOW)
    await ledger.abandon("오늘-뉴스")
    for part in (0, 1):
        await learn(ledger, claim(part).key)
    rows = await ledger.parts("오늘-뉴스", claim().key.channel_id)
    assert [(row.state, row.cause) for row in rows] == [(DeliveryState.GONE, Ending.WITHDRAWN)] * 2
    assert await ledger.unfinished() == frozenset()


async def test_a_post_of_which_nothing_is_there_is_not_abandoned(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim())
    await ledger.fail(claim().key, "no", NOW)
    await ledger.abandon("오늘-뉴스")
    assert await ledger.claim(claim()) == 2


async def test_a_claim_comes_back_as_it_was_written(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim())
    assert await ledger.claimed(claim().key.channel_id) == [claim()]


async def test_the_history_tells_how_far_a_post_has_come(make: MakeLedger) -> None:
    ledger = make()
    for part in (0, 1):
        await ledger.claim(claim(part, parts=3))
    await ledger.confirm(claim(0).key, 1, NOW)
    await ledger.fail(claim(1).key, "no", NOW + timedelta(minutes=1))
    history = await ledger.history(claim().key.channel_id, NOW)
    assert history == {
        "오늘-뉴스": Progress(sent=1, parts=3, retry_at=NOW + timedelta(minutes=1), begun_at=NOW)
    }
    assert await ledger.history(5, NOW) == {}


async def test_first_sightings_stay_and_new_posts_are_dated(engine: AsyncEngine) -> None:
    seen = SqlPostsSeen(engine)
    old_copy = NOW - timedelta(days=400)
    assert await seen.register({"a": old_copy}, NOW) == {"a": NOW}
    later = NOW + timedelta(hours=2)
    arrived = NOW + timedelta(hours=1)
    assert await seen.register({"a": later, "b": arrived, "c": old_copy}, later) == {
        "a": NOW,
        "b": arrived,
        "c": NOW,
    }


async def test_sightings_that_were_read_before_are_read_again_only_for_a_new_post(
    engine: AsyncEngine,
) -> None:
    seen, other = SqlPostsSeen(engine), SqlPostsSeen(engine)
    before = await seen.register({"a": NOW}, NOW)
    assert await seen.register({"a": NOW}, NOW, before) is before
    later = NOW + timedelta(hours=2)
    await other.register({"b": later}, later)  # another process sees it first
    latest = later + timedelta(hours=1)
    assert await seen.register({"a": NOW, "b": latest}, latest, before) == {"a": NOW, "b": later}


async def test_a_part_that_is_there_and_one_that_another_process_has_are_told_apart(
    make: MakeLedger,
) -> None:
    ledger = make()
    await ledger.claim(claim(0))
    assert await ledger.claim(claim(0)) is None
    await ledger.confirm(claim(0).key, 42, NOW)
    assert await ledger.claim(claim(0)) == 0


async def test_a_claim_is_left_to_its_process_for_a_while_and_then_taken_over_by_one(
    make: MakeLedger,
) -> None:
    ledger = make(timedelta(seconds=15))
    await ledger.claim(claim())
    assert not await ledger.take(claim().key, NOW + timedelta(seconds=14))
    later = NOW + timedelta(seconds=15)
    taken = await asyncio.gather(*(ledger.take(claim().key, later) for _ in range(4)))
    assert sorted(taken) == [False, False, False, True]
    (kept,) = await ledger.claimed(claim().key.channel_id)
    assert kept.claimed_at == NOW, "where to look for it in the channel must not be forgotten"
    await ledger.confirm(claim().key, 42, later)
    assert not await ledger.take(claim().key, later + timedelta(days=1))


async def test_a_single_process_takes_over_what_its_predecessor_left_at_once(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim())
    assert await ledger.take(claim().key, NOW)


async def test_channels_with_something_unfinished_are_known(make: MakeLedger) -> None:
    ledger = make()
    channel = claim().key.channel_id
    assert await ledger.unfinished() == frozenset()
    await ledger.claim(claim())
    assert await ledger.unfinished() == {channel}
    await ledger.confirm(claim().key, 42, NOW)
    assert await ledger.unfinished() == frozenset()


async def test_old_history_is_left_where_it_is_unless_something_is_unfinished(make: MakeLedger) -> None:
    ledger = make()
    channel = claim().key.channel_id
    await ledger.claim(claim(0))
    await ledger.confirm(claim(0).key, 1, NOW)
    since = NOW + timedelta(days=1)
    assert await ledger.history(channel, since) == {}
    await ledger.claim(claim(1))
    assert await ledger.history(channel, since) == {"오늘-뉴스": Progress(sent=1, parts=2, begun_at=NOW)}


async def test_a_posts_own_history_is_known_however_old_it_is(make: MakeLedger) -> None:
    ledger = make()
    key = claim().key
    await ledger.claim(claim(parts=1))
    await ledger.confirm(key, 1, NOW)
    await ledger.claim(card(), {"b": "x"})
    await ledger.confirm(card().key, 2, NOW)
    since = NOW + timedelta(days=400)
    asked = await ledger.history(key.channel_id, since, (key.slug, "b", "never sent"))
    assert set(asked) == {key.slug, "b"}
    assert all(progress.complete for progress in asked.values())
    assert await ledger.history(5, since, (key.slug,)) == {}


async def test_a_post_that_became_shorter_owes_no_more_parts(make: MakeLedger) -> None:
    ledger = make()
    key = claim().key
    for part in (0, 1, 2):
        await ledger.claim(claim(part, parts=3))
    await ledger.confirm(claim(0).key, 1, NOW)
    await ledger.confirm(claim(1).key, 2, NOW)
    await ledger.fail(claim(2).key, "shorter", NOW)
    await ledger.shorten(key.slug, key.channel_id, 2)
    assert await ledger.history(key.channel_id, NOW) == {key.slug: Progress(sent=2, parts=2, begun_at=NOW)}
    assert await ledger.unfinished() == frozenset()


async def test_processes_that_find_the_same_new_posts_at_once_agree_on_when(engine: AsyncEngine) -> None:
    posts = {f"post{number}": NOW for number in range(50)}
    several = [SqlPostsSeen(engine).register(posts, NOW + timedelta(seconds=n)) for n in range(6)]
    first, *others = await asyncio.gather(*several)
    assert all(other == first for other in others)
    assert await SqlPostsSeen(engine).register(posts, NOW + timedelta(days=1)) == first


async def test_a_posts_thread_is_known_by_its_first_message(make: MakeLedger) -> None:
    ledger, key = make(), claim().key
    await ledger.claim(claim())
    assert await ledger.first_message(key.slug, key.channel_id) is None
    await ledger.confirm(key, 42, NOW)
    assert await ledger.first_message(key.slug, key.channel_id) == 42
    assert await ledger.first_message("other", key.channel_id) is None


async def test_what_the_server_removed_counts_as_there_and_is_never_claimed(make: MakeLedger) -> None:
    ledger, key = make(), claim().key
    await ledger.claim(claim(parts=1))
    await ledger.give_up(key, "the thread was deleted")
    assert await ledger.claim(claim(parts=1, at=NOW + timedelta(days=1))) == 0
    assert await ledger.claimed(key.channel_id) == []
    assert await ledger.unfinished() == frozenset()
    (progress,) = (await ledger.history(key.channel_id, NOW - timedelta(days=1))).values()
    assert progress.complete


async def test_what_is_left_out_is_open_again_when_its_time_has_come_or_a_person_wants_it(
    make: MakeLedger,
) -> None:
    ledger, key, later = make(), claim().key, NOW + timedelta(days=1)
    cause, states = f"{REFUSED_FOR_GOOD}no", []

    async def look() -> None:
        (row,) = await ledger.parts(key.slug, key.channel_id)
        states.append(row.state)

    await ledger.claim(claim(parts=1))
    await ledger.give_up(key, cause, again_at=later)
    for reopening in (ledger.reopen(NOW), ledger.reopen(NOW, 7), ledger.reopen(later)):
        await reopening
        await look()
    assert states == [DeliveryState.GONE, DeliveryState.GONE, DeliveryState.FAILED]
    assert await ledger.claim(claim(parts=1, at=later)) == 2
    await ledger.give_up(key, cause)
    await ledger.reopen(later + timedelta(days=20))
    await look()
    await ledger.reopen(later + timedelta(days=31), key.channel_id)
    await look()
    await ledger.reopen(later + timedelta(days=20), key.channel_id)
    await look()
    assert states[3:] == [DeliveryState.GONE, DeliveryState.GONE, DeliveryState.FAILED]
    await ledger.give_up(key, "the thread was deleted")
    await ledger.reopen(later + timedelta(days=20), key.channel_id)
    await look()
    assert states[6:] == [DeliveryState.GONE]


def card(slug: str = "list/0123456789abcdef") -> Delivery:
    """A claim of a list card in the channel of ``claim``."""
    return replace(claim(parts=1), key=replace(claim().key, slug=slug))


async def test_posts_that_a_list_names_are_never_claimed(make: MakeLedger) -> None:
    ledger = make()
    channel = claim().key.channel_id
    assert await ledger.claim(card(), {"오늘-뉴스": "x", "b": "x"}) == 1
    assert await ledger.claim(claim()) == 0
    assert sorted(await ledger.listed(card().key.slug, channel)) == ["b", "오늘-뉴스"]
    await ledger.confirm(card().key, 42, NOW)
    assert await ledger.unfinished() == frozenset()
    history = await ledger.history(channel, NOW)
    assert history["오늘-뉴스"].complete
    assert (history["오늘-뉴스"].content_hash, history["오늘-뉴스"].listed_in) == ("x", card().key.slug)


async def test_a_list_that_names_a_post_which_was_begun_is_not_claimed(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim())
    assert await ledger.claim(card(), {"a": "x", "오늘-뉴스": "x"}) is None
    assert await ledger.listed(card().key.slug, claim().key.channel_id) == []
    assert set(await ledger.history(claim().key.channel_id, NOW)) == {"오늘-뉴스"}


async def test_a_list_that_never_went_out_lets_go_of_its_posts(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(card(), {"오늘-뉴스": "x"})
    await ledger.fail(card().key, "no", NOW)
    await ledger.end(card().key.slug, card().key.channel_id)
    assert await ledger.claim(claim()) == 1


async def test_a_correction_is_recorded_part_by_part_and_then_as_a_whole(make: MakeLedger) -> None:
    ledger = make()
    key = claim().key
    for part in (0, 1):
        await ledger.claim(replace(claim(part), content_hash="old", updated_on=NOW.date()))
        await ledger.confirm(claim(part).key, part + 1, NOW)
    assert (await ledger.history(key.channel_id, NOW))[key.slug].content_hash == "old"
    first, last = await ledger.parts(key.slug, key.channel_id)
    assert (first.message_id, first.updated_on) == (1, NOW.date())
    await ledger.amend(replace(first, payload_hash="n" * 64, fingerprint="m" * 64))
    later = NOW + timedelta(minutes=10)
    await ledger.remove(last.key, later)
    await ledger.corrected(key.slug, key.channel_id, 1, "new")
    progress = (await ledger.history(key.channel_id, NOW))[key.slug]
    assert (progress.complete, progress.content_hash) == (True, "new")
    assert (await ledger.parts(key.slug, key.channel_id))[0].payload_hash == "n" * 64
    assert [row.key.part for row in await ledger.everywhere(key.slug)] == [0]
    assert await ledger.claim(claim(1, at=NOW)) is None
    assert await ledger.claim(claim(1, at=later)) == 2


async def test_a_post_withdrawn_half_way_is_ended_and_shows_no_content(make: MakeLedger) -> None:
    ledger = make()
    key = claim().key
    for part in (0, 1):
        await ledger.claim(replace(claim(part, parts=3), content_hash="old"))
    await ledger.confirm(key, 1, NOW)
    await ledger.fail(claim(1).key, "gone", NOW)
    await ledger.end(key.slug, key.channel_id)
    progress = (await ledger.history(key.channel_id, NOW))[key.slug]
    assert (progress.sent, progress.parts, progress.content_hash) == (1, 1, "")
    assert await ledger.unfinished() == frozenset()


async def test_what_was_handed_on_is_counted_and_not_handed_on_again(make: MakeLedger) -> None:
    ledger = make()
    for part in range(2):
        await ledger.claim(claim(part))
        await ledger.confirm(claim(part).key, 40 + part, NOW)
    channel = claim().key.channel_id
    assert [row.message_id for row in await ledger.unpublished(channel, NOW)] == [40, 41]
    assert await ledger.unpublished(channel, NOW + timedelta(seconds=1)) == []
    await ledger.published(claim().key, NOW + timedelta(hours=1))
    assert [row.message_id for row in await ledger.unpublished(channel, NOW)] == [41]
    assert await ledger.published_since(channel, NOW + timedelta(hours=1)) == 1
    assert await ledger.published_since(channel, NOW + timedelta(hours=2)) == 0


async def test_channels_that_show_another_content_are_found_however_old_their_messages_are(
    make: MakeLedger,
) -> None:
    ledger = make()
    first = claim().key
    other = replace(first, channel_id=7)
    for key in (first, other):
        for part in (0, 1):
            await ledger.claim(replace(claim(), key=replace(key, part=part), content_hash="old"))
    await ledger.claim(replace(claim(), key=replace(first, slug="unknown content")))
    await ledger.claim(card(), {"b": "old"})
    contents = {first.slug: "new", "b": "new", "unknown content": "new", "never sent": "new"}
    assert await ledger.outdated(contents) == {first.slug, "b"}
    assert await ledger.outdated({first.slug: "old", "b": "old"}) == frozenset()
    assert await ledger.channels_of(contents) == {first.channel_id: {first.slug, "b"}, 7: {first.slug}}
    await ledger.corrected(first.slug, first.channel_id, 2, "new")
    await ledger.relisted(card().key.slug, first.channel_id, {"b": "new"})
    assert await ledger.outdated(contents) == {first.slug}
    assert await ledger.channels_of(contents) == {7: {first.slug}}
    assert await ledger.channels_of({}) == {}


async def test_a_post_that_left_a_list_card_is_outdated_when_it_comes_back(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(card(), {"a": "1", "b": "1"})
    await ledger.relisted(card().key.slug, card().key.channel_id, {"b": "2"})
    history = await ledger.history(card().key.channel_id, NOW)
    assert (history["a"].content_hash, history["b"].content_hash) == ("", "2")
    assert await ledger.outdated({"a": "1", "b": "2"}) == {"a"}
