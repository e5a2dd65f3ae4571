"""One SQLite file of rows that can be made anew at any time; whatever becomes of it, nothing is lost.

Rows are bytes by a key. SQLite, so that a few changed rows are written without the others.
"""

from __future__ import annotations

import logging
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

log = logging.getLogger(__name__)

TROUBLE = (sqlite3.Error, OSError, ValueError)
"""What a file that is damaged, locked, or in the way raises; ValueError: a row that cannot be read."""

_BUSY_SECONDS = 1.0
SEAL_BYTES = 4
"""What ``sealed`` puts before a row."""
_PAGE_BYTES = 16_384
"""Rows have some kilobytes: ten thousand are read in half the time that SQLite's usual pages take."""


class CacheFile(Struct, frozen=True):
    """The table ``rows (key, row)`` in a file; ``meaning`` says how rows were made, others are forgotten."""

    file: Path
    meaning: str

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are all kept at the end, or none. Blocks.

        Raises:
            sqlite3.Error, OSError: as TROUBLE tells.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.file, timeout=_BUSY_SECONDS)
        try:
            self._prepare(connection)
            with connection:
                yield connection
        finally:
            connection.close()

    def forget(self) -> None:
        """Remove the file."""
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed: %s", self.file, error)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """A table for rows of this meaning; others are dropped."""
        # A cache that a power cut damaged is made anew: nothing has to wait for the disk.
        connection.execute("PRAGMA synchronous = OFF")
        if self._is_ours(connection):
            return
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if self._is_ours(connection):
                return  # another process was quicker
            connection.execute("DROP TABLE IF EXISTS rows")
            connection.execute("DROP TABLE IF EXISTS about")
            connection.execute("CREATE TABLE rows (key TEXT PRIMARY KEY, row BLOB NOT NULL)")
            connection.execute("CREATE TABLE about (text TEXT)")
            connection.execute("INSERT INTO about (text) VALUES (?)", (self.meaning,))
        with suppress(sqlite3.OperationalError):  # somebody reads: it keeps its room and its pages
            connection.execute("VACUUM")

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
            return False
        found: tuple[str] | None = connection.execute("SELECT text FROM about").fetchone()
        return found == (self.meaning,)


def sealed(data: bytes) -> bytes:
    """A row that ``unsealed`` gives back: SQLite does not notice when a disk alters one."""
    return zlib.crc32(data).to_bytes(SEAL_BYTES, "big") + data


def unsealed(row: object) -> memoryview:
    """The data of a row.

    Raises:
        ValueError: it is not what ``sealed`` made.
    """
    if isinstance(row, bytes):
        data = memoryview(row)[SEAL_BYTES:]
        if zlib.crc32(data) == int.from_bytes(row[:SEAL_BYTES], "big"):
            return data
    raise ValueError("a row is damaged")
