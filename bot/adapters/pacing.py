"""Keeps the requests of one process below Discord's ceilings, so that it never has to say no."""

from __future__ import annotations

import asyncio
from collections import deque
from types import SimpleNamespace

import aiohttp
import yarl
from aiolimiter import AsyncLimiter
from msgspec import Struct, field

from bot.adapters.single_try import guard

PER_SECOND = 45.0
"""Discord lets a bot make 50 requests a second
(https://discord.com/developers/docs/topics/rate-limits#global-rate-limit); some room is left for clocks
and networks that bunch what was sent apart.
"""
_AT_ONCE = 4
"""Requests that may go without a pause between them: with these any second has fewer than 50."""

CHANNEL_SENDS = 4
CHANNEL_SECONDS = 5.0
"""In a channel so many messages go in any so many seconds: one fewer than Discord takes."""
_MOST_CHANNELS = 500
"""Channels that are remembered before those that nothing was sent to lately are forgotten."""

_OUTSIDE = ("interactions", "webhooks")
"""Parts of paths: answers to interactions are outside of Discord's ceiling, and nobody is to wait for one."""


def paced(per_second: float = PER_SECOND) -> aiohttp.TraceConfig:
    """What discord.py takes as ``http_trace``: each request waits for its turn, answers to members never."""
    limiter = AsyncLimiter(_AT_ONCE, _AT_ONCE / per_second)

    async def wait(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestStartParams
    ) -> None:
        if not answers_a_member(request.url):
            await limiter.acquire()

    trace = aiohttp.TraceConfig()
    guard(trace)
    trace.on_request_start.append(wait)
    return trace


class _Turns(Struct):
    """Who goes next in a channel, and when the last ones went."""

    sent: deque[float]
    next: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_over(self, since: float) -> bool:
        """Whether nobody waits and nothing was sent after ``since``, in the loop's seconds."""
        return not self.next.locked() and self.sent[-1] <= since


class ChannelPace(Struct):
    """Lets a channel's sends and edits wait so that no window of ``seconds`` holds more than ``most``."""

    most: int = CHANNEL_SENDS
    seconds: float = CHANNEL_SECONDS
    _channels: dict[int, _Turns] = field(default_factory=dict)

    async def turn(self, channel_id: int) -> None:
        """Wait for the channel's turn, and take it; whoever comes meanwhile stands behind."""
        loop = asyncio.get_running_loop()
        if len(self._channels) > _MOST_CHANNELS:
            since = loop.time() - self.seconds
            self._channels = {
                number: turns for number, turns in self._channels.items() if not turns.is_over(since)
            }
        turns = self._channels.setdefault(channel_id, _Turns(deque(maxlen=self.most)))
        async with turns.next:
            if len(turns.sent) == self.most:
                await asyncio.sleep(turns.sent[0] + self.seconds - loop.time())
            turns.sent.append(loop.time())


def answers_a_member(url: yarl.URL) -> bool:
    """Whether a request answers an interaction, whose reader is looking."""
    return not {*url.parts}.isdisjoint(_OUTSIDE)
