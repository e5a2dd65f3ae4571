"""Tells when post files in the content folder have changed, by the system's notices or by looking again."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from watchfiles import Change, awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

from bot.adapters.files import ContentFolder
from bot.posts.names import is_post_name

log = logging.getLogger(__name__)

_QUIET_MS = 250
"""Milliseconds without a change before a burst of them counts as over: editors write in several steps."""

_LONGEST_BURST_MS = 2_000
_WAKE_MS = 1_000
"""How often the watch looks whether the folder is still the one it began with."""

_VIMS_TRIAL = "4913"
"""The file by which Vim finds out whether it may write into a folder."""

_LOOK_SECONDS = 1.0


def concerns_posts(change: Change, path: str) -> bool:
    """Whether a change may be one of a post, or of a folder of posts that came or went as a whole."""
    file = Path(path)
    if is_post_name(file.name):
        return True
    if change is Change.modified or file.name.startswith((".", "~", "#")) or file.name.endswith(("~", "#")):
        return False
    # Of what is gone nobody can tell whether ``2024.05`` was a folder.
    may_be_a_folder = not file.suffix or change is Change.deleted or file.is_dir()
    return may_be_a_folder and file.name != _VIMS_TRIAL


async def watch_content(root: Path, on_change: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Call ``on_change`` after post files below ``root`` changed, until ``stop`` is set.

    It is also called once after the watch has begun, for what changed before, and when the folder itself
    came, went or was replaced. ``on_change`` handles its own errors. Where the system's notices fail, on
    WSL, and with WATCHFILES_FORCE_POLLING set, the folder is looked at every second instead.
    """
    polling = _must_poll()
    while not polling and not stop.is_set():
        identity = await asyncio.to_thread(_identity, root)
        if identity is None:
            await _sleep(stop)
            continue
        try:
            await _heed_notices(root, identity, on_change, stop)
        except (OSError, WatchfilesRustInternalError) as error:
            log.warning("the content folder is looked at every second, for lack of notices: %s", error)
            polling = True
    if polling:
        await _look_again(root, on_change, stop)


async def _heed_notices(
    root: Path, identity: tuple[int, int], on_change: Callable[[], Awaitable[None]], stop: asyncio.Event
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
        force_polling=False,
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


async def _look_again(root: Path, on_change: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Compare the files' times and sizes every second; what changed counts once it has come to rest.

    watchfiles' own polling compares whole seconds and misses the second edit within one.
    """
    folder = ContentFolder(root)
    told: object = None
    before: object = None
    while not stop.is_set():
        now = await asyncio.to_thread(folder.fingerprints)
        if now != told and (told is None or now == before):
            told = now
            await on_change()
        before = now
        await _sleep(stop)


def _must_poll() -> bool:
    """As watchfiles decides it: by its variable, and on WSL, whose Windows drives send no notices."""
    wish = os.environ.get("WATCHFILES_FORCE_POLLING", "").lower()
    if wish:
        return wish not in {"false", "disable", "disabled"}
    return "microsoft" in platform.uname().release.lower()


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder the name stands for now; None where there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if root.is_dir() else None


async def _sleep(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=_LOOK_SECONDS)
    except TimeoutError:
        return
