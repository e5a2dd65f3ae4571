"""Sends a post at once, to one channel or to all."""

from __future__ import annotations

from collections.abc import Sequence

from bot.adapters.operating.progress import Report
from bot.adapters.operating.room import ControlRoom
from bot.delivery.causes import BY_HAND
from bot.delivery.immediate import Immediate
from bot.delivery.models import Subscription
from bot.formatting.messages import Message
from bot.formatting.operating.asking import posted_message
from bot.formatting.operating.texts import cause_of_pause
from bot.formatting.plain import title_of
from bot.i18n import Words
from bot.posts.models import Post


async def everywhere(room: ControlRoom) -> Sequence[Subscription]:
    """The active subscriptions of this process. Raises StoreError."""
    active = await room.subscriptions.active(room.clock())
    return [one for one in active if one.paused_because is None and room.publisher.shards.serve(one)]


async def post_to_channel(room: ControlRoom, post: Post, typed: str, report: Report, words: Words) -> Message:
    """Send it to the channel that was chosen or typed, whatever its tags. Raises StoreError, TokenRefused."""
    channel_id = await room.channel_meant(typed)
    subscription = await room.subscriptions.of_channel(channel_id) if channel_id is not None else None
    if subscription is None:
        return Message(content=words("admin.no_channel"))
    if subscription.paused_because in BY_HAND:
        cause = cause_of_pause(subscription.paused_because, words)
        return Message(content=words("admin.post.paused_channel", cause=cause))
    return await _post(room, post, [subscription], report, words, is_named=True)


async def post_to_all(room: ControlRoom, post: Post, report: Report, words: Words) -> Message:
    """Send it to every active channel of this process that wants its tags.

    Raises:
        StoreError, TokenRefused: as ``Immediate.post`` does.
    """
    return await _post(room, post, await everywhere(room), report, words)


async def _post(
    room: ControlRoom,
    post: Post,
    subscriptions: Sequence[Subscription],
    report: Report,
    words: Words,
    *,
    is_named: bool = False,
) -> Message:
    if await room.ledger.paused_since():
        return Message(content=words("admin.post.paused"))
    results = await Immediate(publisher=room.publisher).post(
        post, subscriptions, whatever_its_tags=is_named, progress=report
    )
    return posted_message(title_of(post), results, words, several=room.several and not is_named)
