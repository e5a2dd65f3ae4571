"""Collects what is found wrong with one file while it is read."""

from __future__ import annotations

from bot.errors import PostError
from bot.posts.problems import Problem, Severity


class Findings:
    """The problems of one file, in the order they were met."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def warn(self, line: int, code: str, cause: str, fix: str, *, fixable: bool = False) -> None:
        """Note something that should be mended; the post stays usable."""
        problem = Problem(
            path=self.path,
            line=line,
            code=code,
            cause=cause,
            fix=fix,
            severity=Severity.WARNING,
            fixable=fixable,
        )
        self.problems.append(problem)

    def refusal(self, line: int, code: str, cause: str, fix: str) -> PostError:
        """The error to raise for a post that cannot be used, with everything found so far."""
        problem = Problem(path=self.path, line=line, code=code, cause=cause, fix=fix)
        return PostError((*self.problems, problem))
