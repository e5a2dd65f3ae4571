"""Whether a shard is connected: the one rule for readiness, the status card and the operators' channel."""

from __future__ import annotations

import math
from typing import Protocol


class Shard(Protocol):
    """What counts here of discord.py's ShardInfo."""

    def is_closed(self) -> bool:
        """Whether it has no connection now."""

    @property
    def latency(self) -> float:
        """Seconds until Discord answers a heartbeat; infinite before it has answered one."""


def is_connected(shard: Shard) -> bool:
    """Whether it has a connection on which Discord answers."""
    return not shard.is_closed() and math.isfinite(shard.latency)
