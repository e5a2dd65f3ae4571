"""Tells a server inside the server, once, that one of its channels gets no posts any more."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import discord

from bot.adapters.embeds import reply_of
from bot.delivery.models import Subscription
from bot.formatting.stopped import stopped_message
from bot.i18n import Catalogues

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DiscordNotices:
    """Posts notices where the server's people can see them; nobody gets a direct message."""

    client: discord.Client
    catalogues: Catalogues

    async def stopped(self, subscription: Subscription, cause: str) -> None:
        """Say why the channel gets nothing: in it where that is possible, else in the system channel.

        Where neither takes it only the log knows.
        """
        message = stopped_message(subscription.channel_id, cause, self.catalogues.words(subscription.locale))
        for place in self._places(subscription):
            try:
                await place.send(**reply_of(message))
            except discord.DiscordException as error:
                log.info("channel %s: a notice was refused: %s", subscription.channel_id, error)
            else:
                return
        log.error("channel %s: its server could not be told why it stopped", subscription.channel_id)

    def _places(self, subscription: Subscription) -> Iterator[discord.abc.Messageable]:
        channel = self.client.get_channel(subscription.channel_id)
        if not isinstance(channel, discord.ForumChannel):
            yield self.client.get_partial_messageable(subscription.channel_id)
        guild = getattr(channel, "guild", None) or self.client.get_guild(subscription.guild_id or 0)
        if guild is not None and guild.system_channel is not None:
            yield guild.system_channel
