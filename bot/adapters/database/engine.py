"""Opens the database, brings its tables up to date, and maps its errors to ours."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.adapters.database.migrating import bring_up_to_date
from bot.errors import SettingsError, StoreError


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[AsyncEngine]:
    """The database at a SQLAlchemy URL, its tables made or brought up to date; closed at the end.

    Raises:
        SettingsError: it is where no database can be, or a package for it is missing.
        StoreError: it cannot be opened, or its tables are newer than this program.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        _make_folder(Path(parsed.database).parent)
    async with _connected(parsed) as engine:
        with database_errors():
            await _whole(_bring_up_to_date(engine))
        yield engine


@asynccontextmanager
async def open_as_it_is(url: str) -> AsyncIterator[AsyncEngine]:
    """A database that is there, its tables left as they are; closed at the end.

    Raises:
        SettingsError: a package for it is missing.
        StoreError: it is not there.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        _require_file(Path(parsed.database or ""))
    async with _connected(parsed) as engine:
        yield engine


@asynccontextmanager
async def open_to_look(url: str) -> AsyncIterator[AsyncEngine]:
    """A database that is there, for reading alone; nothing is changed, not even SQLite's journal."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(
            database=f"file:{quote(parsed.database or '')}", query={"mode": "ro", "uri": "true"}
        )
    async with _connected(parsed, is_ours=False) as engine:
        yield engine.execution_options(postgresql_readonly=True)


@asynccontextmanager
async def _connected(parsed: URL, *, is_ours: bool = True) -> AsyncIterator[AsyncEngine]:
    try:
        engine = create_async_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except ModuleNotFoundError as error:
        raise SettingsError(
            (f"DATABASE_URL: needs the package {error.name}: install it with `uv sync --extra postgres`.",)
        ) from error
    except ArgumentError as error:  # of several hosts
        raise SettingsError((f"DATABASE_URL: cannot be used: {error}.",)) from error
    if parsed.get_backend_name() == "sqlite" and is_ours:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    try:
        yield engine
    finally:
        await engine.dispose()


@contextmanager
def database_errors() -> Iterator[None]:
    """Whatever SQLAlchemy, its drivers or the network raise inside becomes StoreError, without secrets."""
    try:
        yield
    except SQLAlchemyError as error:
        # The driver's own sentence: SQLAlchemy's adds the statement, its parameters and a link.
        cause = getattr(error, "orig", None) or error
        raise StoreError(f"the database did not answer: {type(cause).__name__}: {cause}") from error
    except OSError as error:
        raise StoreError(f"the database cannot be reached: {error}") from error


async def _bring_up_to_date(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(bring_up_to_date)


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    """Do the work to its end also when cancelled meanwhile.

    A connection of aiosqlite that is given up while it opens goes on in a thread, which then fails aloud if
    the event loop has been closed by then.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    finally:
        await asyncio.wait([task])


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            (f"DATABASE_URL: the folder {folder} cannot be made ({error.strerror}).",)
        ) from error


def _require_file(file: Path) -> None:
    if not file.is_file():
        raise StoreError(f"there is no database at {file}: the bot makes it at its first start")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """WAL lets look-ups read while a delivery is written; FULL makes a claim outlive a power cut."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
