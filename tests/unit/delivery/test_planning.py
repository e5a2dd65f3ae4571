"""Which posts a channel is owed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.delivery.models import Progress, Subscription, list_of
from bot.delivery.planning import (
    BACKDATED,
    MEMORY,
    MOST_A_SLOT,
    NEWEST,
    arrived_at,
    outage_delay,
    plan,
    recent,
    recheck_delay,
    retry_delay,
)
from bot.delivery.timetable import Timetable
from bot.posts.models import Post
from tests.support.posts import post, tagged

SLOT = datetime(2024, 5, 5, 0, 0, tzinfo=UTC)  # 09:00 in Seoul
CREATED = SLOT - timedelta(hours=12)
BEFORE = CREATED - timedelta(days=3)
DONE = Progress(sent=1, parts=1, begun_at=CREATED)


def subscription(**changes: object) -> Subscription:
    values: dict[str, object] = {"channel_id": 1, "timetable": Timetable(at=time(9)), "created_at": CREATED}
    return Subscription(**{**values, **changes})  # type: ignore[arg-type]  # a test's shorthand


def planned(
    posts: list[Post],
    now: datetime = SLOT,
    *,
    seen: datetime | Mapping[str, datetime] = BEFORE,
    history: Mapping[str, Progress] | None = None,
    to: Subscription | None = None,
) -> list[str]:
    first_seen = seen if isinstance(seen, Mapping) else {item.slug: seen for item in posts}
    return [item.slug for item in plan(to or subscription(), posts, first_seen, history or {}, now).posts]


def test_a_new_subscription_gets_the_newest_post_and_never_the_archive() -> None:
    posts = [post("a", "2024-05-01"), post("b", "2024-05-02"), post("c", "2024-05-03")]
    assert planned(posts) == ["c"]
    assert planned(posts, SLOT + timedelta(days=1), history={"c": DONE}) == []


def test_nothing_goes_out_before_the_first_slot() -> None:
    assert planned([post("a")], SLOT - timedelta(seconds=1)) == []


def test_posts_that_came_since_go_out_oldest_first() -> None:
    posts = [post("a", "2024-05-03"), post("b", "2024-05-04"), post("old", "2024-05-01")]
    seen = {"a": SLOT - timedelta(hours=2), "b": SLOT - timedelta(hours=1), "old": BEFORE}
    assert planned(posts, seen=seen, history={"old": DONE}) == ["a", "b"]


def test_a_post_that_comes_after_the_slot_waits_for_the_next_one() -> None:
    late = [post("late")]
    seen = {"late": SLOT + timedelta(minutes=1)}
    assert planned(late, SLOT + timedelta(hours=2), seen=seen, history={"x": DONE}) == []
    assert planned(late, SLOT + timedelta(days=1), seen=seen, history={"x": DONE}) == ["late"]


def test_a_missed_slot_is_made_up_for_within_the_grace_and_else_the_next_slot_takes_it() -> None:
    news = [post("news")]
    seen = {"news": SLOT - timedelta(hours=1)}
    assert planned(news, SLOT + timedelta(hours=2), seen=seen) == ["news"]
    assert planned(news, SLOT + timedelta(hours=7), seen=seen) == []
    assert planned(news, SLOT + timedelta(days=1), seen=seen) == ["news"]


def test_the_grace_is_the_operators() -> None:
    news, seen = [post("news")], {"news": SLOT - timedelta(hours=1)}
    for grace, late, expected in [(1, 2, 0), (3, 2, 1), (20, 19, 1), (20, 21, 0)]:
        now = SLOT + timedelta(hours=late)
        owed = plan(subscription(), news, seen, {"x": DONE}, now, timedelta(hours=grace))
        assert len(owed.posts) == expected


def test_a_post_of_tomorrow_waits_for_its_day() -> None:
    tomorrow = [post("tomorrow", "2024-05-06")]
    assert planned(tomorrow, history={"x": DONE}) == []
    assert planned(tomorrow, SLOT + timedelta(days=1), history={"x": DONE}) == ["tomorrow"]


def test_a_post_with_a_time_of_day_waits_for_it() -> None:
    noon = [post("noon", "2024-05-05", published_at=SLOT + timedelta(hours=3))]
    assert planned(noon, SLOT + timedelta(hours=2)) == []
    immediate = subscription(timetable=Timetable(at=None))
    assert planned(noon, SLOT + timedelta(hours=2), to=immediate) == []
    assert planned(noon, SLOT + timedelta(hours=3), to=immediate) == ["noon"]


def test_as_soon_as_it_is_out_needs_no_slot() -> None:
    immediate = subscription(timetable=Timetable(at=None))
    now = CREATED + timedelta(seconds=5)
    assert planned([post("a"), post("b")], now, to=immediate) == ["b"]
    seen = {"a": BEFORE, "b": BEFORE, "new": now}
    posts = [post("new", "2024-05-01"), post("a"), post("b")]
    assert planned(posts, now, seen=seen, history={"b": DONE}, to=immediate) == ["new"]


def test_a_post_that_stopped_half_way_goes_on_at_any_hour() -> None:
    half = {"a": Progress(sent=2, parts=5)}
    assert planned([post("a")], SLOT + timedelta(hours=9), history=half) == ["a"]


def test_a_failed_part_waits_for_its_time() -> None:
    failed = {"a": Progress(sent=0, parts=1, retry_at=SLOT + timedelta(minutes=5))}
    assert planned([post("a")], history=failed) == []
    assert planned([post("a")], SLOT + timedelta(minutes=5), history=failed) == ["a"]


def test_of_many_posts_the_oldest_are_sent_and_the_rest_is_listed() -> None:
    posts = [post(f"p{number:02}") for number in range(12)]
    seen = {item.slug: SLOT - timedelta(hours=1) for item in posts}
    owed = plan(subscription(), posts, seen, {"x": DONE}, SLOT)
    assert (owed.posts, owed.listed) == (tuple(posts[:MOST_A_SLOT]), tuple(posts[MOST_A_SLOT:]))


def test_a_restart_in_the_midst_of_a_slot_sends_no_more_posts_in_full_than_the_slot_takes() -> None:
    posts = [post(f"p{number:02}") for number in range(12)]
    seen = {item.slug: SLOT - timedelta(hours=1) for item in posts}
    done = {item.slug: Progress(sent=1, parts=1, begun_at=SLOT) for item in posts[:3]}
    now = SLOT + timedelta(minutes=5)
    owed = plan(subscription(), posts, seen, done, now)
    assert (owed.posts, owed.listed) == (tuple(posts[3:MOST_A_SLOT]), tuple(posts[MOST_A_SLOT:]))
    before = {"x": Progress(sent=1, parts=1, begun_at=SLOT - timedelta(days=1)), list_of(posts).slug: DONE}
    assert len(plan(subscription(), posts, seen, before, now).posts) == MOST_A_SLOT


def test_files_dated_long_before_they_came_are_archive_and_go_to_no_channel() -> None:
    came = SLOT - timedelta(hours=1)
    oldest_news = (came - BACKDATED).date()
    late, past = post("late", str(oldest_news)), post("past", str(oldest_news - timedelta(days=1)))
    seen = {"late": came, "past": came}
    assert planned([past, late], seen=seen, history={"x": DONE}) == ["late"]
    assert planned([past], seen=seen) == ["past"], "a new subscription starts with the newest, whatever it is"


def test_a_sighting_by_a_clock_that_was_ahead_holds_no_post_up() -> None:
    seen = {"a": SLOT + timedelta(days=2)}
    assert planned([post("a", "2024-05-05")], seen=seen, history={"x": DONE}) == ["a"]


def test_a_channel_that_is_subscribed_again_starts_with_the_newest_post_unless_it_has_it() -> None:
    posts = [post("a", "2024-05-01"), post("b", "2024-05-02"), post("c", "2024-05-03")]
    before = Progress(sent=1, parts=1, begun_at=CREATED - timedelta(days=1))
    assert planned(posts, history={"a": before}) == ["c"]
    assert planned(posts, history={"c": before}) == []


def test_a_channel_that_was_long_silent_starts_with_no_past_post() -> None:
    posts = [post("a", "2024-05-01"), post("b", "2024-05-02")]
    to = subscription(created_at=SLOT - MEMORY - timedelta(days=1))
    assert planned(posts, seen=SLOT - MEMORY - timedelta(days=9), to=to) == ["a", "b"]
    silent = subscription(created_at=SLOT - MEMORY - timedelta(hours=1))
    assert planned([post("old", "2024-03-01")], seen=to.created_at - timedelta(days=30), to=silent) == []


@pytest.mark.parametrize(
    ("modified", "last_scan", "expected"),
    [
        (SLOT - timedelta(days=900), SLOT - timedelta(hours=3), SLOT - timedelta(hours=3)),  # an old copy
        (
            SLOT - timedelta(hours=1),
            SLOT - timedelta(hours=3),
            SLOT - timedelta(hours=1),
        ),  # while it was down
        (SLOT + timedelta(hours=1), SLOT - timedelta(hours=3), SLOT),  # a clock that runs ahead
        (SLOT - timedelta(days=900), None, SLOT),  # the first start ever
    ],
)
def test_a_files_time_of_change_counts_only_within_what_is_known(
    modified: datetime, last_scan: datetime | None, expected: datetime
) -> None:
    assert arrived_at(modified, last_scan, SLOT) == expected


def test_the_delay_doubles_up_to_an_hour() -> None:
    delays = [retry_delay(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 7, 50)]
    assert delays == [1, 2, 4, 60, 60]


def test_nothing_comes_between_the_parts_of_a_post() -> None:
    posts = [post("a"), post("b")]
    seen = dict.fromkeys("ab", SLOT - timedelta(hours=1))
    waits = {"a": Progress(sent=1, parts=3, retry_at=SLOT + timedelta(minutes=5))}
    assert planned(posts, seen=seen, history=waits) == []
    refused = {"a": Progress(sent=0, parts=3, retry_at=SLOT + timedelta(minutes=5))}
    assert planned(posts, seen=seen, history=refused) == ["b"]


def test_recent_are_posts_of_the_last_days_files_that_came_a_little_late_and_the_newest() -> None:
    now = SLOT
    past = [post(f"past{number:02}", "2023-01-01") for number in range(NEWEST + 3)]
    seen = {item.slug: now - 2 * MEMORY for item in past} | {"past00": now - timedelta(days=1)}
    assert [item.slug for item in recent(past, seen, now)] == [item.slug for item in past[3:]]
    late = post("late", str((now - timedelta(days=1) - BACKDATED).date()))
    found = seen | {"late": now - timedelta(days=1)}
    assert "late" in {item.slug for item in recent([late, *past], found, now)}
    days = [post(f"day{number}", str((now - timedelta(days=number)).date())) for number in range(40, 0, -1)]
    first = {item.slug: now - 2 * MEMORY for item in days}
    assert [item.slug for item in recent(days, first, now)] == [f"day{n}" for n in range(MEMORY.days, 0, -1)]


@pytest.mark.parametrize(
    ("include", "exclude", "gets"),
    [
        ((), (), ["a", "b", "c"]),
        (("llm",), (), ["a", "b"]),
        (("LLM", "로봇"), (), ["a", "b", "c"]),
        ((), ("open-ai",), ["a", "c"]),
        (("LLM",), ("OpenAI",), ["a"]),
        (("없는 태그",), (), []),
    ],
)
def test_a_channel_gets_the_posts_with_the_tags_it_wants(
    include: tuple[str, ...], exclude: tuple[str, ...], gets: list[str]
) -> None:
    posts = [tagged("a", "LLM"), tagged("b", "LLM", "OpenAI"), tagged("c", "로봇")]
    to = subscription(include=frozenset(include), exclude=frozenset(exclude))
    assert planned(posts, seen=CREATED + timedelta(hours=1), to=to) == gets


def test_the_first_post_of_a_new_channel_is_the_newest_it_wants() -> None:
    posts = [tagged("a", "LLM"), tagged("b", "OpenAI")]
    assert planned(posts, to=subscription(include=frozenset({"LLM"}))) == ["a"]


def test_a_post_that_has_begun_goes_on_though_its_tags_are_not_wanted_any_more() -> None:
    half = {"b": Progress(sent=1, parts=2)}
    to = subscription(include=frozenset({"LLM"}))
    assert planned([tagged("b", "OpenAI")], to=to, history=half) == ["b"]


def test_an_outage_is_waited_out_longer_each_time_and_no_two_channels_alike() -> None:
    waits = [outage_delay(failures, 1) / timedelta(minutes=1) for failures in range(1, 12)]
    assert waits[:2] == [0, 0]
    for wait, middle in zip(waits[2:], [1, 2, 4, 8, 10, 10, 10], strict=False):
        assert 0.8 * middle <= wait <= 1.2 * middle
    assert len({outage_delay(9, channel) for channel in range(100)}) > 50
    assert outage_delay(9, 7) == outage_delay(9, 7)
    assert outage_delay(10_000, 7) <= timedelta(minutes=12)


def test_a_stopped_channel_is_looked_at_again_after_hours_and_every_day_at_least() -> None:
    assert [recheck_delay(failures) / timedelta(hours=1) for failures in range(7)] == [1, 2, 4, 8, 16, 24, 24]
    assert recheck_delay(10_000) == timedelta(days=1)
