"""Keeps a folder of posts equal to a commit, so that files which did not change are never touched.

A change is written down before it begins (``changing.json``) and when it is done (``in-service.json``): one
that a crash tore apart is ended at the next start, also without a network.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

log = logging.getLogger(__name__)


class State(Struct, frozen=True, kw_only=True):
    """What the folder holds.

    Attributes:
        source: the repository, its branch and its folder.
        commit: the commit's id.
        files: by path, the blob's id.
    """

    source: str
    commit: str
    files: Mapping[str, str] = field(default_factory=dict)


class Mirror(Struct, frozen=True):
    """A folder of posts, ``posts``, below ``root``; one process at a time changes it."""

    root: Path

    @property
    def posts(self) -> Path:
        """What the library reads."""
        return self.root / "posts"

    @property
    def in_service(self) -> State | None:
        """What the folder holds; None before the first time."""
        return _state_in(self._done) if self.posts.is_dir() else None

    @property
    def torn(self) -> State | None:
        """What the folder was about to hold when a crash came."""
        return _state_in(self._begun)

    def change_to(self, state: State, read: Callable[[str], bytes]) -> None:
        """Make the folder hold ``state``; ``read`` gives a blob's bytes.

        All new files are written beside first, so that a full disk or a missing blob changes nothing; then
        each comes to its place in one step. Whoever calls keeps readers away meanwhile. This blocks.

        Raises:
            OSError, KeyError: a file cannot be written or is not in the repository.
        """
        before = self._files_found() if self.torn else dict(self.in_service.files if self.in_service else {})
        new = [path for path, blob in state.files.items() if before.get(path) != blob]
        self.posts.mkdir(parents=True, exist_ok=True)
        fresh = self._write_beside(new, state, read)
        _write_state(self._begun, state)
        for path in before.keys() - state.files.keys():
            self._remove(path)
        for path, file in fresh.items():
            target = self.posts / path
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
        _write_state(self._done, state)
        self._begun.unlink()
        shutil.rmtree(self._beside)

    def _write_beside(self, paths: list[str], state: State, read: Callable[[str], bytes]) -> dict[str, Path]:
        shutil.rmtree(self._beside, ignore_errors=True)
        self._beside.mkdir(parents=True)
        fresh = {path: self._beside / str(number) for number, path in enumerate(paths)}
        for path, file in fresh.items():
            file.write_bytes(read(state.files[path]))
        return fresh

    def _remove(self, path: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        file = self.posts / path
        file.unlink(missing_ok=True)
        for folder in file.parents:
            if folder == self.posts:
                break
            with suppress(OSError):
                folder.rmdir()

    def _files_found(self) -> dict[str, str]:
        """What truly is in the folder, by what git would call it."""
        files = [file for file in self.posts.rglob("*") if file.is_file() or file.is_symlink()]
        return {file.relative_to(self.posts).as_posix(): _blob_id(file.read_bytes()) for file in files}

    @property
    def _done(self) -> Path:
        return self.root / "in-service.json"

    @property
    def _begun(self) -> Path:
        return self.root / "changing.json"

    @property
    def _beside(self) -> Path:
        return self.root / "incoming"


def _blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _state_in(file: Path) -> State | None:
    try:
        return State(**json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        log.warning("%s cannot be read and counts as absent: %s", file.name, error)
        return None


def _write_state(file: Path, state: State) -> None:
    beside = file.with_suffix(".tmp")
    beside.write_text(json.dumps(msgspec.structs.asdict(state)), "utf-8")
    beside.replace(file)
