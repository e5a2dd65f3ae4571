"""The Timetable through clock changes, leaps and odd zones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.timetable import Timetable
from bot.replacing import replace

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


def test_a_slot_in_the_hour_that_greenland_leaves_out_before_midnight_stays_on_its_date() -> None:
    saturdays = Timetable(at=time(23, 30), zone="America/Nuuk", weekdays=frozenset({5}))
    (slot,) = saturdays.due(datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC))
    there = slot.astimezone(ZoneInfo("America/Nuuk"))
    assert (there.date(), there.hour, there.minute) == (date(2026, 3, 28), 22, 59)


def test_a_slot_comes_once_a_local_date_whenever_and_wherever_clocks_change() -> None:
    """One change of each kind: of all with the same hour and the same length, in all zones."""
    kinds = {}
    for name in sorted(available_timezones()):
        for instant, before, after in _changes(name):
            wall = (instant + before).time()
            kinds[wall, after - before] = (name, instant, before, after)
    assert len(kinds) > 20
    for name, instant, before, after in kinds.values():
        edges = (instant + before, instant + after)
        walls = (edge - timedelta(minutes=minutes) for edge in edges for minutes in (31, 1, 0))
        for at in {time(0), time(23, 59), *(wall.time() for wall in walls)}:
            timetable = Timetable(at=at, zone=name)
            slots = timetable.due(instant - timedelta(days=3), instant + timedelta(days=3))
            dates = [slot.astimezone(ZoneInfo(name)).date() for slot in slots]
            assert dates == _dates_between(dates[0], dates[-1], name), (name, at)
            assert len(slots) >= 5, (name, at)
            for since in (instant - timedelta(hours=1), instant - timedelta(seconds=1), instant):
                parts = timetable.due(slots[0], since) + timetable.due(since, slots[-1])
                assert parts == slots[1:], (name, at)


def _changes(name: str) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """When a zone's clocks change between 2010 and 2030, and how far they are from UTC before and after."""
    zone, step = ZoneInfo(name), timedelta(days=14)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(zone).utcoffset() or timedelta()

    at = datetime(2010, 1, 1, tzinfo=UTC)
    while at.year < 2030:
        low, high = at, at + step
        before, after = offset(low), offset(high)
        while before != after and high - low > timedelta(seconds=1):
            middle = (low + (high - low) / 2).replace(microsecond=0)
            low, high = (middle, high) if offset(middle) == before else (low, middle)
        if before != after:
            yield high, before, offset(high)
        at = high


def _dates_between(first: date, last: date, name: str) -> list[date]:
    """The dates that the zone's clocks show, in order."""
    noon = datetime.combine(first, time(12), ZoneInfo(name)).astimezone(UTC)
    hours = (noon + timedelta(hours=hour) for hour in range((last - first).days * 24))
    shown = {at.astimezone(ZoneInfo(name)).date() for at in hours}
    return sorted({day for day in shown if day < last} | {last})


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


def test_without_a_time_what_comes_on_other_days_waits_for_the_next_chosen_one() -> None:
    workdays = Timetable(at=None, zone="Asia/Seoul", weekdays=frozenset(range(5)))
    grace = timedelta(hours=6)
    seoul = ZoneInfo("Asia/Seoul")

    def served_at(text: str) -> datetime | None:
        now = datetime.fromisoformat(text).replace(tzinfo=seoul).astimezone(UTC)
        return workdays.last_until(now, after=now - grace)

    friday, monday = "2024-05-03T23:59:00", "2024-05-06T00:00:00"
    for allowed in (friday, monday):
        assert served_at(allowed) == datetime.fromisoformat(allowed).replace(tzinfo=seoul)
    made_up = served_at("2024-05-04T05:00:00")
    assert made_up is not None
    assert made_up < datetime(2024, 5, 4, tzinfo=seoul) < made_up + timedelta(seconds=1)
    assert served_at("2024-05-04T07:00:00") is served_at("2024-05-05T23:59:00") is None
    never = replace(workdays, weekdays=frozenset())
    assert never.last_until(datetime(2024, 5, 3, tzinfo=UTC), after=datetime(2024, 4, 1, tzinfo=UTC)) is None


@given(TIMETABLES, INSTANTS, INSTANTS)
def test_without_a_time_the_last_slot_never_goes_back_and_lies_on_a_chosen_day(
    timetable: Timetable, first: datetime, second: datetime
) -> None:
    immediate = replace(timetable, at=None)
    early, late = sorted((first, second))
    after = early - timedelta(days=8)
    slots = [immediate.last_until(now, after=after) for now in (early, late)]
    for slot, now in zip(slots, (early, late), strict=True):
        if slot is not None:
            assert after < slot <= now
            assert slot.astimezone(ZoneInfo(immediate.zone)).weekday() in immediate.weekdays
    assert slots[0] is None or (slots[1] is not None and slots[0] <= slots[1])
