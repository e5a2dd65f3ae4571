"""One process or several: a SQLite file is for one, on PostgreSQL they leave each other's claims alone."""

from __future__ import annotations

import enum
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

from bot.errors import StoreError

LEASE = timedelta(seconds=15)
"""How long a claim is left to another process: longer than ``bot.adapters.channels`` lets a request take."""

log = logging.getLogger(__name__)


@contextmanager
def alone_with(url: str) -> Iterator[None]:
    """Hold the lock file beside a SQLite database (``ainews.db.lock``) until the block ends.

    The system frees it when the process dies, however it dies. PostgreSQL is made for several processes and
    needs none. Where the file system has no locks, the log says so and the bot goes on.

    Raises:
        StoreError: another process holds it.
    """
    file = _lock_file(url)
    if file is None:
        yield
        return
    database = make_url(url).database
    lock = FileLock(file, timeout=0)
    with suppress(OSError):  # whoever opens the database says what is wrong with its folder
        file.parent.mkdir(parents=True, exist_ok=True)
    if not file.parent.is_dir():
        yield
        return
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(
            f"another process of the bot works with {database} (it holds {file}): stop that "
            "one first. Several processes at once need PostgreSQL in DATABASE_URL."
        ) from None
    except (OSError, NotImplementedError) as error:
        log.warning("%s cannot be locked: never start a second process with it (%s)", database, error)
    try:
        yield
    finally:
        lock.release()


def is_held(url: str) -> bool:
    """Whether a process of the bot has a SQLite database now; its lock file is left as it is."""
    file = _lock_file(url)
    if file is None or not file.is_file():
        return False
    lock = FileLock(file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
    lock.release()
    return False


def _lock_file(url: str) -> Path | None:
    """The lock beside a SQLite file, the same by whatever name or link that file is opened."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(f"{os.path.realpath(parsed.database)}.lock")


def lease_of(url: str) -> timedelta:
    """How long a claim in this database may be another process's."""
    return timedelta(0) if is_alone(url) else LEASE


def is_alone(url: str) -> bool:
    """Whether no other process can work with this database."""
    return make_url(url).get_backend_name() == "sqlite"


class Turn(enum.IntEnum):
    """What only one process may do at a time: the number of PostgreSQL's advisory lock for it."""

    MIGRATION = 0x61696E657773  # "ainews" in ASCII
    SIGHTINGS = 0x61696E657774
    DECISIONS = 0x61696E657775


def keep_others_out(connection: Connection, turn: Turn) -> None:
    """Wait until no other process is at this, and keep them out until the transaction ends.

    A transaction begins here in SQLite.
    """
    begin_to_write(connection)
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(int(turn))))


def begin_to_write(connection: Connection) -> None:
    """Let nobody change in SQLite what is read from here on, until the transaction ends.

    Python's sqlite3 begins none before ``CREATE`` or ``SELECT``, and SQLite knows no ``FOR UPDATE``.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
