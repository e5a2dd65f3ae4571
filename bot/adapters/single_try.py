"""Lets a request go only once where repeating it could double what it makes.

discord.py asks again after a 500, 502, 504 or 524, though Discord may have done what was asked.
A message's nonce makes that harmless; a forum's thread has none. What a 429 refused may be asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp
from msgspec import Struct

from bot.errors import SendUncertain


class _Tries(Struct):
    may_start: bool = True


_tries: ContextVar[_Tries | None] = ContextVar("tries", default=None)


@contextmanager
def single_try() -> Iterator[None]:
    """Within it a second request raises SendUncertain, if the client's ``http_trace`` went through ``guard``.

    One request only: use it around the single call that must not be repeated.
    """
    token = _tries.set(_Tries())
    try:
        yield
    finally:
        _tries.reset(token)


def guard(trace: aiohttp.TraceConfig) -> None:
    """Make a client's trace refuse repetitions; call it before anything waits in the trace."""
    trace.on_request_start.append(_start)
    trace.on_request_end.append(_end)


async def _start(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestStartParams
) -> None:
    tries = _tries.get()
    if tries is None:
        return
    if not tries.may_start:
        raise SendUncertain(f"{request.method} {request.url.path} failed and is not repeated blindly")
    tries.may_start = False


async def _end(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestEndParams
) -> None:
    tries = _tries.get()
    if tries is not None and request.response.status == HTTPStatus.TOO_MANY_REQUESTS:
        tries.may_start = True
