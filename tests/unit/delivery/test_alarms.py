"""When operators hear that no post came."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.delivery.alarms import WORKDAYS, alarm_due
from bot.delivery.timetable import Timetable
from tests.support.posts import post

TEN_IN_SEOUL = Timetable(at=time(10), weekdays=WORKDAYS)
FRIDAY = datetime(2024, 5, 3, 1, 0, tzinfo=UTC)
"""Ten in the morning in Seoul."""
LONG_AGO = FRIDAY - timedelta(days=9)


def test_no_post_by_the_time_is_an_alarm_from_then_on_and_not_before() -> None:
    posts, seen = [post("old", "2024-05-02")], {"old": LONG_AGO}
    assert alarm_due(TEN_IN_SEOUL, posts, seen, FRIDAY - timedelta(seconds=1)) is None
    assert alarm_due(TEN_IN_SEOUL, posts, seen, FRIDAY) == FRIDAY
    assert alarm_due(TEN_IN_SEOUL, posts, seen, FRIDAY + timedelta(hours=5)) == FRIDAY
    assert alarm_due(TEN_IN_SEOUL, posts, seen, FRIDAY + timedelta(hours=7)) is None


@pytest.mark.parametrize(
    ("day", "came"),
    [
        ("2024-05-03", LONG_AGO),
        ("2024-05-01", FRIDAY - timedelta(hours=10)),
        ("2024-05-01", FRIDAY + timedelta(minutes=1)),
    ],
)
def test_a_post_of_the_day_or_one_that_came_since_midnight_is_none(day: str, came: datetime) -> None:
    assert alarm_due(TEN_IN_SEOUL, [post("a", day)], {"a": came}, FRIDAY + timedelta(minutes=2)) is None


def test_one_that_came_the_evening_before_under_an_older_date_does_not_count() -> None:
    came = FRIDAY - timedelta(hours=10, seconds=1)
    assert alarm_due(TEN_IN_SEOUL, [post("a", "2024-05-02")], {"a": came}, FRIDAY) == FRIDAY


def test_a_past_post_that_fills_up_the_archive_that_day_does_not_count() -> None:
    came = FRIDAY - timedelta(minutes=30)
    assert alarm_due(TEN_IN_SEOUL, [post("a", "2023-01-01")], {"a": came}, FRIDAY) == FRIDAY


def test_one_that_is_not_out_yet_does_not_count_until_it_is() -> None:
    evening = FRIDAY + timedelta(hours=2)
    late = post("late", "2024-05-03", published_at=evening)
    tomorrow = post("tomorrow", "2024-05-04")
    seen = {"late": FRIDAY - timedelta(hours=1), "tomorrow": FRIDAY - timedelta(hours=1)}
    assert alarm_due(TEN_IN_SEOUL, [late, tomorrow], seen, FRIDAY) == FRIDAY
    assert alarm_due(TEN_IN_SEOUL, [late, tomorrow], seen, evening) is None


def test_a_weekend_has_no_alarm() -> None:
    assert alarm_due(TEN_IN_SEOUL, [], {}, FRIDAY + timedelta(days=1)) is None
