"""Tells a server's admins what keeps a channel from its posts: what, why it matters, what to click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from bot.delivery.causes import is_failure
from bot.delivery.diagnosis import Finding, Severity, Trouble
from bot.formatting import doctor_ids, limits
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Button, Card, Message, Option, Row, Select
from bot.formatting.stopped import cause_in_words, retry_button
from bot.i18n import Words
from bot.replacing import replace

COLOURS: Final = MappingProxyType(
    {None: 0x30A46C, Severity.ADVICE: 0x30A46C, Severity.DEGRADES: 0xF5A524, Severity.STOPS: 0xE5484D}
)
MARKS: Final = MappingProxyType(
    {None: "✅", Severity.ADVICE: "💡", Severity.DEGRADES: "⚠️", Severity.STOPS: "⛔"}
)
PERMISSIONS: Final = frozenset(
    {
        Trouble.NO_VIEW,
        Trouble.NO_SEND,
        Trouble.NO_EMBEDS,
        Trouble.NO_POSTS,
        Trouble.NO_THREADS,
        Trouble.NO_THREAD_MESSAGES,
        Trouble.NO_POST_MESSAGES,
        Trouble.NO_HISTORY,
    }
)
"""A permission that is missing: each has its own name and its own why, and they share the rest."""
_ROOM: Final = 3600
"""Characters of a report's findings: the rest of the card, and a saved panel above it, fit beside them."""
_HEAD: Final = 500
"""Characters of a report beside its findings, at the most."""
_LONGEST_ABOUT: Final = 200
_LONGEST_CAUSE: Final = 400
"""Characters; only what an older version stored can be longer."""
_LONGEST_NAME: Final = 90


class Checkup(Struct, frozen=True, kw_only=True):
    """What was found in a subscription's channel, the worst first.

    Attributes:
        name: the channel's, for a select's option, which shows no mention.
        parent_id: of a thread, the channel whose permissions it has.
        cause: why nothing is sent to it at present.
        known: False where the gateway shows nothing of the channel, so that little could be looked at.
    """

    channel_id: int
    findings: tuple[Finding, ...]
    name: str = ""
    parent_id: int | None = None
    role_id: int | None = None
    cause: str | None = None
    known: bool = True

    @property
    def worst(self) -> Severity | None:
        """How bad it is, None where all is well."""
        return self.findings[0].severity if self.findings else None


def report(checkup: Checkup, bot_id: int, words: Words) -> Message:
    """One channel's findings with the buttons to go on."""
    return Message(cards=(findings_card(checkup, bot_id, words),), rows=(buttons(checkup, words),))


def findings_card(checkup: Checkup, bot_id: int, words: Words, room: int = _ROOM) -> Card:
    """One channel's findings, in ``room`` characters; that all is well is said too."""
    channel = f"<#{checkup.channel_id}>"
    if checkup.findings:
        head = words("doctor.found", channel=channel)
        body = _listed(checkup, bot_id, words, room)
    else:
        head = words("doctor.unknown" if not checkup.known else "doctor.fine", channel=channel)
        body = ""
    return Card(
        title=words("doctor.title"),
        description="\n\n".join(filter(None, (head, body))),
        colour=COLOURS[checkup.worst],
    )


def server_button(words: Words) -> Button:
    """Looks at every channel of the server."""
    return Button(label=words("doctor.server"), custom_id=doctor_ids.server_id(), emoji="🩺")


def under(page: Message, checkups: Sequence[Checkup], bot_id: int, words: Words) -> Message:
    """A page, such as what was saved, with the findings below it, as far as there is room.

    One channel's are told in full, of several how each one does; of none the page stays as it is.
    """
    if len(checkups) != 1:
        below = overview(checkups, words) if checkups else Message()
        return replace(page, cards=(*page.cards, *below.cards), rows=(*page.rows, *below.rows))
    (checkup,) = checkups
    taken = sum(len(card.title or "") + len(card.description or "") for card in page.cards)
    room = min(_ROOM, limits.MESSAGE_CARD_CHARACTERS - taken - _HEAD)
    card = findings_card(checkup, bot_id, words, room)
    return replace(page, cards=(*page.cards, card), rows=(*page.rows, buttons(checkup, words)))


