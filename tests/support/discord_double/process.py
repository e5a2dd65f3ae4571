"""Starts the double as a process of its own and talks to its control endpoint."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[3]
_STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Double:
    """A running double."""

    address: str
    session: aiohttp.ClientSession

    @property
    def api(self) -> str:
        """What DISCORD_API_URL is set to."""
        return f"{self.address}/api/v10"

    async def channels(self) -> list[int]:
        """The ids of all channels."""
        by_guild = await self._ask("GET", "channels")
        return [int(channel) for channels in by_guild.values() for channel in channels]

    async def messages(self) -> dict[int, list[dict[str, Any]]]:
        """Every stored message by channel, oldest first."""
        return {int(key): value for key, value in (await self._ask("GET", "messages")).items()}

    async def threads(self) -> list[dict[str, Any]]:
        """Every thread, in Discord's words."""
        return list(await self._ask("GET", "threads"))

    async def set_thread(self, thread: int, **states: bool) -> None:
        """A moderator sets ``archived`` or ``locked``."""
        await self._ask("POST", f"threads/{thread}", json=states)

    async def counts(self, *, timeout: float = 30, **wanted: float) -> dict[str, Any]:  # noqa: ASYNC109 - the double's to keep
        """Counts of everything, once there is as much as ``wanted`` (stored, hung, ready, resumes ...)."""
        return dict(await self._ask("GET", "counts", params={**wanted, "timeout": timeout}))

    async def wait(self, *, timeout: float = 30, **wanted: float) -> dict[str, Any]:  # noqa: ASYNC109 - the same
        """The counts once they are reached.

        Raises:
            AssertionError: they were not within ``timeout`` seconds.
        """
        counts = await self.counts(timeout=timeout, **wanted)
        assert all(counts[key] >= value for key, value in wanted.items()), f"{wanted} not reached: {counts}"
        return counts

    async def traffic(self) -> dict[str, list[float]]:
        """``arrivals`` of requests and ``round_trips`` of pings, in seconds."""
        return dict(await self._ask("GET", "traffic"))

    async def set(self, **settings: float) -> None:
        """Change ``latency``, ``nonce_seconds`` or ``probing``."""
        await self._ask("POST", "settings", json=settings)

    async def fault(self, kind: str, **rule: Any) -> None:
        """Add a fault: see ``tests.support.discord_double.faults.Fault``."""
        await self._ask("POST", "faults", json={"kind": kind, **rule})

    async def mend(self) -> None:
        """End all faults."""
        await self._ask("DELETE", "faults")

    async def say(self, channel: int, content: str) -> None:
        """A member writes into a channel."""
        await self._ask("POST", f"messages/{channel}", json={"content": content})

    async def slash(self, channel: int, name: str, *options: dict[str, Any]) -> dict[str, Any]:
        """A member uses a command: ``seconds`` until the bot's ``answer``, None if it took over five."""
        return dict(await self._ask("POST", f"commands/{channel}", json={"name": name, "options": options}))

    async def disturb(self, how: str, **options: Any) -> None:
        """End the gateway's connections: close, reconnect or invalidate."""
        await self._ask("POST", "gateway", json={"how": how, **options})

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        url = f"{self.address}/_control/{path}"
        async with self.session.request(method, url, **options) as answer:
            answer.raise_for_status()
            return await answer.json()


@asynccontextmanager
async def start_double(**options: float | str) -> AsyncIterator[Double]:
    """A double in a process of its own; ``options`` are those of its command line, such as ``channels=3``."""
    arguments = [
        text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", str(value))
    ]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.discord_double", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        address = (await process.stdout.readline()).decode().strip()
        assert address, "the double did not start"
        async with aiohttp.ClientSession() as session:
            yield Double(address, session)
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
