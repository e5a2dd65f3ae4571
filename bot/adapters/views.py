"""Buttons and selects that answer by their custom id alone, also after a restart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.adapters.embeds import edit_of, reply_of
from bot.adapters.interaction_errors import answering
from bot.formatting import custom_ids
from bot.formatting.messages import Message

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

    Interaction = discord.Interaction[NewsBot]


class _FromId:
    """What every item here does: take its state out of the custom id."""

    state: Mapping[str, Any]

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003 - discord.py's signature
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py for a click on an item whose id matches the template."""
        self = cls(item)  # type: ignore[call-arg]  # DynamicItem's initialiser takes the item
        self.state = match.groupdict()
        return self


class PageButton(_FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.PAGE):
    """Turns the page of a post in place."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show the page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            section = None if self.state["section"] == "all" else int(self.state["section"])
            index = int(self.state["index"])
            page = await interaction.client.lookups.page_by_key(
                self.state["key"], words, index=index, section=section
            )
            await interaction.response.edit_message(**edit_of(page))


class ListButton(_FromId, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.LIST):
    """Turns the page of a list of posts in place."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show the page, or say that the posts are gone."""
        async with answering(interaction, interaction.client.catalogues) as words:
            lookups, what, index = interaction.client.lookups, self.state["what"], int(self.state["index"])
            if self.state["kind"] == "day":
                page = await lookups.on_day(date.fromisoformat(what), words, index=index)
            else:
                tag = interaction.client.library.archive.tag_by_key(what)
                page = await lookups.with_tag(tag.name, words, index=index) if tag else None
            await interaction.response.edit_message(**edit_of(page or Message(content=words("news.gone"))))


class GotoSelect(_FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.GOTO):
    """Jumps to a section of a post in place."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show the section's first page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            chosen = self.item.values[0]
            section = None if chosen == "all" else int(chosen)
            page = await interaction.client.lookups.page_by_key(self.state["key"], words, section=section)
            await interaction.response.edit_message(**edit_of(page))


class SectionSelect(_FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.SECTION):
    """Opens a section of a public post for the one who asked."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Answer with the section's first page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            section = int(self.item.values[0])
            page = await interaction.client.lookups.page_by_key(self.state["key"], words, section=section)
            await interaction.response.send_message(**reply_of(page), ephemeral=True)


class OpenSelect(_FromId, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.OPEN):
    """Opens a post out of a list, in an answer of its own: the list stays."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Answer with the post's first page."""
        async with answering(interaction, interaction.client.catalogues) as words:
            page = await interaction.client.lookups.page_by_key(self.item.values[0], words)
            await interaction.response.send_message(**reply_of(page), ephemeral=True)


ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    PageButton,
    ListButton,
    GotoSelect,
    SectionSelect,
    OpenSelect,
)
"""Every item the client must register."""
