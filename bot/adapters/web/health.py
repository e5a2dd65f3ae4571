"""Whether the bot can do its work now, one check for each thing it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.connections import Shard, is_connected
from bot.adapters.database.engine import database_errors
from bot.adapters.scheduler import HEARTBEAT_SECONDS, DeliverySchedule
from bot.errors import StoreError

Check = Callable[[], Awaitable[str | None]]
"""Gives None where all is well, else what is not, in a few words."""

PausedSince = Callable[[], Awaitable[datetime | None]]
"""Since when all deliveries are paused; raises StoreError."""

PATIENCE = 2.0
"""Seconds that the database has for its answer."""
OLDEST_BEAT = 2 * HEARTBEAT_SECONDS


async def _never_paused() -> datetime | None:
    """Where nobody can pause deliveries."""
    return None


class Gateway(Protocol):
    """The facts of a client that count here."""

    def is_ready(self) -> bool:
        """Whether all shards were connected once; a connection that is lost later leaves it so."""

    def is_closed(self) -> bool:
        """Whether it disconnected for good."""

    @property
    def shards(self) -> Mapping[int, Shard]:
        """Those of this process by number."""


class Readiness(Struct, frozen=True, kw_only=True):
    """The checks by name."""

    checks: Mapping[str, Check]
    paused_since: PausedSince = _never_paused

    async def report(self) -> dict[str, str]:
        """By name ``ok``, or what is wrong."""
        said = await asyncio.gather(*(check() for check in self.checks.values()))
        return {name: wrong or "ok" for name, wrong in zip(self.checks, said, strict=True)}

    async def deliveries(self) -> str:
        """Whether deliveries go on. A pause is an operator's wish: it makes nobody restart the bot."""
        try:
            async with asyncio.timeout(PATIENCE):
                since = await self.paused_since()
        except (TimeoutError, StoreError):
            return "unknown"
        return f"paused by the operator since {since.isoformat(timespec='seconds')}" if since else "active"

    @classmethod
    def of(
        cls,
        client: Gateway,
        engine: AsyncEngine,
        schedule: DeliverySchedule,
        paused_since: PausedSince = _never_paused,
    ) -> Readiness:
        """The gateway, the database and the scheduler's heartbeat."""

        async def gateway() -> str | None:
            if not client.is_ready() or client.is_closed():
                return "not connected"
            away = [number for number, shard in client.shards.items() if not is_connected(shard)]
            return f"shards not connected: {', '.join(map(str, away))}" if away else None

        async def database() -> str | None:
            try:
                async with asyncio.timeout(PATIENCE):
                    with database_errors():
                        async with engine.connect() as connection:
                            await connection.execute(text("SELECT 1"))
            except TimeoutError:
                return f"no answer for {PATIENCE:.0f} seconds"
            except StoreError:
                return "no answer"  # its own words may name hosts and users; the log has them
            return None

        async def scheduler() -> str | None:
            age = schedule.seconds_since_beat
            if age is None:
                return "not started"
            return None if age < OLDEST_BEAT else f"no heartbeat for {age:.0f} seconds"

        checks = {"gateway": gateway, "database": database, "scheduler": scheduler}
        return cls(checks=checks, paused_since=paused_since)
