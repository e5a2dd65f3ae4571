"""Reads the content folder into a snapshot: every usable post, and what is wrong with the others."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

from bot.adapters.bodies import FileBodies
from bot.adapters.bulk import MANY, load_many
from bot.adapters.cache import PostCache
from bot.adapters.file_rows import without_text
from bot.adapters.listing import fingerprint, post_files
from bot.adapters.loaded import Fingerprint, LoadedFile, load_file
from bot.adapters.settling import Settling
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.problems import Problem, Severity
from bot.posts.search.aliases import Aliases

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a reload changed: slugs added, changed and removed, paths refused, and problems that are new.

    ``writing`` are the paths of new files that are still being written: another look will find them whole.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    writing: tuple[str, ...] = ()

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
        writing: paths of new files that are still being written, and so no posts yet.
    """

    archive: Archive = field(default_factory=Archive)
    drafts: tuple[Post, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, LoadedFile] = field(default_factory=dict)
    modified: Mapping[str, datetime] = field(default_factory=dict)
    writing: tuple[str, ...] = ()

    def difference(self, older: ContentSnapshot | None) -> Difference:
        """What changed since ``older`` (None: since an empty folder)."""
        before = {post.meta.slug: post for post in older.archive.posts} if older else {}
        after = {post.meta.slug: post for post in self.archive.posts}
        other = [slug for slug, post in after.items() if before.get(slug) is not post]
        known = frozenset(older.problems) if older else frozenset[Problem]()
        refused = (problem.path for problem in self.problems if problem.severity is Severity.ERROR)
        return Difference(
            added=tuple(slug for slug in other if slug not in before),
            changed=tuple(
                slug
                for slug in other
                if slug in before and before[slug].content_hash != after[slug].content_hash
            ),
            removed=tuple(slug for slug in before if slug not in after),
            refused=tuple(dict.fromkeys(refused)),
            problems=tuple(problem for problem in self.problems if problem not in known),
            writing=self.writing,
        )


FEW = 50
"""New posts whose texts may stay in memory."""


