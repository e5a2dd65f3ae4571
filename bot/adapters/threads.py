"""Opens the thread on a message that carries the rest of a post, and works in those that are archived."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord
from discord.http import Route

from bot.adapters.refusals import LONGEST_REQUEST, send_errors
from bot.discord_codes import ErrorCode
from bot.errors import Doing, SendRefused, SendUncertain

log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")


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
            if error.code != ErrorCode.HAS_A_THREAD:
                raise


async def opened_for(
    client: discord.Client, thread_id: int, act: Callable[[], Awaitable[_Answer]], *, close_again: bool
) -> _Answer:
    """Do something in a channel; a thread that is in the archive is taken out first.

    ``close_again``: it goes back into the archive afterwards, where nobody is to be shown anything new.

    Raises:
        SendRefused: as ``act`` does; THREAD_ARCHIVED where it is locked and the bot may not manage threads.
        SendUncertain, TokenRefused: as ``act`` does.
    """
    try:
        return await act()
    except SendRefused as refusal:
        if refusal.code != ErrorCode.THREAD_ARCHIVED:
            raise
        try:
            await _archive(client, thread_id, archived=False)
        except SendRefused:
            raise refusal from None
    try:
        return await act()
    finally:
        if close_again:
            await _close(client, thread_id)


async def _close(client: discord.Client, thread_id: int) -> None:
    try:
        await _archive(client, thread_id, archived=True)
    except (SendRefused, SendUncertain) as error:  # Discord will do it by itself some days later
        log.info("thread %s stays open: %s", thread_id, error)


async def _archive(client: discord.Client, thread_id: int, *, archived: bool) -> None:
    route = Route("PATCH", "/channels/{channel_id}", channel_id=thread_id)
    with send_errors(thread_id, Doing.OPEN_THREAD):
        async with asyncio.timeout(LONGEST_REQUEST):
            await client.http.request(route, json={"archived": archived})
