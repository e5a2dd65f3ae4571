"""The account before a preview: what each card uses of Discord's limits, and the file's problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.formatting.counts import Count, Level, card_counts, message_counts
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Card, Field, Message
from bot.formatting.operating.texts import BAD, GOOD, WARNING
from bot.i18n import Words
from bot.posts.problems import Problem, Severity

_SIGNS: Final = {Level.FINE: "", Level.NEAR: "⚠️ ", Level.OVER: "⛔ "}
_ROOM: Final = 3800
_MOST_PROBLEMS: Final = 8


def preview_account(
    title: str, messages: Sequence[Message], problems: Sequence[Problem], words: Words
) -> Message:
    """The counts of every message and card, and what the file's check found; ``title`` is plain text."""
    cards = sum(len(message.cards) for message in messages)
    counts = [count for message in messages for count in _all(message)]
    levels = {count.level for count in counts}
    is_bad = Level.OVER in levels or any(problem.severity is Severity.ERROR for problem in problems)
    lines: list[str] = []
    room = _ROOM
    for number, message in enumerate(messages, 1):
        line = _account(number, message, words)
        room -= len(line) + 1
        if room < 0:
            lines.append(words("admin.reload.more", count=words.number(len(messages) - number + 1)))
            break
        lines.append(line)
    fields: tuple[Field, ...] = ()
    if problems:
        said = [
            f"- {escape_text(' '.join(str(problem).split()))[:220]}" for problem in problems[:_MOST_PROBLEMS]
        ]
        if (more := len(problems) - _MOST_PROBLEMS) > 0:
            said.append(words("admin.reload.more", count=words.number(more)))
        fields = (Field(name=words("admin.reload.problems"), value="\n".join(said)[:1000]),)
    card = Card(
        title=words("admin.preview.title", title=escape_text(title)[:150]),
        description="\n".join(lines),
        colour=BAD if is_bad else WARNING if problems or Level.NEAR in levels else GOOD,
        fields=fields,
        footer=words("admin.preview.total", messages=words.number(len(messages)), cards=words.number(cards)),
    )
    return Message(cards=(card,))


def _all(message: Message) -> list[Count]:
    return [*message_counts(message), *(count for card in message.cards for count in card_counts(card))]


def _account(number: int, message: Message, words: Words) -> str:
    """A message's line, and one for each of its cards."""
    name = words("admin.preview.message", number=words.number(number))
    heads = [f"**{name}** {_said(message_counts(message), words)}"]
    heads += [
        f"-# {words('admin.preview.card', number=words.number(place))} · {_said(card_counts(card), words)}"
        for place, card in enumerate(message.cards, 1)
    ]
    return "\n".join(heads)


def _said(counts: Sequence[Count], words: Words) -> str:
    return " · ".join(_SIGNS[count.level] + _count(count, words) for count in counts)


def _count(count: Count, words: Words) -> str:
    """What ``str`` says of it, in a language."""
    key = count.label.replace(" ", "_")
    return words(f"admin.count.{key}", used=words.number(count.used), limit=words.number(count.limit))
