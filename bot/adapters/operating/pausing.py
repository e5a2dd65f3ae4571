"""Stops and resumes deliveries: all of the bot's, or one channel's."""

from __future__ import annotations

import logging
from typing import Final

from bot.adapters.database.decisions import By
from bot.adapters.operating.room import ControlRoom
from bot.delivery.causes import BY_OPERATOR, BY_SERVER, LEFT, NOT_IN_SETTINGS
from bot.delivery.models import Subscription
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Message
from bot.formatting.operating.texts import cause_of_pause
from bot.i18n import Words

_NOT_TO_RESUME: Final = frozenset({BY_SERVER, LEFT, NOT_IN_SETTINGS})
"""What the server ends, or the settings."""

log = logging.getLogger(__name__)


async def pause(room: ControlRoom, channel: str | None, user_id: int, words: Words) -> Message:
    """Let nothing be sent any more, anywhere or to one channel. Raises StoreError."""
    if channel is None:
        await room.ledger.pause_all(room.clock())
        log.warning("an operator has stopped all deliveries")
        return Message(content=words("admin.pause.all"))
    found = await _channel(room, channel)
    if found is None:
        return Message(content=words("admin.no_channel"))
    channel_id, name = found.channel_id, _name(room, found)
    if not await room.decisions.pause(channel_id, BY_OPERATOR, _by(room, found, user_id)):
        is_there = await room.subscriptions.of_channel(channel_id) is not None
        said = words("admin.pause.already", channel=escape_text(name))
        return Message(content=said if is_there else words("admin.no_channel"))
    log.warning("an operator has paused channel %s", channel_id)
    return Message(content=words("admin.pause.channel", channel=escape_text(name)))


async def resume(room: ControlRoom, channel: str | None, user_id: int, words: Words) -> Message:
    """Let deliveries go on, all of them or one channel's. Raises StoreError."""
    if channel is None:
        return await _resume_all(room, words)
    found = await _channel(room, channel)
    if found is None:
        return Message(content=words("admin.no_channel"))
    channel_id, name, cause = found.channel_id, _name(room, found), found.paused_because
    if cause is None or cause in _NOT_TO_RESUME:
        return Message(content=_refused(cause, name, words))
    if not await room.decisions.release(channel_id, cause, _by(room, found, user_id)):
        return await _not_resumed(room, channel_id, name, words)
    log.warning("an operator has resumed channel %s", channel_id)
    now_is = await room.subscriptions.of_channel(channel_id)
    if now_is is not None and now_is.paused_because == BY_SERVER:
        return Message(content=words("admin.resume.still_by_server", channel=escape_text(name)))
    await room.bot.services.wake()
    said = [words("admin.resume.channel", channel=escape_text(name))]
    if await room.ledger.paused_since():
        said.append(words("admin.retry.paused"))
    return Message(content="\n".join(said))


async def _resume_all(room: ControlRoom, words: Words) -> Message:
    was_paused = await room.ledger.paused_since() is not None
    await room.ledger.resume_all()
    await room.bot.services.wake()
    log.warning("an operator has resumed all deliveries")
    return Message(content=words("admin.resume.all" if was_paused else "admin.resume.all_active"))


def _refused(cause: str | None, name: str, words: Words) -> str:
    """Why a channel is not an operator's to resume, and who does it."""
    if cause == NOT_IN_SETTINGS:
        return words("admin.resume.refused", cause=cause_of_pause(cause, words))
    said = {None: "active", BY_SERVER: "by_server", LEFT: "left"}[cause]
    return words(f"admin.resume.{said}", channel=escape_text(name))


async def _not_resumed(room: ControlRoom, channel_id: int, name: str, words: Words) -> Message:
    """Somebody was quicker: says what the channel is now."""
    now_is = await room.subscriptions.of_channel(channel_id)
    if now_is is None:
        return Message(content=words("admin.no_channel"))
    channel = escape_text(name)
    if now_is.paused_because is None:
        return Message(content=words("admin.resume.active", channel=channel))
    cause = cause_of_pause(now_is.paused_because, words)
    return Message(content=words("admin.resume.changed", channel=channel, cause=cause))


async def _channel(room: ControlRoom, typed: str) -> Subscription | None:
    channel_id = await room.channel_meant(typed)
    return await room.subscriptions.of_channel(channel_id) if channel_id is not None else None


def _name(room: ControlRoom, subscription: Subscription) -> str:
    return str(room.channel(subscription.channel_id, subscription.guild_id))


def _by(room: ControlRoom, subscription: Subscription, user_id: int) -> By:
    return By(guild_id=subscription.guild_id, user_id=user_id, at=room.clock())
