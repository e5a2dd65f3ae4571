"""Tells a server inside the server, once, that one of its channels gets no posts any more.

The channel itself hears it where that is possible, else the server's system channel, else the next admin who
uses a command there. Whoever is about to tell it takes the notice first, so that of several processes and
people one does; it is given back where nobody could be told, and free again after a while where the process
ended before it had told. Nobody gets a direct message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any, Final

import aiohttp
import discord
from msgspec import Struct

from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.embeds import reply_of
from bot.adapters.refusals import LONGEST_REQUEST, NO_ANSWER, NONSENSE
from bot.delivery.models import Subscription
from bot.delivery.ports import Clock
from bot.discord_codes import ErrorCode
from bot.errors import StoreError
from bot.formatting.messages import Message
from bot.formatting.stopped import as_text, left_out_message, stopped_message, unwanted_message
from bot.i18n import Catalogues
from bot.replacing import replace

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 3
"""Notices that an admin gets after one command; the next one brings more."""


class DiscordNotices(Struct, frozen=True):
    """Posts notices where the server's people can see them."""

    client: discord.Client
    catalogues: Catalogues
    subscriptions: SqlSubscriptions
    clock: Clock

    async def stopped(self, subscription: Subscription, cause: str) -> None:
        """Say why the channel gets nothing; where no channel takes it, it waits for the next admin."""
        channel_id = subscription.channel_id
        try:
            if not await self.subscriptions.claim_notice(channel_id, self.clock()):
                return
            if await self.post(subscription, self._notice(replace(subscription, paused_because=cause))):
                await self.subscriptions.notice_told(channel_id, cause)
            else:
                await self.subscriptions.give_notice_back(channel_id)
                log.warning("channel %s: the next admin who uses a command hears why it stopped", channel_id)
        except StoreError as error:
            log.error("channel %s: its server was not told why it stopped: %s", channel_id, error)

    async def unwanted(self, subscription: Subscription, cause: str) -> None:
        """Say that one post was refused for what it says, why, and what to do about it."""
        words = self.catalogues.words(subscription.locale)
        if not await self.post(subscription, unwanted_message(subscription.channel_id, cause, words)):
            log.warning(
                "channel %s: its server was not told that a post was refused", subscription.channel_id
            )

    async def left_out(self, subscription: Subscription) -> None:
        """Say that Discord takes a post, or the rest of one, only once its author has corrected it."""
        message = left_out_message(subscription.channel_id, self.catalogues.words(subscription.locale))
        if not await self.post(subscription, message):
            log.warning(
                "channel %s: its server was not told that a post is left out", subscription.channel_id
            )

    async def post(self, subscription: Subscription, message: Message) -> bool:
        """Post something for a subscription's server in its channel, or else in the system channel."""
        for place in self._places(subscription):
            for version in (message, as_text(message)):
                try:
                    async with asyncio.timeout(LONGEST_REQUEST):
                        await place.send(**reply_of(version))
                except (*NO_ANSWER, *NONSENSE) as error:
                    log.info("channel %s: a notice did not go out: %s", subscription.channel_id, error)
                    # Perhaps it is only the card that may not be shown there.
                    if getattr(error, "code", None) != ErrorCode.MISSING_PERMISSION:
                        break
                else:
                    return True
        return False

    async def remind(self, interaction: discord.Interaction[Any]) -> None:
        """After somebody's command: an admin hears what no channel took. Errors end in the log."""
        guild_id = interaction.guild_id
        if guild_id is None or not interaction.permissions.manage_guild:
            return
        try:
            untold = await self.subscriptions.untold(guild_id, self.clock())
            for subscription in untold[:MOST_AT_ONCE]:
                if await self.subscriptions.claim_notice(subscription.channel_id, self.clock()):
                    await self._whisper(interaction, subscription)
        except StoreError as error:
            log.error("an admin of server %s was not told what stopped: %s", guild_id, error)

    async def _whisper(self, interaction: discord.Interaction[Any], subscription: Subscription) -> None:
        try:
            await interaction.followup.send(**reply_of(self._notice(subscription)), ephemeral=True)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("channel %s: an admin was not told: %s", subscription.channel_id, error)
            await self.subscriptions.give_notice_back(subscription.channel_id)
        else:
            await self.subscriptions.notice_told(subscription.channel_id, subscription.paused_because or "")

    def _notice(self, subscription: Subscription) -> Message:
        words = self.catalogues.words(subscription.locale)
        return stopped_message(subscription.channel_id, subscription.paused_because or "", words)

    def _places(self, subscription: Subscription) -> Iterator[discord.abc.Messageable]:
        channel = self.client.get_channel(subscription.channel_id)
        if not isinstance(channel, discord.ForumChannel):
            yield self.client.get_partial_messageable(subscription.channel_id)
        guild = getattr(channel, "guild", None) or self.client.get_guild(subscription.guild_id or 0)
        system = guild.system_channel if guild else None
        if system is not None and system.id != subscription.channel_id:
            yield system
