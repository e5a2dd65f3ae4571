"""What is sent where, as plain values."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from msgspec import Struct

from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout
from bot.posts.models import Importance, Post

LIST_PREFIX = "list/"


class ChannelKind(enum.StrEnum):
    """What a channel takes: messages, messages other servers follow, or only threads."""

    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    FORUM = "forum"
    THREAD = "thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel that gets posts, when, and how. A server may have several, a channel has one.

    Attributes:
        id: the database's number, None until it is stored.
        guild_id: the channel's server, None where only the channel is known (``NEWS_CHANNEL_ID``).
        created_at: aware; posts that were out by then are past posts, of which only the newest is sent. A
            pause by hand moves it on.
        locale: the language of the words around a post (``ko`` or ``en``).
        include: names of tags, of which a post must carry one; empty allows all posts.
        exclude: names of tags that keep a post out.
        role_id: whom an important post is to mention.
        silent: nobody is to be notified.
        publish: messages are handed on to the servers that follow an announcement channel.
        forum_tags: names of tags that every post in a forum gets, where the forum has them.
        paused_because: why nothing is sent at present, None while it is active.
        failures: how often in a row Discord has refused what only a person can mend.
        retry_at: aware; while paused, when to see whether it was mended.
        restored_at: aware; the bot's state came from a backup then. Nobody knows which of the posts that were
            out by then the channel had, so it gets none of them, not even the newest.
    """

    channel_id: int
    timetable: Timetable
    created_at: datetime
    id: int | None = None
    guild_id: int | None = None
    kind: ChannelKind = ChannelKind.TEXT
    layout: Layout = Layout.FULL
    locale: str = "ko"
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    role_id: int | None = None
    silent: bool = False
    publish: bool = False
    forum_tags: tuple[str, ...] = ()
    paused_because: str | None = None
    failures: int = 0
    retry_at: datetime | None = None
    restored_at: datetime | None = field(default=None, compare=False)


class DeliveryKey(Struct, frozen=True, kw_only=True):
    """One part of one post in one channel: the ledger's unique key. ``part`` counts from 0.

    The channel and not the subscription: a subscription that is removed and made again, or made twice,
    finds the channel's posts where they are and sends none of them again.
    """

    slug: str
    channel_id: int
    part: int

    def __str__(self) -> str:
        return f"{self.slug}/{self.channel_id}/{self.part}"


class DeliveryState(enum.StrEnum):
    """CLAIMED without an answer yet is in doubt after a crash; SENT is final; FAILED may be claimed again.

    LISTED: the post was named in a list card instead of being sent. REMOVED: the message was there and was
    deleted because the post is shorter now; from ``retry_at`` on its part may be claimed again. GONE is final
    too: the server removed the message, or the thread it belongs into, and wants no other; or an operator has
    withdrawn the post.
    """

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    LISTED = "listed"
    REMOVED = "removed"
    GONE = "gone"


class Delivery(Struct, frozen=True, kw_only=True):
    """A row of the ledger.

    Attributes:
        parts: how many messages the post had when this one was claimed.
        fingerprint: what the message says, to find it again in a channel's history.
        attempts: how often it was claimed.
        retry_at: aware; a failed or removed delivery is not claimed again before, a sent one not edited.
        content_hash: the post's ``content_hash`` when this was claimed; None: before this was recorded.
        updated_on: the post's own date of correction when this was claimed.
        listed_in: of a LISTED post, the slug of the list that names it.
        published_at: aware; when it was handed on to the servers that follow the channel.
        place_id: the channel or thread that it was claimed for; None: before this was recorded.
    """

    key: DeliveryKey
    state: DeliveryState
    parts: int
    fingerprint: str
    payload_hash: str
    claimed_at: datetime
    attempts: int = 1
    message_id: int | None = None
    retry_at: datetime | None = None
    cause: str | None = None
    content_hash: str | None = None
    updated_on: date | None = None
    listed_in: str | None = None
    published_at: datetime | None = None
    place_id: int | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """How far one post has come in one channel.

    Attributes:
        sent: parts that are not owed any more.
        retry_at: aware; nothing is sent or edited before.
        begun_at: aware; when the first part was claimed.
        content_hash: the content that all of it shows, empty where its parts differ; None: unknown.
        listed_in: the slug of the list card that names the post in its stead.
    """

    sent: int
    parts: int
    retry_at: datetime | None = None
    begun_at: datetime | None = None
    content_hash: str | None = None
    listed_in: str | None = None

    @property
    def complete(self) -> bool:
        """Whether every part is in the channel."""
        return self.sent >= self.parts

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it is in the channel because Discord said no, until ``retry_at``."""
        return self.sent == 0 and self.retry_at is not None

    @property
    def is_half_way(self) -> bool:
        """Whether some parts are in the channel and others are not."""
        return 0 < self.sent < self.parts


class PostList(Struct, frozen=True, kw_only=True):
    """Posts that one card names instead of each being sent, oldest first."""

    slug: str
    posts: tuple[Post, ...]

    @property
    def title(self) -> str:
        """The newest post's, where something must have a name, as a thread in a forum."""
        return self.posts[-1].title

    @property
    def contents(self) -> Mapping[str, str]:
        """By slug, the content of each post."""
        return {post.slug: post.content_hash for post in self.posts}


def list_of(posts: Sequence[Post]) -> PostList:
    """The list of these posts, of which there must be one, named after the newest.

    No post has such a slug: a slash is what a post's slug never holds (``bot.posts.names.to_slug``).
    """
    return PostList(slug=f"{LIST_PREFIX}{posts[-1].key}", posts=tuple(posts))


def is_list(slug: str) -> bool:
    """Whether the slug is a list card's."""
    return slug.startswith(LIST_PREFIX)


def importance_of(item: Post | PostList) -> Importance:
    """How loudly it arrives; a list as loudly as the most important of its posts."""
    if isinstance(item, Post):
        return item.meta.importance
    several = {post.meta.importance for post in item.posts}
    return next(kind for kind in (Importance.MAJOR, Importance.NORMAL, Importance.QUIET) if kind in several)


class Owed(Struct, frozen=True, kw_only=True):
    """What a channel gets now: these posts in full, in order, and after them the rest in one card."""

    posts: tuple[Post, ...] = ()
    listed: tuple[Post, ...] = ()


History = Mapping[str, Progress]
"""What a channel has had so far, by slug."""
