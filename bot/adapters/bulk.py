"""Reads very many post files at once, in processes of their own, since parsing one takes a millisecond."""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import logging
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from bot.adapters.file_rows import row_of
from bot.adapters.loaded import load_file

log = logging.getLogger(__name__)

MANY = 1_000
"""Files from which on starting processes (about half a second) is worth it."""

_MOST_PROCESSES = 4
_CHUNK = 64
"""Files that a process reads before it hands them over."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Of ``mallopt`` in glibc's ``malloc.h``."""
_KEPT = 32 * 1024 * 1024
"""Bytes; the most that glibc takes for its threshold of ``mmap``."""


def rows_of_many(root: Path, paths: Sequence[str], now: dt.datetime) -> dict[str, bytes]:
    """Read files below ``root`` for the first time; by path the rows that ``RowReader`` reads.

    The same as ``load_file`` for each. Where processes cannot be started it reads nothing: the caller then
    reads one by one.
    """
    processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
    chunks = [list(paths[start : start + _CHUNK]) for start in range(0, len(paths), _CHUNK)]
    read = partial(_rows, root, now)
    try:
        # Spawned, not forked: this process has threads, and locks of theirs would stay closed in a copy.
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, spawn, initializer=_live_for_seconds) as pool:
            return {
                path: row
                for chunk, rows in zip(chunks, pool.map(read, chunks), strict=True)
                for path, row in zip(chunk, rows, strict=True)
            }
    except (OSError, BrokenProcessPool) as error:
        log.warning("the posts are read one by one: %s", error)
        return {}


def _live_for_seconds() -> None:
    """Let a process keep what memory it once had: it ends before anybody else could want it.

    Its garbage in cycles is not worth a search. And glibc would hand the room of each text back to the
    system, to ask for it again with the next: a third of the time that reading takes. Where there is no
    glibc, nothing is asked of it.
    """
    gc.disable()
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt:
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
        mallopt(_M_MMAP_THRESHOLD, _KEPT)


def _rows(root: Path, now: dt.datetime, paths: Sequence[str]) -> list[bytes]:
    return [row_of(load_file(root, path, None, now)) for path in paths]
