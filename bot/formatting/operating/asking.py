"""Questions before something that reaches many channels, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.delivery.results import Result
from bot.delivery.withdrawing import Withdrawn
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Button, ButtonStyle, Card, Message
from bot.formatting.operating import ids
from bot.formatting.operating.texts import BAD, GOOD, WARNING
from bot.i18n import Words

_BAR: Final = 20
_SIGNS: Final = {Result.SENT: "✅", Result.THERE: "☑️", Result.FILTERED: "➖", Result.REFUSED: "❌"}


def asks_to_post(slug: str, title: str, channels: int, words: Words) -> Message:
    """Before a post goes to several channels; ``title`` is plain text."""
    text = words("admin.post.ask", title=escape_text(title)[:200], count=words.number(channels))
    go = words("admin.post.go", count=words.number(channels))
    return _question(
        text, Button(label=go, custom_id=ids.post_id(slug), emoji="📨", style=ButtonStyle.PRIMARY), words
    )


def asks_to_withdraw(slug: str, title: str, messages: int, channels: int, words: Words) -> Message:
    """Before a post is taken back; ``title`` is plain text."""
    counts = {"messages": words.number(messages), "channels": words.number(channels)}
    text = words("admin.withdraw.ask", title=escape_text(title)[:200], **counts)
    go = words("admin.withdraw.go", **counts)
    button = Button(label=go, custom_id=ids.withdraw_id(slug), emoji="↩️", style=ButtonStyle.DANGER)
    return _question(text, button, words)


def _question(text: str, go: Button, words: Words) -> Message:
    no = Button(label=words("admin.cancel"), custom_id=ids.cancel_id())
    return Message(cards=(Card(description=text, colour=WARNING),), rows=((go, no),))


def progress_line(done: int, of: int, words: Words) -> str:
    """How far a long work has come."""
    if of <= 0:
        return words("admin.progress.begun")
    full = _BAR * done // of
    counts = words("admin.progress.of", done=words.number(done), of=words.number(of))
    return f"`{'█' * full}{'░' * (_BAR - full)}` {counts}"


def posted_message(title: str, results: Mapping[Result, int], words: Words, *, several: bool) -> Message:
    """How many channels had which result; ``title`` is plain text."""
    lines = [
        f"{_SIGNS.get(result, '⚠️')} {words(f'admin.post.result.{result}', count=words.number(count))}"
        for result in Result
        if (count := results.get(result, 0))
    ]
    if several:
        lines.append(f"-# {words('admin.this_process')}")
    is_good = not any(results.get(result, 0) for result in _BAD)
    card = Card(
        title=words("admin.post.done", title=escape_text(title)[:150]),
        description="\n".join(lines) or words("admin.post.no_channel"),
        colour=GOOD if is_good else BAD,
    )
    return Message(cards=(card,))


_BAD: Final = frozenset({Result.REFUSED, Result.UNCERTAIN, Result.IN_DOUBT, Result.BROKEN, Result.BUSY})


def withdrawn_message(title: str, outcome: Withdrawn, words: Words) -> Message:
    """How many messages were deleted; ``title`` is plain text."""
    lines = [words("admin.withdraw.removed", count=words.number(outcome.removed))]
    if outcome.left:
        lines.append(words("admin.withdraw.left", count=words.number(outcome.left)))
    lines.append(words("admin.withdraw.file"))
    colour = BAD if outcome.left else GOOD
    title = words("admin.withdraw.done", title=escape_text(title)[:150])
    return Message(cards=(Card(title=title, description="\n".join(lines), colour=colour),))
