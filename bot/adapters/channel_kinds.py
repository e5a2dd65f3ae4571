"""What kind a channel of Discord's is for a subscription."""

from __future__ import annotations

from typing import Any, Final

import discord

from bot.delivery.models import ChannelKind

_KINDS: Final[dict[Any, ChannelKind]] = {
    discord.ChannelType.text: ChannelKind.TEXT,
    discord.ChannelType.news: ChannelKind.ANNOUNCEMENT,
    discord.ChannelType.forum: ChannelKind.FORUM,
    discord.ChannelType.news_thread: ChannelKind.THREAD,
    discord.ChannelType.public_thread: ChannelKind.THREAD,
    discord.ChannelType.private_thread: ChannelKind.THREAD,
}
_WITH_A_CHAT: Final = frozenset({discord.ChannelType.voice, discord.ChannelType.stage_voice})


def kind_of(channel: Any) -> ChannelKind | None:
    """What a channel, or what an interaction tells of one, takes; None where none may choose it."""
    return _KINDS.get(getattr(channel, "type", None))


def kind_in_use(channel: Any) -> ChannelKind | None:
    """The same of a channel that is served already.

    NEWS_CHANNEL_ID may name a voice or stage channel too, whose chat takes messages, though no threads.
    """
    return ChannelKind.TEXT if getattr(channel, "type", None) in _WITH_A_CHAT else kind_of(channel)
