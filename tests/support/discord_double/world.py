"""What the double remembers: servers, channels and their threads, messages in order, nonces for minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.rest import ME

ME_ID = int(str(ME["id"]))
DISCORD_EPOCH_MS = 1_420_070_400_000
FIRST_GUILD = 100_000_000_000
"""Server ids are this and the next ones, shifted: bits 22 and up decide the shard, as on Discord."""
TEXT, ANNOUNCEMENT, THREAD, FORUM = 0, 5, 11, 15
"""Kinds of channels (https://discord.com/developers/docs/resources/channel#channel-object-channel-types)."""
CROSSPOSTED = 1 << 0
NONCE_SECONDS = 300.0
"""How long a nonce is remembered; Discord's documentation says "the past few minutes"."""


class UnknownError(LookupError):
    """There is none of that id; ``args`` are Discord's code and its words."""


class RefusedError(Exception):
    """It is there and says no; ``args`` are the HTTP status, Discord's code and its words."""


@dataclass(slots=True, kw_only=True)
class Message:
    """A stored message: ``body`` is what was asked for, changed by edits."""

    id: int
    channel_id: int
    author_id: int
    body: dict[str, Any]
    created: float
    edited: float | None = None


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel and its messages, oldest first.

    Attributes:
        tags: of a forum, by id; ``requires_tag`` lets no post in without one.
        parent_id: of a thread, the channel that it is in.
        applied: of a forum's post, the ids of its tags.
        archived: of a thread; one that is locked too only moderators take out again.
    """

    id: int
    guild_id: int
    name: str
    kind: int = TEXT
    messages: dict[int, Message] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    requires_tag: bool = False
    parent_id: int | None = None
    applied: list[int] = field(default_factory=list)
    archived: bool = False
    locked: bool = False
    archived_at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server."""

    id: int
    name: str
    channels: list[Channel] = field(default_factory=list)

    def shard(self, count: int) -> int:
        """Which of ``count`` shards it is on (https://discord.com/developers/docs/events/gateway#sharding)."""
        return (self.id >> 22) % count


@dataclass(slots=True, kw_only=True)
class World:
    """Everything; instants are seconds since 1970."""

    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    commands: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    nonce_seconds: float = NONCE_SECONDS
    repeats: int = 0
    _nonces: dict[str, tuple[float, Message]] = field(default_factory=dict)
    _last_id: int = 0

    @classmethod
    def of(
        cls,
        guilds: int,
        channels: int,
        kind: int = TEXT,
        tags: Sequence[str] = (),
        *,
        requires_tag: bool = False,
    ) -> World:
        """So many servers with so many channels each, all of a kind; ids are the same every time."""
        world = cls()
        for number in range(guilds):
            guild = Guild(id=(FIRST_GUILD + number) << 22, name=f"server {number}")
            world.guilds[guild.id] = guild
            for index in range(channels):
                channel = Channel(
                    id=guild.id + 1 + index,
                    guild_id=guild.id,
                    name=f"news-{index}",
                    kind=kind,
                    tags=dict(enumerate(tags, 1)),
                    requires_tag=requires_tag,
                )
                guild.channels.append(channel)
                world.channels[channel.id] = channel
        return world

    def new_id(self, now: float) -> int:
        """A snowflake of this instant, greater than every one before."""
        self._last_id = max(self._last_id + 1, snowflake(now))
        return self._last_id

    def post(self, channel: Channel, author_id: int, body: dict[str, Any], now: float) -> Message:
        """Store a message, or return the one that the same nonce made a short while ago.

        A nonce belongs to the author, not to the channel
        (https://discord.com/developers/docs/resources/message#create-message).
        """
        self._take_messages(channel)
        nonce = str(body.get("nonce") or "")
        enforced = bool(nonce and body.get("enforce_nonce"))
        known = self._nonces.get(nonce) if enforced else None
        if known and now - known[0] < self.nonce_seconds:
            self.repeats += 1
            return known[1]
        message = Message(
            id=self.new_id(now), channel_id=channel.id, author_id=author_id, body=_trimmed(body), created=now
        )
        channel.messages[message.id] = message
        if nonce:
            self._nonces[nonce] = (now, message)
        return message

    def start_thread(
        self, parent: Channel, name: str, number: int, now: float, applied: Sequence[int] = ()
    ) -> Channel:
        """A thread on the message of that id, or a forum's post that is about to get it."""
        if number in self.channels:
            raise RefusedError(400, 160004, "A thread has already been created for this message")
        thread = Channel(
            id=number,
            guild_id=parent.guild_id,
            name=name,
            kind=THREAD,
            parent_id=parent.id,
            applied=[*applied],
            archived_at=now,
        )
        self.channels[number] = thread
        return thread

    def start_post(self, forum: Channel, body: dict[str, Any], now: float) -> tuple[Channel, Message]:
        """A forum's post: a thread and its first message, of the same id. No nonce is heeded."""
        if forum.kind != FORUM:
            raise RefusedError(400, 50024, "Cannot execute action on this channel type")
        applied = [int(tag) for tag in body.get("applied_tags") or ()]
        if forum.requires_tag and not applied:
            raise RefusedError(400, 40067, "A tag is required to create a forum post in this channel")
        number = self.new_id(now)
        thread = self.start_thread(forum, body["name"], number, now, applied)
        message = Message(
            id=number, channel_id=number, author_id=ME_ID, body=_trimmed(body["message"]), created=now
        )
        thread.messages[number] = message
        return thread, message

    def archive(self, thread: Channel, *, archived: bool, now: float) -> None:
        """Put a thread into the archive, or take it out."""
        if thread.locked and not archived:
            raise RefusedError(403, 50013, "Missing Permissions")
        thread.archived, thread.archived_at = archived, now

    def change(self, channel: Channel) -> None:
        """Something in the channel is about to be changed, which in an archived thread nobody may."""
        if channel.archived:
            raise RefusedError(400, 50083, "Thread is archived")

    def publish(self, channel: Channel, message: Message) -> None:
        """Hand a message on to the servers that follow the channel, once."""
        if channel.kind != ANNOUNCEMENT:
            raise RefusedError(400, 50024, "Cannot execute action on this channel type")
        flags = message.body.get("flags") or 0
        if flags & CROSSPOSTED:
            raise RefusedError(400, 40033, "This message has already been crossposted.")
        message.body["flags"] = flags | CROSSPOSTED

    def threads(self, guild_id: int) -> list[Channel]:
        """All threads of a server, the archived ones as well."""
        threads = (one for one in self.channels.values() if one.kind == THREAD)
        return [thread for thread in threads if thread.guild_id == guild_id]

    def _take_messages(self, channel: Channel) -> None:
        """A message opens an archived thread (https://discord.com/developers/docs/topics/threads)."""
        if channel.kind == FORUM:
            raise RefusedError(400, 50008, "Cannot send messages in a non-text channel")
        if channel.locked:
            self.change(channel)
        channel.archived = False

    def history(self, channel: Channel, *, after: int, before: int, limit: int) -> list[Message]:
        """Messages between two ids, newest first: with ``after`` given the oldest ``limit`` of them."""
        found = [message for key, message in channel.messages.items() if after < key < before]
        found = found[:limit] if after else found[-limit:]
        return found[::-1]

    def stored(self) -> int:
        """How many messages there are."""
        return sum(len(channel.messages) for channel in self.channels.values())


def snowflake(now: float) -> int:
    """The least id of an instant."""
    return (int(now * 1000) - DISCORD_EPOCH_MS) << 22


def _trimmed(body: dict[str, Any]) -> dict[str, Any]:
    """Discord trims texts before it stores them."""
    trimmed = {**body, "content": (body.get("content") or "").strip()}
    trimmed["embeds"] = [
        {key: value.strip() if isinstance(value, str) else value for key, value in embed.items()}
        for embed in body.get("embeds") or ()
    ]
    return trimmed
