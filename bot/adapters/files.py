"""Reads the content folder into a snapshot: every usable post, and what is wrong with the others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

from bot.adapters.bodies import FileBodies
from bot.adapters.bulk import MANY, rows_of_many
from bot.adapters.cache import PostCache
from bot.adapters.file_rows import RowReader, without_text
from bot.adapters.kept_tags import KeptTags
from bot.adapters.listing import fingerprint, post_files
from bot.adapters.loaded import Fingerprint, LoadedFile, load_file
from bot.adapters.settling import Settling
from bot.adapters.snapshots import ContentSnapshot, snapshot_of
from bot.posts.archive import FEW as FEW_CHANGED
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.problems import Problem
from bot.posts.search.aliases import Aliases
from bot.posts.tag_index import TagIndex
from bot.replacing import replace

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
        self._kept_tags = KeptTags.at(cache_file.with_name("tags.db")) if cache_file else None

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
        local = now.astimezone(self.zone)
        new = [path for path in listed if path not in older] if self._cache else []
        rows = rows_of_many(self.root, new, local) if len(new) >= MANY else {}
        files = self._loaded(listed, older, rows, local, are_many=len(new) > FEW)
        files |= {path: older[path] for path in writing if path in older}
        for failure in failures:
            files |= self._kept(failure, older)
        changed = {path: loaded for path, loaded in files.items() if older.get(path) is not loaded}
        gone = older.keys() - files.keys()
        if self._cache and (changed or gone):
            self._cache.save(changed, gone, rows)
        has_copy = self.bodies.has_copy
        archive_of = self._archive_of(files, previous)
        if previous is None and 0 < len(changed) + len(gone) <= FEW_CHANGED:
            # The index of what was there at the last end is kept; the rest is as at a reload.
            archive_of = snapshot_of(older, (), archive_of, None, has_copy).archive.changed_to
        closed = tuple(self._closed(failure) for failure in failures)
        snapshot = snapshot_of(files, closed, archive_of, previous, has_copy)
        return replace(snapshot, writing=writing) if writing else snapshot

    def keep_tags(self, archive: Archive) -> None:
        """Spare the next start the work of indexing the tags; blocks on the disk."""
        if self._kept_tags:
            self._kept_tags.keep(archive)

    def _archive_of(
        self, files: Mapping[str, LoadedFile], previous: ContentSnapshot | None
    ) -> Callable[[Iterable[Post]], Archive]:
        """How to make the archive of posts from these files with the least work."""
        if previous is None or previous.archive.aliases != self.aliases:
            index = self._kept_tags.index_of if self._kept_tags else TagIndex.of
            return partial(Archive.of, aliases=self.aliases, index=index)
        if files == previous.files:
            return lambda _: previous.archive
        return previous.archive.changed_to

    def _remembered(self) -> Mapping[str, LoadedFile]:
        return self._cache.load(self.bodies) if self._cache else {}

    def _loaded(
        self,
        listed: Mapping[str, os.DirEntry[str]],
        older: Mapping[str, LoadedFile],
        rows: Mapping[str, bytes],
        now: datetime,
        *,
        are_many: bool,
    ) -> dict[str, LoadedFile]:
        """The files by path, in order, those of ``rows`` from there; of many new ones no text stays."""
        reader = RowReader(self.bodies)
        files = {}
        for path, entry in listed.items():
            before = older.get(path)
            if before and before.is_settled and before.fingerprint == fingerprint(entry):
                files[path] = before
                continue
            row = rows.get(path)
            loaded = reader.read(row) if row else load_file(self.root, path, before, now)
            files[path] = without_text(loaded, self.bodies) if are_many and not before else loaded
        return files

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
