"""Posts in forum channels: starts a post's thread with fitting tags, and finds it there again.

Discord takes no nonce for a forum's thread (https://discord.com/developers/docs/resources/channel
#start-thread-in-forum-or-media-channel), so it is asked once, and what is in doubt is looked for among the
forum's threads of our own: by what their first message says, or by name where that message was removed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.http import Route

from bot.adapters.refusals import LONGEST_REQUEST, history_errors, send_errors
from bot.adapters.single_try import single_try
from bot.delivery.forum_tags import ForumPost, ForumTag, chosen_tags
from bot.delivery.identity import fingerprint
from bot.discord_codes import ErrorCode
from bot.errors import Doing, HistoryUnreadable, SendRefused
from bot.formatting.messages import Message

_NAMESAKES = 5
"""Older threads of the same name that are looked at; each costs a request."""
_ARCHIVED_LOOKED_THROUGH = 100
"""Discord's most a request; threads that were archived since a claim are far fewer."""


async def start_post(client: discord.Client, forum_id: int, post: ForumPost, message: Message) -> int:
    """Start a thread with this first message; the id of both.

    Raises:
        SendRefused: it is certainly not there; also where the forum requires a tag and none fits.
        SendUncertain: it may be.
        TokenRefused: nothing can be sent at all.
    """
    with send_errors(forum_id, Doing.POST_IN_FORUM):
        async with asyncio.timeout(LONGEST_REQUEST):
            forum = await _forum(client, forum_id)
            tags = chosen_tags(map(_tag, forum.available_tags), post)
            if forum.flags.require_tag and not tags:
                raise SendRefused(
                    f"forum {forum_id} requires a tag and has none of the post's",
                    status=400,
                    code=ErrorCode.TAG_REQUIRED,
                    permanent=True,
                    doing=Doing.POST_IN_FORUM,
                )
            body = {"name": post.name, "message": message.to_payload(), "applied_tags": [*map(str, tags)]}
            route = Route("POST", "/channels/{channel_id}/threads", channel_id=forum_id)
            with single_try():
                started = await client.http.request(route, json=body)
            return int(started["id"])


async def find_post(
    client: discord.Client, forum_id: int, name: str, wanted: str, since: datetime
) -> int | None:
    """The id of our own thread since then whose first message has the fingerprint ``wanted``.

    Where its first message was removed, the thread is known by its ``name``. The newest of this name are
    looked at however old they seem: our clock may have been ahead at the claim. None: there is none, or no
    such forum.

    Raises:
        HistoryUnreadable: the bot may not look at the threads, or Discord did not answer.
        TokenRefused: nothing can be done at all.
    """
    if client.user is None:
        raise HistoryUnreadable("the client is not logged in yet", is_passing=True)
    # Ids hold milliseconds, hence the second of margin.
    after = discord.utils.time_snowflake(since - timedelta(seconds=1))
    with history_errors(f"the threads of forum {forum_id}"):
        try:
            async with asyncio.timeout(LONGEST_REQUEST):
                ours = [
                    thread
                    for thread in await _threads(client, forum_id, since)
                    if int(thread["parent_id"]) == forum_id and int(thread["owner_id"]) == client.user.id
                ]
                ours.sort(key=lambda thread: int(thread["id"]), reverse=True)
                new = [thread for thread in ours if int(thread["id"]) > after]
                older = [thread for thread in ours[len(new) :] if thread["name"] == name]
                for thread in (*new, *older[:_NAMESAKES]):
                    said = await _first_message(client, int(thread["id"]))
                    is_named = thread in new and thread["name"] == name
                    if said == wanted or (said is None and is_named):
                        return int(thread["id"])
        except discord.NotFound as error:
            if error.code != ErrorCode.UNKNOWN_CHANNEL:
                raise
    return None


async def _threads(client: discord.Client, forum_id: int, since: datetime) -> Iterable[dict[str, Any]]:
    """The server's open threads, and the forum's latest archived ones."""
    forum = await _forum(client, forum_id)
    active: Any = await client.http.get_active_threads(forum.guild.id)
    archived: Any = await client.http.get_public_archived_threads(forum_id, limit=_ARCHIVED_LOOKED_THROUGH)
    if archived["has_more"]:
        last = datetime.fromisoformat(archived["threads"][-1]["thread_metadata"]["archive_timestamp"])
        if last >= since:
            raise HistoryUnreadable(f"forum {forum_id} has had too many threads since")
    return [*active["threads"], *archived["threads"]]


async def _first_message(client: discord.Client, thread_id: int) -> str | None:
    """The fingerprint of what a thread was started with; None where it was removed."""
    try:
        message: Any = await client.http.get_message(thread_id, thread_id)
    except discord.NotFound as error:
        if error.code == ErrorCode.UNKNOWN_MESSAGE:
            return None
        raise
    texts = [message.get("content") or ""]
    for embed in message.get("embeds") or ():
        texts += [
            (embed.get("author") or {}).get("name") or "",
            embed.get("title") or "",
            embed.get("description") or "",
            (embed.get("footer") or {}).get("text") or "",
        ]
    return fingerprint(texts)


async def _forum(client: discord.Client, forum_id: int) -> discord.ForumChannel:
    """The forum as the gateway keeps it, tags included; before the gateway is ready Discord is asked."""
    channel = client.get_channel(forum_id) or await client.fetch_channel(forum_id)
    if isinstance(channel, discord.ForumChannel):
        return channel
    raise SendRefused(
        f"channel {forum_id} is no forum",
        status=400,
        code=ErrorCode.WRONG_CHANNEL_TYPE,
        permanent=True,
        doing=Doing.POST_IN_FORUM,
    )


def _tag(tag: discord.ForumTag) -> ForumTag:
    return ForumTag(id=tag.id, name=tag.name, moderated=tag.moderated)
