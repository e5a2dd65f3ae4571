"""Brings one post to one channel: claim, send, confirm, in an order that loses and doubles nothing.

A claim is written before the message is sent and confirmed after. A claim without a confirmation means that
nobody knows whether the message is in the channel; ``bot.delivery.settling`` finds that out before anything
else is sent there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct, field
from structlog.contextvars import bind_contextvars

from bot.delivery.causes import REFUSED_FOR_GOOD, Ending
from bot.delivery.handover import Handover, known_place
from bot.delivery.identity import fingerprint_of, payload_hash
from bot.delivery.manner import in_its_manner
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, PostList, Subscription
from bot.delivery.places import layout_of
from bot.delivery.planning import retry_delay
from bot.delivery.ports import NONE_LISTED, Clock, Composer, Ledger, Postbox
from bot.delivery.steps import StepKind
from bot.delivery.taking_back import is_left_out, taken_back
from bot.delivery.witness import Nobody, Outcome, Witness
from bot.errors import SendRefused, SendUncertain
from bot.formatting.messages import Message
from bot.posts.models import Post
from bot.replacing import replace

MOST_REFUSALS = 8
"""So often, over about two hours, a message is tried again as it is that Discord finds fault with."""
LATER_TRIES = 7
"""So often, a day apart, what AutoMod or a filter of links has stopped is tried after that."""
CONTINUED_LATE = timedelta(minutes=10)
"""After so long a post's further messages reply to those before, which others may have been written after."""

log = logging.getLogger(__name__)


class Courier(Struct, frozen=True, kw_only=True):
    """Sends posts. Once ``stopping`` is set nothing more is claimed."""

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
            claim = await self.claim_of(key, message, post, len(messages), subscription)
            attempts = await self.ledger.claim(claim, _named_by(post))
            if attempts is None:
                log.info("delivery %s is another process's, or not due: planned anew in the next pass", key)
                return False
            if attempts:
                continued = await self._continued(claim) if part and not sent else None
                claim = replace(claim, attempts=attempts)
                await self.send(claim, message, post, subscription, reply_to=continued)
                sent += 1
        await self.ledger.shorten(post.slug, subscription.channel_id, len(messages))
        if sent:
            log.info("post %s is in channel %s (%d messages)", post.slug, subscription.channel_id, sent)
        return True

    async def claim_of(
        self,
        key: DeliveryKey,
        message: Message,
        post: Post | PostList,
        parts: int,
        subscription: Subscription,
    ) -> Delivery:
        """The claim of one message of a post that has so many ``parts``, as of now."""
        return Delivery(
            key=key,
            state=DeliveryState.CLAIMED,
            parts=parts,
            fingerprint=fingerprint_of(message),
            payload_hash=payload_hash(message),
            claimed_at=self.clock(),
            place_id=await known_place(self.ledger, subscription, key),
            content_hash=post.content_hash if isinstance(post, Post) else None,
            updated_on=post.meta.updated if isinstance(post, Post) else None,
        )

    async def send(
        self,
        delivery: Delivery,
        message: Message,
        post: Post | PostList,
        subscription: Subscription,
        *,
        reply_to: int | None = None,
    ) -> None:
        """Send a claimed message and record what became of it; an uncertain end leaves the claim.

        ``reply_to`` is the message that it continues, long after.

        Raises:
            DeliveryError: it was not sent, or nobody knows whether it was.
            StoreError: the ledger is out of reach.
        """
        handover = Handover(
            ledger=self.ledger, postbox=self.postbox, post=post, subscription=subscription, reply_to=reply_to
        )
        try:
            message_id = await handover.hand(delivery.key, message)
        except SendRefused as refusal:
            refusal.attempts = delivery.attempts
            # Where the channel has stopped it may be no single post: a whole one waits till it is open.
            may_end = delivery.key.part > 0 or subscription.paused_because is None
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
            await self.confirm(delivery, message_id, StepKind.SENT)
        self.witness.ended(Outcome.REMOVED if message_id is None else Outcome.SENT)

    async def confirm(self, delivery: Delivery, message_id: int, step: StepKind) -> None:
        """Record that a message is there; delete it where its post was withdrawn meanwhile."""
        if not await self.ledger.confirm(delivery.key, message_id, self.clock(), step):
            await taken_back(self.ledger, self.postbox, replace(delivery, message_id=message_id))

    async def reopen(self, rows: Sequence[Delivery]) -> bool:
        """Let those of a post's messages that were left out be claimed again; whether there are any."""
        left_out = [row for row in rows if is_left_out(row)]
        for row in left_out:
            await self.ledger.fail(row.key, Ending.CORRECTED, self.clock())
        return bool(left_out)

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


def _named_by(post: Post | PostList) -> Mapping[str, str]:
    """The posts that are recorded as listed with the claim."""
    return post.contents if isinstance(post, PostList) else NONE_LISTED
