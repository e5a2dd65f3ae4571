"""What the operator is told after a reload, as a card."""

from __future__ import annotations

from bot.adapters.reloading import CogResult, ReloadReport
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Card, Field, Message
from bot.i18n import Words

GOOD, BAD = 0x57F287, 0xED4245
MOST_PROBLEMS = 8
MOST_VALUE = 1000
"""A little under Discord's 1,024 characters of a field's value."""


def reload_message(report: ReloadReport, words: Words) -> Message:
    """Counts of posts, the state of each cog, and the first problems with file, line and fix."""
    content = report.content
    counts = words(
        "admin.reload.content_counts",
        added=words.number(len(content.added)),
        changed=words.number(len(content.changed)),
        removed=words.number(len(content.removed)),
        refused=words.number(len(content.refused)),
    )
    fields = [
        Field(name=words("admin.reload.content"), value=counts),
        Field(name=words("admin.reload.cogs"), value="\n".join(map(_cog_line, report.cogs))[:MOST_VALUE]),
    ]
    if problems := [*report.settings, *map(str, content.problems)]:
        lines = [f"- {escape_text(problem)[:220]}" for problem in problems[:MOST_PROBLEMS]]
        if (more := len(problems) - MOST_PROBLEMS) > 0:
            lines.append(words("admin.reload.more", count=words.number(more)))
        fields.append(Field(name=words("admin.reload.problems"), value="\n".join(lines)[:MOST_VALUE]))
    title = words("admin.reload.done" if report.is_clean else "admin.reload.failed")
    return Message(cards=(Card(title=title, colour=GOOD if report.is_clean else BAD, fields=tuple(fields)),))


def _cog_line(cog: CogResult) -> str:
    return f"❌ `{cog.name}` {escape_text(cog.error)[:300]}" if cog.error else f"✅ `{cog.name}`"
