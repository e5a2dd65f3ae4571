"""Finds the post files of a commit, and leaves out whatever would reach beyond their folder."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from dulwich.object_store import BaseObjectStore
from dulwich.objects import Commit, ObjectID, Tag, Tree
from dulwich.repo import Repo
from msgspec import Struct

from bot.errors import ReloadError
from bot.posts.decoding import MAX_BYTES
from bot.posts.names import is_post_name

MOST_ENTRIES = 200_000
"""Entries that are looked at: a few small trees can name each other into billions."""
DEEPEST = 20
_LONGEST_NAME = 255
"""Bytes: what file systems allow."""


class Listing(Struct, frozen=True, kw_only=True):
    """The post files of a commit.

    Attributes:
        files: by path below the posts' folder, with forward slashes, the blob's id (hexadecimal).
        refused: what was left out, and why; the names are escaped.
    """

    files: Mapping[str, str]
    refused: tuple[str, ...] = ()


def post_files(repository: Path, commit: bytes, folder: str) -> Listing:
    """The post files of a commit below its folder ``folder`` ("" is the whole repository).

    Links, submodules, hidden folders, and names that mean another place on some system do not count.

    Raises:
        ReloadError: the folder is not there, or there is too much in it.
    """
    with Repo(str(repository)) as opened:
        store = opened.object_store
        found = store[ObjectID(commit)]
        while isinstance(found, Tag):
            found = store[found.object[1]]
        if not isinstance(found, Commit):
            raise ReloadError("the branch's tip is no commit")
        tree = _folder(store, found.tree, folder)
        walk = _Walk(store)
        files = dict(sorted(walk.below(tree, "", 0)))
        return Listing(files=files, refused=tuple(walk.refused))


def read_blob(repository: Repo, blob: str) -> bytes:
    """A post's bytes; of one that is too large to be a post only so many that it is refused as such."""
    return repository.object_store[ObjectID(blob.encode())].as_raw_string()[: MAX_BYTES + 1]


def _folder(store: BaseObjectStore, tree: ObjectID, folder: str) -> ObjectID:
    for name in filter(None, folder.split("/")):
        entry = next((entry for entry in _tree(store, tree) if entry[0] == name.encode()), None)
        if entry is None or not stat.S_ISDIR(entry[1]):
            raise ReloadError(f"there is no folder {folder!r} in it: see CONTENT_GIT_PATH")
        tree = entry[2]
    return tree


class _Walk:
    def __init__(self, store: BaseObjectStore) -> None:
        self.store = store
        self.refused: list[str] = []
        self._left = MOST_ENTRIES

    def below(self, tree: ObjectID, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
        """Path and blob of the post files below a tree."""
        for raw, mode, blob in _tree(self.store, tree):
            self._left -= 1
            if self._left < 0:
                raise ReloadError(f"there are more than {MOST_ENTRIES} files in it")
            name = _safe_name(raw)
            if name is None:
                self.refused.append(f"{ascii(prefix)[1:-1]}{ascii(raw)[2:-1]}: this name is no plain file's")
            elif stat.S_ISDIR(mode):
                if name.startswith("."):
                    continue
                if depth == DEEPEST:
                    raise ReloadError(f"there are more than {DEEPEST} folders in each other")
                yield from self.below(blob, f"{prefix}{name}/", depth + 1)
            elif not is_post_name(name):
                continue
            elif stat.S_ISREG(mode):
                yield f"{prefix}{name}", blob.decode()
            else:
                self.refused.append(f"{ascii(prefix + name)[1:-1]}: links are not followed")


def _tree(store: BaseObjectStore, tree: ObjectID) -> list[tuple[bytes, int, ObjectID]]:
    """Name, mode and id of what is in a tree, in its order; the first of two of one name counts."""
    found = store[tree]
    if not isinstance(found, Tree):
        raise ReloadError("a folder in it is none")
    return [(entry.path, entry.mode, entry.sha) for entry in found.iteritems() if entry.path and entry.sha]


def _safe_name(raw: bytes) -> str | None:
    """The name, if on every system it names one thing in its folder; git itself allows any bytes."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    is_plain = name.isprintable() and not set(name) & set('/\\:*?"<>|') and not name.endswith((".", " "))
    return name if is_plain and 0 < len(raw) <= _LONGEST_NAME else None
