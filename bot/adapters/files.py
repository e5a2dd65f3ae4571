"""Reads the content folder into a snapshot: every usable post, and what is wrong with the others."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.errors import PostError
from bot.posts.archive import Archive
from bot.posts.decoding import MAX_BYTES, too_large
from bot.posts.findings import Findings
from bot.posts.models import Post
from bot.posts.names import is_post_name
from bot.posts.parsing import parse_post
from bot.posts.problems import Problem, Severity

log = logging.getLogger(__name__)

Fingerprint = tuple[int, int, int, int]
"""Times of change of content and entry (nanoseconds), size, inode: another one whenever a file changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a reload changed: slugs added, changed and removed, paths refused, and problems that are new."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        """Whether a reader or an editor would notice anything."""
        return bool(self.added or self.changed or self.removed or self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSnapshot:
    """The folder at one moment.

    Attributes:
        archive: the usable posts that are no drafts.
        drafts: the usable drafts, by path.
        problems: of all files, by path.
        files: by path relative to the folder.
        modified: by slug of the archive's posts, when their file was last changed (aware, UTC).
    """

    archive: Archive = field(default_factory=Archive)
    drafts: tuple[Post, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, LoadedFile] = field(default_factory=dict)
    modified: Mapping[str, datetime] = field(default_factory=dict)

    def difference(self, older: ContentSnapshot | None) -> Difference:
        """What changed since ``older`` (None: since an empty folder)."""
        before = {post.slug: post.content_hash for post in older.archive.posts} if older else {}
        after = {post.slug: post.content_hash for post in self.archive.posts}
        known = frozenset(older.problems) if older else frozenset[Problem]()
        refused = (problem.path for problem in self.problems if problem.severity is Severity.ERROR)
        return Difference(
            added=tuple(slug for slug in after if slug not in before),
            changed=tuple(slug for slug in after if slug in before and before[slug] != after[slug]),
            removed=tuple(slug for slug in before if slug not in after),
            refused=tuple(dict.fromkeys(refused)),
            problems=tuple(problem for problem in self.problems if problem not in known),
        )


def load_file(root: Path, path: str, older: LoadedFile | None, today: date) -> LoadedFile:
    """Read one file below ``root``, unless it is the one that was read before and had no problems."""
    shown = path.encode(errors="replace").decode()
    findings = Findings(shown)
    fingerprint: Fingerprint = (0, 0, 0, 0)
    modified = datetime.fromtimestamp(0, UTC)
    try:
        status = (root / path).stat()
        fingerprint = _fingerprint(status)
        if older and older.fingerprint == fingerprint and not older.problems:
            return older
        modified = datetime.fromtimestamp(status.st_mtime, UTC)
        parsed = parse_post(_read(root / path, status, findings), shown, today=today)
    except OSError as error:
        return _stay(older, fingerprint, modified, _unreadable(error, findings))
    except PostError as error:
        return _stay(older, fingerprint, modified, error)
    except Exception:  # the boundary of one post: a fault of this program must not hide the others
        log.exception("reading %s failed", shown)
        return _stay(older, fingerprint, modified, _our_fault(findings))
    return LoadedFile(fingerprint=fingerprint, post=parsed.post, modified=modified, problems=parsed.problems)


def _fingerprint(status: os.stat_result) -> Fingerprint:
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _stay(
    older: LoadedFile | None, fingerprint: Fingerprint, modified: datetime, refusal: PostError
) -> LoadedFile:
    """The older good version, with what is wrong with the new one."""
    if older and older.post:
        return replace(older, fingerprint=fingerprint, problems=refusal.problems)
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
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


class ContentFolder:
    """A folder of posts. Sub-folders count; hidden ones, links to folders and special files do not."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def scan(self, previous: ContentSnapshot | None, now: datetime) -> ContentSnapshot:
        """Read what changed since ``previous``; ``now`` is aware, and its day is today.

        A file that cannot be used is a problem of the snapshot and hides nothing: if ``previous`` holds
        an older good version of it, that stays. Files with problems are read anew each time.
        This blocks on the disk: call it in a thread.
        """
        older = previous.files if previous else {}
        if not self.root.is_dir():
            return self._without_folder(previous)
        failures: list[OSError] = []
        paths = self.paths(failures)
        files = {path: load_file(self.root, path, older.get(path), now.date()) for path in paths}
        for failure in failures:
            files |= self._kept(failure, older)
        closed = tuple(self._closed(failure) for failure in failures)
        same = previous is not None and files == previous.files
        return _snapshot(files, closed, previous.archive if previous and same else None)

    def _without_folder(self, previous: ContentSnapshot | None) -> ContentSnapshot:
        """A folder that is away for a moment (a mount, a checkout) takes no post out of service."""
        cause, fix = f"The content folder {self.root} does not exist.", "Create it, or set CONTENT_DIR."
        problem = Problem(path=".", line=1, code="no-folder", cause=cause, fix=fix)
        before = previous or ContentSnapshot()
        return ContentSnapshot(
            archive=before.archive,
            drafts=before.drafts,
            problems=(problem,),
            files=before.files,
            modified=before.modified,
        )

    def paths(self, failures: list[OSError] | None = None) -> list[str]:
        """The post files' paths relative to the folder, sorted; ``failures`` gets what cannot be listed."""
        return sorted(self._walk((failures if failures is not None else []).append))

    def fingerprints(self) -> dict[str, Fingerprint]:
        """The post files' fingerprints by path; files that cannot be looked at are left out."""
        found = {}
        for path in self.paths():
            with suppress(OSError):
                found[path] = _fingerprint((self.root / path).stat())
        return found

    def _walk(self, onerror: Callable[[OSError], None]) -> Iterator[str]:
        for folder, folders, names in os.walk(self.root, onerror=onerror):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if is_post_name(name):
                    yield Path(folder, name).relative_to(self.root).as_posix()

    def _kept(self, failure: OSError, older: Mapping[str, LoadedFile]) -> dict[str, LoadedFile]:
        """What is known from below a folder that cannot be listed; a folder that is gone keeps nothing."""
        if isinstance(failure, FileNotFoundError):
            return {}
        below = self._inside(failure)
        return {path: loaded for path, loaded in older.items() if Path(path).is_relative_to(below)}

    def _closed(self, failure: OSError) -> Problem:
        cause = f"The folder cannot be listed: {failure.strerror or failure}."
        fix = "Check its permissions; what is known from inside stays."
        return Problem(path=self._inside(failure), line=1, code="unreadable", cause=cause, fix=fix)

    def _inside(self, failure: OSError) -> str:
        return Path(os.fsdecode(failure.filename or self.root)).relative_to(self.root).as_posix()


