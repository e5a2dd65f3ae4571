"""Tells when post files in the content folder have changed, by the system's notices or by looking again."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from watchfiles import Change, awatch

from bot.posts.names import is_post_name

log = logging.getLogger(__name__)

_QUIET_MS = 250
"""Milliseconds without a change before a burst of them counts as over: editors write in several steps."""

_LONGEST_BURST_MS = 2_000
_WAKE_MS = 2_000
"""How often the watch looks whether the folder is still the one it began with."""

_POLL_MS = 1_000
_ABSENT_SECONDS = 1.0


def concerns_posts(_change: Change, path: str) -> bool:
    """Whether a changed path may be a post or a folder of posts, and is no editor's temporary file."""
    file = Path(path)
    if any(part.startswith(".") for part in file.parts[-1:]):
        return False
    looks_like_a_folder = not file.suffix and not file.name.isdigit() and not file.name.endswith("~")
    return is_post_name(file.name) or looks_like_a_folder


async def watch_content(root: Path, on_change: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Call ``on_change`` after post files below ``root`` changed, until ``stop`` is set.

    It is also called once after the watch has begun, for what changed before, and when the folder itself
    came, went or was replaced. ``on_change`` handles its own errors. WATCHFILES_FORCE_POLLING makes it
    poll; where the system's notices fail it polls of its own accord.
    """
    polling: bool | None = None
    while not stop.is_set():
        identity = await asyncio.to_thread(_identity, root)
        if identity is None:
            await _sleep(_ABSENT_SECONDS, stop)
            continue
        try:
            await _watch_one(root, identity, on_change, stop, polling)
        except OSError as error:
            log.warning("the content folder is watched by polling: %s", error)
            polling = True
            await _sleep(_ABSENT_SECONDS, stop)


async def _watch_one(
    root: Path,
    identity: tuple[int, int],
    on_change: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    polling: bool | None,  # noqa: FBT001 - None, True: as watchfiles takes it
) -> None:
    """Watch the folder until it is another one (a notice is tied to the folder, not to its name)."""
    halt = threading.Event()  # watchfiles sets its event when it is cancelled: never hand it the caller's
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: halt.set())
    changes = awatch(
        root,
        watch_filter=concerns_posts,
        debounce=_LONGEST_BURST_MS,
        step=_QUIET_MS,
        stop_event=halt,
        rust_timeout=_WAKE_MS,
        yield_on_timeout=True,
        force_polling=polling,
        poll_delay_ms=_POLL_MS,
        ignore_permission_denied=True,
    )
    first = True
    try:
        async for batch in changes:
            same = await asyncio.to_thread(_identity, root) == identity
            if batch or first or not same:
                await on_change()
            first = False
            if not same:
                return
    finally:
        stopping.cancel()
        await changes.aclose()


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder the name stands for now; None where there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if root.is_dir() else None


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except TimeoutError:
        return
