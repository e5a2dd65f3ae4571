"""When a subscription is due, as pure arithmetic on instants.

A slot happens once a local date, also when the clocks change: a local time that does not exist that day
(spring) is taken at the first instant after the gap, or at the date's last one where the gap ends it
(Greenland's go from 23:00 to midnight); one that exists twice (autumn) at the first of the two; and a date
that a zone left out (Samoa, 30 December 2011) has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from msgspec import Struct

EVERY_DAY = frozenset(range(7))
"""Weekdays as ``date.weekday()`` numbers them: Monday is 0."""
MOMENT = timedelta(microseconds=1)
"""What an instant differs by from the one before it."""


class Timetable(Struct, frozen=True, kw_only=True):
    """A local time in a zone on some weekdays; ``at`` None means as soon as a post is out on one of them."""

    at: time | None = time(9, 0)
    zone: str = "Asia/Seoul"
    weekdays: frozenset[int] = EVERY_DAY

    def due(self, since: datetime, until: datetime) -> tuple[datetime, ...]:
        """The slots in ``(since, until]``, as UTC instants in order.

        ``due(a, b) + due(b, c) == due(a, c)``: nothing is due twice, nothing falls between.
        """
        return tuple(takewhile(lambda slot: slot <= until, self._slots(since)))

    def next_after(self, now: datetime) -> datetime | None:
        """The first slot after ``now`` in UTC, None for a timetable without a time or without days."""
        return next(iter(self._slots(now, days=15)), None)

    def last_until(self, now: datetime, *, after: datetime) -> datetime | None:
        """The latest slot in ``(after, now]``.

        Where posts go out as soon as they are out that is ``now`` itself on the chosen weekdays, and on the
        others the end of the last chosen one: what comes later waits for the next.
        """
        if self.at is None:
            return self._last_moment_until(now, after)
        slots = self.due(after, now)
        return slots[-1] if slots else None

    def _last_moment_until(self, now: datetime, after: datetime) -> datetime | None:
        day, moment = now.astimezone(ZoneInfo(self.zone)).date(), now
        while moment > after:
            if day.weekday() in self.weekdays:
                return moment
            moment, day = self.midnight(day) - MOMENT, day - timedelta(days=1)
        return None

    def midnight(self, day: date) -> datetime:
        """The first instant of a local date, in UTC: before it a post of that date is not out."""
        return _instant(day, time(0, 0), self.zone)

    def _slots(self, since: datetime, days: int | None = None) -> Iterator[datetime]:
        """Slots after ``since``, for ``days`` local dates (default: without end while there are weekdays)."""
        if self.at is None or not self.weekdays:
            return
        day = since.astimezone(ZoneInfo(self.zone)).date()
        last = day + timedelta(days=days) if days is not None else date.max
        while day < last:
            if day.weekday() in self.weekdays and _exists(day, self.zone):
                over = self.midnight(day + timedelta(days=1))
                slot = min(_instant(day, self.at, self.zone), over - MOMENT)
                if slot > since:
                    yield slot
            day += timedelta(days=1)


@lru_cache(maxsize=4096)
def _exists(day: date, zone: str) -> bool:
    """Whether clocks in the zone ever showed this date: its noon is not inside a gap."""
    noon = datetime.combine(day, time(12, 0), ZoneInfo(zone))
    return noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day


@lru_cache(maxsize=4096)
def _instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a local time; inside a gap, the first instant after it (PEP 495)."""
    local = datetime.combine(day, at, ZoneInfo(zone))
    instant = local.astimezone(UTC)
    back = instant.astimezone(ZoneInfo(zone))
    if back.replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # The wall clock never showed it. With fold=0 the offset before the gap was used, so the result lies
    # past the gap by as much as the local time lies past the gap's start: walk back to the gap's end.
    offset_before = local.utcoffset() or timedelta()
    offset_after = back.utcoffset() or timedelta()
    low, high = instant - (offset_after - offset_before), instant
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        is_after = middle.astimezone(ZoneInfo(zone)).utcoffset() == offset_after
        low, high = (low, middle) if is_after else (middle, high)
    return high.replace(microsecond=0)
