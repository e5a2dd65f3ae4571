"""Remembers of which messages nobody can tell whether they are there, and when to look for them again."""

from __future__ import annotations

import logging
from datetime import datetime

from msgspec import Struct, field

from bot.delivery.models import DeliveryKey
from bot.delivery.planning import LONGEST_DOUBT, outage_delay
from bot.errors import HistoryUnreadable

log = logging.getLogger(__name__)


class _Doubt(Struct, frozen=True):
    """Since when it is one, how often in a row Discord said no to a look, and from when on to look again."""

    since: datetime
    looks: int
    again_at: datetime


class Doubts(Struct, frozen=True):
    """This process's memory of them; a look that ended in an outage is no reason to look more seldom."""

    _known: dict[DeliveryKey, _Doubt] = field(default_factory=dict)

    def waits(self, key: DeliveryKey, now: datetime) -> bool:
        """Whether a delivery is not to be looked for yet."""
        doubt = self._known.get(key)
        return doubt is not None and doubt.again_at > now

    def leave(self, key: DeliveryKey, error: HistoryUnreadable, now: datetime) -> bool:
        """After a look that failed: whether the channel's other posts go on meanwhile.

        Not in an outage: then they wait, so that each comes in its turn; but not for ever, since it may be
        this channel alone that Discord gives no answer about. What stays in doubt is looked for ever more
        seldom, and said once: the operators hear of it.
        """
        known = self._known.get(key, _Doubt(now, 0, now))
        if error.is_passing and now - known.since < LONGEST_DOUBT:
            self._known[key] = known
            return False
        looks = known.looks + 1
        self._known[key] = _Doubt(known.since, looks, now + outage_delay(looks, key.channel_id))
        level = logging.ERROR if looks == 1 else logging.INFO
        log.log(level, "delivery %s stays in doubt: %s", key, error)
        return True

    def settled(self, key: DeliveryKey) -> None:
        """It is known what became of a delivery."""
        self._known.pop(key, None)

    def look_again(self, channel_id: int | None, now: datetime) -> None:
        """Look in a channel, or in every one, in the next pass."""
        for key, doubt in self._known.items():
            if channel_id in (None, key.channel_id):
                self._known[key] = _Doubt(doubt.since, 0, now)
