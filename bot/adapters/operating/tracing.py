"""Gathers everything that decided over a post in a channel."""

from __future__ import annotations

from bot.adapters.operating.room import ControlRoom
from bot.delivery.explaining import Situation, explain
from bot.delivery.planning import MEMORY, recent
from bot.formatting.messages import Message
from bot.formatting.operating.tracing import Trace, trace_message
from bot.i18n import Words


async def trace(room: ControlRoom, post: str, channel: str, words: Words) -> Message:
    """The history and the present answer; ``post`` and ``channel`` as they were typed. Raises StoreError."""
    channel_id = await room.channel_meant(channel)
    if channel_id is None:
        return Message(content=words("admin.no_channel"))
    draft = room.draft_meant(post)
    slug = draft.slug if draft else await room.slug_meant(post)
    if slug is None:
        return Message(content=words("admin.no_post"))
    now = room.clock()
    subscription = await room.subscriptions.of_channel(channel_id)
    steps = await room.ledger.steps(slug, channel_id)
    posts = recent(room.library.archive.posts, room.library.first_seen, now)
    situation = Situation(
        post=room.library.archive.by_slug(slug),
        subscription=subscription,
        now=now,
        archive=room.library.archive,
        first_seen=room.library.first_seen,
        rows=await room.ledger.parts(slug, channel_id),
        history=await room.ledger.history(channel_id, now - MEMORY, [one.slug for one in posts]),
        is_draft=draft is not None,
        paused_since=await room.ledger.paused_since(),
        held_until=room.publisher.held_until(channel_id),
    )
    name = room.channel(channel_id, subscription.guild_id if subscription else None)
    found = Trace(
        title=room.title(slug, words),
        slug=slug,
        channel=str(name),
        steps=steps,
        reasons=explain(situation),
        now=now,
    )
    return trace_message(found, words)
