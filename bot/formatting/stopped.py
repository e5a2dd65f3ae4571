"""Tells a server why a channel gets no posts any more, and what to click so that it does again."""

from __future__ import annotations

from typing import Final

from bot.delivery.causes import BY_OPERATOR, BY_SERVER, LEFT, NOT_IN_SETTINGS, Cause
from bot.discord_codes import PERMANENT, ErrorCode
from bot.formatting import doctor_ids, limits
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Button, ButtonStyle, Card, Message
from bot.i18n import Words
from bot.replacing import replace

_STOPPED: Final = 0xE5484D
_STATES: Final = {
    BY_SERVER: "cause.by_server",
    BY_OPERATOR: "cause.by_operator",
    LEFT: "cause.left",
    NOT_IN_SETTINGS: "cause.not_in_settings",
}


def cause_in_words(cause: str, words: Words) -> str:
    """What stops a channel and the exact way to mend it, plain text, from a stored ``Cause``."""
    if cause in _STATES:
        return words(_STATES[cause])
    known = Cause.parse(cause)
    if known is None:
        return cause
    if known.code == ErrorCode.MISSING_PERMISSION:
        return words(f"cause.{known.code}.{known.doing}")
    if known.code in PERMANENT:
        return words(f"cause.{known.code}")
    return words("cause.other", code=str(known.code))


def retry_button(channel_id: int, words: Words) -> Button:
    """Tries again at once where deliveries stopped."""
    custom_id = doctor_ids.retry_id(channel_id)
    return Button(label=words("doctor.retry"), custom_id=custom_id, emoji="🔁", style=ButtonStyle.PRIMARY)


def stopped_message(channel_id: int, cause: str, words: Words) -> Message:
    """The notice for the server, with a button for whoever has mended it."""
    return _to_be_mended("stopped", channel_id, cause, words)


def unwanted_message(channel_id: int, cause: str, words: Words) -> Message:
    """The notice that one post was refused for what it says, with the same buttons."""
    return _to_be_mended("unwanted", channel_id, cause, words)


def _to_be_mended(what: str, channel_id: int, cause: str, words: Words) -> Message:
    text = words(f"{what}.text", channel=f"<#{channel_id}>", cause=escape_text(cause_in_words(cause, words)))
    check = Button(label=words("doctor.check"), custom_id=doctor_ids.check_id(channel_id), emoji="🩺")
    return Message(
        cards=(Card(title=words(f"{what}.title"), description=text, colour=_STOPPED),),
        rows=((retry_button(channel_id, words), check),),
    )


def left_out_message(channel_id: int, words: Words) -> Message:
    """The notice that one post, or the rest of one, does not come for the time being."""
    text = words("left_out.text", channel=f"<#{channel_id}>")
    return Message(cards=(Card(title=words("left_out.title"), description=text, colour=_STOPPED),))


def as_text(message: Message) -> Message:
    """The same without cards, for a channel where the bot may write and embed nothing."""
    text = "\n\n".join(f"**{card.title}**\n{card.description}" for card in message.cards)
    return replace(message, content=text[: limits.MESSAGE_CONTENT], cards=())
