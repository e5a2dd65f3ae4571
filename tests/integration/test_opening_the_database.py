"""Opening the database: what is cancelled meanwhile leaves nothing running."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.database.engine import open_database


async def test_cancelled_while_the_connection_opens_no_thread_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    begun = threading.Event()

    def slowly(*args: Any, **options: Any) -> sqlite3.Connection:
        begun.set()
        time.sleep(0.5)
        opened: sqlite3.Connection = connect(*args, **options)
        return opened

    monkeypatch.setattr("aiosqlite.core.sqlite3.connect", slowly)
    before = set(threading.enumerate())

    async def open_it() -> None:
        async with open_database(f"sqlite+aiosqlite:///{tmp_path}/state.db"):
            pytest.fail("it was cancelled before")

    task = asyncio.create_task(open_it())
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    workers = [one for one in set(threading.enumerate()) - before if "connection_worker" in one.name]
    for worker in workers:  # one that has closed its connection is at its last lines
        worker.join(0.1)
    assert not any(worker.is_alive() for worker in workers), "one is still opening it"
