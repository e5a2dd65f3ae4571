"""Tries again what failed, and lets the operator decide over what is in doubt."""

from __future__ import annotations

from bot.adapters.operating.room import ControlRoom
from bot.delivery.models import Delivery
from bot.formatting.messages import Message
from bot.formatting.operating.choosing import LARGEST_ID
from bot.formatting.operating.doubt import doubt_message
from bot.i18n import Words
from bot.posts.keys import short_key


async def retry(room: ControlRoom, channel: str | None, user_id: int, words: Words) -> Message:
    """End every wait, everywhere or in one channel, and show what stays in doubt. Raises StoreError."""
    channel_id = None
    if channel is not None:
        channel_id = await room.channel_meant(channel)
        if channel_id is None:
            return Message(content=words("admin.no_channel"))
    now = room.clock()
    deliveries = await room.operating.retry(now, channel_id)
    channels = await room.decisions.release_stopped(user_id, now, channel_id)
    room.publisher.let_go(channel_id)
    await room.bot.services.wake()
    counts = {"deliveries": words.number(deliveries), "channels": words.number(channels)}
    said = [words("admin.retry.done", **counts)]
    if await room.ledger.paused_since():
        said.append(words("admin.retry.paused"))
    if room.several:
        said.append(f"-# {words('admin.retry.process')}")
    return await doubt(room, words, channel_id, "\n".join(said))


async def doubt(room: ControlRoom, words: Words, channel_id: int | None = None, said: str = "") -> Message:
    """What is in doubt, with buttons; ``said`` stands above it. Raises StoreError."""
    rows = await room.operating.in_doubt(room.clock(), channel_id)
    return doubt_message(
        rows,
        lambda slug: room.title(slug, words),
        lambda number: str(room.channel(number)),
        words,
        said,
    )


async def send_again(room: ControlRoom, key: str, channel_id: int, part: int, words: Words) -> Message:
    """Send a delivery in doubt again, wherever its message may be. Raises StoreError."""
    row = await _doubtful(room, key, channel_id, part)
    is_done = row is not None and await room.operating.send_again(row.key, room.clock())
    if is_done:
        room.publisher.let_go(channel_id)
        await room.bot.services.wake()
    return await doubt(room, words, said=words("admin.doubt.sending" if is_done else "admin.doubt.settled"))


async def mark_one(room: ControlRoom, key: str, channel_id: int, part: int, words: Words) -> Message:
    """Record a delivery in doubt as sent. Raises StoreError."""
    row = await _doubtful(room, key, channel_id, part)
    done = await room.operating.mark_sent(row.key.slug, channel_id, part, room.clock()) if row else 0
    if done:
        await room.bot.services.wake()
    return await doubt(room, words, said=words("admin.doubt.marked" if done else "admin.doubt.settled"))


async def mark_sent(room: ControlRoom, post: str, channel: str, part: int | None, words: Words) -> Message:
    """Record a post's parts in doubt as sent: one, counted from 1, or all of them. Raises StoreError."""
    channel_id = await room.channel_meant(channel)
    if channel_id is None:
        return Message(content=words("admin.no_channel"))
    slug = await room.slug_meant(post)
    if slug is None:
        return Message(content=words("admin.no_post"))
    number = part - 1 if part is not None else None
    done = await room.operating.mark_sent(slug, channel_id, number, room.clock())
    if not done:
        return await doubt(room, words, said=words("admin.mark.none"))
    await room.bot.services.wake()
    return await doubt(room, words, said=words("admin.mark.done", count=words.number(done)))


async def _doubtful(room: ControlRoom, key: str, channel_id: int, part: int) -> Delivery | None:
    """The delivery that a button means, if it is in doubt still."""
    if channel_id > LARGEST_ID:
        return None
    rows = await room.operating.in_doubt(room.clock(), channel_id)
    return next((row for row in rows if (short_key(row.key.slug), row.key.part) == (key, part)), None)
