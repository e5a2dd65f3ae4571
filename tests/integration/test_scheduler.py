"""The schedule on a real event loop: it wakes at slots of our clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta

from bot.adapters.scheduler import DeliverySchedule
from bot.delivery.timetable import Timetable

SEOUL = Timetable(at=time(9))
# A clock that is years behind the real one.
EIGHT_IN_SEOUL = datetime(2024, 5, 4, 23, 0, tzinfo=UTC)


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
    runs = schedule.next_runs
    assert len(runs) == 3  # two distinct times, and the heartbeat; "as soon as it is out" needs no job
    schedule.stop()
