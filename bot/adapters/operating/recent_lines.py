"""Keeps the latest lines of this process's log in memory, as they were printed: without secrets."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from msgspec import Struct

from bot.logs import line_formatter

MOST_LINES: Final = 1000
_LONGEST: Final = 4000
"""Characters of a record that are kept: a traceback can be of any length."""


class KeptLine(Struct, frozen=True):
    """A record of the log, by its level's number and ``time.time()``; a traceback makes it several lines."""

    level: int
    text: str
    at: float


class RecentLines(logging.Handler):
    """A handler that remembers MOST_LINES records."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._lines: deque[KeptLine] = deque(maxlen=MOST_LINES)
        self.setFormatter(line_formatter(secrets))

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging for every record."""
        try:
            self._lines.append(KeptLine(record.levelno, self.format(record)[:_LONGEST], record.created))
        except Exception:  # noqa: BLE001 - the named boundary: one record, as logging's own handlers have it
            self.handleError(record)

    def count(self, level: int, within: timedelta) -> int:
        """How many of the latest records are from a level on and no older than that."""
        since = time.time() - within.total_seconds()
        return sum(line.level >= level and line.at >= since for line in self._lines)

    def tail(self, most: int, level: int = logging.NOTSET) -> list[str]:
        """The latest records from a level on, the newest last."""
        return [line.text for line in self._lines if line.level >= level][-most:]


@contextmanager
def keeping_lines(secrets: Iterable[str] = ()) -> Iterator[RecentLines]:
    """Keep what is logged inside."""
    lines = RecentLines(secrets)
    root = logging.getLogger()
    root.addHandler(lines)
    try:
        yield lines
    finally:
        root.removeHandler(lines)
