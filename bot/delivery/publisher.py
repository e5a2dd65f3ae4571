"""Sends what is due: claim, send, confirm, in an order that loses and doubles nothing.

A claim is written before the message is sent and confirmed after. A claim without a confirmation means that
nobody knows whether the message is in the channel; such a delivery is settled before anything else is sent
there: found in the channel's history, or sent again with the same nonce, or left in doubt and reported.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.delivery.identity import fingerprint_of, nonce_of, payload_hash
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, Subscription
from bot.delivery.planning import plan, retry_delay
from bot.delivery.ports import Clock, Composer, Ledger, News, Postbox, Subscriptions
from bot.errors import (
    DeliveryError,
    HistoryUnreadable,
    PostError,
    SendRefused,
    StoreError,
    TokenRefused,
)
from bot.formatting.messages import Message
from bot.posts.models import Post

NONCE_MEMORY = timedelta(minutes=2)
"""How long Discord surely remembers a nonce: its documentation says "the past few minutes"."""
WORKERS = 10
"""How many channels are served at once; within a channel everything goes in order."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Brings every active subscription up to date. One pass at a time: ``deliver_due`` holds ``turn``.

    Once ``stopping`` is set nothing more is claimed; a message in flight is still confirmed.
    """

    ledger: Ledger
    subscriptions: Subscriptions
    postbox: Postbox
    news: News
    composer: Composer
    clock: Clock
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver_due(self) -> None:
        """Send to every channel what it is owed now.

        A channel's failure is logged and stays that channel's; others go on.

        Raises:
            TokenRefused: nothing can be sent at all.
            StoreError: the ledger is out of reach, so nothing may be sent.
        """
        async with self.turn:
            workers = asyncio.Semaphore(WORKERS)
            try:
                async with asyncio.TaskGroup() as group:
                    for subscription in await self.subscriptions.active(self.clock()):
                        group.create_task(self._serve(subscription, workers))
            except* (TokenRefused, StoreError) as several:
                raise several.exceptions[0] from None

    async def _serve(self, subscription: Subscription, workers: asyncio.Semaphore) -> None:
        async with workers:
            try:
                await self._bring_up_to_date(subscription)
            except SendRefused as refusal:
                await self._pause_where_hopeless(subscription, refusal)
            except (TokenRefused, StoreError):
                raise
            except DeliveryError as error:
                log.warning("channel %s waits for the next pass: %s", subscription.channel_id, error)
            except Exception:
                # The named boundary: one channel's pass. The other channels go on, and so does the next pass.
                log.exception("channel %s was not served", subscription.channel_id)

    async def _bring_up_to_date(self, subscription: Subscription) -> None:
        archive = self.news.archive
        in_doubt: set[str] = set()
        for delivery in await self.ledger.claimed(subscription.channel_id):
            if self.stopping.is_set():
                return
            slug = delivery.key.slug
            try:
                await self._settle(delivery, subscription, archive.by_slug(slug))
            except HistoryUnreadable as error:
                log.error(
                    "delivery %s stays in doubt, the channel's other posts go on: %s", delivery.key, error
                )
                in_doubt.add(slug)
        history = await self.ledger.history(subscription.channel_id)
        posts = [post for post in archive.posts if post.slug not in in_doubt]
        for post in plan(subscription, posts, self.news.first_seen, history, self.clock()):
            try:
                await self._send_post(post, subscription)
            except PostError as error:
                log.error("post %s cannot be sent, the next ones can: %s", post.slug, error)

    async def _send_post(self, post: Post, subscription: Subscription) -> None:
        messages = await self._messages(post, subscription)
        sent = 0
        for part, message in enumerate(messages):
            if self.stopping.is_set():
                return
            key = DeliveryKey(slug=post.slug, channel_id=subscription.channel_id, part=part)
            delivery = self._claim_of(key, message, len(messages))
            if attempts := await self.ledger.claim(delivery):
                await self._send(replace(delivery, attempts=attempts), message)
                sent += 1
        if sent:
            log.info("post %s is in channel %s (%d messages)", post.slug, subscription.channel_id, sent)

    async def _send(self, delivery: Delivery, message: Message) -> None:
        """Send a claimed message and record what became of it; an uncertain end leaves the claim."""
        try:
            message_id = await self.postbox.send(delivery.key.channel_id, message, nonce_of(delivery.key))
        except SendRefused as refusal:
            retry_at = self.clock() + retry_delay(delivery.attempts)
            await self.ledger.fail(delivery.key, str(refusal), retry_at)
            raise
        await self.ledger.confirm(delivery.key, message_id, self.clock())

    async def _settle(self, delivery: Delivery, subscription: Subscription, post: Post | None) -> None:
        """Find out what became of a claim that nobody confirmed.

        Raises:
            HistoryUnreadable: nobody can tell; it stays in doubt.
        """
        key = delivery.key
        remembered = self.clock() - delivery.claimed_at < NONCE_MEMORY
        try:
            # A minute's margin: Discord's clock and ours are not the same.
            since = delivery.claimed_at - timedelta(minutes=1)
            message_id = await self.postbox.find(key.channel_id, delivery.fingerprint, since)
            is_absent = message_id is None
        except HistoryUnreadable:
            if not remembered:
                raise
            message_id, is_absent = None, False
        if message_id is not None:
            log.info("delivery %s was in the channel already", key)
            await self.ledger.confirm(key, message_id, self.clock())
            return
        messages = await self._messages(post, subscription) if post else ()
        if key.part >= len(messages):
            await self.ledger.fail(key, "the post is gone or shorter now", self.clock())
            return
        message = messages[key.part]
        if is_absent:
            # The post may have been corrected since: what is sent now is what is looked for next time.
            renewed = self._claim_of(key, message, len(messages))
            delivery = replace(renewed, attempts=delivery.attempts)
            await self.ledger.renew(delivery)
        log.info("delivery %s was not in the channel: sending it again", key)
        await self._send(delivery, message)

    def _claim_of(self, key: DeliveryKey, message: Message, parts: int) -> Delivery:
        return Delivery(
            key=key,
            state=DeliveryState.CLAIMED,
            parts=parts,
            fingerprint=fingerprint_of(message),
            payload_hash=payload_hash(message),
            claimed_at=self.clock(),
        )

    async def _messages(self, post: Post, subscription: Subscription) -> tuple[Message, ...]:
        return await self.composer.messages(post, subscription.layout, subscription.locale)

    async def _pause_where_hopeless(self, subscription: Subscription, refusal: SendRefused) -> None:
        if not refusal.permanent:
            log.warning("channel %s: %s; will try again", subscription.channel_id, refusal)
            return
        log.error("channel %s gets no posts until this is mended: %s", subscription.channel_id, refusal)
        await self.subscriptions.pause(subscription.channel_id, str(refusal), None)
