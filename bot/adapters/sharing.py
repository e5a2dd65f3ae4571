"""Posts for everybody what one reader sees, if that reader, and the bot, may write in the channel."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.formatting import custom_ids
from bot.formatting.messages import Message
from bot.i18n import Words

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

_NONCE: Final = 25
"""Characters of a nonce (Discord's limit)."""


async def share(interaction: discord.Interaction[NewsBot], words: Words) -> Message:
    """Post the page above the button in its channel; the answer tells the reader what became of it.

    A second tap within Discord's memory for nonces (a few minutes) posts nothing again.
    """
    page, channel = interaction.message, interaction.channel
    if page is None or interaction.guild_id is None or not isinstance(channel, discord.abc.Messageable):
        return Message(content=words("share.only_in_servers"))
    if _missing(interaction.permissions, channel):
        return Message(content=words("share.not_allowed"))
    if missing := _missing(interaction.app_permissions, channel):
        names = ", ".join(words(f"permission.{name}") for name in missing)
        return Message(content=words("share.bot_not_allowed", permissions=names))
    try:
        await channel.send(
            words("share.by", user=interaction.user.mention),
            embeds=page.embeds,
            view=_public_view(page),
            allowed_mentions=discord.AllowedMentions.none(),
            nonce=_nonce(page),
        )
    except discord.Forbidden:  # a locked thread, or rights that changed this very moment
        return Message(content=words("share.refused"))
    return Message(content=words("share.done"))


def _missing(permissions: discord.Permissions, channel: Any) -> list[str]:
    """The names of the permissions that posting a page there takes and that are not given."""
    in_thread = isinstance(channel, discord.Thread)
    needed = (
        "view_channel",
        "send_messages_in_threads" if in_thread else "send_messages",
        "embed_links",
    )
    return [name for name in needed if not getattr(permissions, name)]


def _public_view(page: discord.Message) -> discord.ui.View:
    """The page's buttons and selects without the sharing; on a public message each opens an own page."""
    view = discord.ui.View.from_message(page, timeout=None)
    for item in view.children:
        if getattr(item, "custom_id", None) == custom_ids.share_id():
            view.remove_item(item)
    view.stop()  # the items answer by their ids: nothing is kept in memory for them
    return view


def _nonce(page: discord.Message) -> str:
    shown = repr([embed.to_dict() for embed in page.embeds])
    return hashlib.sha256(f"{page.id}:{shown}".encode()).hexdigest()[:_NONCE]
