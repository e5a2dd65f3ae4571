"""The content folder at one moment: which posts are usable, what is wrong with files, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime

from msgspec import Struct, field

from bot.adapters.loaded import LoadedFile
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.problems import Problem, Severity


class Difference(Struct, frozen=True, kw_only=True):
    """What a reload changed: slugs added, changed and removed, paths refused, and problems that are new.

    ``standing`` are the problems of refused files that were there before. ``writing`` are the paths of new
    files that are still being written: another look will find them whole.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    standing: tuple[Problem, ...] = ()
    writing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether a reader or an editor would notice anything."""
        return bool(self.added or self.changed or self.removed or self.problems)


class ContentSnapshot(Struct, frozen=True, kw_only=True):
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
        if older is None:
            added = tuple(post.slug for post in self.archive.posts)
            return Difference(
                added=added, refused=self._refused, problems=self.problems, writing=self.writing
            )
        before = older.archive
        other = [(post, before.by_slug(post.slug)) for post in reversed(self.archive.other_than(before))]
        gone = (post.slug for post in reversed(before.other_than(self.archive)))
        known = frozenset(older.problems)
        return Difference(
            added=tuple(post.slug for post, was in other if not was),
            changed=tuple(post.slug for post, was in other if was and _version(was) != _version(post)),
            removed=tuple(slug for slug in gone if not self.archive.by_slug(slug)),
            refused=self._refused,
            problems=tuple(problem for problem in self.problems if problem not in known),
            standing=tuple(problem for problem in self._errors if problem in known),
            writing=self.writing,
        )

    @property
    def _refused(self) -> tuple[str, ...]:
        """The paths of files that cannot be used, each once."""
        return tuple(dict.fromkeys(problem.path for problem in self._errors))

    @property
    def _errors(self) -> Iterator[Problem]:
        return (problem for problem in self.problems if problem.severity is Severity.ERROR)


def snapshot_of(
    files: Mapping[str, LoadedFile],
    closed: tuple[Problem, ...],
    archive_of: Callable[[Iterable[Post]], Archive],
    previous: ContentSnapshot | None,
    was_in_service: Callable[[Post], bool],
) -> ContentSnapshot:
    """What the files amount to; ``_used`` says which of two with the same slug counts."""
    used = _used(files, previous, was_in_service)
    problems: list[Problem] = list(closed)
    for loaded in files.values():
        problems.extend(loaded.problems)
        if loaded.post and (first := used[loaded.post.slug]) is not loaded and first.post:
            problems.append(_twice(loaded.post, first.post))
    published: list[Post] = []
    drafts: list[Post] = []
    modified: dict[str, datetime] = {}
    for slug, loaded in used.items():
        if loaded.post and loaded.post.is_draft:
            drafts.append(loaded.post)
        elif loaded.post:
            published.append(loaded.post)
            modified[slug] = loaded.modified
    return ContentSnapshot(
        archive=archive_of(published),
        drafts=tuple(drafts),
        problems=tuple(problems),
        files=files,
        modified=modified,
    )


def _used(
    files: Mapping[str, LoadedFile],
    previous: ContentSnapshot | None,
    was_in_service: Callable[[Post], bool],
) -> dict[str, LoadedFile]:
    """By slug, the file that counts: no draft before others, else the one in service, else the first by path.

    So a new file never takes the place of a post that readers know; at a start ``was_in_service`` says which
    those are.
    """

    def rank(post: Post) -> tuple[bool, bool]:
        if previous is None:
            return post.is_draft, not was_in_service(post)
        served = previous.archive.by_slug(post.slug)
        return post.is_draft, not (served and served.path == post.path)

    used: dict[str, LoadedFile] = {}
    for loaded in files.values():
        if loaded.post is None:
            continue
        first = used.setdefault(loaded.post.slug, loaded)
        if first is not loaded and first.post and rank(loaded.post) < rank(first.post):
            used[loaded.post.slug] = loaded
    return used


def _version(post: Post) -> tuple[str, date]:
    """What readers see of a post; the day may come from the file's name."""
    return post.content_hash, post.date


def _twice(post: Post, first: Post) -> Problem:
    return Problem(
        path=post.path,
        line=1,
        code="duplicate-slug",
        cause=f"{post.path} has the slug {post.slug}, which {first.path} has already; only that one is used.",
        fix="Give one of them another `slug:` or file name.",
    )
