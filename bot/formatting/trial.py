"""A test post, and what became of it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.delivery.causes import Cause
from bot.errors import DeliveryError, SendRefused
from bot.formatting import doctor_ids
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Button, Card, Message
from bot.formatting.stopped import cause_in_words, retry_button
from bot.i18n import Words

_COLOUR: Final = 0x8B8D98


def trial_post(words: Words) -> Message:
    """What the channel shows: marked as a test, without a sound, with a button that takes it away."""
    remove = Button(label=words("trial.remove"), custom_id=doctor_ids.remove_id(), emoji="🗑️")
    card = Card(title=words("trial.title"), description=words("trial.text"), colour=_COLOUR)
    return Message(cards=(card,), rows=((remove,),), silent=True)


def trial_continued(words: Words) -> Message:
    """What stands in the thread, where the rest of a post goes."""
    card = Card(title=words("trial.title"), description=words("trial.rest"), colour=_COLOUR)
    return Message(cards=(card,), silent=True)


def trial_result(
    channel_id: int,
    places: Sequence[str],
    error: DeliveryError | None,
    words: Words,
    *,
    publishes: bool = False,
    stopped: bool = False,
) -> Message:
    """For who asked: what arrived (addresses of messages), and what Discord said to the rest."""
    channel = f"<#{channel_id}>"
    lines = []
    if error is None:
        lines.append(words("trial.worked", channel=channel))
    elif isinstance(error, SendRefused):
        cause = escape_text(cause_in_words(str(Cause.of(error)), words))
        lines.append(words("trial.refused", channel=channel, cause=cause))
    else:
        lines.append(words("trial.uncertain", channel=channel))
    lines += [f"- {place}" for place in places]
    if error is None and publishes:
        lines.append(words("trial.not_published"))
    rows = ((retry_button(channel_id, words),),) if error is None and stopped else ()
    return Message(content="\n".join(lines), rows=rows)
