"""Hands a claimed message to Discord where it belongs: the channel, a thread on the cover, or a forum."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from msgspec import Struct

from bot.delivery.forum_tags import ForumPost
from bot.delivery.identity import nonce_of
from bot.delivery.models import ChannelKind, DeliveryKey, DeliveryState, PostList, Subscription
from bot.delivery.places import is_threaded, place_of, thread_name
from bot.delivery.ports import Ledger, Postbox
from bot.delivery.taking_back import NOT_HERE
from bot.discord_codes import ErrorCode
from bot.errors import Doing, HistoryUnreadable, SendRefused
from bot.formatting.messages import Message, without_pictures
from bot.posts.models import Post

_REMOVED = NOT_HERE | {ErrorCode.THREAD_ARCHIVED, ErrorCode.THREAD_LOCKED}
"""Of a post's own thread they say that the server is done with it."""

CLOCKS_APART = timedelta(minutes=15)
"""How far our clock may be ahead of Discord's when something is claimed, as before it is set right."""

log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")


class Handover(Struct, frozen=True, kw_only=True):
    """Sends each part of one post to its place; ``reply_to`` is the message that it continues, long after."""

    ledger: Ledger
    postbox: Postbox
    post: Post | PostList
    subscription: Subscription
    reply_to: int | None = None

    async def hand(self, key: DeliveryKey, message: Message) -> int | None:
        """Send it; the message's id, None where the server has removed or closed the thread of this post.

        None as well where the thread is not known, as after an operator marked its first message as sent.

        Raises:
            SendRefused, SendUncertain, TokenRefused: as ``Postbox.send`` does. SendRefused as well where
                nobody can tell a thread that was removed from one that is yet to be opened.
        """
        try:
            place = await place_in(self.ledger, self.subscription, key)
        except ValueError as error:
            log.warning("delivery %s and what follows it: %s", key, error)
            return None
        if starts_a_forum_post(self.subscription, key):
            forum_post = self._forum_post()
            return await pictured(key, message, lambda it: self.postbox.start_post(place, forum_post, it))
        if place == self.subscription.channel_id:
            return await self._send(place, key, message)
        try:
            if key.part == 1 and self.subscription.kind is not ChannelKind.FORUM:
                await self._open_thread(place)
            return await self._send_in_thread(place, key, message)
        except SendRefused as refusal:
            if refusal.code in _REMOVED:
                log.warning("delivery %s and what follows it: the thread was removed (%s)", key, refusal)
                return None
            if refusal.doing is Doing.SEND:
                refusal.doing = Doing.SEND_IN_THREAD
            raise

    def _forum_post(self) -> ForumPost:
        posts = (self.post,) if isinstance(self.post, Post) else self.post.posts
        return ForumPost(
            name=thread_name(self.post.title),
            tags=self.subscription.forum_tags,
            own_tags=[tag.name for post in posts for tag in post.meta.tags],
        )

    async def _send_in_thread(self, thread_id: int, key: DeliveryKey, message: Message) -> int:
        """Send it there; where the layout was another when the post was begun there is no thread yet."""
        try:
            return await self._send(thread_id, key, message)
        except SendRefused as refusal:
            if refusal.code not in NOT_HERE or not await self._lies_in_channel(key):
                raise
        await self._open_thread(thread_id)
        return await self._send(thread_id, key, message)

    async def _lies_in_channel(self, key: DeliveryKey) -> bool:
        """Whether the message before this one is in the channel itself.

        One whose place was not recorded, as an older version left it, is looked for.

        Raises:
            SendRefused: nobody can tell it from a thread that a moderator removed; to be tried again.
        """
        rows = await self.ledger.parts(key.slug, key.channel_id)
        before = [row for row in rows if 0 < row.key.part < key.part and row.state is DeliveryState.SENT]
        if not before or self.subscription.kind is ChannelKind.FORUM:
            return False
        last = before[-1]
        if last.place_id is not None:
            return last.place_id == key.channel_id
        since = last.claimed_at - CLOCKS_APART
        try:
            found = await self.postbox.find(key.channel_id, last.fingerprint, since)
        except HistoryUnreadable as error:
            cause = f"no such thread, and whether it was removed is unknown: {error}"
            raise SendRefused(cause, status=404, code=0, permanent=False) from error
        return found is not None

    async def _open_thread(self, first_message_id: int) -> None:
        """Only before the first message in it: one that a moderator deletes later is not made again."""
        name = thread_name(self.post.title)
        await self.postbox.open_thread(self.subscription.channel_id, first_message_id, name)

    async def _send(self, place: int, key: DeliveryKey, message: Message) -> int:
        nonce = nonce_of(key)
        return await pictured(key, message, lambda it: self.postbox.send(place, it, nonce, self.reply_to))


async def pictured(
    key: DeliveryKey, message: Message, send: Callable[[Message], Awaitable[_Answer]]
) -> _Answer:
    """Send or edit; where Discord refuses a picture's address, the text goes without pictures."""
    try:
        return await send(message)
    except SendRefused as refusal:
        plain = without_pictures(message)
        if plain == message or not refusal.is_about_a_picture:
            raise
        log.warning("delivery %s goes without its pictures: %s", key, refusal)
        return await send(plain)


async def place_in(ledger: Ledger, subscription: Subscription, key: DeliveryKey) -> int:
    """The channel or thread of a part.

    Raises:
        ValueError: its thread is not known.
        StoreError: the database is out of reach.
    """
    first = None
    if is_threaded(subscription):
        first = await ledger.first_message(key.slug, key.channel_id)
    return place_of(subscription, key.part, first)


async def known_place(ledger: Ledger, subscription: Subscription, key: DeliveryKey) -> int | None:
    """As ``place_in``, but None where the thread is not known."""
    try:
        return await place_in(ledger, subscription, key)
    except ValueError:
        return None


def starts_a_forum_post(subscription: Subscription, key: DeliveryKey) -> bool:
    """Whether a part is what a forum's thread is started with, which takes no nonce."""
    return subscription.kind is ChannelKind.FORUM and key.part == 0
