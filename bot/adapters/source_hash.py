"""Tells whether what is kept on the disk was made by the code that reads and composes posts now."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Final

_SOURCES: Final = ("posts", "formatting", "i18n")
"""The packages below ``bot`` whose code and words decide what posts mean and how they are composed."""


@cache
def source_hash() -> str:
    """Stands for the code and the catalogues that compose, and for the parser's version."""
    digest = hashlib.sha256(metadata.version("markdown-it-py").encode())
    for name in _SOURCES:
        for source in _files(resources.files("bot") / name):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:32]


def _files(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _files(entry)
        elif entry.name.endswith((".py", ".po", ".txt")):
            found.append(entry)
    return found
