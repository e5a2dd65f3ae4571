"""Changes, deletes and publishes messages of ours that are in a channel or thread."""

from __future__ import annotations

import asyncio

import discord

from bot.adapters.embeds import edit_of
from bot.adapters.refusals import LONGEST_REQUEST, send_errors
from bot.errors import Doing
from bot.formatting.messages import Message


async def edit(client: discord.Client, channel_id: int, message_id: int, message: Message) -> None:
    """Replace what the message says; embeds that somebody suppressed stay so, and nobody is notified.

    ``PartialMessage.edit``, since ``Message.edit`` would show suppressed embeds again.

    Raises:
        SendRefused, SendUncertain, TokenRefused: as sending does.
    """
    partial = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    with send_errors(channel_id):
        async with asyncio.timeout(LONGEST_REQUEST):
            await partial.edit(**edit_of(message), allowed_mentions=discord.AllowedMentions.none())


async def remove(client: discord.Client, channel_id: int, message_id: int) -> None:
    """Delete the message. Raises as ``edit`` does, also where it is gone already (10008)."""
    partial = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    with send_errors(channel_id):
        async with asyncio.timeout(LONGEST_REQUEST):
            await partial.delete()


async def publish(client: discord.Client, channel_id: int, message_id: int) -> None:
    """Hand the message on to the servers that follow the channel. Raises as ``edit`` does.

    Beyond the hour's limit Discord answers late; that counts as no answer.
    """
    partial = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    with send_errors(channel_id, Doing.PUBLISH):
        async with asyncio.timeout(LONGEST_REQUEST):
            await partial.publish()
