"""Keeps the requests of one process below Discord's ceiling, so that it never has to say no."""

from __future__ import annotations

from types import SimpleNamespace

import aiohttp
import yarl
from aiolimiter import AsyncLimiter

from bot.adapters.single_try import guard

PER_SECOND = 45.0
"""Discord lets a bot make 50 requests a second
(https://discord.com/developers/docs/topics/rate-limits#global-rate-limit); some room is left for clocks
and networks that bunch what was sent apart.
"""
_AT_ONCE = 4
"""Requests that may go without a pause between them: with these any second has fewer than 50."""

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


def answers_a_member(url: yarl.URL) -> bool:
    """Whether a request answers an interaction, whose reader is looking."""
    return not {*url.parts}.isdisjoint(_OUTSIDE)
