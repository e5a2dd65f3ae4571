"""Deliveries in doubt, with the two things an operator can do about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.delivery.models import Delivery
from bot.delivery.taking_back import is_withdrawn
from bot.formatting.cards import shortened
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Button, ButtonStyle, Card, Message, Row
from bot.formatting.operating import ids
from bot.formatting.operating.texts import GOOD, WARNING, relative
from bot.i18n import Words

MOST_SHOWN: Final = 4
"""A row of buttons each, and one row below them."""

Named = Callable[[str], str]


def doubt_message(
    rows: Sequence[Delivery], title_of: Named, channel_of: Callable[[int], str], words: Words, said: str = ""
) -> Message:
    """The oldest ones, a row of buttons each; ``said`` stands above them.

    ``title_of`` gives a slug's title, ``channel_of`` a channel's name, both plain text.
    """
    refresh: Row = (Button(label=words("admin.status.refresh"), custom_id=ids.doubt_id(), emoji="🔄"),)
    if not rows:
        card = Card(title=words("admin.doubt.none"), colour=GOOD)
        return Message(content=said or None, cards=(card,), rows=(refresh,))
    shown = rows[:MOST_SHOWN]
    lines = [words("admin.doubt.what")]
    for number, row in enumerate(shown, 1):
        about = words(
            "admin.doubt.line",
            title=escape_text(shortened(title_of(row.key.slug), 120)),
            channel=escape_text(channel_of(row.key.channel_id)[:150]),
            part=words.number(row.key.part + 1),
            parts=words.number(row.parts),
            since=relative(row.claimed_at),
        )
        lines.append(f"**{number}.** {about}")
    if (more := len(rows) - len(shown)) > 0:
        lines.append(words("admin.reload.more", count=words.number(more)))
    card = Card(
        title=words("admin.doubt.title", count=words.number(len(rows))),
        description="\n".join(lines),
        colour=WARNING,
    )
    choices = tuple(_choices(number, row, words) for number, row in enumerate(shown, 1))
    return Message(content=said or None, cards=(card,), rows=(*choices, refresh))


def _choices(number: int, row: Delivery, words: Words) -> Row:
    """What may be decided over it: what is withdrawn is not sent again."""
    label = words("admin.doubt.mark", number=number)
    mark = Button(label=label, custom_id=ids.mark_id(row.key), emoji="☑️", style=ButtonStyle.SUCCESS)
    if is_withdrawn(row):
        return (mark,)
    label = words("admin.doubt.again", number=number)
    again = Button(label=label, custom_id=ids.again_id(row.key), emoji="🔁", style=ButtonStyle.DANGER)
    return (again, mark)
