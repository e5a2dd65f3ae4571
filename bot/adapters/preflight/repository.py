"""Looks whether the repository of posts answers: the first start needs it, later ones do without."""

from __future__ import annotations

from bot.adapters.content_git.fetching import ask
from bot.adapters.content_git.source import GitContent
from bot.adapters.preflight.findings import Finding, Grade
from bot.errors import ReloadError
from bot.exit_codes import ExitCode

_CHECK = "repository"


def look_at_repository(git: GitContent, *, online: bool) -> Finding:
    """Whether CONTENT_GIT_URL answers; one that is not on this machine is only asked when ``online``.

    This blocks.
    """
    if not online and not git.remote.url.startswith("file:"):
        later = "the last good state of it is here" if git.is_kept else "the first start fetches it"
        return Finding(
            check=_CHECK,
            what=f"Whether CONTENT_GIT_URL answers was not looked at; {later}.",
            grade=Grade.OK if git.is_kept else Grade.WARNING,
            why="" if git.is_kept else "The bot does not start without posts.",
            fix="" if git.is_kept else "ainews doctor --online asks it.",
        )
    try:
        ask(git.remote)
    except ReloadError as error:
        return Finding(
            check=_CHECK,
            what=f"CONTENT_GIT_URL: {error}.",
            grade=Grade.WARNING if git.is_kept else Grade.FAILED,
            why="No new post comes." if git.is_kept else "The bot does not start: it has no posts of it yet.",
            fix="Look at CONTENT_GIT_URL, _BRANCH and _TOKEN, and at the network.",
            code=ExitCode.SETTINGS,
        )
    return Finding(check=_CHECK, what="CONTENT_GIT_URL answers, and has the branch.")
