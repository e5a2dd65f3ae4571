"""Takes a post back from every channel that has it, when an operator asks for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.delivery.models import DeliveryState
from bot.delivery.ports import Ledger, Postbox
from bot.delivery.taking_back import taken_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
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
    where it is being sent just now. What is in doubt counts as left: ``Courier.settle`` deletes it once it is
    found. Channels that have nothing of the post yet get it still, unless its file is withdrawn too.

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
