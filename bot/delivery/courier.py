"""Brings one post to one channel: claim, send, confirm, in an order that loses and doubles nothing.

A claim is written before the message is sent and confirmed after. A claim without a confirmation means that
nobody knows whether the message is in the channel; such a delivery is settled before anything else is sent
there: found in the channel's history, or sent again with the same nonce, or left in doubt and reported.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from structlog.contextvars import bind_contextvars

from bot.delivery.causes import REFUSED_FOR_GOOD, Ending
from bot.delivery.handover import CLOCKS_APART, Handover, place_in, starts_a_forum_post
from bot.delivery.identity import fingerprint_of, payload_hash
from bot.delivery.manner import in_its_manner
from bot.delivery.models import (
    ChannelKind,
    Delivery,
    DeliveryKey,
    DeliveryState,
    PostList,
    Subscription,
)
from bot.delivery.places import layout_of, thread_name
from bot.delivery.planning import retry_delay
from bot.delivery.ports import NONE_LISTED, Clock, Composer, Ledger, Postbox
from bot.delivery.steps import StepKind
from bot.delivery.taking_back import is_left_out, is_withdrawn, taken_back
from bot.delivery.witness import Nobody, Outcome, Witness
from bot.errors import HistoryUnreadable, SendRefused, SendUncertain
from bot.formatting.messages import Message
from bot.posts.models import Post

NONCE_MEMORY = timedelta(minutes=2)
"""How long Discord surely remembers a nonce: its documentation says "the past few minutes"."""
ON_THE_WAY = timedelta(seconds=30)
"""How long a request without an answer may still take effect; no nonce makes its repetition harmless."""

MOST_REFUSALS = 8
"""So often, over about two hours, a message is tried again as it is that Discord finds fault with."""
LATER_TRIES = 7
"""So often, a day apart, what AutoMod or a filter of links has stopped is tried after that."""
CONTINUED_LATE = timedelta(minutes=10)
"""After so long a post's further messages reply to those before, which others may have been written after."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Sends posts and settles what is in doubt. Once ``stopping`` is set nothing more is claimed."""

    ledger: Ledger
    postbox: Postbox
    composer: Composer
    clock: Clock
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    witness: Witness = field(default_factory=Nobody)

    async def bring(self, post: Post | PostList, subscription: Subscription) -> bool:
        """Send the parts of a post, or the card of a list, that the channel lacks, in order.

        Returns whether all of it is there now. False: another process has a part of it or the bot is about
        to stop, so nothing else may be sent to the channel before.

        Raises:
            PostError: it cannot be composed.
            DeliveryError: a part was not sent, or nobody knows whether it was.
            StoreError: the ledger is out of reach.
        """
        messages = await self.messages(post, subscription)
        sent = 0
        for part, message in enumerate(messages):
            if self.stopping.is_set():
                return False
            key = DeliveryKey(slug=post.slug, channel_id=subscription.channel_id, part=part)
            bind_contextvars(delivery=str(key))  # in every line from here on; the publisher takes it off
            claim = await self._claim_of(key, message, post, len(messages), subscription)
            attempts = await self.ledger.claim(claim, _named_by(post))
            if attempts is None:
                log.info("delivery %s is another process's, or not due: planned anew in the next pass", key)
                return False
            if attempts:
                continued = await self._continued(claim) if part and not sent else None
                handover = replace(self._handover(post, subscription), reply_to=continued)
                await self._send(replace(claim, attempts=attempts), message, handover)
                sent += 1
        await self.ledger.shorten(post.slug, subscription.channel_id, len(messages))
        if sent:
            log.info("post %s is in channel %s (%d messages)", post.slug, subscription.channel_id, sent)
        return True

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
        if not await self.ledger.take(key, self.clock()):
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
            await self._confirm(delivery, message_id, StepKind.FOUND)
            self.witness.ended(Outcome.FOUND)
            return True
        if is_unwanted:
            return await self._give_up_unwanted(delivery)
        if starts_a_forum_post(subscription, key) and self.clock() - delivery.claimed_at < ON_THE_WAY:
            return False
        messages = await self.messages(post, subscription) if post else ()
        if post is None or key.part >= len(messages):
            await self.ledger.fail(key, Ending.POST_GONE, self.clock())
            return True
        message = messages[key.part]
        if is_absent:
            # The post may have been corrected since: what is sent now is what is looked for next time.
            renewed = await self._claim_of(key, message, post, len(messages), subscription)
            delivery = replace(renewed, attempts=delivery.attempts)
            await self.ledger.renew(delivery)
        log.info("delivery %s was not in the channel: sending it again", key)
        await self._send(delivery, message, self._handover(post, subscription))
        return True

    async def _send(self, delivery: Delivery, message: Message, handover: Handover) -> None:
        """Send a claimed message and record what became of it; an uncertain end leaves the claim."""
        try:
            message_id = await handover.hand(delivery.key, message)
        except SendRefused as refusal:
            refusal.attempts = delivery.attempts
            # Where the channel has stopped it may be no single post: a whole one waits till it is open.
            may_end = delivery.key.part > 0 or handover.subscription.paused_because is None
            is_its_fault = refusal.is_about_the_message or (refusal.is_about_the_words and may_end)
            if is_its_fault and delivery.attempts >= MOST_REFUSALS:
                await self._leave_out(delivery, refusal)
            else:
                retry_at = self.clock() + retry_delay(delivery.attempts)
                await self.ledger.fail(delivery.key, str(refusal), retry_at)
            self.witness.ended(Outcome.REFUSED)
            raise
        except SendUncertain as error:
            await self.ledger.note(delivery.key, StepKind.UNCERTAIN, str(error))
            self.witness.ended(Outcome.UNCERTAIN)
            raise
        if message_id is None:
            await self.ledger.give_up(delivery.key, Ending.THREAD_GONE)
        else:
            await self._confirm(delivery, message_id, StepKind.SENT)
        self.witness.ended(Outcome.REMOVED if message_id is None else Outcome.SENT)

    async def _confirm(self, delivery: Delivery, message_id: int, step: StepKind) -> None:
        """Record that a message is there; delete it where its post was withdrawn meanwhile."""
        if not await self.ledger.confirm(delivery.key, message_id, self.clock(), step):
            await taken_back(self.ledger, self.postbox, replace(delivery, message_id=message_id))

    async def _give_up_unwanted(self, delivery: Delivery) -> bool:
        """End what is not there of a post that is withdrawn; False while it may be on its way still."""
        if timedelta(0) <= self.clock() - delivery.claimed_at < ON_THE_WAY:
            return False
        await self.ledger.give_up(delivery.key, Ending.WITHDRAWN, StepKind.WITHDRAWN)
        return True

    async def _leave_out(self, delivery: Delivery, refusal: SendRefused) -> None:
        """End the post before a message that Discord does not take, so that the channel's other posts go on.

        A correction of the post brings it, and what follows it. A server can mend its filters as well: what
        they stopped is tried again now and then.
        """
        key = delivery.key
        refusal.is_final = True
        is_tried = refusal.is_about_the_words and delivery.attempts < MOST_REFUSALS + LATER_TRIES
        again_at = self.clock() + timedelta(days=1) if is_tried else None
        if delivery.content_hash is not None:
            await self.ledger.corrected(key.slug, key.channel_id, key.part + 1, delivery.content_hash)
        await self.ledger.give_up(key, f"{REFUSED_FOR_GOOD}{refusal}", again_at=again_at)

    async def reopen(self, rows: Sequence[Delivery]) -> bool:
        """Let those of a post's messages that were left out be claimed again; whether there are any."""
        left_out = [row for row in rows if is_left_out(row)]
        for row in left_out:
            await self.ledger.fail(row.key, Ending.CORRECTED, self.clock())
        return bool(left_out)

    async def _is_older(self, post: Post, subscription: Subscription) -> bool:
        """Whether the channel got the post before its present date of correction, or earlier on that day."""
        rows = await self.ledger.parts(post.slug, subscription.channel_id)
        if not rows or rows[0].updated_on != post.meta.updated:
            return bool(rows)
        # The ledger keeps the day alone. What is still to come is no correction: a zone was left out.
        at = post.meta.updated_at
        return at is not None and rows[0].claimed_at < at <= self.clock()

    async def _continued(self, claim: Delivery) -> int | None:
        """The message before this one, where others stand between, or may: it was sent long ago."""
        rows = await self.ledger.parts(claim.key.slug, claim.key.channel_id)
        before = next((row for row in rows if row.key.part == claim.key.part - 1), None)
        if before is None or before.state is not DeliveryState.SENT:
            return None
        is_late = claim.claimed_at - before.claimed_at >= CONTINUED_LATE
        return before.message_id if is_late or await self._followed(before) else None

    async def _followed(self, row: Delivery) -> bool:
        """Whether another post's messages were sent to the channel since this one."""
        since = await self.ledger.history(row.key.channel_id, row.claimed_at)
        return any(progress.sent for slug, progress in since.items() if slug != row.key.slug)

    async def _find(
        self, delivery: Delivery, subscription: Subscription, post: Post | PostList | None
    ) -> int | None:
        """The id of a delivery's message where it belongs; None: it is not there."""
        since = delivery.claimed_at - CLOCKS_APART
        place = await place_in(self.ledger, subscription, delivery.key)
        if starts_a_forum_post(subscription, delivery.key):
            name = thread_name(post.title) if post else ""
            return await self.postbox.find_post(place, name, delivery.fingerprint, since)
        for each in await self._places(place, delivery.key, subscription):
            found = await self.postbox.find(each, delivery.fingerprint, since)
            if found is not None:
                return found
        return None

    async def _places(self, place: int, key: DeliveryKey, subscription: Subscription) -> list[int]:
        """Where it may be: also in its post's thread or the channel, if the layout was another then."""
        if key.part == 0 or subscription.kind is ChannelKind.FORUM:
            return [place]
        thread = await self.ledger.first_message(key.slug, key.channel_id)
        return list(dict.fromkeys([place, key.channel_id, *([thread] if thread else [])]))

    async def _has_a_nonce_that_is_remembered(self, delivery: Delivery, subscription: Subscription) -> bool:
        if starts_a_forum_post(subscription, delivery.key):
            return False
        # Discord remembers it for one channel: with another layout since the claim, it would go elsewhere.
        if delivery.place_id not in (None, await self._place(delivery.key, subscription)):
            return False
        # A claim from the future was made by a clock that was ahead: nobody knows how old it is.
        return timedelta(0) <= self.clock() - delivery.claimed_at < NONCE_MEMORY

    def _handover(self, post: Post | PostList, subscription: Subscription) -> Handover:
        return Handover(ledger=self.ledger, postbox=self.postbox, post=post, subscription=subscription)

    async def _place(self, key: DeliveryKey, subscription: Subscription) -> int | None:
        """Where a part goes; None where its thread is not known."""
        try:
            return await place_in(self.ledger, subscription, key)
        except ValueError:
            return None

    async def _claim_of(
        self,
        key: DeliveryKey,
        message: Message,
        post: Post | PostList,
        parts: int,
        subscription: Subscription,
    ) -> Delivery:
        return Delivery(
            key=key,
            state=DeliveryState.CLAIMED,
            parts=parts,
            fingerprint=fingerprint_of(message),
            payload_hash=payload_hash(message),
            claimed_at=self.clock(),
            place_id=await self._place(key, subscription),
            content_hash=post.content_hash if isinstance(post, Post) else None,
            updated_on=post.meta.updated if isinstance(post, Post) else None,
        )

    async def messages(self, post: Post | PostList, subscription: Subscription) -> tuple[Message, ...]:
        """What the channel is to show: of a post that was corrected since it was sent, with a line on it."""
        if isinstance(post, PostList):
            card = await self.composer.listed(post.posts, subscription.locale)
            return in_its_manner((card,), post, subscription)
        messages = await self.composer.messages(post, layout_of(subscription), subscription.locale)
        if post.meta.updated and await self._is_older(post, subscription):
            first = self.composer.corrected(messages[0], post.meta.updated, subscription.locale)
            messages = (first, *messages[1:])
        return in_its_manner(messages, post, subscription)


def _named_by(post: Post | PostList) -> Mapping[str, str]:
    """The posts that are recorded as listed with the claim."""
    return post.contents if isinstance(post, PostList) else NONE_LISTED
