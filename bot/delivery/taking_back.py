"""What is to be done to take a post back: which parts are not owed any more, and how a message is deleted."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

from bot.delivery.causes import REFUSED_FOR_GOOD, Ending
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.delivery.ports import Ledger, Postbox
from bot.delivery.steps import StepKind
from bot.discord_codes import ErrorCode
from bot.errors import SendRefused, SendUncertain
from bot.replacing import replace

NOT_HERE = frozenset({ErrorCode.UNKNOWN_CHANNEL, ErrorCode.UNKNOWN_MESSAGE})
"""It was removed, or lies elsewhere."""

BEGUN = frozenset({DeliveryState.SENT, DeliveryState.CLAIMED})
"""What is, or may be, in its channel."""
_OWED = frozenset({DeliveryState.FAILED, DeliveryState.REMOVED})

log = logging.getLogger(__name__)


def is_withdrawn(row: Delivery) -> bool:
    """Whether an operator has taken its post back: it is GONE, or CLAIMED while it is in doubt."""
    return row.cause == Ending.WITHDRAWN


def is_left_out(row: Delivery) -> bool:
    """Whether Discord has refused it so often that other posts go on without it, until it is reopened."""
    return (row.cause or "").startswith(REFUSED_FOR_GOOD)


def abandoned(rows: Iterable[Delivery]) -> list[Delivery]:
    """What a post's rows are once it is withdrawn: in each channel that has begun it, what lacks is GONE.

    Also parts that have no row yet, so that none can be claimed, and those that a correction would bring. A
    claim in doubt stays one, with the cause: its message is still to be looked for.
    """
    channels: defaultdict[int, dict[int, Delivery]] = defaultdict(dict)
    for row in rows:
        channels[row.key.channel_id][row.key.part] = row
    withdrawn = []
    for there in channels.values():
        if not any(row.state in BEGUN for row in there.values()):
            continue
        some = next(iter(there.values()))
        for part in range(max(row.parts for row in there.values())):
            key = DeliveryKey(slug=some.key.slug, channel_id=some.key.channel_id, part=part)
            unclaimed = replace(some, key=key, fingerprint="", payload_hash="", message_id=None)
            row = there.get(part, unclaimed)
            if part in there and row.state is DeliveryState.CLAIMED:
                withdrawn.append(replace(row, cause=Ending.WITHDRAWN))
            elif part not in there or row.state in _OWED or is_left_out(row):
                withdrawn.append(
                    replace(row, state=DeliveryState.GONE, cause=Ending.WITHDRAWN, retry_at=None)
                )
    return withdrawn


async def taken_back(ledger: Ledger, postbox: Postbox, row: Delivery) -> bool:
    """Delete a withdrawn post's message and record that; False where it could not be, as the log says.

    It stays recorded as sent then, so that another withdrawal takes it back.

    Raises:
        TokenRefused: nothing can be done at all.
        StoreError: the ledger is out of reach.
    """
    thread_id = await ledger.first_message(row.key.slug, row.key.channel_id)
    try:
        await take_back(postbox, row, thread_id)
    except (SendRefused, SendUncertain) as error:
        log.warning("delivery %s was not taken back: %s", row.key, error)
        return False
    await ledger.give_up(row.key, Ending.WITHDRAWN, StepKind.WITHDRAWN)
    return True


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
            if refusal.code not in NOT_HERE:
                raise
        else:
            return True
    return False
