"""Wakes the publisher: APScheduler drives, the pure Timetable decides, our clock tells the time.

APScheduler waits for instants of the wall clock. When that is set, as by NTP or after a suspended machine's
sleep, the slots lie elsewhere; the heartbeat, which no wall clock can stop, notices and has them found anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from time import monotonic

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.delivery.ports import Clock
from bot.delivery.timetable import Timetable

HEARTBEAT_SECONDS = 30
"""How often the publisher is woken besides: catches a suspended machine, clock jumps, and retries."""
CLOCK_MOVED = timedelta(seconds=2)
"""By so much the clock may go differently from the seconds that really passed between two beats."""

log = logging.getLogger(__name__)


class TimetableTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 ships no types
    """Fires at a timetable's slots.

    APScheduler reads the real clock; ours may differ (a demo, a test), so the time that is left until the
    slot by our clock is added to APScheduler's now.
    """

    def __init__(self, timetable: Timetable, clock: Clock) -> None:
        self.timetable = timetable
        self.clock = clock

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime | None:
        """When to fire next, on APScheduler's clock."""
        ours = self.clock()
        slot = self.timetable.next_after(ours)
        return now + (slot - ours) if slot else None


class DeliverySchedule:
    """One job a distinct timetable, and a heartbeat. Each wakes the same pass, which knows what is due."""

    def __init__(self, wake: Callable[[], Awaitable[None]], clock: Clock) -> None:
        self._wake = wake
        self._clock = clock
        self._beat_at: float | None = None
        self._beating: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None
        # A job that comes late must still run (the pass decides what is too late), and only once.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(job_defaults=defaults, timezone="UTC")

    def start(self, timetables: Iterable[Timetable]) -> None:
        """Start waking. Must be called inside the running event loop."""
        self.follow(timetables)
        self._beat_at = monotonic()
        self._beating = asyncio.create_task(self._beat(), name="heartbeat")
        self._scheduler.start()

    def follow(self, timetables: Iterable[Timetable]) -> None:
        """Wake at the slots of these timetables from now on, and at no others."""
        wanted = {repr(timetable): timetable for timetable in timetables if timetable.at is not None}
        known = {job.id for job in self._scheduler.get_jobs()}
        for old in known - wanted.keys():
            self._scheduler.remove_job(old)
        for name in sorted(wanted.keys() - known):
            trigger = TimetableTrigger(wanted[name], self._clock)
            self._scheduler.add_job(self._wake, trigger, name=name, id=name)

    @property
    def seconds_since_beat(self) -> float | None:
        """How old the last heartbeat is; None before the start."""
        return None if self._beat_at is None else monotonic() - self._beat_at

    def wake_after(self, wait: timedelta) -> None:
        """Wake once more after a while, whatever the clock is set to meanwhile."""
        loop = asyncio.get_running_loop()
        self._later = loop.call_later(wait.total_seconds(), lambda: asyncio.ensure_future(self._wake()))

    def stop(self) -> None:
        """Wake no more; a pass that is running goes on."""
        if self._beating:
            self._beating.cancel()
        if self._later:
            self._later.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _beat(self) -> None:
        """Wake every HEARTBEAT_SECONDS as the machine counts them, and see whether the clock was set."""
        while True:
            began, now = monotonic(), self._clock()
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self._beat_at = monotonic()
            expected = now + timedelta(seconds=self._beat_at - began)
            if abs(self._clock() - expected) > CLOCK_MOVED:
                log.warning("the clock was set by %s: the slots are found anew", self._clock() - expected)
                self._find_slots_anew()
            try:
                await self._wake()
            except Exception:
                # The named boundary: one beat. The next one comes.
                log.exception("the heartbeat woke nobody")

    def _find_slots_anew(self) -> None:
        for job in self._scheduler.get_jobs():
            self._scheduler.reschedule_job(job.id, trigger=job.trigger)