def _our_fault(findings: Findings) -> PostError:
    cause, fix = "The file made the reader fail; the log has the details.", "Please report it with the file."
    return findings.refusal(1, "internal-error", cause, fix)


def _unreadable(error: OSError, findings: Findings) -> PostError:
    cause = f"The file cannot be read: {error.strerror or error}."
    return findings.refusal(1, "unreadable", cause, "Check its permissions, or where the link leads.")


def _snapshot(
    files: dict[str, LoadedFile], closed: tuple[Problem, ...], archive: Archive | None
) -> ContentSnapshot:
    """What the files amount to; of two with the same slug the first by path is used.

    ``archive`` is the one of the same files, where there is one already.
    """
    used: dict[str, LoadedFile] = {}
    problems: list[Problem] = list(closed)
    for loaded in files.values():
        problems.extend(loaded.problems)
        if loaded.post is None:
            continue
        first = used.setdefault(loaded.post.slug, loaded)
        if first is not loaded and first.post:
            problems.append(_twice(loaded.post, first.post))
    published = {slug: loaded for slug, loaded in used.items() if not _is_draft(loaded)}
    return ContentSnapshot(
        archive=archive or Archive.of(loaded.post for loaded in published.values() if loaded.post),
        drafts=tuple(loaded.post for loaded in used.values() if loaded.post and loaded.post.meta.draft),
        problems=tuple(problems),
        files=files,
        modified={slug: loaded.modified for slug, loaded in published.items()},
    )


def _is_draft(loaded: LoadedFile) -> bool:
    return loaded.post is not None and loaded.post.meta.draft


def _twice(post: Post, first: Post) -> Problem:
    return Problem(
        path=post.path,
        line=1,
        code="duplicate-slug",
        cause=f"{post.path} has the slug {post.slug}, which {first.path} has already; only that one is used.",
        fix="Give one of them another `slug:` or file name.",
    )
