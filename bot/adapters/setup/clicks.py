"""One click on the admins' panels: who clicked, on what, and how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import discord
from msgspec import Struct

from bot.adapters.answers import turn
from bot.adapters.setup.asking import Asking
from bot.adapters.setup.desk import Desk
from bot.adapters.setup.drafting import Drafting, Page
from bot.delivery.drafts import Draft
from bot.formatting.messages import Message
from bot.formatting.setup.panel import panel_page

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

    Interaction = discord.Interaction[NewsBot]


class Click(Struct, frozen=True, kw_only=True):
    """One click: who, on what, and what was chosen."""

    interaction: Interaction
    asking: Asking
    subject: str
    values: tuple[str, ...] = ()

    @property
    def desk(self) -> Desk:
        """What does it to channels that get posts."""
        return self.interaction.client.services.desk

    @property
    def drafting(self) -> Drafting:
        """What does it to a draft."""
        return Drafting(self.desk)

    @property
    def channel_id(self) -> int:
        """The channel of the id, or the one that was chosen."""
        text = self.subject or "".join(self.values[:1])
        return int(text) if text.isascii() and text.isdigit() else 0

    async def show(self, making: Awaitable[Message]) -> None:
        """Put a message in the panel's place."""
        await turn(self.interaction, self.asking.words, making)

    async def change(self, change: Callable[[Draft], Draft | str], page: Page = panel_page) -> None:
        """Show the panel after a choice."""
        await self.show(self.drafting.change(self.subject, self.asking, change, page))


Act = Callable[[Click], Awaitable[None]]
"""Does what a click asks for, and answers it."""
