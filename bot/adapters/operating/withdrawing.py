"""Takes a post back from every channel, after a question that says from how many."""

from __future__ import annotations

from bot.adapters.operating.progress import Report
from bot.adapters.operating.room import ControlRoom
from bot.delivery.withdrawing import Withdrawn, withdraw, withdraw_in_doubt
from bot.formatting.messages import Message
from bot.formatting.operating.asking import asks_to_withdraw, withdrawn_message
from bot.i18n import Words


async def ask(room: ControlRoom, typed: str, words: Words) -> Message:
    """The question, or that there is nothing to take back. Raises StoreError."""
    slug = await room.slug_meant(typed)
    if slug is None:
        return Message(content=words("admin.no_post"))
    rows = await room.ledger.everywhere(slug)
    if not rows:
        return Message(content=words("admin.withdraw.nowhere"))
    channels = len({row.key.channel_id for row in rows})
    return asks_to_withdraw(slug, room.title(slug, words), len(rows), channels, words)


async def take_back(room: ControlRoom, key: str, report: Report, words: Words) -> Message:
    """Do it; ``key`` is the slug's. Raises StoreError, TokenRefused."""
    slug = await room.slug_meant(key)
    if slug is None:
        return Message(content=words("admin.no_post"))
    outcome = await withdraw(slug, room.ledger, room.publisher.postbox, report)
    if outcome.left:
        found = await withdraw_in_doubt(slug, room.publisher, room.subscriptions.of_channel)
        outcome = Withdrawn(removed=outcome.removed + found.removed, left=found.left)
    return withdrawn_message(room.title(slug, words), outcome, words)
