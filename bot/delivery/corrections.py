"""Corrects a post where it was sent: edits what changed, adds what grew, takes back what is no more.

An edit is harmless to repeat, so nothing is claimed for it: a crash leaves the old hash in the ledger, and
the next pass edits again. Further messages are claimed, sent and confirmed like those of a new post. Nothing
here notifies anybody, and what a moderator deleted stays deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from structlog.contextvars import bind_contextvars

from bot.delivery.courier import Courier
from bot.delivery.handover import pictured
from bot.delivery.identity import fingerprint_of, payload_hash
from bot.delivery.models import Delivery, DeliveryState, Subscription
from bot.delivery.ports import Clock, Ledger, Postbox
from bot.delivery.witness import Outcome
from bot.errors import SendRefused, SendUncertain
from bot.formatting.messages import Message
from bot.posts.models import Post

TOO_MANY_EDITS = 30046
"""Too many edits of messages that are older than an hour
(https://discord.com/developers/docs/topics/opcodes-and-status-codes#json)."""
AFTER_TOO_MANY = timedelta(minutes=10)
AFTER_A_REFUSAL = timedelta(hours=1)
AFTER_NO_ANSWER = timedelta(minutes=1)
BETWEEN_PUBLISHED = timedelta(minutes=20)
"""Between two edits of one message that other servers follow, since Discord hands on each of them."""
AFTER_REMOVAL = timedelta(minutes=10)
"""Until a part that was taken back may be sent again: Discord has forgotten its nonce by then."""
TAKING_BACK = "taken back, since the post is shorter"
"""Recorded before a message is deleted: if the answer is lost, it was not a moderator who did it."""

_NOT_HERE = frozenset({10003, 10008, 50083, 160005})
"""Unknown channel, unknown message, archived or locked thread: the server is done with it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrector:
    """Brings a channel's copy of a post up to date."""

    courier: Courier

    async def correct(self, post: Post, subscription: Subscription) -> bool:
        """Make every message of the post in the channel say what the post says now.

        Returns whether anything else may be sent to the channel. False: another process is at it, or the bot
        is about to stop. An edit that Discord does not want at present is left to a later pass.

        Raises:
            PostError: it cannot be composed.
            DeliveryError: what is no more was not deleted, or what grew was not sent.
            StoreError: the ledger is out of reach.
        """
        rows = await self._ledger.parts(post.slug, subscription.channel_id)
        messages = await self.courier.messages(post, subscription)
        there = [row for row in rows if row.state is DeliveryState.SENT]
        for row in there:
            if self.courier.stopping.is_set():
                return False
            if row.key.part < len(messages) and not await self._edit(row, messages[row.key.part], rows):
                return True
        for row in reversed(there):
            if row.key.part < len(messages):
                break
            await self._ledger.postpone(row.key, TAKING_BACK, self._clock())
            await take_back(self._postbox, row, rows[0].message_id)
            await self._ledger.remove(row.key, self._clock() + AFTER_REMOVAL)
        if rows[0].state is DeliveryState.SENT and not await self.courier.bring(post, subscription):
            return False
        await self._ledger.corrected(post.slug, subscription.channel_id, len(messages), post.content_hash)
        log.info("post %s is in channel %s as it is now", post.slug, subscription.channel_id)
        return True

    async def _edit(self, row: Delivery, message: Message, rows: Sequence[Delivery]) -> bool:
        """Edit one message if it says something else; False where that must wait."""
        now, wanted = self._clock(), payload_hash(message)
        if row.payload_hash == wanted and row.cause != TAKING_BACK:
            return True
        if row.message_id is None or (row.retry_at and row.retry_at > now):
            return False
        bind_contextvars(delivery=str(row.key))
        number = row.message_id

        async def at(place: int) -> None:
            await pictured(row.key, message, lambda it: self._postbox.edit(place, number, it))

        try:
            is_there = await at_its_place(row, rows[0].message_id, at)
        except (SendRefused, SendUncertain) as error:
            wait = _wait_after(error)
            log.warning("delivery %s is corrected later: %s", row.key, error)
            await self._ledger.postpone(row.key, str(error), now + wait)
            return False
        if not is_there:
            if row.cause == TAKING_BACK:
                await self._ledger.remove(row.key, now + AFTER_REMOVAL)
            else:
                await self._ledger.give_up(row.key, "a moderator removed it")
            return True
        pause = now + BETWEEN_PUBLISHED if row.published_at else None
        edited = replace(row, payload_hash=wanted, fingerprint=fingerprint_of(message), retry_at=pause)
        await self._ledger.amend(edited)
        self.courier.witness.ended(Outcome.EDITED)
        return True

    @property
    def _ledger(self) -> Ledger:
        return self.courier.ledger

    @property
    def _postbox(self) -> Postbox:
        return self.courier.postbox

    @property
    def _clock(self) -> Clock:
        return self.courier.clock


def _wait_after(error: SendRefused | SendUncertain) -> timedelta:
    """How long until the next try. New posts meanwhile tell whether the channel is closed to the bot."""
    if isinstance(error, SendUncertain):
        return AFTER_NO_ANSWER
    return AFTER_TOO_MANY if error.code == TOO_MANY_EDITS else AFTER_A_REFUSAL


async def take_back(postbox: Postbox, row: Delivery, thread_id: int | None) -> None:
    """Delete a sent message; one that is gone already is as good. Raises as ``Postbox.send`` does."""
    number = row.message_id
    if number is not None:
        await at_its_place(row, thread_id, lambda place: postbox.remove(place, number))


async def at_its_place(row: Delivery, thread_id: int | None, act: Callable[[int], Awaitable[None]]) -> bool:
    """Do something to a sent message in its channel, or in the thread that its post has, whichever holds it.

    Both are tried: a subscription's layout may have changed since. Returns whether the message is in one.
    """
    in_thread = [] if thread_id is None else [thread_id]
    in_channel = [row.key.channel_id]
    for place in in_channel + in_thread if row.key.part == 0 else in_thread + in_channel:
        try:
            await act(place)
        except SendRefused as refusal:
            if refusal.code not in _NOT_HERE:
                raise
        else:
            return True
    return False
