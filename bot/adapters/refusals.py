"""Maps what discord.py raises while something is sent to our errors, in one place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import aiohttp
import discord

from bot.discord_codes import PERMANENT, ErrorCode
from bot.errors import DeliveryError, Doing, HistoryUnreadable, SendRefused, SendUncertain, TokenRefused

LONGEST_REQUEST = 10.0
"""Seconds until a request counts as unanswered; within them discord.py asks again after some faults."""
REFUSED_TOKEN = 401
SERVER_FAULT = 500

NO_ANSWER = (aiohttp.ClientError, asyncio.TimeoutError, OSError, discord.DiscordException)
NONSENSE = (ValueError, KeyError, TypeError)
"""What discord.py raises over an answer that is none of Discord's, such as a proxy's page."""


@contextmanager
def send_errors(channel_id: int, doing: Doing = Doing.SEND) -> Iterator[None]:
    """Discord's and the network's errors while sending, as ours.

    An exhausted 429 counts as uncertain: the same nonce settles it soon after.
    """
    try:
        yield
    except discord.HTTPException as error:
        raise _refusal(error, channel_id, doing) from error
    except (*NO_ANSWER, *NONSENSE) as error:
        raise SendUncertain(f"channel {channel_id}: no answer ({type(error).__name__})") from error


@contextmanager
def history_errors(what: str) -> Iterator[None]:
    """Discord's and the network's errors while something is looked for, as ours.

    Raises:
        HistoryUnreadable: ``what``, as in "the history of channel 1", could not be looked through.
        TokenRefused: nothing can be done at all.
    """
    try:
        yield
    except (*NO_ANSWER, *NONSENSE) as error:
        if isinstance(error, discord.HTTPException) and error.status == REFUSED_TOKEN:
            raise _token_refused() from error
        raise HistoryUnreadable(f"{what}: {_said(error)}", is_passing=not _is_a_no(error)) from error


def _is_a_no(error: Exception) -> bool:
    """Whether Discord answered, and would say the same again."""
    return (
        isinstance(error, discord.HTTPException)
        and HTTPStatus.TOO_MANY_REQUESTS != error.status < SERVER_FAULT
    )


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__  # a time-out says nothing of itself


def _token_refused() -> TokenRefused:
    return TokenRefused("Discord refused the bot's token (401): set a new DISCORD_TOKEN.")


def _refusal(error: discord.HTTPException, channel_id: int, doing: Doing) -> DeliveryError:
    where = f"channel {channel_id}: {error.status} (code {error.code}) {error.text}"
    if error.status == REFUSED_TOKEN:
        return _token_refused()
    if error.status >= SERVER_FAULT or (
        error.status == HTTPStatus.TOO_MANY_REQUESTS and error.code != ErrorCode.TOO_MANY_EDITS
    ):
        return SendUncertain(where)
    permanent = error.code in PERMANENT
    return SendRefused(where, status=error.status, code=error.code, permanent=permanent, doing=doing)
