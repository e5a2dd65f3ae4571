"""Takes a backup of the state, of one moment, while the bot goes on."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.backup.file import TABLES, Head, Writer, writing
from bot.adapters.database.engine import database_errors
from bot.adapters.database.migrating import newest_revision, revision_of
from bot.adapters.database.tables import marks, metadata
from bot.errors import BackupError, StoreError

TAKEN = "backup:"
"""The name of a mark, before the backup's id: the database went on from there."""
_PAGE = 1_000

Progress = Callable[[int, int], None]
"""Is told how many of how many rows are done."""


class Saved(Struct, frozen=True, kw_only=True):
    """A backup that was taken; ``noted`` is False where the database could not be told of it."""

    counts: Mapping[str, int]
    noted: bool


async def save(engine: AsyncEngine, path: Path, program: str, now: datetime, progress: Progress) -> Saved:
    """Write the state of this moment to ``path``; the bot may be writing meanwhile.

    All of it is read in one transaction, which blocks nobody: SQLite reads beside its writer (WAL),
    PostgreSQL keeps the snapshot (REPEATABLE READ). Afterwards the database notes that this backup was taken,
    so that a restore into the same database, which knows what came later, need not forget any of it.

    Raises:
        BackupError: the file cannot be written, or the tables are of another revision than the program.
        StoreError: the database does not answer.
    """
    number = secrets.token_hex(8)

    def read(connection: Connection) -> Mapping[str, int]:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # Python's sqlite3 begins none before SELECT
        head = Head(
            id=number,
            taken_at=now.isoformat(),
            program=program,
            revision=_revision(connection),
            database=connection.dialect.name,
        )
        with writing(path, head) as writer:
            _write(connection, writer, progress)
        return dict(writer.counts)

    with database_errors():
        async with engine.connect() as connection:
            if connection.dialect.name != "sqlite":
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            counts = await connection.run_sync(read)
    return Saved(counts=counts, noted=await _note(engine, number, now))


def _revision(connection: Connection) -> str:
    revision, wanted = revision_of(connection), newest_revision()
    if revision != wanted:
        raise BackupError(
            f"the database is at revision {revision or 'none'}, this program works with {wanted}: start the "
            "bot once to bring it up to date, or take the backup with the version that it runs"
        )
    return wanted


def _write(connection: Connection, writer: Writer, progress: Progress) -> None:
    tables = [metadata.tables[name] for name in TABLES]
    total = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
    done = 0
    for table in tables:
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_PAGE)
        for page in connection.execute(query).mappings().partitions():
            for row in page:
                writer.add(table.name, dict(row))
            done += len(page)
            progress(done, total)


async def _note(engine: AsyncEngine, number: str, now: datetime) -> bool:
    try:
        with database_errors():
            async with engine.begin() as connection:
                await connection.execute(insert(marks).values(name=f"{TAKEN}{number}", at=now))
    except StoreError:
        return False
    return True
