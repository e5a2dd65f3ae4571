"""Tells which new files are still being written: a post that grows while it is looked at is not yet one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct, field

from bot.adapters.listing import fingerprint
from bot.adapters.loaded import Fingerprint, LoadedFile

SETTLE_SECONDS: Final = 3.0
"""How long a new file has to rest: a little longer than an editor or a copy pauses between two writes."""

_NANOSECONDS: Final = 1e9


class Settling(Struct):
    """Remembers when each new file was first seen as it is now.

    Two clocks: the wall's tells files that have rested long ago. One that seems to come from the future, or
    from just now on a server whose clock is ahead, is settled once it has looked the same for ``seconds`` of
    this process's own clock. Of the file's times the later counts: a copy that keeps the original's time
    still changes its entry's.

    Attributes:
        seconds: how long a file has to rest; 0: not at all.
        wall: seconds since 1970, as files have them.
        steady: seconds that no adjustment of the clock changes.
    """

    seconds: float = 0.0
    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[Fingerprint, float]] = field(default_factory=dict)

    def unsettled(
        self, listed: Mapping[str, os.DirEntry[str]], older: Mapping[str, LoadedFile]
    ) -> tuple[str, ...]:
        """The listed files that are no posts yet and are still being written.

        A file that only moved is none of them: its post would be gone for a while.
        """
        new = [path for path in listed if path not in older or older[path].post is None]
        if not (self.seconds and new):
            self._seen.clear()
            return ()
        gone = {_content(known.fingerprint) for path, known in older.items() if path not in listed}
        found = {path: print_ for path in new if (print_ := fingerprint(listed[path]))}
        before, self._seen = self._seen, {}
        return tuple(
            path
            for path, print_ in found.items()
            if _content(print_) not in gone and self._is_fresh(path, print_, before)
        )

    def _is_fresh(self, path: str, now: Fingerprint, before: Mapping[str, tuple[Fingerprint, float]]) -> bool:
        changed, entry_changed, *_ = now
        if self.wall() - max(changed, entry_changed) / _NANOSECONDS >= self.seconds:
            return False
        known, since = before.get(path, (None, 0.0))
        if known != now:
            since = self.steady()
        self._seen[path] = (now, since)
        return self.steady() - since < self.seconds


def _content(print_: Fingerprint) -> tuple[int, int, int]:
    """What a file keeps when it gets another name."""
    changed, _, size, inode = print_
    return changed, size, inode
