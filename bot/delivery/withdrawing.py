"""Takes a post back from every channel that has it, when an operator asks for that."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.delivery.causes import Ending
from bot.delivery.ports import Ledger, Postbox
from bot.delivery.steps import StepKind
from bot.delivery.taking_back import take_back
from bot.errors import SendRefused, SendUncertain

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """How many messages were deleted, and how many could not be."""

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
    where it is being sent just now. Channels that have nothing of the post yet get it still, unless its file
    is withdrawn too.

    Raises:
        TokenRefused: nothing can be done at all.
        StoreError: the ledger is out of reach.
    """
    await ledger.abandon(slug)
    rows = await ledger.everywhere(slug)
    done = removed = 0
    for channel_id, group in itertools.groupby(rows, key=lambda row: row.key.channel_id):
        thread_id = await ledger.first_message(slug, channel_id)
        for row in group:
            try:
                await take_back(postbox, row, thread_id)
            except (SendRefused, SendUncertain) as error:
                log.warning("delivery %s was not taken back: %s", row.key, error)
            else:
                await ledger.give_up(row.key, Ending.WITHDRAWN, StepKind.WITHDRAWN)
                removed += 1
            done += 1
            progress(done, len(rows))
    return Withdrawn(removed=removed, left=len(rows) - removed)
