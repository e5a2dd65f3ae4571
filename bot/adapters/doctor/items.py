"""The doctor's buttons: each is allowed anew at every click, and works after any restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.answers import reply, turn
from bot.adapters.doctor.reports import channel_report, server_report, try_again
from bot.adapters.doctor.trials import post_trial, remove_trial
from bot.adapters.from_id import FromId
from bot.adapters.interaction_errors import answering, say
from bot.formatting import doctor_ids
from bot.formatting.messages import Message
from bot.i18n import Words

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

    Interaction = discord.Interaction[NewsBot]

Making = Callable[[int, Words], Awaitable[Message]]
"""Makes the answer for a server, given its id."""


async def answer(interaction: Interaction, make: Making, *, in_place: bool = False) -> None:
    """Answer whoever may manage the server; anybody else, and a click outside of one, is refused."""
    async with answering(interaction, interaction.client.catalogues) as words:
        guild_id = interaction.guild_id
        if guild_id is None or not interaction.permissions.manage_guild:
            await say(interaction, words("doctor.not_allowed"))
            return
        is_own = interaction.message is not None and interaction.message.flags.ephemeral
        show = turn if in_place and is_own else reply
        await show(interaction, words, make(guild_id, words))


class CheckButton(FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=doctor_ids.CHECK):
    """Looks at a channel again, in place where the report is the admin's own."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show what is found now."""

        async def make(guild_id: int, words: Words) -> Message:
            return await channel_report(interaction.client, guild_id, int(self.state["channel"]), words)

        await answer(interaction, make, in_place=True)


class ServerButton(FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=doctor_ids.SERVER):
    """Looks at every channel of the server; the page that it stands under stays."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show what is found."""

        async def make(guild_id: int, words: Words) -> Message:
            return await server_report(interaction.client, guild_id, words)

        await answer(interaction, make)


class PickSelect(FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=doctor_ids.PICK):
    """Shows one channel of a server's list; the list stays."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show what is found in the channel."""
        chosen = self.chosen

        async def make(guild_id: int, words: Words) -> Message:
            channel_id = int(chosen) if chosen.isdecimal() else 0
            return await channel_report(interaction.client, guild_id, channel_id, words)

        await answer(interaction, make)


class TestButton(FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=doctor_ids.TEST):
    """Posts a test in a channel; the report stays."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Tell what Discord said to it."""

        async def make(guild_id: int, words: Words) -> Message:
            channel_id = int(self.state["channel"])
            return await post_trial(interaction.client, guild_id, channel_id, interaction.id, words)

        await answer(interaction, make)


class RetryButton(FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=doctor_ids.RETRY):
    """Tries again where deliveries stopped; what everybody sees stays."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Tell what happens now."""

        async def make(guild_id: int, words: Words) -> Message:
            return await try_again(interaction.client, guild_id, int(self.state["channel"]), words)

        await answer(interaction, make)


class RemoveButton(FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=doctor_ids.REMOVE):
    """Takes the test post away that it stands under."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Tell whether it is gone."""

        async def make(_guild_id: int, words: Words) -> Message:
            return await remove_trial(interaction, words)

        await answer(interaction, make)


DOCTOR_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    CheckButton,
    ServerButton,
    PickSelect,
    TestButton,
    RetryButton,
    RemoveButton,
)
"""What the client must register."""
