"""Hands messages in announcement channels on to the servers that follow them, beside the deliveries.

Discord publishes about ten messages an hour a channel and lets further requests wait for the next hour. So
the ledger counts, across restarts, and nothing that is delivered ever waits for this.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct, field

from bot.delivery.models import Subscription
from bot.delivery.places import is_threaded
from bot.delivery.ports import Clock, Ledger, Postbox, Subscriptions
from bot.delivery.shards import Shards
from bot.discord_codes import ErrorCode
from bot.errors import SendRefused, SendUncertain, StoreError, TokenRefused

AN_HOUR = 10
"""Messages of a channel that are published in any hour (reported by developers; Discord names no number)."""
HOUR = timedelta(hours=1)
MEMORY = timedelta(days=1)
"""Messages that were sent longer ago are not published any more."""
LOOK_SECONDS = 10.0
"""Between two looks for messages to publish."""
AFTER_A_REFUSAL = timedelta(hours=1)
AFTER_NO_ANSWER = timedelta(minutes=2)

_DONE = frozenset({ErrorCode.ALREADY_PUBLISHED, ErrorCode.UNKNOWN_MESSAGE})

log = logging.getLogger(__name__)


async def _nobody_asks(_: Exception) -> None:
    """Where the log is enough."""


class Crossposter(Struct, frozen=True, kw_only=True):
    """Publishes what subscriptions with ``publish`` have got.

    ``crashed`` is told of an error that nobody foresaw.
    """

    ledger: Ledger
    subscriptions: Subscriptions
    postbox: Postbox
    clock: Clock
    shards: Shards = field(default_factory=Shards)
    crashed: Callable[[Exception], Awaitable[None]] = _nobody_asks
    _waits: dict[int, datetime] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until ``stop`` is set; a message that is being published is waited for.

        Raises:
            TokenRefused: nothing can be done at all.
        """
        while not stop.is_set():
            try:
                await self.publish_due(stop)
            except TokenRefused:
                raise
            except StoreError as error:
                log.error("nothing was published: %s", error)
            except Exception as error:
                # The named boundary: one look. The next one goes on.
                log.exception("publishing ended early; the next look goes on")
                await self.crashed(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def publish_due(self, stop: asyncio.Event) -> None:
        """Publish what every channel has room for in this hour, in order.

        Raises:
            StoreError: the database is out of reach.
            TokenRefused: nothing can be done at all.
        """
        if await self.ledger.paused_since():
            return
        for subscription in await self.subscriptions.publishing():
            now, channel_id = self.clock(), subscription.channel_id
            if self.shards.serve(subscription) and self._waits.get(channel_id, now) <= now:
                await self._publish(subscription, now, stop)

    async def _publish(self, subscription: Subscription, now: datetime, stop: asyncio.Event) -> None:
        channel_id = subscription.channel_id
        rows = await self.ledger.unpublished(channel_id, now - MEMORY)
        if is_threaded(subscription):
            rows = [row for row in rows if row.key.part == 0]  # a thread's messages go nowhere else
        room = AN_HOUR - await self.ledger.published_since(channel_id, now - HOUR) if rows else 0
        for row in rows[: max(0, room)]:
            if stop.is_set() or row.message_id is None:
                return
            try:
                await self.postbox.publish(channel_id, row.message_id)
            except SendRefused as refusal:
                if refusal.code not in _DONE:
                    self._wait(channel_id, AFTER_A_REFUSAL, refusal)
                    return
            except SendUncertain as error:
                self._wait(channel_id, AFTER_NO_ANSWER, error)
                return
            await self.ledger.published(row.key, self.clock())

    def _wait(self, channel_id: int, wait: timedelta, error: Exception) -> None:
        self._waits[channel_id] = self.clock() + wait
        log.error("channel %s: nothing is published for %s: %s", channel_id, wait, error)
