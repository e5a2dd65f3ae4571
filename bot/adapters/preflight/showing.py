"""Shows what was found: a table for people, JSON for programs, and never a secret."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.adapters.preflight.findings import Finding, Grade
from bot.redaction import redact, spellings, visible

_SIGNS: Final = MappingProxyType(
    {Grade.OK: ("✓", "green"), Grade.WARNING: ("!", "yellow"), Grade.FAILED: ("✗", "bold red")}
)
_WIDTH = 160
"""Columns where the table is not drawn on a terminal."""


def without_secrets(findings: Iterable[Finding], secrets: Iterable[str]) -> tuple[Finding, ...]:
    """The findings as they may be shown anywhere, each part of them on one line."""
    known = spellings(secrets)

    def clean(text: str) -> str:
        return visible(redact(text, known))

    return tuple(
        Finding(
            check=finding.check,
            what=clean(finding.what),
            grade=finding.grade,
            why=clean(finding.why),
            fix=clean(finding.fix),
            code=finding.code,
        )
        for finding in findings
    )


def as_json(findings: Iterable[Finding]) -> str:
    """A list of objects; ``code`` is what the process ends with where it failed."""
    rows = [msgspec.structs.asdict(finding) for finding in findings]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def show(findings: Sequence[Finding]) -> None:
    """Draw the table on standard output, and count below it what is to be mended."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    table = Table(show_header=True, box=None, pad_edge=False)
    table.add_column("")
    table.add_column("Check", no_wrap=True)
    for heading in ("What", "Why it matters", "Fix"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        sign, style = _SIGNS[finding.grade]
        told = (Text(text) for text in (finding.check, finding.what, finding.why, finding.fix))
        table.add_row(Text(sign, style=style), *told)
    console.print(table)
    failed = sum(finding.grade is Grade.FAILED for finding in findings)
    warned = sum(finding.grade is Grade.WARNING for finding in findings)
    counted = f"{failed} to mend before it works, {warned} to look at."
    console.print(Text(counted if failed or warned else "All is well.", style="bold"))
