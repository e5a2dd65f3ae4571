"""What a look found, as values."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from msgspec import Struct

from bot.exit_codes import ExitCode


class Grade(enum.StrEnum):
    """FAILED: the bot does not start, or does not work. WARNING: it does, and something should be mended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        check: what was looked at, one word.
        what: what is so.
        why: why that matters, where it is not well.
        fix: what to do about it.
        code: what the process ends with if this is FAILED.
    """

    check: str
    what: str
    grade: Grade = Grade.OK
    why: str = ""
    fix: str = ""
    code: ExitCode = ExitCode.FAILED


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """What ``ainews run`` would end with: it reads settings, then the database, and uses the token last."""
    codes = {finding.code for finding in findings if finding.grade is Grade.FAILED}
    order = (ExitCode.SETTINGS, ExitCode.DATABASE, ExitCode.TOKEN, ExitCode.FAILED)
    return next((code for code in order if code in codes), ExitCode.OK)
