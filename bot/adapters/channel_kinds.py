"""What kind a channel of discord.py's is for a subscription."""

from __future__ import annotations

import discord

from bot.delivery.models import ChannelKind


def kind_of(channel: object) -> ChannelKind | None:
    """What a channel takes; None where it takes no posts."""
    if isinstance(channel, discord.Thread):
        return ChannelKind.THREAD
    if isinstance(channel, discord.ForumChannel):
        return ChannelKind.FORUM
    if isinstance(channel, discord.TextChannel) and channel.is_news():
        return ChannelKind.ANNOUNCEMENT
    return ChannelKind.TEXT if isinstance(channel, discord.abc.Messageable) else None
