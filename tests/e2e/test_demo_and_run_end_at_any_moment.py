"""Ctrl-C or SIGTERM while ``ainews demo`` or ``ainews run`` still starts: exit code 0 and no traceback."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import web

from tests.support.demo import ROOT, start_demo
from tests.support.rest import Rest, json_answer, loopback_rest

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "x" * 38
_CONTENT = {"CONTENT_DIR": str(ROOT / "content")}
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal and POSIX signals")


class OnATerminal:
    """A command whose output goes to a pseudo-terminal, where it gives a sign of life at once."""

    def __init__(self, *command: str, home: Path, **settings: str) -> None:
        self._own, terminal = os.openpty()
        inherited = {key: value for key, value in os.environ.items() if key.startswith(("PATH", "COVERAGE"))}
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "bot", *command],
            cwd=home,
            env={**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **_CONTENT, **settings},
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
        os.close(terminal)
        # The first bytes: whatever the machine's load, handlers of signals are in place when they come.
        self.output = self._read()

    def end(self, number: signal.Signals) -> int:
        """Send a signal, collect what is said until the end, and return the exit code."""
        self.process.send_signal(number)
        while said := self._read():
            self.output += said
        os.close(self._own)
        return self.process.wait(timeout=20)

    def _read(self) -> bytes:
        try:
            return os.read(self._own, 65536)
        except OSError:  # Linux says so when the other side is closed
            return b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("seconds", [0.0, 0.3, 1, 2, 4])
def test_the_demo_ends_cleanly_while_it_starts(
    seconds: float, number: signal.Signals, tmp_path: Path
) -> None:
    demo = OnATerminal("demo", "--no-open", home=tmp_path, CONTENT_DIR=str(ROOT / "content"))
    assert "데모를 준비하고 있습니다" in demo.output.decode()
    time.sleep(seconds)
    assert demo.end(number) == 0, demo.output.decode()
    assert b"Traceback" not in demo.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("seconds", [0.0, 0.3, 1, 2, 4])
async def test_the_bot_ends_cleanly_while_it_starts(
    seconds: float, number: signal.Signals, tmp_path: Path
) -> None:
    async with loopback_rest() as rest:
        _hang_at("/users/@me", rest)
        settings = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": rest.address}
        bot = await asyncio.to_thread(lambda: OnATerminal("run", home=tmp_path, **settings))
        assert b"Starting the bot" in bot.output
        await asyncio.sleep(seconds)
        assert await asyncio.to_thread(bot.end, number) == 0, bot.output.decode()
    assert b"Traceback" not in bot.output


@pytest.mark.parametrize("path", ["/gateway/bot", "/users/@me"])
async def test_the_bot_ends_cleanly_while_discord_does_not_answer(path: str, tmp_path: Path) -> None:
    async with loopback_rest() as rest:
        asked = _hang_at(path, rest)
        settings = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": rest.address}
        bot = await asyncio.to_thread(lambda: OnATerminal("run", home=tmp_path, **settings))
        await asyncio.wait_for(asked.wait(), 30)
        assert await asyncio.to_thread(bot.end, signal.SIGTERM) == 0, bot.output.decode()
    assert b"Traceback" not in bot.output


def _hang_at(path: str, rest: Rest) -> asyncio.Event:
    """Answer where the gateway is, and never what is asked at ``path``; the event says that it was."""
    asked = asyncio.Event()

    async def gateway(_: web.Request) -> web.Response:
        return json_answer({"url": "ws://127.0.0.1:1", "shards": 1})

    async def never(request: web.Request) -> web.Response:
        asked.set()
        while request.transport and not request.transport.is_closing():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.05)
        return json_answer({})

    rest.on("GET", "/gateway/bot", gateway)
    rest.on("GET", path, never)
    return asked


def test_a_browser_that_stays_in_the_foreground_holds_nothing_up(tmp_path: Path) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$$" > "{opened}"\nexec sleep 60\n')
    browser.chmod(0o755)
    content = tmp_path / "content"
    content.mkdir()
    # GenericBrowser, which waits for what it started, is what Python makes of a command with %s.
    visible = {"DISPLAY": ":0", "BROWSER": f"{browser} %s"}
    with start_demo(content, "--open", home=tmp_path, **visible) as demo:
        assert demo.url()
        try:
            deadline = time.monotonic() + 20
            while not (opened.exists() and opened.read_text().strip()) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert demo.stop() == 0
        finally:
            os.kill(int(opened.read_text()), signal.SIGKILL)
    assert "Traceback" not in demo.output
