"""Sends messages to Discord's channels and finds them there again; maps discord.py's errors to ours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
import discord

from bot.adapters.embeds import reply_of
from bot.delivery.identity import fingerprint
from bot.errors import DeliveryError, HistoryUnreadable, SendRefused, SendUncertain, TokenRefused
from bot.formatting.messages import Message

HISTORY_LIMIT = 500
"""How many messages since a claim are looked through for one that is in doubt."""
LONGEST_REQUEST = 10.0
"""Seconds until a request counts as unanswered; within them discord.py asks again after some faults."""
SERVER_FAULT = 500
TOO_MANY = 429

PERMANENT = frozenset({10003, 10004, 40067, 50001, 50013, 50083, 200000, 240000})
"""Codes that only a person can mend: unknown channel or server, a tag is required, missing access or
permission, archived thread, blocked by AutoMod, a link taken for harmful
(https://discord.com/developers/docs/topics/opcodes-and-status-codes#json)."""

_NO_ANSWER = (aiohttp.ClientError, asyncio.TimeoutError, OSError, discord.DiscordException)
_NONSENSE = (ValueError, KeyError, TypeError)
"""What discord.py raises over an answer that is none of Discord's, such as a proxy's page."""


@dataclass(frozen=True, slots=True)
class DiscordPostbox:
    """``bot.delivery.ports.Postbox`` over a logged-in client."""

    client: discord.Client

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:
        """Send it and return the message's id; discord.py sets ``enforce_nonce`` with the nonce.

        Raises:
            SendRefused: it is certainly not in the channel.
            SendUncertain: it may be.
            TokenRefused: nothing can be sent at all.
        """
        channel = self.client.get_partial_messageable(channel_id)
        with _send_errors(channel_id):
            async with asyncio.timeout(LONGEST_REQUEST):
                sent = await channel.send(
                    **reply_of(message),
                    nonce=nonce,
                    silent=message.silent,
                    allowed_mentions=_mentions_of(message),
                )
        return sent.id

    async def find(self, channel_id: int, fingerprint: str, since: datetime) -> int | None:
        """The id of our own message with this fingerprint, sent since then; None if there is none.

        Raises:
            HistoryUnreadable: the bot may not read the channel's history, or Discord did not answer.
        """
        if self.client.user is None:
            raise HistoryUnreadable("the client is not logged in yet")
        channel = self.client.get_partial_messageable(channel_id)
        # Discord's `after` takes an id; ids hold milliseconds, hence the second of margin.
        after = discord.Object(discord.utils.time_snowflake(since - timedelta(seconds=1)))
        seen = 0
        try:
            async with asyncio.timeout(LONGEST_REQUEST):
                async for message in channel.history(limit=HISTORY_LIMIT, after=after, oldest_first=True):
                    seen += 1
                    is_ours = message.author.id == self.client.user.id
                    if is_ours and _fingerprint(message) == fingerprint:
                        return message.id
        except (*_NO_ANSWER, *_NONSENSE) as error:
            raise HistoryUnreadable(f"the history of channel {channel_id}: {error}") from error
        if seen == HISTORY_LIMIT:
            raise HistoryUnreadable(f"channel {channel_id} has had more than {seen} messages since")
        return None


def _mentions_of(message: Message) -> discord.AllowedMentions:
    """Nobody, save the role that the server chose."""
    roles = [discord.Object(message.role_id)] if message.role_id is not None else False
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


def _fingerprint(message: discord.Message) -> str:
    texts = [message.content]
    for embed in message.embeds:
        texts += [
            embed.author.name or "",
            embed.title or "",
            embed.description or "",
            embed.footer.text or "",
        ]
    return fingerprint(texts)


@contextmanager
def _send_errors(channel_id: int) -> Iterator[None]:
    """Discord's and the network's errors while sending, as ours.

    An exhausted 429 counts as uncertain: the same nonce settles it soon after.
    """
    try:
        yield
    except discord.HTTPException as error:
        raise _refusal(error, channel_id) from error
    except (*_NO_ANSWER, *_NONSENSE) as error:
        raise SendUncertain(f"channel {channel_id}: no answer ({type(error).__name__})") from error


def _refusal(error: discord.HTTPException, channel_id: int) -> DeliveryError:
    where = f"channel {channel_id}: {error.status} (code {error.code}) {error.text}"
    if error.status == 401:  # noqa: PLR2004 - HTTP's number for a refused token
        return TokenRefused("Discord refused the bot's token (401): set a new DISCORD_TOKEN.")
    if error.status >= SERVER_FAULT or error.status == TOO_MANY:
        return SendUncertain(where)
    permanent = error.code in PERMANENT
    return SendRefused(where, status=error.status, code=error.code, permanent=permanent)