def buttons(checkup: Checkup, words: Words) -> Row:
    """Test post, check again, and try again where deliveries stopped though nobody wanted that."""
    row = [
        Button(label=words("doctor.test"), custom_id=doctor_ids.test_id(checkup.channel_id), emoji="🧪"),
        Button(label=words("doctor.check"), custom_id=doctor_ids.check_id(checkup.channel_id), emoji="🩺"),
    ]
    if is_failure(checkup.cause):
        row.insert(0, retry_button(checkup.channel_id, words))
    return tuple(row)


def overview(checkups: Iterable[Checkup], words: Words) -> Message:
    """All channels of a server, the worst first, and a select that shows one; at least one channel."""
    ordered = sorted(checkups, key=lambda checkup: (checkup.worst is None, checkup.worst or 0))
    shown = ordered[: limits.SELECT_OPTIONS]
    lines = [
        f"{MARKS[checkup.worst]} <#{checkup.channel_id}>: {_summary(checkup, words)}" for checkup in shown
    ]
    if more := len(ordered) - len(shown):
        lines.append(words("doctor.more_channels", count=words.number(more)))
    card = Card(title=words("doctor.title"), description="\n".join(lines), colour=COLOURS[ordered[0].worst])
    options = tuple(
        Option(
            label=f"#{checkup.name or checkup.channel_id}"[:_LONGEST_NAME],
            value=str(checkup.channel_id),
            description=_summary(checkup, words)[: limits.OPTION_TEXT],
        )
        for checkup in shown
    )
    select = Select(custom_id=doctor_ids.pick_id(), options=options, placeholder=words("doctor.pick"))
    return Message(cards=(card,), rows=((select,),))


def warning(checkup: Checkup, bot_id: int, words: Words) -> Message:
    """What a server hears unasked: posts will not arrive unless this is mended."""
    message = report(checkup, bot_id, words)
    card = message.cards[0]
    said = words("doctor.warning", channel=f"<#{checkup.channel_id}>")
    body = _listed(checkup, bot_id, words)
    warned = Card(title=words("doctor.warning.title"), description=f"{said}\n\n{body}", colour=card.colour)
    return Message(cards=(warned,), rows=message.rows)


def _listed(checkup: Checkup, bot_id: int, words: Words, room: int = _ROOM) -> str:
    """The findings, as many as there is room for."""
    blocks: list[str] = []
    for finding in checkup.findings:
        block = _block(finding, checkup, bot_id, words)
        if sum(map(len, blocks)) + len(block) > room:
            more = len(checkup.findings) - len(blocks)
            blocks.append(words("doctor.more", count=words.number(more)))
            break
        blocks.append(block)
    return "\n\n".join(blocks)


def _block(finding: Finding, checkup: Checkup, bot_id: int, words: Words) -> str:
    trouble = finding.trouble
    values = {
        "channel": f"<#{checkup.channel_id}>",
        "place": f"<#{checkup.parent_id or checkup.channel_id}>",
        "bot": f"<@{bot_id}>",
        "role": f"<@&{checkup.role_id}>",
        "about": escape_text(finding.about[:_LONGEST_ABOUT]),
    }
    if trouble in PERMISSIONS:
        values["permission"] = words(f"doctor.{trouble}.permission")
        what, fix = "doctor.permission.what", "doctor.permission.fix"
    else:
        what, fix = f"doctor.{trouble}.what", f"doctor.{trouble}.fix"
    if trouble is Trouble.STOPPED:
        why = escape_text(cause_in_words(finding.about, words)[:_LONGEST_CAUSE])
    else:
        why = words(f"doctor.{trouble}.why", **values)
    return f"{MARKS[finding.severity]} **{words(what, **values)}**\n{why}\n🔧 {words(fix, **values)}"


def _summary(checkup: Checkup, words: Words) -> str:
    """In a few words how a channel does."""
    if not checkup.findings:
        return words("doctor.summary.fine" if checkup.known else "doctor.summary.unknown")
    count = words.number(len(checkup.findings))
    return words(f"doctor.summary.{_NAMES[checkup.findings[0].severity]}", count=count)


_NAMES: Final = MappingProxyType(
    {Severity.STOPS: "stops", Severity.DEGRADES: "degrades", Severity.ADVICE: "advice"}
)
