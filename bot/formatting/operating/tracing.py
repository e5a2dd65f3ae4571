"""The whole story of a post in a channel: what happened, and what is the matter now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from bot.delivery.causes import Ending
from bot.delivery.explaining import Reason, Why
from bot.delivery.models import is_list
from bot.delivery.steps import Step, StepKind
from bot.formatting.escaping import code_span, escape_text
from bot.formatting.messages import Button, ButtonStyle, Card, Field, Message
from bot.formatting.operating import ids
from bot.formatting.operating.texts import (
    BAD,
    GOOD,
    NEUTRAL,
    WARNING,
    cause_of_ending,
    cause_of_pause,
    clock,
    moment,
)
from bot.i18n import Words

MOST_STEPS: Final = 25
_LONGEST: Final = 2800
"""Characters of the steps: title, fields and they share a message's 6,000."""
_LONGEST_DETAIL: Final = 150

_SIGNS: Final = {
    StepKind.CLAIMED: "✋",
    StepKind.RENEWED: "🔁",
    StepKind.SENT: "✅",
    StepKind.FOUND: "🔎",
    StepKind.REFUSED: "❌",
    StepKind.UNCERTAIN: "❔",
    StepKind.GONE: "🕳️",
    StepKind.LISTED: "🗒️",
    StepKind.EDITED: "✏️",
    StepKind.POSTPONED: "⏳",
    StepKind.REMOVED: "🧹",
    StepKind.PUBLISHED: "📢",
    StepKind.ENDED: "🏁",
    StepKind.RETRY: "🔁",
    StepKind.MARKED: "☑️",
    StepKind.WITHDRAWN: "↩️",
}
_COLOURS: Final = {
    Why.SENT: GOOD,
    Why.LISTED: GOOD,
    Why.DUE: NEUTRAL,
    Why.SLOT: NEUTRAL,
    Why.IN_DOUBT: BAD,
    Why.RETRY: BAD,
}


class Trace(Struct, frozen=True, kw_only=True):
    """A post in a channel; ``title`` and ``channel`` are plain text."""

    title: str
    slug: str
    channel: str
    steps: Sequence[Step]
    reasons: Sequence[Reason]
    now: datetime


def trace_message(trace: Trace, words: Words) -> Message:
    """The present answer first, then every step; buttons where somebody has to decide."""
    lines = [_step_line(step, words) for step in trace.steps]
    kept = _that_fit(lines[-MOST_STEPS:])
    if (left := len(lines) - len(kept)) > 0:
        kept.insert(0, words("admin.trace.earlier", count=words.number(left)))
    card = Card(
        title=escape_text(trace.title)[:200],
        description="\n".join(kept) or words("admin.trace.no_steps"),
        colour=_COLOURS.get(trace.reasons[0].why, WARNING),
        fields=(
            Field(
                name=words("admin.trace.channel"), value=escape_text(trace.channel)[:500] or "-", inline=True
            ),
            Field(name=words("admin.trace.slug"), value=code_span(trace.slug)[:500], inline=True),
            Field(name=words("admin.trace.now"), value="\n".join(_answers(trace.reasons, words))[:1000]),
        ),
    )
    is_doubtful = any(reason.why is Why.IN_DOUBT for reason in trace.reasons)
    show = Button(
        label=words("admin.doubt.show"), custom_id=ids.doubt_id(), emoji="❔", style=ButtonStyle.PRIMARY
    )
    return Message(cards=(card,), rows=((show,),) if is_doubtful else ())


def _that_fit(lines: Sequence[str]) -> list[str]:
    """The last lines that fit into a description."""
    kept: list[str] = []
    room = _LONGEST
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        kept.insert(0, line)
    return kept


def _step_line(step: Step, words: Words) -> str:
    said = words(f"admin.step.{step.kind}", part=words.number(step.key.part + 1))
    line = f"{clock(step.at)} {_SIGNS[step.kind]} {said}"
    if not step.detail or step.detail == Ending.WITHDRAWN:  # which the step says itself
        return line
    detail = " ".join(cause_of_ending(step.detail, words).split())
    return f"{line} · {escape_text(detail[:_LONGEST_DETAIL])}"


def _answers(reasons: Sequence[Reason], words: Words) -> Iterator[str]:
    for reason in reasons:
        when = moment(reason.at) if reason.at else ""
        detail = reason.detail or ""
        if reason.why is Why.PAUSED:
            detail = cause_of_pause(detail, words)
        elif reason.why is Why.LISTED and is_list(detail):
            detail = ""
        else:
            detail = cause_of_ending(detail, words)
        key = f"admin.why.{reason.why}"
        if reason.why is Why.PAUSED and reason.at is None:
            key = "admin.why.paused_by_hand"
        yield f"- {words(key, time=when, detail=escape_text(detail)[:300])}".rstrip(" ·:")
