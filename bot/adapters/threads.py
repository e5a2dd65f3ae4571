"""Opens the thread on a message that carries the rest of a post, and opens closed ones again."""

from __future__ import annotations

import asyncio

import discord
from discord.http import Route

from bot.adapters.refusals import LONGEST_REQUEST, send_errors
from bot.errors import Doing

HAS_A_THREAD = 160004
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json"""


async def open_thread(client: discord.Client, channel_id: int, message_id: int, name: str) -> None:
    """Start a thread on a message, unless it has one; the thread's id is the message's.

    Discord keeps it open as long as the channel's default says
    (https://discord.com/developers/docs/resources/channel#start-thread-from-message).

    Raises:
        SendRefused, SendUncertain, TokenRefused: as sending does.
    """
    route = Route(
        "POST",
        "/channels/{channel_id}/messages/{message_id}/threads",
        channel_id=channel_id,
        message_id=message_id,
    )
    with send_errors(channel_id, Doing.OPEN_THREAD):
        try:
            async with asyncio.timeout(LONGEST_REQUEST):
                await client.http.request(route, json={"name": name})
        except discord.HTTPException as error:
            if error.code != HAS_A_THREAD:
                raise


async def reopen(client: discord.Client, thread_id: int) -> None:
    """Take a thread out of the archive; a locked one needs the right to manage threads.

    Raises:
        SendRefused, SendUncertain, TokenRefused: as sending does.
    """
    route = Route("PATCH", "/channels/{channel_id}", channel_id=thread_id)
    with send_errors(thread_id, Doing.OPEN_THREAD):
        async with asyncio.timeout(LONGEST_REQUEST):
            await client.http.request(route, json={"archived": False})
