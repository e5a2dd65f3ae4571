"""Buttons and selects that answer by their custom id alone, also after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.answers import reply, turn
from bot.adapters.doctor.items import DOCTOR_ITEMS
from bot.adapters.from_id import FromId
from bot.adapters.interaction_errors import answering
from bot.adapters.operating.buttons import OPERATING_ITEMS
from bot.adapters.setup.items import SETUP_ITEMS
from bot.adapters.sharing import share
from bot.formatting import custom_ids, nothing
from bot.formatting.messages import Message
from bot.formatting.places import Kind, Place
from bot.i18n import Words
from bot.replacing import replace

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

    Interaction = discord.Interaction[NewsBot]


class TurnButton(FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.TURN):
    """Turns to a place, in place where the message is the reader's own."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show the place's page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            await turn(interaction, words, _page(interaction, self.state["place"], words))


class JumpSelect(FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.JUMP):
    """Turns to the place that was chosen, in place where the message is the reader's own."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show the place's page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            await turn(interaction, words, _page(interaction, self.chosen, words))


class OpenSelect(FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.OPEN):
    """Opens what was chosen out of a list in an answer of its own: the list stays."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Answer with the place's page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            await reply(interaction, words, _page(interaction, self.chosen, words))


class GotoSelect(FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.GOTO):
    """Jumps to a section of a post, in place where the message is the reader's own."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show the section's first page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            await turn(interaction, words, _section(interaction, self.state["key"], self.chosen, words))


class SectionSelect(FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.SECTION):
    """Opens a section of a public post for the one who asked."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Answer with the section's first page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            await reply(interaction, words, _section(interaction, self.state["key"], self.chosen, words))


class ShareButton(FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.SHARE):
    """Posts what the reader sees in the channel, for everybody."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Post the page and tell the reader."""
        async with answering(interaction, interaction.client.catalogues) as words:
            await reply(interaction, words, share(interaction, words))


class OutdatedItem(FromId, discord.ui.DynamicItem[discord.ui.Item[Any]], template=custom_ids.OUTDATED):
    """Whatever an older version of the bot left in a channel."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Say that it leads nowhere any more, and offer a way on."""
        async with answering(interaction, interaction.client.catalogues) as words:
            await reply(interaction, words, _outdated(words))


async def _page(interaction: Interaction, code: str, words: Words) -> Message:
    """The page of a place as an id or an option holds it."""
    place = Place.read(code)
    if place is None:
        return nothing.outdated(words)
    if place.kind is Kind.SEARCH and not place.what:
        place = replace(place, what=_searched(interaction))
    return await interaction.client.lookups.at(place, words)


async def _section(interaction: Interaction, key: str, chosen: str, words: Words) -> Message:
    """The first page of a section as an option holds it: its number, or WHOLE."""
    code = key if chosen == custom_ids.WHOLE else f"{key}.{chosen}"
    return await _page(interaction, code, words)


async def _outdated(words: Words) -> Message:
    return nothing.outdated(words)


def _searched(interaction: Interaction) -> str:
    """The search whose results the message shows; empty where a moderator took its cards away."""
    embeds = interaction.message.embeds if interaction.message else []
    return (embeds[0].author.name if embeds else None) or ""


ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    TurnButton,
    JumpSelect,
    OpenSelect,
    GotoSelect,
    SectionSelect,
    ShareButton,
    OutdatedItem,
    *DOCTOR_ITEMS,
    *SETUP_ITEMS,
    *OPERATING_ITEMS,
)
"""Every item the client must register."""
