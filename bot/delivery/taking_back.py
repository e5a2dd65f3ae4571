"""What is to be done to take a post back: which parts are not owed any more, and how a message is deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from bot.delivery.causes import Ending
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.delivery.ports import Postbox
from bot.errors import SendRefused

_NOT_HERE = frozenset({10003, 10008})
"""Unknown channel, unknown message: it was removed, or lies elsewhere."""


_BEGUN = frozenset({DeliveryState.SENT, DeliveryState.CLAIMED})
_OWED = frozenset({DeliveryState.CLAIMED, DeliveryState.FAILED, DeliveryState.REMOVED})


def abandoned(rows: Iterable[Delivery]) -> list[Delivery]:
    """What is GONE once a post is withdrawn, of all its rows: in each channel that has begun it, what lacks.

    Also parts that have no row yet, so that none can be claimed.
    """
    channels: defaultdict[int, dict[int, Delivery]] = defaultdict(dict)
    for row in rows:
        channels[row.key.channel_id][row.key.part] = row
    gone = []
    for there in channels.values():
        if not any(row.state in _BEGUN for row in there.values()):
            continue
        some = next(iter(there.values()))
        for part in range(max(row.parts for row in there.values())):
            key = DeliveryKey(slug=some.key.slug, channel_id=some.key.channel_id, part=part)
            unclaimed = replace(some, key=key, fingerprint="", payload_hash="", message_id=None)
            row = there.get(part, unclaimed)
            if part not in there or row.state in _OWED:
                gone.append(replace(row, state=DeliveryState.GONE, cause=Ending.WITHDRAWN, retry_at=None))
    return gone


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
