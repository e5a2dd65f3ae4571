"""Takes a post back from every channel that has it, when an operator asks for that."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from msgspec import Struct

from bot.delivery.models import Delivery, DeliveryState, Subscription
from bot.delivery.ports import Ledger, Postbox
from bot.delivery.publisher import Publisher
from bot.delivery.settling import Settler
from bot.delivery.taking_back import is_withdrawn, taken_back
from bot.delivery.timetable import Timetable
from bot.errors import HistoryUnreadable

SubscriptionOf = Callable[[int], Awaitable[Subscription | None]]
"""A channel's subscription, paused or not; None where it has none any more."""

log = logging.getLogger(__name__)


class Withdrawn(Struct, frozen=True, kw_only=True):
    """How many messages were deleted, and how many are, or may be, there still."""

    removed: int
    left: int


async def withdraw(
    slug: str,
    ledger: Ledger,
    postbox: Postbox,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Withdrawn:
    """Delete every message of a post, the last part first, and never send it again where it was.

    ``progress`` is told how many of how many messages were looked at. A channel that refuses keeps its
    messages; asking again tries again. A channel that has a part of the post gets no more of it, also
    where it is being sent just now. What is in doubt counts as left: see ``withdraw_in_doubt``.
    Channels that have nothing of the post yet get it still, unless its file is withdrawn too.

    Raises:
        TokenRefused: nothing can be done at all.
        StoreError: the ledger is out of reach.
    """
    await ledger.abandon(slug)
    rows = await ledger.everywhere(slug)
    sent = [row for row in rows if row.state is DeliveryState.SENT]
    removed = 0
    for done, row in enumerate(sent, start=1):
        removed += await taken_back(ledger, postbox, row)
        progress(done, len(sent))
    return Withdrawn(removed=removed, left=len(rows) - removed)


async def withdraw_in_doubt(slug: str, publisher: Publisher, subscription_of: SubscriptionOf) -> Withdrawn:
    """Look for what is in doubt of a withdrawn post and delete it, in channels that get nothing any more too.

    Waits for the pass that is running. What nobody can tell about stays in doubt: where posts go out, every
    pass looks for it again.

    Raises:
        TokenRefused: nothing can be done at all.
        StoreError: the ledger is out of reach.
    """
    ledger, removed = publisher.ledger, 0
    if any(map(is_withdrawn, await ledger.everywhere(slug))):
        async with publisher.turn:
            settler = Settler(courier=publisher.courier())
            for row in filter(is_withdrawn, await ledger.everywhere(slug)):
                subscription = await subscription_of(row.key.channel_id) or _former(row)
                try:
                    await settler.settle(row, subscription, publisher.news.archive.by_slug(slug))
                except HistoryUnreadable as error:
                    log.warning(
                        "delivery %s stays in doubt, though its post is withdrawn: %s", row.key, error
                    )
                removed += await _is_deleted(ledger, row)
    return Withdrawn(removed=removed, left=len(await ledger.everywhere(slug)))


def _former(row: Delivery) -> Subscription:
    """What is left to know of a channel that has no subscription any more."""
    return Subscription(channel_id=row.key.channel_id, timetable=Timetable(), created_at=row.claimed_at)


async def _is_deleted(ledger: Ledger, row: Delivery) -> bool:
    """Whether the message was found and deleted: what was never there has no id."""
    rows = await ledger.parts(row.key.slug, row.key.channel_id)
    return any(
        one.key == row.key and one.state is DeliveryState.GONE and one.message_id is not None for one in rows
    )
