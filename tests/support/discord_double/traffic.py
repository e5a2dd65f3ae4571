"""What every REST request passes: latency, faults, rate limits, counting; and the answers' shapes."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.discord_double.faults import Fault, struck
from tests.support.discord_double.limits import FixedWindow, SlidingWindow, Verdict
from tests.support.discord_double.world import RefusedError, UnknownError
from tests.support.rest import json_answer, refusal

PREFIX = "/api/v10"
MESSAGES = re.compile(r"/channels/(\d+)/messages(/\d+)?")
"""Sending and editing have a window each in each channel."""
EXEMPT = ("/interactions/", "/webhooks/")
"""Interactions do not count against the bot's limit (https://discord.com/developers/docs/topics/rate-limits)."""
VIA = {"Via": "1.1 google"}
"""discord.py takes a 429 without it for a ban by Discord's own firewall."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Traffic:
    """The state of the wire.

    Attributes:
        latency: seconds from a request's arrival to its answer; half of it passes before it takes effect.
        counts: by ``METHOD STATUS``; 0 stands for a connection that was reset.
        hung: how many requests have been left without an answer on demand.
        arrivals: instants (``time.monotonic``) of the requests that counted against the bot's limit.
    """

    latency: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    hung: int = 0
    arrivals: list[float] = field(default_factory=list)
    everything: SlidingWindow = field(default_factory=SlidingWindow)
    channels: defaultdict[str, FixedWindow] = field(default_factory=lambda: defaultdict(FixedWindow))

    async def carry(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer one request as Discord would over this wire."""
        path = request.path.removeprefix(PREFIX)
        fault = struck(self.faults, request.method, path)
        await request.read()  # what has arrived is carried out, whatever becomes of the sender
        await asyncio.sleep(self.latency / 2)
        answer = await self._strike(fault, request) if fault and not fault.after else None
        if answer is None:
            answer = await self._limited(request, handler, path)
        struck_after = await self._strike(fault, request) if fault and fault.after else None
        answer = answer if struck_after is None else struck_after
        await asyncio.sleep(self.latency / 2)
        self.counts[f"{request.method} {answer.status if request.transport else 0}"] += 1
        return answer

    async def _limited(self, request: web.Request, handler: Handler, path: str) -> web.StreamResponse:
        if path.startswith(EXEMPT):
            return await _handled(request, handler)
        now = time.monotonic()
        verdict = self.everything.take(now)
        if not verdict.allowed:
            return _too_many(verdict, "global")
        self.arrivals.append(now)
        channel = MESSAGES.fullmatch(path)
        if channel is None or request.method not in {"POST", "PATCH"}:
            return await _handled(request, handler)
        verdict = self.channels[f"{request.method} {channel[1]}"].take(now)
        answer = await _handled(request, handler) if verdict.allowed else _too_many(verdict, "user")
        answer.headers.update(_window_headers(verdict, f"{request.method.lower()}-messages"))
        return answer

    async def _strike(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        """What is answered instead of the request's own answer; None where that only comes late."""
        if fault.kind == "hang":
            self.hung += 1
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "reset":
            _reset(request)
        return refusal(fault.status, fault.code, fault.text)


async def _handled(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except UnknownError as error:
        return refusal(404, *error.args)
    except RefusedError as error:
        return refusal(*error.args)
    except web.HTTPException as error:  # a path or method that the double has not
        return refusal(error.status, 0, f"{error.status}: {error.reason}")


def _reset(request: web.Request) -> None:
    """Break the connection so that the other side sees "connection reset by peer"."""
    if request.transport is None:
        return
    connection = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


def _too_many(verdict: Verdict, scope: str) -> web.Response:
    body: dict[str, Any] = {
        "message": "You are being rate limited.",
        "retry_after": round(verdict.reset_after, 3),
        "global": scope == "global",
        "code": 0,
    }
    answer = json_answer(body, 429)
    answer.headers.update(VIA)
    answer.headers["Retry-After"] = str(max(1, round(verdict.reset_after)))
    answer.headers["X-RateLimit-Scope"] = scope
    if scope == "global":
        answer.headers["X-RateLimit-Global"] = "true"
    return answer


def _window_headers(verdict: Verdict, bucket: str) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(verdict.limit),
        "X-RateLimit-Remaining": str(verdict.remaining),
        "X-RateLimit-Reset": f"{time.time() + verdict.reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{verdict.reset_after:.3f}",
        "X-RateLimit-Bucket": bucket,
    }
