"""The Timetable through clock changes, leaps and odd zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.timetable import Timetable

ZONES = st.sampled_from(
    [
        "Asia/Seoul",
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/St_Johns",
    ]
)
INSTANTS = st.integers(1_293_840_000, 1_924_992_000).map(lambda second: datetime.fromtimestamp(second, UTC))
TIMETABLES = st.builds(
    Timetable,
    at=st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0)),
    zone=ZONES,
    weekdays=st.frozensets(st.integers(0, 6)),
)


@given(timetable=TIMETABLES, start=INSTANTS, hours=st.tuples(st.integers(0, 900), st.integers(0, 900)))
def test_nothing_is_due_twice_and_nothing_falls_between(
    timetable: Timetable, start: datetime, hours: tuple[int, int]
) -> None:
    middle = start + timedelta(hours=hours[0])
    end = middle + timedelta(hours=hours[1])
    assert timetable.due(start, middle) + timetable.due(middle, end) == timetable.due(start, end)


@given(timetable=TIMETABLES, start=INSTANTS)
def test_a_slot_comes_once_a_local_date(timetable: Timetable, start: datetime) -> None:
    slots = timetable.due(start, start + timedelta(days=40))
    dates = [slot.astimezone(ZoneInfo(timetable.zone)).date() for slot in slots]
    assert dates == sorted(set(dates))
    assert {day.weekday() for day in dates} <= timetable.weekdays


@given(timetable=TIMETABLES, now=INSTANTS)
def test_the_next_slot_is_the_first_that_is_due(timetable: Timetable, now: datetime) -> None:
    following = timetable.next_after(now)
    if following is None:
        assert not timetable.weekdays
        return
    assert timetable.due(now, following) == (following,)


@pytest.mark.parametrize(
    ("at", "day", "expected"),
    [
        # 02:30 does not exist in New York on 8 March 2026: the first instant after the gap.
        (time(2, 30), date(2026, 3, 8), "2026-03-08T03:00:00-04:00"),
        # 01:30 exists twice on 1 November 2026: the first of the two, once.
        (time(1, 30), date(2026, 11, 1), "2026-11-01T01:30:00-04:00"),
    ],
)
def test_new_york_changes_its_clocks(at: time, day: date, expected: str) -> None:
    zone = ZoneInfo("America/New_York")
    midnight = datetime.combine(day, time(0), zone).astimezone(UTC)
    slots = Timetable(at=at, zone="America/New_York").due(midnight, midnight + timedelta(hours=22))
    assert [slot.astimezone(zone).isoformat() for slot in slots] == [expected]


def test_a_date_that_samoa_left_out_has_no_slot() -> None:
    apia = Timetable(at=time(9), zone="Pacific/Apia")
    slots = apia.due(datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
    dates = [slot.astimezone(ZoneInfo("Pacific/Apia")).date().isoformat() for slot in slots]
    assert dates == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]


def test_without_a_time_now_is_always_a_slot() -> None:
    immediate = Timetable(at=None)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert immediate.last_until(now, after=now - timedelta(hours=6)) == now
    assert immediate.next_after(now) is None
