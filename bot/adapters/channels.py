"""Sends messages to Discord's channels and finds them there again; maps discord.py's errors to ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import discord
from msgspec import Struct, field

from bot.adapters import edits, forums, threads
from bot.adapters.embeds import reply_of
from bot.adapters.pacing import ChannelPace
from bot.adapters.refusals import LONGEST_REQUEST, history_errors, send_errors
from bot.delivery.forum_tags import ForumPost
from bot.delivery.identity import fingerprint
from bot.discord_codes import ErrorCode
from bot.errors import HistoryUnreadable
from bot.formatting.messages import Message

HISTORY_LIMIT = 500
"""How many messages right after a claim are looked through for one that is in doubt."""
NEWEST = 100
"""How many of the newest are looked at however old they seem: our clock may have been ahead at the claim.
Discord hands out as many at once (https://discord.com/developers/docs/resources/message#get-channel-messages)."""


class DiscordPostbox(Struct, frozen=True):
    """``bot.delivery.ports.Postbox`` over a logged-in client."""

    client: discord.Client
    pace: ChannelPace = field(default_factory=ChannelPace)

    async def send(self, channel_id: int, message: Message, nonce: str, reply_to: int | None = None) -> int:
        """Send it, as a reply to a message that may be gone, and return the message's id.

        discord.py sets ``enforce_nonce`` with the nonce.

        A thread in the archive is opened again.

        Raises:
            SendRefused: it is certainly not in the channel.
            SendUncertain: it may be.
            TokenRefused: nothing can be sent at all.
        """
        return await threads.opened_for(
            self.client,
            channel_id,
            lambda: self._send(channel_id, message, nonce, reply_to),
            close_again=False,
        )

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        """Replace what a message says, without notifying anybody. Raises as ``send`` does.

        In a thread from the archive too, which is archived again.
        """

        async def act() -> None:
            await self.pace.turn(channel_id)
            await edits.edit(self.client, channel_id, message_id, message)

        await threads.opened_for(self.client, channel_id, act, close_again=True)

    async def remove(self, channel_id: int, message_id: int) -> None:
        """Delete a message, as ``edit`` also in an archived thread. Raises as ``send`` does."""

        async def act() -> None:
            await self.pace.turn(channel_id)
            await edits.remove(self.client, channel_id, message_id)

        await threads.opened_for(self.client, channel_id, act, close_again=True)

    async def publish(self, channel_id: int, message_id: int) -> None:
        """Hand a message on to the servers that follow the channel. Raises as ``send`` does."""
        await edits.publish(self.client, channel_id, message_id)

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        """Start a thread on a message, unless it has one. Raises as ``send`` does."""
        await threads.open_thread(self.client, channel_id, message_id, name)

    async def start_post(self, forum_id: int, post: ForumPost, message: Message) -> int:
        """Start a forum's thread with this first message; the id of both. Raises as ``send`` does."""
        await self.pace.turn(forum_id)
        return await forums.start_post(self.client, forum_id, post, message)

    async def find_post(self, forum_id: int, name: str, fingerprint: str, since: datetime) -> int | None:
        """The id of our own thread in the forum since then, by its first message or else its name.

        Raises:
            HistoryUnreadable: the bot may not look at the threads, or Discord did not answer.
            TokenRefused: nothing can be done at all.
        """
        return await forums.find_post(self.client, forum_id, name, fingerprint, since)

    async def _send(self, channel_id: int, message: Message, nonce: str, reply_to: int | None) -> int:
        channel = self.client.get_partial_messageable(channel_id)
        await self.pace.turn(channel_id)
        with send_errors(channel_id):
            async with asyncio.timeout(LONGEST_REQUEST):
                sent = await channel.send(
                    **reply_of(message),
                    nonce=nonce,
                    silent=message.silent,
                    allowed_mentions=_mentions_of(message),
                    **_answering(channel_id, reply_to),
                )
        return sent.id

    async def find(self, channel_id: int, fingerprint: str, since: datetime) -> int | None:
        """The id of our own message with this fingerprint, among the NEWEST or sent since then, or None.

        None as well where there is no such channel or thread (any more).

        Raises:
            HistoryUnreadable: the bot may not read the channel's history, or Discord did not answer, or a
                moderator has hidden the cards of a message that may be it.
            TokenRefused: nothing can be done at all.
        """
        if self.client.user is None:
            raise HistoryUnreadable("the client is not logged in yet", is_passing=True)
        if not _may_read(self.client.get_channel(channel_id)):
            raise HistoryUnreadable(f"the bot may not read the history of channel {channel_id}")
        channel = self.client.get_partial_messageable(channel_id)
        # Ids hold milliseconds, hence the second of margin.
        oldest = discord.utils.time_snowflake(since - timedelta(seconds=1))
        hidden = None
        with history_errors(f"the history of channel {channel_id}"):
            try:
                async with asyncio.timeout(LONGEST_REQUEST):
                    async for message in _looked_through(channel, oldest):
                        if message.author.id != self.client.user.id:
                            continue
                        if _fingerprint(message) == fingerprint:
                            return message.id
                        if message.flags.suppress_embeds and message.id >= oldest:
                            hidden = message.id
            except discord.NotFound as error:
                if error.code == ErrorCode.UNKNOWN_CHANNEL:
                    return None
                raise
        if hidden is not None:
            raise HistoryUnreadable(f"the cards of message {hidden} in channel {channel_id} are hidden")
        return None


def _may_read(channel: object) -> bool:
    """Whether what Discord shows of a channel is what is there; of one that the gateway knows, else yes.

    Without the right to read it, a history is no refusal but an empty list
    (https://discord.com/developers/docs/resources/message#get-channel-messages).
    """
    place = channel.parent if isinstance(channel, discord.Thread) else channel
    if not isinstance(place, discord.abc.GuildChannel):
        return True
    return place.permissions_for(place.guild.me).read_message_history


async def _looked_through(channel: discord.PartialMessageable, oldest: int) -> AsyncIterator[discord.Message]:
    """The NEWEST messages, then those since the id ``oldest``, the earliest first: right behind their claim.

    Raises:
        HistoryUnreadable: there are more than HISTORY_LIMIT.
    """
    newest = [message async for message in channel.history(limit=NEWEST)]
    for message in newest:
        yield message
    if len(newest) < NEWEST or newest[-1].id <= oldest:
        return
    since = discord.Object(oldest)
    seen = 0
    async for message in channel.history(limit=HISTORY_LIMIT, after=since, oldest_first=True):
        if message.id >= newest[-1].id:
            return
        seen += 1
        yield message
    if seen == HISTORY_LIMIT:
        raise HistoryUnreadable(f"channel {channel.id} has had more than {seen} messages since")


def _answering(channel_id: int, message_id: int | None) -> dict[str, Any]:
    if message_id is None:
        return {}
    reference = discord.MessageReference(
        message_id=message_id, channel_id=channel_id, fail_if_not_exists=False
    )
    return {"reference": reference, "mention_author": False}


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
