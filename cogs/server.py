"""/setup: a server's own channels, times and layouts."""

from __future__ import annotations

import enum
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.adapters.answers import reply
from bot.adapters.client import NewsBot
from bot.adapters.doctor.reports import server_report
from bot.adapters.setup import coming
from bot.adapters.setup.asking import Asking
from bot.adapters.setup.drafting import Drafting
from bot.adapters.setup.exchange import Exchange
from bot.adapters.setup.items import clicked
from bot.adapters.setup.list_clicks import send_export
from bot.formatting.messages import Message
from bot.formatting.setup.ids import parts_of

Interaction = discord.Interaction[NewsBot]


class Action(enum.StrEnum):
    """What /setup can do besides opening the panel."""

    DOCTOR = "doctor"
    EXPORT = "export"
    IMPORT = "import"


class Server(commands.Cog):
    """Only who may manage the server; the check holds for forged interactions too."""

    def __init__(self, bot: NewsBot) -> None:
        self.bot = bot

    @app_commands.command(
        name=locale_str("setup", key="command.setup.name"),
        description=locale_str(
            "Choose where and when AI news is posted in this server", key="command.setup.description"
        ),
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.rename(
        action=locale_str("action", key="command.setup.action.name"),
        file=locale_str("file", key="command.setup.file.name"),
    )
    @app_commands.describe(
        action=locale_str("Leave it out to open the panel", key="command.setup.action.description"),
        file=locale_str("The file of an export, for import", key="command.setup.file.description"),
    )
    @app_commands.choices(
        action=[
            app_commands.Choice(
                name=locale_str(action.value, key=f"command.setup.action.{action}"), value=action.value
            )
            for action in Action
        ]
    )
    async def open(
        self, interaction: Interaction, action: str | None = None, file: discord.Attachment | None = None
    ) -> None:
        """Open the panel, or carry the server's choices out and in."""
        words = self.bot.catalogues.words(interaction.locale.value)
        asking = Asking.of(interaction, words)
        if action == Action.EXPORT:
            await interaction.response.defer(ephemeral=True, thinking=True)
            await send_export(interaction, asking)
        elif action == Action.DOCTOR:
            await reply(interaction, words, server_report(self.bot, asking.guild.id, words))
        elif file is not None:
            await reply(interaction, words, Exchange(self.bot.services.desk).read(file, asking))
        elif action == Action.IMPORT:
            await reply(interaction, words, _ask_for_file(asking))
        else:
            await reply(interaction, words, Drafting(self.bot.services.desk).open(asking))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Called by discord.py for every interaction; forms are known by their ids, also after a restart."""
        data: Any = interaction.data or {}
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        if parts := parts_of(str(data.get("custom_id", ""))):
            await clicked(interaction, *parts)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Called by discord.py whenever the gateway is ready."""
        await coming.found_again(self.bot.services.desk, self.bot.guilds)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Called by discord.py when the bot was invited to a server."""
        await coming.joined(self.bot.services.desk, self.bot.catalogues, guild)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Called by discord.py when the bot was removed from a server."""
        await coming.left(self.bot.services.desk, guild)


async def _ask_for_file(asking: Asking) -> Message:
    return Message(content=asking.words("import.ask"))


async def setup(bot: NewsBot) -> None:
    """discord.py's entry point of an extension."""
    await bot.add_cog(Server(bot))
