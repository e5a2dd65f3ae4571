"""The Discord client: few intents, no caches it does not need, mentions closed, and the cogs it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from msgspec import Struct
from structlog.contextvars import bind_contextvars

from bot.adapters.channel_kinds import kind_in_use
from bot.adapters.cogs import CogModules
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.interaction_errors import report
from bot.adapters.library import Library
from bot.adapters.lookups import Lookups
from bot.adapters.notices import DiscordNotices
from bot.adapters.operating.room import ControlRoom
from bot.adapters.pacing import paced
from bot.adapters.refusals import NO_ANSWER
from bot.adapters.scheduler import DeliverySchedule
from bot.adapters.setup.desk import Desk
from bot.adapters.syncing import CommandSync
from bot.adapters.translator import CatalogueTranslator
from bot.adapters.views import ITEMS
from bot.delivery.publisher import Publisher
from bot.errors import StoreError
from bot.i18n import Catalogues
from bot.settings import Settings

COGS = ("cogs.news", "cogs.server", "cogs.admin")

log = logging.getLogger(__name__)

Hook = Callable[[], Awaitable[None]]


def no_other_settings() -> Settings | None:
    """Where the settings were not read from the environment."""
    return None


class Services(Struct, frozen=True, kw_only=True):
    """What the composition root hands to the client.

    Attributes:
        on_login: run once, when the client may send for the first time.
        on_close: run once, before the client disconnects.
        wake: asks for a pass of deliveries, soon and without waiting for it.
        read_settings: reads the settings anew; None where they cannot be others. Raises SettingsError.
    """

    settings: Settings
    library: Library
    lookups: Lookups
    publisher: Publisher
    subscriptions: SqlSubscriptions
    schedule: DeliverySchedule
    notices: DiscordNotices
    desk: Desk
    room: ControlRoom
    on_login: Hook
    on_close: Hook
    wake: Hook
    read_settings: Callable[[], Settings | None] = no_other_settings


class NewsTree(app_commands.CommandTree["NewsBot"]):
    """The command tree; its errors end in one sentence for the member and one line in the log."""

    async def interaction_check(self, interaction: discord.Interaction[NewsBot]) -> bool:
        """Called by discord.py first, in the task of this command: its id is in every line of its log."""
        if interaction.type is discord.InteractionType.application_command:
            self.client.commands_running.add(interaction.id)
        bind_contextvars(interaction=str(interaction.id))
        return True

    async def on_error(
        self, interaction: discord.Interaction[NewsBot], error: app_commands.AppCommandError
    ) -> None:
        """Called by discord.py for whatever a command raised."""
        self.client.has_ended(interaction)
        words = self.client.catalogues.words(interaction.locale.value)
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await report(interaction, words, cause)


class NewsBot(commands.AutoShardedBot):
    """The bot; ``services`` is everything it works with, and there before it starts.

    They come after it is made: some of them send through it.
    """

    services: Services

    def __init__(self, settings: Settings, catalogues: Catalogues) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=NewsTree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=paced(),
            **_sharding(settings),
        )
        if settings.owner_ids:
            self.owner_ids = set(settings.owner_ids)
        self.catalogues = catalogues
        self.cog_modules = CogModules(self)
        self.commands_running: set[int] = set()
        self.command_ended = asyncio.Event()
        self.reloading = asyncio.Lock()
        self.operator_guild: discord.Object | None = None

    @property
    def library(self) -> Library:
        """The posts."""
        return self.services.library

    @property
    def lookups(self) -> Lookups:
        """What readers look up."""
        return self.services.lookups

    async def setup_hook(self) -> None:
        """Called by discord.py after login: load the commands and tell Discord about them."""
        self.add_dynamic_items(*ITEMS)
        await self.tree.set_translator(CatalogueTranslator(self.catalogues))
        for cog in COGS:
            await self.cog_modules.load(cog)
        await self.sync_commands()
        await self._learn_own_channel()
        await self.services.on_login()

    async def sync_commands(self, *, force: bool = False, strict: bool = False) -> bool:
        """Send the command definitions to Discord where they changed: everybody's, and the operator's.

        ``/admin`` exists only in the operator's server. Where that is not known it is registered
        everywhere, hidden by its default permissions; a server that is the operator's no more loses it.
        Returns whether anything was sent.

        Raises:
            discord.HTTPException: Discord did not take those that everybody has, or with ``strict`` any.
        """
        await self._move_admin(await self._operator_guild())
        known = CommandSync(self.services.settings.cache_folder / "commands.json")
        sent = await known.sync(self.tree, force=force)
        if self.operator_guild is not None:
            try:
                sent |= await known.sync(self.tree, self.operator_guild, force=force)
            except discord.HTTPException as error:
                if strict:
                    raise
                guild = self.operator_guild.id
                log.error("/admin was not registered in server %s (%s); check ADMIN_GUILD_ID", guild, error)
        await known.clear_elsewhere(self.tree, self.operator_guild)
        return sent

    async def _move_admin(self, guild: discord.Object | None) -> None:
        """Have the operator's commands in this server of the tree, or everywhere."""
        here = self.tree.get_command("admin", guild=self.operator_guild) if self.operator_guild else None
        admin = self.tree.get_command("admin") or here
        if admin is None:
            return
        if here is not None:
            self.tree.remove_command("admin", guild=self.operator_guild)
        self.tree.remove_command("admin")
        self.tree.add_command(admin, guild=guild, override=True)
        self.operator_guild = guild

    async def on_app_command_completion(
        self, interaction: discord.Interaction[NewsBot], _command: object
    ) -> None:
        """Called by discord.py after a command that raised nothing."""
        self.has_ended(interaction)
        await self.services.notices.remind(interaction)

    def has_ended(self, interaction: discord.Interaction[NewsBot]) -> None:
        """A command is through, well or not."""
        self.commands_running.discard(interaction.id)
        self.command_ended.set()

    async def on_ready(self) -> None:
        """Called by discord.py whenever the gateway is ready, also after reconnects."""
        log.info("ready as %s in %d servers", self.user, len(self.guilds))
        await self._learn_own_channel()

    async def on_guild_join(self, _guild: discord.Guild) -> None:
        """Called by discord.py when the bot was invited to a server."""
        await self._learn_own_channel()

    async def close(self) -> None:
        """Stop what runs beside the client, then disconnect."""
        try:
            await self.services.on_close()
        finally:
            await super().close()

    async def _learn_own_channel(self) -> None:
        """Record of which server and kind NEWS_CHANNEL_ID is; the gateway knows it only once it is ready.

        Its server hears what is wrong also once the channel is gone; a forum is posted to in its own way.
        """
        channel_id = self.services.settings.news_channel_id
        if channel_id is None:
            return
        try:
            channel = self.get_channel(channel_id) or await self.fetch_channel(channel_id)
            kind = kind_in_use(channel)
            if isinstance(channel, discord.abc.GuildChannel | discord.Thread) and kind is not None:
                await self.services.subscriptions.learn_channel(channel.id, channel.guild.id, kind)
        except (*NO_ANSWER, StoreError) as error:
            log.warning("of which server and kind NEWS_CHANNEL_ID is was not found out: %s", error)

    async def _operator_guild(self) -> discord.Object | None:
        settings = self.services.settings
        if settings.admin_guild_id:
            return discord.Object(settings.admin_guild_id)
        if not settings.news_channel_id:
            return None
        try:
            channel = await self.fetch_channel(settings.news_channel_id)
        except discord.HTTPException as error:
            log.error(
                "NEWS_CHANNEL_ID %s cannot be opened (%s): invite the bot to that server and let it see the"
                " channel",
                settings.news_channel_id,
                error.text or error.status,
            )
            return None
        return discord.Object(channel.guild.id) if isinstance(channel, discord.abc.GuildChannel) else None


def _sharding(settings: Settings) -> dict[str, Any]:
    """discord.py asks Discord for what is not said."""
    wanted = {"shard_count": settings.shard_count, "shard_ids": list(settings.shard_ids)}
    return {name: value for name, value in wanted.items() if value}
