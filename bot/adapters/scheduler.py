"""Wakes the publisher: APScheduler drives, the pure Timetable decides, our clock tells the time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.delivery.ports import Clock
from bot.delivery.timetable import Timetable

HEARTBEAT_SECONDS = 30
"""How often the publisher is woken besides: catches a suspended machine, clock jumps, and retries."""

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
        # A job that comes late must still run (the pass decides what is too late), and only once.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(job_defaults=defaults, timezone="UTC")

    def start(self, timetables: Iterable[Timetable]) -> None:
        """Start waking. Must be called inside the running event loop."""
        timed = {timetable for timetable in timetables if timetable.at is not None}
        for timetable in sorted(timed, key=repr):
            self._scheduler.add_job(
                self._wake, TimetableTrigger(timetable, self._clock), name=repr(timetable)
            )
        heartbeat = IntervalTrigger(seconds=HEARTBEAT_SECONDS, timezone="UTC")
        self._scheduler.add_job(self._beat, heartbeat, name="heartbeat")
        self._beat_at = monotonic()
        self._scheduler.start()

    @property
    def seconds_since_beat(self) -> float | None:
        """How old the last heartbeat is; None before the start."""
        return None if self._beat_at is None else monotonic() - self._beat_at

    def wake_after(self, wait: timedelta) -> None:
        """Wake once more after a while."""
        self._scheduler.add_job(self._wake, DateTrigger(datetime.now(UTC) + wait), name="once more")

    def stop(self) -> None:
        """Wake no more; a pass that is running goes on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _beat(self) -> None:
        self._beat_at = monotonic()
        await self._wake()

    @property
    def next_runs(self) -> dict[str, datetime]:
        """By job name, when each fires next."""
        return {job.name: job.next_run_time for job in self._scheduler.get_jobs()}
