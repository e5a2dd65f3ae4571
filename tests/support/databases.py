"""Databases whose tables are there before a test begins: copies of one that the bot itself made."""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.engine import open_database

Opened = Callable[..., AbstractAsyncContextManager[AsyncEngine]]
"""Opens a database of a kind, "sqlite" or "postgresql", and of a name: our tables, with nothing in them."""

_SQLITE = "sqlite+aiosqlite:///"


def migrated_file(file: Path) -> str:
    """A SQLite database as a start of the bot leaves it, as SQLAlchemy's URL; one that is there stays.

    Making the tables takes ten times as long as copying them. That they are made where none are is for
    ``tests/integration/test_migrations.py`` and the tests that start the whole bot.
    """
    if not file.exists():
        file.write_bytes(_made_once())
    return f"{_SQLITE}{file}"


@functools.cache
def _made_once() -> bytes:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside_a_running_loop:
        file = Path(folder) / "made.db"
        beside_a_running_loop.submit(asyncio.run, make_tables(f"{_SQLITE}{file}")).result()
        return file.read_bytes()


async def make_tables(url: str) -> None:
    """What a start of the bot does to an empty database."""
    async with open_database(url):
        pass
