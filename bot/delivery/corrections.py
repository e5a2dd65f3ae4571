"""Corrects a post where it was sent: edits what changed, adds what grew, takes back what is no more.

An edit is harmless to repeat, so nothing is claimed for it: a crash leaves the old hash in the ledger, and
the next pass edits again. Further messages are claimed, sent and confirmed like those of a new post. Nothing
here notifies anybody, and what a moderator deleted stays deleted.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct
from structlog.contextvars import bind_contextvars

from bot.delivery.causes import Ending
from bot.delivery.courier import Courier
from bot.delivery.handover import pictured
from bot.delivery.identity import fingerprint_of, payload_hash
from bot.delivery.models import Delivery, DeliveryState, PostList, Subscription
from bot.delivery.ports import Clock, Ledger, Postbox
from bot.delivery.taking_back import at_its_place, take_back
from bot.delivery.witness import Outcome
from bot.discord_codes import ErrorCode
from bot.errors import SendRefused, SendUncertain
from bot.formatting.messages import Message
from bot.posts.models import Post
from bot.replacing import replace

AFTER_TOO_MANY = timedelta(minutes=10)
AFTER_A_REFUSAL = timedelta(hours=1)
AFTER_NO_ANSWER = timedelta(minutes=1)
BETWEEN_PUBLISHED = timedelta(minutes=20)
"""Between two edits of one message that other servers follow, since Discord hands on each of them."""
AFTER_REMOVAL = timedelta(minutes=10)
"""Until a part that was taken back may be sent again: Discord has forgotten its nonce by then."""

AFTER_THE_SAME_REFUSAL = timedelta(days=1)
"""Where a message was refused for the same reason before: a person must mend it."""

_CLOSED = frozenset({ErrorCode.UNKNOWN_SERVER, ErrorCode.MISSING_ACCESS, ErrorCode.MISSING_PERMISSION})
"""Nothing can be done in this channel at all."""

_SETTLED = frozenset({DeliveryState.SENT, DeliveryState.GONE})

log = logging.getLogger(__name__)


class Corrected(enum.Enum):
    """What became of a correction in a channel.

    DONE: the channel has the post as it is now. NOTHING: it had that already. LATER: some message waits, and
    other posts may be sent meanwhile. HELD: nothing else may be sent, since another process is at it or the
    bot is about to stop.
    """

    DONE = enum.auto()
    NOTHING = enum.auto()
    LATER = enum.auto()
    HELD = enum.auto()


class Corrector(Struct, frozen=True, kw_only=True):
    """Brings a channel's copy of a post up to date."""

    courier: Courier

    async def correct(self, post: Post | PostList, subscription: Subscription) -> Corrected:
        """Make every message of the post in the channel say what the post says now; a list's card as well.

        An edit that Discord does not want is left to a later pass; the post's other messages are corrected.

        Raises:
            PostError: it cannot be composed.
            DeliveryError: what is no more was not deleted, what grew was not sent, or the channel is closed.
            StoreError: the ledger is out of reach.
        """
        rows = await self._ledger.parts(post.slug, subscription.channel_id)
        messages = await self.courier.messages(post, subscription)
        there = [row for row in rows if row.state is DeliveryState.SENT]
        edits = await self._edit_all([row for row in there if row.key.part < len(messages)], messages, rows)
        removals = await self._take_back_all([row for row in there if row.key.part >= len(messages)], rows)
        if self.courier.stopping.is_set():
            return Corrected.HELD
        reopened = await self.courier.reopen(rows)
        is_owed = reopened or rows[0].state is DeliveryState.SENT
        if is_owed and not await self.courier.bring(post, subscription):
            return Corrected.HELD
        if None in (*edits, *removals):
            return Corrected.LATER
        # What it grew by is not owed where its first message was taken back or removed.
        parts = len(messages) if is_owed else min(len(messages), rows[0].parts)
        await self._record(post, subscription.channel_id, parts)
        log.info("post %s is in channel %s as it is now", post.slug, subscription.channel_id)
        grew = reopened or len(rows) < len(messages) or any(row.state not in _SETTLED for row in rows)
        return Corrected.DONE if grew or any(edits) or removals else Corrected.NOTHING

    async def _record(self, post: Post | PostList, channel_id: int, parts: int) -> None:
        if isinstance(post, Post):
            await self._ledger.corrected(post.slug, channel_id, parts, post.content_hash)
        else:
            await self._ledger.relisted(post.slug, channel_id, post.contents)

    async def _edit_all(
        self, there: Sequence[Delivery], messages: Sequence[Message], rows: Sequence[Delivery]
    ) -> list[bool | None]:
        """What ``_edit`` says of each message, None for what was refused; ends where others would be too."""
        edits: list[bool | None] = []
        for row in there:
            if self.courier.stopping.is_set():
                break
            try:
                edits.append(await self._edit(row, messages[row.key.part], rows))
            except (SendRefused, SendUncertain) as error:
                edits.append(None)
                await self._postpone(row, error)
                if isinstance(error, SendUncertain) or error.code == ErrorCode.TOO_MANY_EDITS:
                    break
        return edits

    async def _take_back_all(self, tail: Sequence[Delivery], rows: Sequence[Delivery]) -> list[bool | None]:
        """True for each message that was deleted, the last one first; ends with None where one was not."""
        removals: list[bool | None] = []
        for row in reversed(tail):
            if self.courier.stopping.is_set() or None in removals:
                break
            removals.append(await self._take_back(row, rows) or None)
        return removals

    async def _edit(self, row: Delivery, message: Message, rows: Sequence[Delivery]) -> bool | None:
        """Edit one message: True; False if it says so already or is gone; None where it must wait.

        Raises:
            SendRefused, SendUncertain, TokenRefused: as ``Postbox.edit`` does.
        """
        now, wanted = self._clock(), payload_hash(message)
        if row.payload_hash == wanted and row.cause != Ending.TAKING_BACK:
            return False
        if row.message_id is None or (row.retry_at and row.retry_at > now):
            return None
        bind_contextvars(delivery=str(row.key))
        number = row.message_id

        async def at(place: int) -> None:
            await pictured(row.key, message, lambda it: self._postbox.edit(place, number, it))

        if not await at_its_place(row, rows[0].message_id, at):
            if row.cause == Ending.TAKING_BACK:
                await self._ledger.remove(row.key, now + AFTER_REMOVAL)
            else:
                log.info("delivery %s is no more where it was sent: it stays so", row.key)
                await self._ledger.give_up(row.key, Ending.REMOVED)
            return False
        pause = now + BETWEEN_PUBLISHED if row.published_at else None
        edited = replace(row, payload_hash=wanted, fingerprint=fingerprint_of(message), retry_at=pause)
        await self._ledger.amend(edited)
        self.courier.witness.ended(Outcome.EDITED)
        return True

    async def _take_back(self, row: Delivery, rows: Sequence[Delivery]) -> bool:
        """Delete a message that the post has no more; False where Discord refuses that.

        Raises:
            SendRefused: the channel is closed.
            SendUncertain: no answer came; TAKING_BACK stays recorded.
        """
        if row.retry_at and row.retry_at > self._clock():
            return False
        await self._ledger.postpone(row.key, Ending.TAKING_BACK, self._clock())
        try:
            await take_back(self._postbox, row, rows[0].message_id)
        except SendRefused as refusal:
            await self._postpone(row, refusal)
            return False
        await self._ledger.remove(row.key, self._clock() + AFTER_REMOVAL)
        return True

    async def _postpone(self, row: Delivery, error: SendRefused | SendUncertain) -> None:
        """Record why a message cannot be corrected, and when to try again.

        Raises:
            SendRefused: the same, where the whole channel is closed to the bot.
        """
        if isinstance(error, SendRefused) and error.code in _CLOSED:
            raise error
        is_known = row.cause == str(error)
        level = logging.INFO if is_known else logging.WARNING
        log.log(level, "delivery %s is corrected later: %s", row.key, error)
        wait = _wait_after(error, is_known=is_known)
        await self._ledger.postpone(row.key, str(error), self._clock() + wait)

    @property
    def _ledger(self) -> Ledger:
        return self.courier.ledger

    @property
    def _postbox(self) -> Postbox:
        return self.courier.postbox

    @property
    def _clock(self) -> Clock:
        return self.courier.clock


def _wait_after(error: SendRefused | SendUncertain, *, is_known: bool) -> timedelta:
    """How long until the next try; ``is_known``: the same was said the last time."""
    if isinstance(error, SendUncertain):
        return AFTER_NO_ANSWER
    if error.code == ErrorCode.TOO_MANY_EDITS:
        return AFTER_TOO_MANY
    return AFTER_THE_SAME_REFUSAL if is_known else AFTER_A_REFUSAL