class ContentFolder:
    """A folder of posts. Sub-folders count; hidden ones, links to folders and special files do not."""

    def __init__(
        self,
        root: Path,
        *,
        zone: tzinfo = UTC,
        aliases: Aliases | None = None,
        cache_file: Path | None = None,
        settle_seconds: float = 0.0,
    ) -> None:
        """A folder whose tags meet in ``aliases``; with a ``cache_file`` most texts stay on the disk.

        ``zone`` decides which day is today, and what a time of day without a zone means. A new file is no
        post before it has rested for ``settle_seconds``, except at the first scan: who starts does not wait.
        """
        self.root = root
        self.zone = zone
        self.aliases = aliases or Aliases()
        self.bodies = FileBodies(root)
        self.settling = Settling(settle_seconds)
        self._cache = PostCache(cache_file, f"{zone} {root.resolve()}") if cache_file else None

    def scan(self, previous: ContentSnapshot | None, now: datetime) -> ContentSnapshot:
        """Read what changed since ``previous``; ``now`` is aware.

        A file that cannot be used is a problem of the snapshot and hides nothing: if ``previous`` holds
        an older good version of it, that stays. Refused files are read anew each time.
        This blocks on the disk: call it in a thread.
        """
        if not self.root.is_dir():
            return self._without_folder(previous)
        older = previous.files if previous else self._remembered()
        failures: list[OSError] = []
        listed = post_files(self.root, failures.append)
        writing = self.settling.unsettled(listed, older) if previous else ()
        for path in writing:
            del listed[path]
        files = self._loaded(listed, older, now.astimezone(self.zone))
        files |= {path: older[path] for path in writing if path in older}
        for failure in failures:
            files |= self._kept(failure, older)
        if self._cache:
            changed = {path: loaded for path, loaded in files.items() if older.get(path) is not loaded}
            gone = older.keys() - files.keys()
            if changed or gone:
                self._cache.save(changed, gone)
        closed = tuple(self._closed(failure) for failure in failures)
        snapshot = _snapshot(files, closed, self._archive_of(files, previous), previous)
        return replace(snapshot, writing=writing) if writing else snapshot

    def _archive_of(
        self, files: Mapping[str, LoadedFile], previous: ContentSnapshot | None
    ) -> Callable[[Iterable[Post]], Archive]:
        """How to make the archive of posts from these files with the least work."""
        if previous is None or previous.archive.aliases != self.aliases:
            return partial(Archive.of, aliases=self.aliases)
        if files == previous.files:
            return lambda _: previous.archive
        return previous.archive.changed_to

    def _remembered(self) -> Mapping[str, LoadedFile]:
        return self._cache.load(self.bodies) if self._cache else {}

    def _loaded(
        self, listed: Mapping[str, os.DirEntry[str]], older: Mapping[str, LoadedFile], now: datetime
    ) -> dict[str, LoadedFile]:
        """The files by path, in order; of many new ones the texts stay on the disk."""
        new = [path for path in listed if path not in older] if self._cache else []
        known = load_many(self.root, new, now, self.bodies) if len(new) >= MANY else {}
        files = {}
        for path, entry in listed.items():
            loaded = known.get(path) or self._load(path, entry, older.get(path), now)
            is_one_of_many = len(new) > FEW and path not in older
            files[path] = without_text(loaded, self.bodies) if is_one_of_many else loaded
        return files

    def _load(
        self, path: str, entry: os.DirEntry[str], older: LoadedFile | None, now: datetime
    ) -> LoadedFile:
        if older and older.is_settled and older.fingerprint == fingerprint(entry):
            return older
        return load_file(self.root, path, older, now)

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

    def paths(self) -> list[str]:
        """The post files' paths relative to the folder, sorted; what cannot be listed is left out."""
        return list(post_files(self.root, lambda _: None))

    def fingerprints(self) -> dict[str, Fingerprint]:
        """The post files' fingerprints by path; files that cannot be looked at are left out."""
        listed = post_files(self.root, lambda _: None)
        return {path: found for path, entry in listed.items() if (found := fingerprint(entry))}

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


def _snapshot(
    files: Mapping[str, LoadedFile],
    closed: tuple[Problem, ...],
    archive_of: Callable[[Iterable[Post]], Archive],
    previous: ContentSnapshot | None,
) -> ContentSnapshot:
    """What the files amount to; ``used`` says which of two with the same slug counts."""
    used = _used(files, previous)
    problems: list[Problem] = list(closed)
    for loaded in files.values():
        problems.extend(loaded.problems)
        first = used[loaded.post.slug] if loaded.post else loaded
        if loaded.post and first.post and first is not loaded:
            problems.append(_twice(loaded.post, first.post))
    published = {slug: loaded for slug, loaded in used.items() if not _is_draft(loaded)}
    return ContentSnapshot(
        archive=archive_of(loaded.post for loaded in published.values() if loaded.post),
        drafts=tuple(loaded.post for loaded in used.values() if loaded.post and loaded.post.meta.draft),
        problems=tuple(problems),
        files=files,
        modified={slug: loaded.modified for slug, loaded in published.items()},
    )


def _used(files: Mapping[str, LoadedFile], previous: ContentSnapshot | None) -> dict[str, LoadedFile]:
    """By slug, the file that counts: no draft before others, else the one in service, else the first by path.

    So a new file never takes the place of a post that readers know.
    """
    in_service = {post.slug: post.path for post in previous.archive.posts} if previous else {}

    def rank(loaded: LoadedFile) -> tuple[bool, bool]:
        post = loaded.post
        return _is_draft(loaded), not (post and in_service.get(post.slug) == post.path)

    used: dict[str, LoadedFile] = {}
    for loaded in files.values():
        if loaded.post is None:
            continue
        first = used.setdefault(loaded.post.meta.slug, loaded)
        if first is not loaded and rank(loaded) < rank(first):
            used[loaded.post.meta.slug] = loaded
    return used


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
