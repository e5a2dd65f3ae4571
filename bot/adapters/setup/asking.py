"""Who asks for what in which server, and whether they may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import discord
from discord import app_commands
from msgspec import Struct

from bot.adapters.channel_kinds import kind_of
from bot.adapters.database.decisions import By
from bot.adapters.database.drafts import Owner
from bot.delivery.models import ChannelKind
from bot.formatting.setup.pages import Named
from bot.formatting.setup.standing import Hold
from bot.i18n import Words

if TYPE_CHECKING:
    from datetime import datetime

    from bot.adapters.client import NewsBot
    from bot.delivery.models import Subscription

RIGHT: Final = "manage_guild"
UNCHOSEN_LOCALE: Final = "en-US"
"""What a server speaks for Discord while nobody has chosen its language."""


class Asking(Struct, frozen=True, kw_only=True):
    """One admin's request.

    Attributes:
        locale: Discord's locale of the server, or of the admin where the server has not chosen one.
        channel: where it was asked, and what that takes; None where the bot cannot post there.
    """

    guild: discord.Guild
    user_id: int
    words: Words
    locale: str
    channel: tuple[int, ChannelKind] | None

    @classmethod
    def of(cls, interaction: discord.Interaction[NewsBot], words: Words) -> Self:
        """The request of an interaction.

        Raises:
            MissingPermissions: whoever asks may not manage the server.
            NoPrivateMessage: it was not asked in a server that the bot is in.
        """
        if interaction.guild is None:
            raise app_commands.NoPrivateMessage
        rights = interaction.permissions
        if not (rights.manage_guild or rights.administrator):
            raise app_commands.MissingPermissions([RIGHT])
        server = (interaction.guild_locale or interaction.locale).value
        return cls(
            guild=interaction.guild,
            user_id=interaction.user.id,
            words=words,
            locale=interaction.locale.value if server == UNCHOSEN_LOCALE else server,
            channel=_takes_posts(interaction),
        )

    @property
    def owner(self) -> Owner:
        """Whose drafts these are."""
        return Owner(guild_id=self.guild.id, user_id=self.user_id)

    def by(self, now: datetime) -> By:
        """Who decides now."""
        return By(guild_id=self.guild.id, user_id=self.user_id, at=now)

    def named(self, subscription: Subscription, hold: Hold | None = None) -> Named:
        """The subscription with its channel's name, and what keeps posts away."""
        channel = self.guild.get_channel_or_thread(subscription.channel_id)
        return Named(subscription=subscription, name=channel.name if channel else None, hold=hold)

    def is_gone(self, subscription: Subscription) -> bool:
        """Whether the gateway, which shows all channels but archived threads, lacks it."""
        if self.guild.unavailable or subscription.kind is ChannelKind.THREAD:
            return False
        return self.guild.get_channel_or_thread(subscription.channel_id) is None


def _takes_posts(interaction: discord.Interaction[NewsBot]) -> tuple[int, ChannelKind] | None:
    kind = kind_of(interaction.channel)
    rights = interaction.app_permissions
    may_send = rights.send_messages_in_threads if kind is ChannelKind.THREAD else rights.send_messages
    if kind is None or interaction.channel_id is None or not (may_send and rights.embed_links):
        return None
    return interaction.channel_id, kind
