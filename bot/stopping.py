"""SIGINT and SIGTERM once the program is loaded: what runs is cancelled and closes what it had opened."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

SIGNALS = (signal.SIGINT, signal.SIGTERM)

Result = TypeVar("Result")


async def until_told(work: Coroutine[Any, Any, Result]) -> Result | None:
    """Do ``work``; None if a signal cancelled it, once it has closed what it had opened.

    More signals change nothing, so that what is closing (a message in flight) is not torn apart.
    """
    task = asyncio.create_task(work, name="until told")
    with _cancelling(task) as told:
        try:
            return await task
        except asyncio.CancelledError:
            if not told.is_set():
                raise
            return None


@contextmanager
def _cancelling(task: asyncio.Task[Any]) -> Iterator[asyncio.Event]:
    """The first signal sets the event and cancels; afterwards signals do what they did before."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell() -> None:
        if not told.is_set():
            told.set()
            task.cancel()

    def wake(_number: int, _frame: FrameType | None) -> None:
        # Not loop.add_signal_handler, which Windows lacks; threadsafe, which wakes a loop that sleeps.
        loop.call_soon_threadsafe(tell)

    before = {number: signal.signal(number, wake) for number in SIGNALS}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
