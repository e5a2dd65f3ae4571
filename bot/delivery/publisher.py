"""Brings every subscribed channel up to date: which are served in a pass, and which are left alone in it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import datetime, timedelta

from msgspec import Struct, field
from structlog.contextvars import bound_contextvars

from bot.delivery.consequences import Consequences, Tell, TellLeftOut, TellUnwanted, tell_nobody
from bot.delivery.courier import Courier
from bot.delivery.doubts import Doubts
from bot.delivery.holds import Holds
from bot.delivery.models import Subscription
from bot.delivery.outdated import Outdated
from bot.delivery.planning import GRACE, recent
from bot.delivery.ports import Clock, Composer, Ledger, News, Postbox, Subscriptions
from bot.delivery.shards import Shards
from bot.delivery.supplying import Pass, Rest, Supplier
from bot.delivery.witness import Nobody, Witness
from bot.errors import DeliveryError, SendRefused, StoreError, TokenRefused

WORKERS = 20
"""How many channels are served at once; within a channel everything goes in order."""

log = logging.getLogger(__name__)


class Publisher(Struct, frozen=True, kw_only=True):
    """Brings every active subscription of its ``shards`` up to date.

    One pass at a time: ``deliver_due`` holds ``turn``.
    Once ``stopping`` is set nothing more is claimed; a message in flight is still confirmed.
    """

    ledger: Ledger
    subscriptions: Subscriptions
    postbox: Postbox
    news: News
    composer: Composer
    clock: Clock
    grace: timedelta = GRACE
    shards: Shards = field(default_factory=Shards)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    witness: Witness = field(default_factory=Nobody)
    tell: Tell = tell_nobody
    tell_unwanted: TellUnwanted = tell_nobody
    tell_left_out: TellLeftOut = tell_nobody
    _gap: asyncio.Lock = field(default_factory=asyncio.Lock)
    _outdated: Outdated = field(default_factory=Outdated)
    _rests: dict[int, Rest] = field(default_factory=dict)
    _holds: Holds = field(default_factory=Holds)
    _doubts: Doubts = field(default_factory=Doubts)

    async def deliver_due(self) -> None:
        """Send to every channel what it is owed now; nothing while an operator has stopped all deliveries.

        A channel's failure is logged and stays that channel's; others go on.

        Raises:
            TokenRefused: nothing can be sent at all.
            StoreError: the ledger is out of reach, so nothing may be sent.
        """
        async with self.turn:
            if await self.ledger.paused_since():
                return
            now = self.clock()
            await self.ledger.reopen(now)
            waiting = deque(filter(self.shards.serve, await self.subscriptions.active(now)))
            known = Pass(
                posts=recent(self.news.archive.posts, self.news.first_seen, now),
                unfinished=await self.ledger.unfinished(),
                outdated=await self._outdated.by_channel(self.ledger, self.news.archive),
            )
            supplier = self.supplier()
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(WORKERS):
                        group.create_task(self._work(waiting, supplier, known))
            except* (TokenRefused, StoreError) as several:
                raise several.exceptions[0] from None
            finally:
                self.witness.waiting(0)

    async def try_again(self, channel_id: int, cause: str | None) -> None:
        """Serve a channel in the next pass, whatever it waits for; one that stopped, if still for ``cause``.

        Raises:
            StoreError: the database is out of reach.
        """
        now = self.clock()
        await self.ledger.reopen(now, channel_id)
        await self.ledger.hasten(channel_id, now)
        if cause is not None:
            await self.subscriptions.resume(channel_id, cause)  # and not what a person paused meanwhile
        self.let_go(channel_id)

    def held_until(self, channel_id: int) -> datetime | None:
        """Until when this process leaves a channel alone that Discord gave no answer for."""
        return self._holds.until(channel_id)

    def let_go(self, channel_id: int | None = None) -> None:
        """Serve a channel, or every one, in the next pass though Discord gave no answer for it."""
        self._holds.let_go(channel_id)
        self._doubts.look_again(channel_id, self.clock())

    async def _work(self, waiting: deque[Subscription], supplier: Supplier, known: Pass) -> None:
        """Serve one channel after another; the workers share what is ``waiting``."""
        while waiting and not self.stopping.is_set():
            self.witness.waiting(len(waiting))
            subscription = waiting.popleft()
            with bound_contextvars(delivery=str(subscription.channel_id)):
                await self._serve(subscription, supplier, known)
            # A member's command goes between two channels, also where nothing is owed: one channel a round of
            # the event loop, not one a worker.
            async with self._gap:
                await asyncio.sleep(0)

    async def _serve(self, subscription: Subscription, supplier: Supplier, known: Pass) -> None:
        channel_id = subscription.channel_id
        until = self._holds.until(channel_id)
        if until and until > self.clock():
            return
        try:
            await self._try(subscription, supplier, known, self._holds.failures(channel_id) + 1)
        except (TokenRefused, StoreError):
            raise
        except Exception:
            # The named boundary: one channel's pass. The other channels go on, and so does the next pass.
            log.exception("channel %s was not served", channel_id)

    async def _try(self, subscription: Subscription, supplier: Supplier, known: Pass, attempt: int) -> None:
        try:
            await supplier.bring_up_to_date(subscription, known)
            self._holds.let_go(subscription.channel_id)
        except SendRefused as refusal:
            await supplier.consequences.pause_where_hopeless(subscription, refusal)
        except TokenRefused:
            raise
        except DeliveryError as error:
            self._holds.hold(subscription.channel_id, attempt, error, self.clock())

    def courier(self) -> Courier:
        """Whoever brings one post to one channel."""
        return Courier(
            ledger=self.ledger,
            postbox=self.postbox,
            composer=self.composer,
            clock=self.clock,
            stopping=self.stopping,
            witness=self.witness,
        )

    def supplier(self) -> Supplier:
        """Whoever brings one channel up to date."""
        return Supplier(
            courier=self.courier(),
            news=self.news,
            grace=self.grace,
            consequences=Consequences(
                subscriptions=self.subscriptions,
                clock=self.clock,
                tell=self.tell,
                tell_unwanted=self.tell_unwanted,
                tell_left_out=self.tell_left_out,
            ),
            doubts=self._doubts,
            rests=self._rests,
        )
