"""Which servers are this process's: every gateway shard has some of them, by their ids."""

from __future__ import annotations

from msgspec import Struct

from bot.delivery.models import Subscription


class Shards(Struct, frozen=True):
    """The shards that a process runs, of ``count`` in all; by default all of them.

    A server's shard follows from its id
    (https://discord.com/developers/docs/events/gateway#sharding-sharding-formula).
    """

    ids: tuple[int, ...] = (0,)
    count: int = 1

    def serve(self, subscription: Subscription) -> bool:
        """Whether the channel is this process's; a channel of an unknown server is shard 0's."""
        guild_id = subscription.guild_id or 0
        return (guild_id >> 22) % self.count in self.ids
