"""Every reason why a post is not, or not yet, in a channel is found, and agrees with the plan."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.delivery.causes import BY_SERVER
from bot.delivery.explaining import Situation, Why, explain
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, Progress, Subscription
from bot.delivery.planning import plan, recent
from bot.delivery.timetable import Timetable
from bot.posts.archive import Archive
from bot.replacing import replace
from tests.support.posts import post, tagged

NOW = datetime(2024, 5, 5, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
POST = post("a")
SENT = Progress(sent=1, parts=1, begun_at=NOW)
AT_ONCE = Subscription(channel_id=1, timetable=Timetable(at=None), created_at=NOW - timedelta(days=9))
NOON = replace(AT_ONCE, timetable=Timetable(at=time(12, 0)))


def situation(**changes: Any) -> Situation:
    values = {
        "post": POST,
        "subscription": AT_ONCE,
        "now": NOW,
        "archive": Archive.of([POST]),
        "first_seen": {"a": NOW - HOUR},
    }
    return Situation(**{**values, **changes})


def row(state: DeliveryState, part: int = 0, parts: int = 1, **changes: Any) -> Delivery:
    return Delivery(
        key=DeliveryKey(slug="a", channel_id=1, part=part),
        state=state,
        parts=parts,
        fingerprint="",
        payload_hash="",
        claimed_at=NOW - HOUR,
        content_hash=changes.pop("content_hash", POST.content_hash),
        **changes,
    )


def whys(wanted: Situation) -> list[Why]:
    return [reason.why for reason in explain(wanted)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(DeliveryState.SENT)], [Why.SENT]),
        ([row(DeliveryState.SENT, content_hash="older")], [Why.CHANGED]),
        ([row(DeliveryState.LISTED, listed_in="list/x")], [Why.LISTED]),
        ([row(DeliveryState.GONE, cause="withdrawn")], [Why.GONE]),
        ([row(DeliveryState.CLAIMED)], [Why.IN_DOUBT]),
        ([row(DeliveryState.FAILED, retry_at=NOW + HOUR, cause="no")], [Why.RETRY]),
        ([row(DeliveryState.FAILED, retry_at=NOW - HOUR, cause="no")], [Why.HALF_WAY]),
        ([row(DeliveryState.SENT, 0, 2), row(DeliveryState.CLAIMED, 1, 2)], [Why.IN_DOUBT, Why.SENT]),
        ([row(DeliveryState.SENT, 0, 2)], [Why.HALF_WAY, Why.SENT]),
    ],
)
def test_what_the_ledger_knows_comes_first(rows: list[Delivery], expected: list[Why]) -> None:
    assert whys(situation(rows=rows)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [Why.DUE]),
        ({"post": None}, [Why.NO_POST]),
        ({"post": None, "is_draft": True}, [Why.DRAFT]),
        ({"subscription": None}, [Why.NO_SUBSCRIPTION]),
        ({"paused_since": NOW - HOUR}, [Why.ALL_PAUSED]),
        ({"subscription": replace(AT_ONCE, paused_because=BY_SERVER)}, [Why.PAUSED]),
        ({"held_until": NOW + HOUR}, [Why.HELD]),
        ({"held_until": NOW - HOUR}, [Why.DUE]),
        ({"subscription": NOON}, [Why.SLOT]),
        ({"subscription": replace(AT_ONCE, include=frozenset({"LLM"}))}, [Why.TAGS]),
        ({"subscription": replace(NOON, timetable=Timetable(weekdays=frozenset()))}, [Why.NEVER]),
        (
            {"subscription": replace(AT_ONCE, created_at=NOW), "history": {"x": SENT}},
            [Why.PAST],
        ),
        ({"subscription": replace(AT_ONCE, created_at=NOW, restored_at=NOW)}, [Why.RESTORED]),
    ],
)
def test_every_obstacle_is_named(changes: dict[str, Any], expected: list[Why]) -> None:
    assert whys(situation(**changes)) == expected


def test_the_slot_that_is_waited_for_is_told() -> None:
    (reason,) = explain(situation(subscription=NOON))
    assert reason.at == datetime(2024, 5, 5, 3, 0, tzinfo=UTC), "noon in Seoul"


def test_an_old_post_among_newer_ones_is_not_sent_any_more() -> None:
    old = post("a", day="2023-01-01")
    newer = [post(f"n{number}") for number in range(12)]
    seen = {item.slug: NOW - timedelta(days=99) for item in (old, *newer)}
    assert whys(situation(post=old, archive=Archive.of([old, *newer]), first_seen=seen)) == [Why.OLD]


def test_a_post_behind_one_that_stopped_half_way_says_which() -> None:
    other = post("stuck", day="2024-05-03")
    history = {"stuck": Progress(sent=1, parts=2, retry_at=NOW + HOUR)}
    seen = {"a": NOW - HOUR, "stuck": NOW - HOUR}
    (reason,) = explain(situation(archive=Archive.of([other, POST]), history=history, first_seen=seen))
    assert (reason.why, reason.detail) == (Why.BEHIND, "stuck")


def test_more_posts_than_a_slot_takes_go_into_a_list() -> None:
    several = [post(f"p{number}", day="2024-05-04") for number in range(8)]
    seen = {item.slug: NOW - HOUR for item in several}
    here = situation(archive=Archive.of(several), first_seen=seen)
    found = {item.slug: whys(replace(here, post=item)) for item in several}
    owed = plan(AT_ONCE, recent(here.archive.posts, seen, NOW), seen, {}, NOW)
    assert {slug for slug, why in found.items() if why == [Why.DUE]} == {item.slug for item in owed.posts}
    assert {slug for slug, why in found.items() if why == [Why.DUE_IN_LIST]} == {
        item.slug for item in owed.listed
    }


def test_a_post_with_the_tag_that_is_wanted_is_due() -> None:
    wanted = tagged("a", "LLM")
    here = replace(AT_ONCE, include=frozenset({"llm"}))
    assert whys(situation(post=wanted, archive=Archive.of([wanted]), subscription=here)) == [Why.DUE]


def test_a_post_whose_own_time_has_not_come_says_when_it_does() -> None:
    tonight = NOW + 12 * HOUR
    later = post("a", published_at=tonight)
    (reason,) = explain(situation(post=later, archive=Archive.of([later])))
    assert (reason.why, reason.at) == (Why.NOT_OUT, tonight)


def test_a_post_that_fills_up_the_archive_is_a_past_one() -> None:
    backdated = post("a", day="2024-04-01")
    here = situation(post=backdated, archive=Archive.of([backdated]), history={"x": SENT})
    assert whys(here) == [Why.OLD]
