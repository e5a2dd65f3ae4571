"""/admin: the operator's commands."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.adapters.client import NewsBot
from bot.adapters.embeds import reply_of
from bot.adapters.reloading import Scope, reload
from bot.adapters.reports import reload_message

Interaction = discord.Interaction[NewsBot]


@app_commands.default_permissions()
@app_commands.guild_only()
class Admin(
    commands.GroupCog,
    group_name=locale_str("admin", key="command.admin.name"),
    group_description=locale_str("For the bot’s operator", key="command.admin.description"),
):
    """Only the application's owner or team, or OWNER_IDS; the check holds for forged interactions too."""

    def __init__(self, bot: NewsBot) -> None:
        self.bot = bot

    async def interaction_check(self, interaction: Interaction) -> bool:  # type: ignore[override]  # our client's type
        """Called by discord.py before every command of the group; False raises CheckFailure."""
        return await self.bot.is_owner(interaction.user)

    @app_commands.command(
        name=locale_str("reload", key="command.admin.reload.name"),
        description=locale_str(
            "Reload posts and commands without downtime", key="command.admin.reload.description"
        ),
    )
    @app_commands.rename(scope=locale_str("what", key="command.admin.reload.what.name"))
    @app_commands.describe(
        scope=locale_str("Default: everything", key="command.admin.reload.what.description")
    )
    @app_commands.choices(
        scope=[
            app_commands.Choice(
                name=locale_str(scope.value, key=f"command.admin.reload.what.{scope}"), value=scope.value
            )
            for scope in Scope
        ]
    )
    async def reload(self, interaction: Interaction, scope: str = Scope.ALL) -> None:
        """Take settings, content and cogs into service, all or none, and report what changed."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        words = self.bot.catalogues.words(interaction.locale.value)
        report = await reload(self.bot, Scope(scope))
        await interaction.followup.send(**reply_of(reload_message(report, words)))


async def setup(bot: NewsBot) -> None:
    """discord.py's entry point of an extension."""
    await bot.add_cog(Admin(bot))
