"""Finds out what became of a claim that nobody confirmed, before anything else is sent to its channel.

It is found in the channel's history, or sent again with the same nonce, or left in doubt and reported.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from msgspec import Struct
from structlog.contextvars import bind_contextvars

from bot.delivery.causes import Ending
from bot.delivery.courier import Courier
from bot.delivery.handover import CLOCKS_APART, known_place, place_in, starts_a_forum_post
from bot.delivery.models import ChannelKind, Delivery, PostList, Subscription
from bot.delivery.places import thread_name
from bot.delivery.ports import Ledger, Postbox
from bot.delivery.steps import StepKind
from bot.delivery.taking_back import is_withdrawn
from bot.delivery.witness import Outcome
from bot.errors import HistoryUnreadable
from bot.posts.models import Post
from bot.replacing import replace

NONCE_MEMORY = timedelta(minutes=2)
"""How long Discord surely remembers a nonce: its documentation says "the past few minutes"."""
ON_THE_WAY = timedelta(seconds=30)
"""How long a request without an answer may still take effect; no nonce makes its repetition harmless."""

log = logging.getLogger(__name__)


class Settler(Struct, frozen=True, kw_only=True):
    """Settles what is in doubt; what is not there after all its ``courier`` sends again."""

    courier: Courier

    async def settle(
        self, delivery: Delivery, subscription: Subscription, post: Post | PostList | None
    ) -> bool:
        """Find out what became of a claim that nobody confirmed; ``post`` is None where it is gone.

        Of a post that is withdrawn it is deleted where it is found, and never sent again.

        Returns whether it is settled. False: another process has it, or it may be on its way still.

        Raises:
            HistoryUnreadable: nobody can tell; it stays in doubt.
            DeliveryError: it was to be sent again, which failed.
            StoreError: the ledger is out of reach.
        """
        key = delivery.key
        bind_contextvars(delivery=str(key))
        if not await self._ledger.take(key, self.courier.clock()):
            return False
        is_unwanted = is_withdrawn(delivery)
        remembered = not is_unwanted and await self._has_a_nonce_that_is_remembered(delivery, subscription)
        try:
            message_id = await self._find(delivery, subscription, post)
            is_absent = message_id is None
        except HistoryUnreadable:
            if not remembered:
                raise
            message_id, is_absent = None, False
        if message_id is not None:
            log.info("delivery %s was in the channel already", key)
            await self.courier.confirm(delivery, message_id, StepKind.FOUND)
            self.courier.witness.ended(Outcome.FOUND)
            return True
        if is_unwanted:
            return await self._give_up_unwanted(delivery)
        if starts_a_forum_post(subscription, key) and self.courier.clock() - delivery.claimed_at < ON_THE_WAY:
            return False
        messages = await self.courier.messages(post, subscription) if post else ()
        if post is None or key.part >= len(messages):
            await self._ledger.fail(key, Ending.POST_GONE, self.courier.clock())
            return True
        message = messages[key.part]
        if is_absent:
            # The post may have been corrected since: what is sent now is what is looked for next time.
            renewed = await self.courier.claim_of(key, message, post, len(messages), subscription)
            delivery = replace(renewed, attempts=delivery.attempts)
            await self._ledger.renew(delivery)
        log.info("delivery %s was not in the channel: sending it again", key)
        await self.courier.send(delivery, message, post, subscription)
        return True

    async def _has_a_nonce_that_is_remembered(self, delivery: Delivery, subscription: Subscription) -> bool:
        if starts_a_forum_post(subscription, delivery.key):
            return False
        # Discord remembers it for one channel: with another layout since the claim, it would go elsewhere.
        if delivery.place_id not in (None, await known_place(self._ledger, subscription, delivery.key)):
            return False
        # A claim from the future was made by a clock that was ahead: nobody knows how old it is.
        return timedelta(0) <= self.courier.clock() - delivery.claimed_at < NONCE_MEMORY

    async def _find(
        self, delivery: Delivery, subscription: Subscription, post: Post | PostList | None
    ) -> int | None:
        """The id of a delivery's message where it belongs; None: it is not there."""
        since = delivery.claimed_at - CLOCKS_APART
        if starts_a_forum_post(subscription, delivery.key):
            place = await place_in(self._ledger, subscription, delivery.key)
            name = thread_name(post.title) if post else ""
            return await self._postbox.find_post(place, name, delivery.fingerprint, since)
        for each in await self._places(delivery, subscription):
            found = await self._postbox.find(each, delivery.fingerprint, since)
            if found is not None:
                return found
        return None

    async def _places(self, delivery: Delivery, subscription: Subscription) -> list[int]:
        """Where it may be: also in its post's thread or the channel, if the layout was another then.

        Where the thread is not known, as after an operator marked its first message as sent: where it went.
        """
        key = delivery.key
        places = [await known_place(self._ledger, subscription, key) or delivery.place_id]
        if key.part > 0 and subscription.kind is not ChannelKind.FORUM:
            places += [key.channel_id, await self._ledger.first_message(key.slug, key.channel_id)]
        return [place for place in dict.fromkeys(places) if place is not None]

    async def _give_up_unwanted(self, delivery: Delivery) -> bool:
        """End what is not there of a post that is withdrawn; False while it may be on its way still."""
        if timedelta(0) <= self.courier.clock() - delivery.claimed_at < ON_THE_WAY:
            return False
        await self._ledger.give_up(delivery.key, Ending.WITHDRAWN, StepKind.WITHDRAWN)
        return True

    @property
    def _ledger(self) -> Ledger:
        return self.courier.ledger

    @property
    def _postbox(self) -> Postbox:
        return self.courier.postbox
