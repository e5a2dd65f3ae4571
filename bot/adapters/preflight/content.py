"""Looks at the posts: how many, which files are refused, and how new the newest is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.adapters.files import ContentFolder
from bot.adapters.preflight.findings import Finding, Grade
from bot.adapters.preflight.settings import wrong
from bot.adapters.snapshots import ContentSnapshot
from bot.errors import SettingsError
from bot.posts.problems import Problem, Severity
from bot.settings import Settings

_MOST = 10
_CHECK = "content"


def look_at_content(settings: Settings, now: datetime, *, online: bool) -> Iterator[Finding]:
    """The folder of posts, or what was last taken from their repository; ``now`` is aware. This blocks.

    Whether a repository elsewhere answers is only asked when ``online``.
    """
    if settings.content_git_url is None:
        try:
            yield from _posts(settings.require_content(), settings, now)
        except SettingsError as error:
            yield from wrong(error)
        return
    # Imported here: few need it, and dulwich takes a quarter of a second.
    from bot.adapters.content_git.source import GitContent  # noqa: PLC0415
    from bot.adapters.preflight.repository import look_at_repository  # noqa: PLC0415

    if git := GitContent.of(settings):
        yield look_at_repository(git, online=online)
        if git.is_kept:
            yield from _posts(git.posts, settings, now)


def _posts(folder: Path, settings: Settings, now: datetime) -> Iterator[Finding]:
    snapshot = ContentFolder(folder, zone=ZoneInfo(settings.timezone)).scan(None, now)
    yield _count(folder, snapshot)
    errors = [problem for problem in snapshot.problems if problem.severity is Severity.ERROR]
    for problem in errors[:_MOST]:
        yield _refused(problem)
    if len(errors) > _MOST:
        yield _more(f"{len(errors) - _MOST} more files are refused.")
    if warnings := len(snapshot.problems) - len(errors):
        yield Finding(check=_CHECK, what=f"{warnings} smaller problems: `ainews check` shows them.")


def _count(folder: Path, snapshot: ContentSnapshot) -> Finding:
    posts = snapshot.archive.posts
    if not posts:
        return Finding(
            check=_CHECK,
            what=f"There is no post in {folder}.",
            grade=Grade.WARNING,
            why="Nothing will be sent, and nothing can be looked up.",
            fix='`ainews new "A title"` begins one.',
        )
    drafts = f" and {len(snapshot.drafts):,} drafts" if snapshot.drafts else ""
    what = f"{len(posts):,} posts{drafts} in {folder}; the newest is of {posts[-1].date}."
    return Finding(check=_CHECK, what=what)


def _refused(problem: Problem) -> Finding:
    return Finding(
        check=_CHECK,
        what=f"{problem.path}:{problem.line}: {problem.cause}",
        grade=Grade.WARNING,
        why="This post is not sent and not found.",
        fix=problem.fix,
    )


def _more(what: str) -> Finding:
    return Finding(check=_CHECK, what=what, grade=Grade.WARNING, fix="`ainews check` shows all.")
