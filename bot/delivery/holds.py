"""Remembers which channels got no answer from Discord, and until when each of them is left alone."""

from __future__ import annotations

import logging
from datetime import datetime

from msgspec import Struct, field

from bot.delivery.planning import outage_delay
from bot.errors import DeliveryError

log = logging.getLogger(__name__)


class _Hold(Struct, frozen=True):
    """How many passes in a row got no answer, and until when the channel is left alone."""

    failures: int
    until: datetime


class Holds(Struct, frozen=True):
    """This process's memory of them."""

    _known: dict[int, _Hold] = field(default_factory=dict)

    def until(self, channel_id: int) -> datetime | None:
        """Until when a channel is left alone, which may be past; None where Discord answered last time."""
        hold = self._known.get(channel_id)
        return hold.until if hold else None

    def failures(self, channel_id: int) -> int:
        """How many passes in a row got no answer for a channel."""
        hold = self._known.get(channel_id)
        return hold.failures if hold else 0

    def hold(self, channel_id: int, failures: int, error: DeliveryError, now: datetime) -> None:
        """Leave a channel alone, the longer the more ``failures`` there were in a row, this one counted."""
        wait = outage_delay(failures, channel_id)
        self._known[channel_id] = _Hold(failures, now + wait)
        when = f"{wait.total_seconds() / 60:.0f} minutes" if wait else "the next pass"
        log.warning("channel %s waits for %s: %s", channel_id, when, error)

    def let_go(self, channel_id: int | None) -> None:
        """Serve a channel, or every one, in the next pass."""
        if channel_id is None:
            self._known.clear()
        else:
            self._known.pop(channel_id, None)
