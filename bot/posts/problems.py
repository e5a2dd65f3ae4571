"""A problem in a content file, as a value: where, what, and how to mend it."""

from __future__ import annotations

import enum

from msgspec import Struct


class Severity(enum.StrEnum):
    """ERROR: the post cannot be used. WARNING: it is used, and something should be mended."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Struct, frozen=True, kw_only=True):
    """One finding in one file.

    Attributes:
        path: the file, relative to where the reader stands or to the content folder.
        line: 1-based line in the file.
        code: a stable kebab-case name, for ``--json`` and for tests.
        cause: what is wrong, one sentence.
        fix: what to do about it, one sentence.
        fixable: True where ``ainews check --fix`` mends it.
    """

    path: str
    line: int
    code: str
    cause: str
    fix: str
    severity: Severity = Severity.ERROR
    fixable: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.cause} {self.fix}"
