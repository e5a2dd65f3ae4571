"""Shows a post to the operator alone, exactly as its readers will get it."""

from __future__ import annotations

from typing import Any

import discord

from bot.adapters.answers import reply
from bot.adapters.embeds import reply_of
from bot.adapters.operating.room import ControlRoom
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.formatting.operating.previewing import preview_account
from bot.formatting.plain import title_of
from bot.i18n import Words


async def preview(
    interaction: discord.Interaction[Any],
    room: ControlRoom,
    typed: str | None,
    layout: Layout,
    locale: str,
    words: Words,
) -> None:
    """Answer with the counts and the file's problems, then with every message of the post.

    Raises:
        discord.HTTPException: Discord refuses a message, as it would in a channel.
    """
    messages: tuple[Message, ...] = ()

    async def account() -> Message:
        nonlocal messages
        post = room.post_meant(typed) or room.draft_meant(typed)
        if post is None:
            return Message(content=words("admin.no_post"))
        messages = await room.composer.messages(post, layout, locale)
        problems = [problem for problem in room.library.snapshot.problems if problem.path == post.path]
        return preview_account(title_of(post), messages, problems, words)

    await reply(interaction, words, account())
    for message in messages:
        await interaction.followup.send(**reply_of(message), ephemeral=True)
