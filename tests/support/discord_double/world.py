"""What the double remembers: servers with their channels, messages in order, nonces for some minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DISCORD_EPOCH_MS = 1_420_070_400_000
FIRST_GUILD = 100_000_000_000
"""Server ids are this and the next ones, shifted: bits 22 and up decide the shard, as on Discord."""
NONCE_SECONDS = 300.0
"""How long a nonce is remembered; Discord's documentation says "the past few minutes"."""


class UnknownError(LookupError):
    """There is none of that id; ``args`` are Discord's code and its words."""


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
    """A channel and its messages, oldest first."""

    id: int
    guild_id: int
    name: str
    kind: int = 0
    messages: dict[int, Message] = field(default_factory=dict)


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
    def of(cls, guilds: int, channels: int) -> World:
        """So many servers with so many text channels each; ids are the same every time."""
        world = cls()
        for number in range(guilds):
            guild = Guild(id=(FIRST_GUILD + number) << 22, name=f"server {number}")
            world.guilds[guild.id] = guild
            for index in range(channels):
                channel = Channel(id=guild.id + 1 + index, guild_id=guild.id, name=f"news-{index}")
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
