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


def kind_of(channel: Any) -> ChannelKind | None:
    """What a channel, or what an interaction tells of one, takes; None where it takes no posts."""
    return _KINDS.get(getattr(channel, "type", None))
