"""The bot as an operator runs it, against the double: a process that can be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.discord_double.process import ROOT, Double

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "x" * 38
_STOP_SECONDS = 15


@dataclass(slots=True)
class BotProcess:
    """A running ``ainews run``; its log goes to ``log``, after those of its former lives."""

    process: asyncio.subprocess.Process
    log: Path

    async def kill(self) -> None:
        """End it as a crash does: at once, with nothing said or saved."""
        if not self.ended:
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), _STOP_SECONDS)

    @property
    def ended(self) -> bool:
        """Whether it has ended, by itself or not."""
        return self.process.returncode is not None


@asynccontextmanager
async def start_bot(
    double: Double, folder: Path, *, log_name: str = "bot.log", **settings: str
) -> AsyncIterator[BotProcess]:
    """The bot in ``folder``, whose ``content`` it publishes as soon as it is out; killed at the end.

    Without DATABASE_URL among the ``settings`` it keeps its state in SQLite below ``folder``.
    """
    (folder / "content").mkdir(exist_ok=True)
    inherited = {
        key: value for key, value in os.environ.items() if key.startswith(("PATH", "COVERAGE", "LANG"))
    }
    environment = {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": double.api,
        "POST_TIME": "immediately",
        **settings,
    }
    log = folder / log_name
    with log.open("ab") as stream:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    bot = BotProcess(process, log)
    try:
        yield bot
    finally:
        if not bot.ended:
            await bot.kill()
