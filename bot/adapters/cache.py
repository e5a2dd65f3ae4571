"""Remembers on the disk what was read from the post files, so that a start need not read them all again.

A file is known by its path, size, times and inode; where only those differ, its content hash tells that it is
the same. The cache may be deleted at any time: it is then made anew. SQLite, so that a reload writes the rows
of the changed files only.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.file_rows import RowReader, row_of
from bot.adapters.loaded import LoadedFile
from bot.posts.stored import Bodies

log = logging.getLogger(__name__)

VERSION = 4
"""Raised whenever rows, or what parsing a post means, change: older rows are then forgotten."""

_BUSY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class PostCache:
    """Rows of files in one SQLite file; ``origin`` says where and how they were read, others are forgotten.

    Nothing here raises: without a usable cache the files are read, and the log says why. Everything blocks.
    """

    file: Path
    origin: str

    def load(self, bodies: Bodies) -> dict[str, LoadedFile]:
        """What is known, by path; the posts read their text from ``bodies``."""
        try:
            with closing(self._open()) as connection:
                rows = connection.execute("SELECT path, row FROM files")
                reader = RowReader(bodies)
                return {path: reader.read(row) for path, row in rows}
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("the posts are read anew, since %s cannot be used: %s", self.file, error)
            self._forget()
            return {}

    def save(self, changed: Mapping[str, LoadedFile], gone: Iterable[str]) -> None:
        """Write the rows that changed and drop those of files that are gone, all or nothing."""
        rows = [(path, row_of(loaded)) for path, loaded in changed.items() if path.isprintable()]
        try:
            with closing(self._open()) as connection, connection:
                connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
                connection.executemany("INSERT OR REPLACE INTO files (path, row) VALUES (?, ?)", rows)
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("%s was not written: %s", self.file, error)

    def _open(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.file, timeout=_BUSY_SECONDS)
        try:
            self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Tables for rows of this version and folder; others are dropped."""
        # A cache that a power cut damaged is made anew: nothing has to wait for the disk.
        connection.execute("PRAGMA synchronous = OFF")
        meant = f"{VERSION} {self.origin}"
        with connection:
            connection.execute("CREATE TABLE IF NOT EXISTS about (text TEXT)")
            found = connection.execute("SELECT text FROM about").fetchone()
            if found != (meant,):
                connection.execute("DROP TABLE IF EXISTS files")
                connection.execute("DELETE FROM about")
                connection.execute("INSERT INTO about (text) VALUES (?)", (meant,))
            connection.execute("CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, row BLOB NOT NULL)")

    def _forget(self) -> None:
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed: %s", self.file, error)
