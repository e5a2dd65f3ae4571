"""The schedule on a real event loop: it wakes at slots of our clock."""

from __future__ import annotations

import asyncio
import time as machine
from datetime import UTC, datetime, time, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from bot.adapters.scheduler import DeliverySchedule
from bot.delivery.timetable import Timetable

SEOUL = Timetable(at=time(9))
# A clock that is years behind the real one.
EIGHT_IN_SEOUL = datetime(2024, 5, 4, 23, 0, tzinfo=UTC)


def next_slots(schedule: DeliverySchedule) -> list[datetime]:
    """When each job fires next, which only APScheduler knows."""
    return [job.next_run_time for job in schedule._scheduler.get_jobs()]


async def test_a_slot_of_our_clock_wakes_within_the_second() -> None:
    wakes: list[datetime] = []
    woken = asyncio.Event()
    started = datetime.now(UTC)

    def clock() -> datetime:
        """Half a second before nine in Seoul when the test begins."""
        return EIGHT_IN_SEOUL + timedelta(hours=1, seconds=-0.5) + (datetime.now(UTC) - started)

    async def wake() -> None:
        wakes.append(clock())
        woken.set()

    schedule = DeliverySchedule(wake, clock)
    schedule.start([SEOUL, SEOUL])
    async with asyncio.timeout(10):
        await woken.wait()
    schedule.stop()
    assert wakes[0] >= EIGHT_IN_SEOUL + timedelta(hours=1)


async def test_equal_timetables_share_a_job() -> None:
    async def wake() -> None:
        pass

    schedule = DeliverySchedule(wake, lambda: EIGHT_IN_SEOUL)
    schedule.start(
        [SEOUL, Timetable(at=time(9)), Timetable(at=time(9), zone="Europe/Paris"), Timetable(at=None)]
    )
    assert len(next_slots(schedule)) == 2  # "as soon as it is out" needs no job
    schedule.stop()


class WallClock:
    """The machine's clock, which somebody sets: APScheduler's and ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, start: datetime) -> None:
        self.ahead = start - datetime.now(UTC)
        clock = self

        class Set(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Set:
                instant = datetime.now(UTC) + clock.ahead
                return cls.fromtimestamp(instant.timestamp(), tz)

        monkeypatch.setattr(base, "datetime", Set)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.mark.parametrize("jump", [timedelta(hours=-9), timedelta(hours=9)])
async def test_the_heart_beats_and_slots_come_however_the_clock_is_set(
    monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    monkeypatch.setattr("bot.adapters.scheduler.HEARTBEAT_SECONDS", 0.3)
    clock = WallClock(monkeypatch, EIGHT_IN_SEOUL + timedelta(minutes=30))
    wakes = 0

    async def wake() -> None:
        nonlocal wakes
        wakes += 1

    schedule = DeliverySchedule(wake, clock.now)
    schedule.start([SEOUL])
    await asyncio.sleep(0.7)
    assert wakes == 2
    clock.ahead += jump
    await asyncio.sleep(1.0)
    assert wakes >= 5
    assert schedule.seconds_since_beat is not None
    assert schedule.seconds_since_beat < 0.5
    (slot,) = next_slots(schedule)
    ours = SEOUL.next_after(clock.now())
    assert ours is not None
    assert abs(slot - ours) < timedelta(seconds=1)
    schedule.stop()


async def test_a_slot_that_is_met_late_still_wakes_and_only_once() -> None:
    wakes = 0
    started = datetime.now(UTC)

    def clock() -> datetime:
        return EIGHT_IN_SEOUL + timedelta(hours=1, seconds=-0.2) + (datetime.now(UTC) - started)

    async def wake() -> None:
        nonlocal wakes
        wakes += 1

    schedule = DeliverySchedule(wake, clock)
    schedule.start([SEOUL])
    await asyncio.sleep(0)
    # The process is busy or suspended over the slot, for longer than APScheduler's own patience.
    machine.sleep(1.6)  # noqa: ASYNC251 - on purpose
    await asyncio.sleep(0.3)
    assert wakes == 1
    (job,) = schedule._scheduler.get_jobs()  # what several missed slots come to shows only here
    assert (job.misfire_grace_time, job.coalesce) == (None, True)
    schedule.stop()


async def test_it_wakes_once_more_after_a_while_unless_it_was_stopped() -> None:
    wakes = 0

    async def wake() -> None:
        nonlocal wakes
        wakes += 1

    for is_stopped in (False, True):
        schedule = DeliverySchedule(wake, lambda: EIGHT_IN_SEOUL)
        schedule.start([])
        schedule.wake_after(timedelta(seconds=0.1))
        if is_stopped:
            schedule.stop()
        await asyncio.sleep(0.3)
        schedule.stop()
    assert wakes == 1
