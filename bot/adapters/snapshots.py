"""The content folder at one moment: which posts are usable, what is wrong with files, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.adapters.loaded import LoadedFile
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.problems import Problem, Severity


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


def snapshot_of(
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
