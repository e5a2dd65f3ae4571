"""Reads one content file, and keeps what is known of it when it has not changed or cannot be used now."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from bot.errors import PostError
from bot.posts.decoding import MAX_BYTES, too_large
from bot.posts.findings import Findings
from bot.posts.models import Post
from bot.posts.parsing import parse_post
from bot.posts.problems import Problem, Severity
from bot.posts.stored import StoredPost
from bot.replacing import replace

log = logging.getLogger(__name__)

Fingerprint = tuple[int, int, int, int]
"""Times of change of content and entry (nanoseconds), size, inode: another one whenever a file changed."""


class LoadedFile(Struct, frozen=True, kw_only=True):
    """One file as it was last read.

    ``post`` is the newest usable version (None: there never was one); ``problems`` are of the version
    with this fingerprint.
    """

    fingerprint: Fingerprint
    post: Post | None
    modified: datetime
    problems: tuple[Problem, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the version on the disk cannot be used."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def is_settled(self) -> bool:
        """Whether the same bytes would be found the same again: nothing refused or awaiting a day."""
        if not self.problems:
            return True
        return not self.refused and all(problem.code != "future-date" for problem in self.problems)

    def is_of(self, data: bytes) -> bool:
        """Whether the post was read from these bytes."""
        return self.post is not None and self.post.content_hash == hashlib.sha256(data).hexdigest()


def load_file(root: Path, path: str, older: LoadedFile | None, now: datetime) -> LoadedFile:
    """Read one file below ``root``, unless it is the one that was read before.

    ``now`` is aware; its zone decides which day is today, and what a time without a zone means.

    A file that was refused, or whose problems depend on the day, is read anew each time. One whose time
    changed but not its bytes (a copy, a fresh checkout) is not parsed again.
    """
    shown = path.encode(errors="replace").decode()
    findings = Findings(shown)
    fingerprint: Fingerprint = (0, 0, 0, 0)
    modified = datetime.fromtimestamp(0, UTC)
    try:
        file = root / path
        status = file.stat()
        fingerprint = fingerprint_of(status)
        if older and older.fingerprint == fingerprint and older.is_settled:
            return older
        modified = datetime.fromtimestamp(status.st_mtime, UTC)
        data = _read(file, status, findings)
        if older and older.is_settled and older.is_of(data):
            return replace(older, fingerprint=fingerprint, modified=modified)
        parsed = parse_post(data, shown, today=now.date(), zone=now.tzinfo or UTC)
    except OSError as error:
        return _stay(older, fingerprint, modified, _unreadable(error, findings))
    except PostError as error:
        return _stay(older, fingerprint, modified, error)
    except Exception:  # the boundary of one post: a fault of this program must not hide the others
        log.exception("reading %s failed", shown)
        return _stay(older, fingerprint, modified, _our_fault(findings))
    return LoadedFile(fingerprint=fingerprint, post=parsed.post, modified=modified, problems=parsed.problems)


def fingerprint_of(status: os.stat_result) -> Fingerprint:
    """The fingerprint of a file with this status."""
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _stay(
    older: LoadedFile | None, fingerprint: Fingerprint, modified: datetime, refusal: PostError
) -> LoadedFile:
    """The older good version, with what is wrong with the new one."""
    post = _in_memory(older.post) if older and older.post else None
    if older and post:
        return replace(older, fingerprint=fingerprint, post=post, problems=refusal.problems)
    return LoadedFile(fingerprint=fingerprint, post=None, modified=modified, problems=refusal.problems)


def _read(file: Path, status: os.stat_result, findings: Findings) -> bytes:
    """The file's bytes; nothing is read from pipes and devices, nor from a file that is too large.

    Raises:
        OSError: it cannot be read.
        PostError: it is no regular file, or too large.
    """
    if not stat.S_ISREG(status.st_mode):
        raise findings.refusal(1, "not-a-file", "This is no regular file.", "Remove or rename it.")
    if status.st_size > MAX_BYTES:
        raise too_large(status.st_size, findings)
    return read_up_to(file, MAX_BYTES + 1)


def read_up_to(file: Path, most: int) -> bytes:
    """The file's bytes, at most so many. Raises OSError as ``open`` does.

    The room for them is made by the file's size: to make room for the largest post takes longer than reading.
    """
    with file.open("rb") as opened:
        room = min(os.fstat(opened.fileno()).st_size + 1, most)
        data = opened.read(room)
        return data + opened.read(most - room) if len(data) == room else data  # it has grown meanwhile


def _in_memory(post: Post) -> Post | None:
    """The post with its text, whose file holds another one now; None where no copy of it is left."""
    try:
        return post.loaded() if isinstance(post, StoredPost) else post
    except PostError as error:
        log.warning("the older version cannot stay: %s", error)
        return None


def _our_fault(findings: Findings) -> PostError:
    cause, fix = "The file made the reader fail; the log has the details.", "Please report it with the file."
    return findings.refusal(1, "internal-error", cause, fix)


def _unreadable(error: OSError, findings: Findings) -> PostError:
    cause = f"The file cannot be read: {error.strerror or error}."
    return findings.refusal(1, "unreadable", cause, "Check its permissions, or where the link leads.")
