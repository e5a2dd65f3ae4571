"""What the operator is told after a reload, as a card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.adapters.cogs import CogResult
from bot.adapters.reloading import ReloadReport
from bot.adapters.snapshots import Difference
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Card, Field, Message
from bot.i18n import Words

GOOD, BAD = 0x57F287, 0xED4245
MOST_PROBLEMS = 8
MOST_VALUE = 1000
"""A little under Discord's 1,024 characters of a field's value."""


def reload_message(report: ReloadReport, words: Words) -> Message:
    """What changed, the state of each cog, how long it took, and the first problems with line and fix."""
    fields = tuple(Field(name=name, value=value[:MOST_VALUE]) for name, value in _fields(report, words))
    if not report.taken:
        title = words("admin.reload.failed")
    else:
        title = words("admin.reload.done" if report.is_clean else "admin.reload.partly")
    colour = GOOD if report.is_clean else BAD
    return Message(cards=(Card(title=title, colour=colour, fields=fields, footer=_took(report, words)),))


def _fields(report: ReloadReport, words: Words) -> Iterator[tuple[str, str]]:
    if report.content is not None:
        yield words("admin.reload.content"), _counts(report.content, words)
        if report.content.writing:
            yield words("admin.reload.writing"), _writing(report.content.writing, words)
    if report.cogs:
        lines = [_cog_line(cog, report, words) for cog in report.cogs]
        if report.running:
            lines.append(words("admin.reload.running", count=words.number(report.running)))
        yield words("admin.reload.cogs"), "\n".join(lines)
    if report.changed:
        yield words("admin.reload.changed"), ", ".join(f"`{name}`" for name in report.changed)
    if report.restart:
        yield words("admin.reload.restart"), ", ".join(f"`{name}`" for name in report.restart)
    of_files = (*report.content.problems, *report.content.standing) if report.content is not None else ()
    if problems := [*report.problems, *map(str, of_files)]:
        lines = [f"- {escape_text(' '.join(problem.split()))[:220]}" for problem in problems[:MOST_PROBLEMS]]
        if (more := len(problems) - MOST_PROBLEMS) > 0:
            lines.append(words("admin.reload.more", count=words.number(more)))
        yield words("admin.reload.problems"), "\n".join(lines)


def _counts(content: Difference, words: Words) -> str:
    return words(
        "admin.reload.content_counts",
        added=words.number(len(content.added)),
        changed=words.number(len(content.changed)),
        removed=words.number(len(content.removed)),
        refused=words.number(len(content.refused)),
    )


def _writing(paths: Sequence[str], words: Words) -> str:
    """The files that are taken in by themselves once they are whole."""
    lines = [f"- {escape_text(path)[:220]}" for path in paths[:MOST_PROBLEMS]]
    if (more := len(paths) - MOST_PROBLEMS) > 0:
        lines.append(words("admin.reload.more", count=words.number(more)))
    return "\n".join([*lines, words("admin.reload.writing_note")])[-MOST_VALUE:]


def _cog_line(cog: CogResult, report: ReloadReport, words: Words) -> str:
    if cog.error:
        return f"❌ `{cog.name}` {escape_text(' '.join(cog.error.split()))[:300]}"
    return f"✅ `{cog.name}`" if report.taken else f"➖ `{cog.name}` {words('admin.reload.kept')}"


def _took(report: ReloadReport, words: Words) -> str:
    parts = [
        f"{words(f'admin.reload.part.{part}')} {seconds * 1000:.0f} ms"
        for part, seconds in report.seconds.items()
    ]
    if report.sent is not None:
        parts.append(words("admin.reload.sent" if report.sent else "admin.reload.not_sent"))
    return " · ".join(parts)
