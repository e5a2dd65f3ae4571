"""Remembers on the disk what was read from the post files, so that a start need not read them all again.

A file is known by its path, size, times and inode; where only those differ, its content hash tells that it is
the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.adapters.cache_file import TROUBLE, CacheFile
from bot.adapters.file_rows import RowReader, row_of
from bot.adapters.loaded import LoadedFile
from bot.posts.stored import Bodies

log = logging.getLogger(__name__)

VERSION = 9
"""Raised whenever rows, or what parsing a post means, change: older rows are then forgotten."""


class PostCache:
    """Rows of files by path; ``origin`` says where and how they were read, others are forgotten.

    Nothing here raises: without a usable cache the files are read, and the log says why. Everything blocks.
    """

    def __init__(self, file: Path, origin: str) -> None:
        self._cache = CacheFile(file, f"{VERSION} {origin}")

    def load(self, bodies: Bodies) -> dict[str, LoadedFile]:
        """What is known, by path; the posts read their text from ``bodies``."""
        try:
            with self._cache.opened() as connection:
                reader = RowReader(bodies)
                rows = connection.execute("SELECT key, row FROM rows")
                return {path: reader.read(row) for path, row in rows}
        except TROUBLE as error:
            log.warning("the posts are read anew, since %s cannot be used: %s", self._cache.file, error)
            self._cache.forget()
            return {}

    def save(
        self, changed: Mapping[str, LoadedFile], gone: Iterable[str], known: Mapping[str, bytes]
    ) -> None:
        """Write the rows that changed and drop those of files that are gone, all or nothing.

        ``known`` are rows of some of these files, by path.
        """
        kept = ((path, loaded) for path, loaded in changed.items() if path.isprintable())
        rows = [(path, known.get(path) or row_of(loaded)) for path, loaded in kept]
        try:
            with self._cache.opened() as connection:
                connection.executemany("DELETE FROM rows WHERE key = ?", [(path,) for path in gone])
                connection.executemany("INSERT OR REPLACE INTO rows (key, row) VALUES (?, ?)", rows)
        except TROUBLE as error:
            log.warning("%s was not written: %s", self._cache.file, error)
