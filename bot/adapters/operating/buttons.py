"""The operator's buttons: who presses them is asked anew at every click, and they work after any restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.answers import turn
from bot.adapters.from_id import FromId
from bot.adapters.interaction_errors import answering, say
from bot.adapters.operating import mending, posting, withdrawing
from bot.adapters.operating.progress import Report, work
from bot.adapters.operating.room import ControlRoom
from bot.adapters.operating.status import status
from bot.formatting.messages import Message
from bot.formatting.operating import ids
from bot.i18n import Words

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

    Interaction = discord.Interaction[NewsBot]

Button = discord.ui.Button[Any]


async def show(interaction: Interaction, make: Callable[[ControlRoom, Words], Awaitable[Message]]) -> None:
    """Show another answer in place, to an operator; anybody else is refused."""
    async with answering(interaction, interaction.client.catalogues) as words:
        if await _may(interaction, words):
            await turn(interaction, words, make(interaction.client.services.room, words))


async def do(
    interaction: Interaction, job: Callable[[ControlRoom, Report, Words], Awaitable[Message]]
) -> None:
    """Do something long, for an operator; anybody else is refused."""
    async with answering(interaction, interaction.client.catalogues) as words:
        if await _may(interaction, words):
            room = interaction.client.services.room
            await work(interaction, words, lambda report: job(room, report, words))


async def _may(interaction: Interaction, words: Words) -> bool:
    if await interaction.client.is_owner(interaction.user):
        return True
    await say(interaction, words("error.not_allowed"))
    return False


class StatusButton(FromId, discord.ui.DynamicItem[Button], template=ids.STATUS):
    """Draws the status anew."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show it."""
        await show(interaction, status)


class DoubtButton(FromId, discord.ui.DynamicItem[Button], template=ids.DOUBT):
    """Shows what is in doubt."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Show it."""
        await show(interaction, mending.doubt)


class CancelButton(FromId, discord.ui.DynamicItem[Button], template=ids.CANCEL):
    """Takes a question away."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Say that nothing was done."""

        async def make(_room: ControlRoom, words: Words) -> Message:
            return Message(content=words("admin.cancelled"))

        await show(interaction, make)


class PostButton(FromId, discord.ui.DynamicItem[Button], template=ids.POST):
    """Sends a post to every active channel."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Send it and say what came of it."""

        async def job(room: ControlRoom, report: Report, words: Words) -> Message:
            post = room.library.archive.by_key(self.state["post"])
            if post is None:
                return Message(content=words("admin.no_post"))
            return await posting.post_to_all(room, post, report, words)

        await do(interaction, job)


class WithdrawButton(FromId, discord.ui.DynamicItem[Button], template=ids.WITHDRAW):
    """Takes a post back everywhere."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Delete its messages and say what came of it."""

        async def job(room: ControlRoom, report: Report, words: Words) -> Message:
            return await withdrawing.take_back(room, self.state["post"], report, words)

        await do(interaction, job)


class AgainButton(FromId, discord.ui.DynamicItem[Button], template=ids.AGAIN):
    """Sends a delivery in doubt again."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Let it be sent, and show what else is in doubt."""
        await show(
            interaction, lambda room, words: mending.send_again(room, *_delivery_of(self.state), words)
        )


class MarkButton(FromId, discord.ui.DynamicItem[Button], template=ids.MARK):
    """Records a delivery in doubt as sent."""

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]  # our client's type
        """Record it, and show what else is in doubt."""
        await show(interaction, lambda room, words: mending.mark_one(room, *_delivery_of(self.state), words))


def _delivery_of(state: Any) -> tuple[str, int, int]:
    return state["post"], int(state["channel"]), int(state["part"])


OPERATING_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    StatusButton,
    DoubtButton,
    CancelButton,
    PostButton,
    WithdrawButton,
    AgainButton,
    MarkButton,
)
"""What the client must register."""
