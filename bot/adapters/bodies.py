"""Reads the texts of posts from their files when they are asked for."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, field

from bot.adapters.loaded import read_up_to
from bot.errors import PostError
from bot.posts.blocks import split
from bot.posts.decoding import MAX_BYTES, decode
from bot.posts.findings import Findings
from bot.posts.models import Post

KEPT = 12
"""Texts that are kept: composing a post and finding its sections asks for it several times."""


def _no_copy(_post: Post) -> str | None:
    return None


class FileBodies(Struct):
    """``bot.posts.stored.Bodies`` below a folder; any thread may ask.

    Where a file has changed since its post was read, ``copy`` is asked for the text that belongs to the post.
    """

    root: Path
    copy: Callable[[Post], str | None] = _no_copy
    _kept: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def body(self, post: Post) -> str:
        """The Markdown of this version of the post.

        Raises:
            PostError: the file is gone or another one, and there is no copy.
        """
        key = f"{post.path}:{post.content_hash}"
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
        text = self._read(post)
        with self._lock:
            self._kept[key] = text
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return text

    def has_copy(self, post: Post) -> bool:
        """Whether a text of this version is kept apart from its file: it was in service once."""
        return self.copy(post) is not None

    def _read(self, post: Post) -> str:
        text = self._from_file(post)
        if text is None:
            text = self.copy(post)
        if text is None:
            cause = "The file has changed or is gone, and no copy of this version is left."
            raise Findings(post.path).refusal(1, "text-gone", cause, "Reload the posts.")
        return text

    def _from_file(self, post: Post) -> str | None:
        """The file's text where it still is the one that the post was read from."""
        try:
            data = read_up_to(self.root / post.path, MAX_BYTES + 1)
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != post.content_hash:
            return None
        findings = Findings(post.path)
        try:
            return split(decode(data, findings), findings).body
        except PostError:
            return None
