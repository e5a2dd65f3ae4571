"""Requests keep below Discord's ceiling, and nobody who uses a command waits for the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import yarl
from aiohttp import web

from bot.adapters.pacing import ChannelPace, answers_a_member, paced

API = "https://discord.com/api/v10"
CEILING = 50


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A server that says yes to everything."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}/api/v10"
    await runner.cleanup()


async def test_no_second_has_more_requests_than_discord_lets_pass(address: str) -> None:
    starts: list[float] = []
    watch = aiohttp.TraceConfig()

    async def note(*_: object) -> None:
        starts.append(time.monotonic())

    watch.on_request_start.append(note)
    async with aiohttp.ClientSession(trace_configs=[paced(), watch]) as session:

        async def send(number: int) -> None:
            async with session.post(f"{address}/channels/{number}/messages") as response:
                response.raise_for_status()

        await asyncio.gather(*map(send, range(3 * CEILING)))
    assert len(starts) == 3 * CEILING
    assert all(after - before >= 1 for before, after in zip(starts, starts[CEILING:], strict=False))


async def test_answers_go_while_deliveries_wait(address: str) -> None:
    async with aiohttp.ClientSession(trace_configs=[paced(per_second=0.01)]) as session:
        for _ in range(4):
            await session.post(f"{address}/channels/1/messages")
        waiting = asyncio.create_task(session.post(f"{address}/channels/1/messages"))
        async with asyncio.timeout(20):
            await session.post(f"{address}/interactions/1/token/callback")
            await session.patch(f"{address}/webhooks/1/token/messages/@original")
        assert not waiting.done()
        waiting.cancel()


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("/interactions/1/token/callback", True),
        ("/webhooks/1/token/messages/@original", True),
        ("/channels/1/messages", False),
        ("/applications/1/commands", False),
        ("/gateway/bot", False),
    ],
)
def test_only_answers_to_members_go_first(path: str, *, answers: bool) -> None:
    assert answers_a_member(yarl.URL(API + path)) is answers


async def test_no_window_of_a_channel_has_more_sends_than_it_takes() -> None:
    pace = ChannelPace(most=4, seconds=0.2)
    starts: list[float] = []

    async def send(channel_id: int) -> None:
        await pace.turn(channel_id)
        if channel_id == 1:
            starts.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(send(1) for _ in range(11)), *(send(number) for number in range(2, 600)))
    gaps = [later - earlier for earlier, later in zip(starts, starts[4:], strict=False)]
    assert len(starts) == 11
    assert min(gaps) >= 0.2 - 0.002  # looked at from outside: the look at the clock comes after the turn
    assert starts[3] - starts[0] < 0.2  # the first four wait for nothing
