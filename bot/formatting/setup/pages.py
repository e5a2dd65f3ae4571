"""The admins' other pages: all channels of the server, what was saved, what a file would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from bot.delivery.choices import MOST_SUBSCRIPTIONS, Change
from bot.delivery.exchange import DEFAULTS, Fault
from bot.delivery.models import Subscription
from bot.formatting import limits
from bot.formatting.cards import shortened
from bot.formatting.doctor import server_button
from bot.formatting.escaping import escape_text
from bot.formatting.lines import Entry, fitted
from bot.formatting.messages import Button, ButtonStyle, Card, Message, Option, Row, Select
from bot.formatting.setup.choices import (
    changes_in_words,
    edit_button,
    list_button,
    plain,
    when_in_words,
)
from bot.formatting.setup.ids import Verb, setup_id
from bot.formatting.setup.standing import MARKS, Hold, hold_in_words
from bot.formatting.stopped import cause_in_words
from bot.i18n import Words

COLOUR: Final = 0x5865F2
SAVED: Final = 0x57F287
WRONG: Final = 0xED4245
MOST_SHOWN: Final = 5
"""Changes that the history shows."""
_NAME: Final = 90
_LIST_ROOM: Final = limits.CARD_DESCRIPTION - 300
"""Characters of the list itself: what concerns all of it stands above and below."""
_QUOTED: Final = 80


class Named(Struct, frozen=True, kw_only=True):
    """A subscription, its channel's name, None where the gateway shows none, and what keeps posts away."""

    subscription: Subscription
    name: str | None
    hold: Hold | None = None


class Remembered(Struct, frozen=True, kw_only=True):
    """A change as the audit has it; ``action`` is a key of the catalogues (``setup.did.…``)."""

    at: datetime
    user_id: int
    channel_id: int
    action: str
    changes: tuple[Change, ...]


def list_page(
    channels: Sequence[Named], now: datetime, words: Words, *, notice: str | None = None
) -> Message:
    """All of a server's channels, paused ones as well, with what leads to each."""
    export = Button(label=words("setup.button.export"), custom_id=setup_id(Verb.EXPORT), emoji="📤")
    full = len(channels) >= MOST_SUBSCRIPTIONS
    add = Button(
        label=words("setup.button.add"),
        custom_id=setup_id(Verb.ADD),
        emoji="➕",
        style=ButtonStyle.PRIMARY,
        disabled=full,
    )
    if not channels:
        text = words("setup.list.none")
        return Message(content=notice, cards=(_card(words("setup.list.title"), text),), rows=((add,),))
    head = hold_in_words(Hold.HALTED, words) + "\n\n" if any(map(_is_halted, channels)) else ""
    text = head + fitted([_entry(each, now, words) for each in channels], room=_LIST_ROOM)
    if full:
        text += "\n\n" + words("setup.list.full", most=words.number(MOST_SUBSCRIPTIONS))
    options = tuple(_option(each, now, words) for each in channels[: limits.SELECT_OPTIONS])
    edit = Select(custom_id=setup_id(Verb.EDIT), options=options, placeholder=words("setup.choose.edit"))
    rows: tuple[Row, ...] = ((edit,), (add, export, server_button(words)))
    return Message(content=notice, cards=(_card(words("setup.list.title"), text),), rows=rows)


def saved_page(
    subscription: Subscription,
    changes: Sequence[Change],
    now: datetime,
    words: Words,
    *,
    hold: Hold | None = None,
) -> Message:
    """What was saved: every changed value, old and new, and when the next post comes, or why none does."""
    lines = changes_in_words(changes, now, words) or [words("setup.unchanged")]
    slot = subscription.timetable.next_after(now)
    if subscription.paused_because:
        lines.append("\n⏸️ " + escape_text(cause_in_words(subscription.paused_because, words)))
    elif hold:
        lines.append("\n" + hold_in_words(hold, words))
    elif slot:
        lines.append("\n" + words("setup.next", at=f"<t:{int(slot.timestamp())}:f>"))
    else:
        lines.append("\n" + words("setup.next_immediately"))
    title = words("setup.saved") if changes else words("setup.title.edit")
    text = f"<#{subscription.channel_id}>\n" + "\n".join(lines)
    rows: tuple[Row, ...] = ((edit_button(subscription.channel_id, words), list_button(words)),)
    return Message(cards=(_card(title, text, SAVED),), rows=rows)


def remove_page(subscription: Subscription, now: datetime, words: Words) -> Message:
    """Asks whether a channel is really to be removed."""
    when = when_in_words(subscription.timetable, now, words)
    text = words("setup.remove.sure", channel=f"<#{subscription.channel_id}>", when=when)
    sure = Button(
        label=words("setup.button.remove"),
        custom_id=setup_id(Verb.REMOVE_SURE, subscription.channel_id),
        emoji="🗑️",
        style=ButtonStyle.DANGER,
    )
    rows: tuple[Row, ...] = ((sure, edit_button(subscription.channel_id, words), list_button(words)),)
    return Message(cards=(_card(words("setup.remove.title"), text, WRONG),), rows=rows)


def history_lines(remembered: Sequence[Remembered], now: datetime, words: Words) -> list[str]:
    """The last changes, the latest first, each in a line."""
    lines = []
    for each in remembered[:MOST_SHOWN]:
        what = ", ".join(changes_in_words(each.changes, now, words)) if each.action == "change" else ""
        what = what if 0 < len(what) <= _HISTORY else ""
        who = words("setup.operator") if each.action.startswith("operator") else f"<@{each.user_id}>"
        did = words(f"setup.did.{each.action.removeprefix('operator_')}")
        lines.append(f"<t:{int(each.at.timestamp())}:R> {who} {did}" + (f": {what}" if what else ""))
    return lines


_HISTORY: Final = 120
"""Characters of one change's values: five of them fit a field."""


class Planned(Struct, frozen=True, kw_only=True):
    """What a file would do to one channel; no changes: nothing."""

    channel_id: int
    is_new: bool
    changes: tuple[Change, ...]


class LeftOut(Struct, frozen=True, kw_only=True):
    """What of a file is not taken: its server's channels that are gone, keys that mean nothing."""

    channels: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()


def import_page(
    token: str,
    planned: Sequence[Planned],
    now: datetime,
    words: Words,
    *,
    left_out: LeftOut,
    notice: str | None = None,
) -> Message:
    """What a file would change, channel by channel, with the button that does it, and what is left out."""
    entries: list[Entry] = []
    for each in planned:
        mark = "➕" if each.is_new else "✏️" if each.changes else "➖"
        head = f"{mark} <#{each.channel_id}>"
        lines = changes_in_words(_telling(each), now, words) or [words("setup.unchanged")]
        short = words("import.values", count=words.number(len(each.changes)))
        entries.append((f"{head}\n" + "\n".join(lines), f"{head} {short}", head))
    head = "\n".join((words("import.about"), *_left_out(left_out, words))) + "\n\n"
    text = head + fitted(entries, room=limits.CARD_DESCRIPTION - len(head))
    take = Button(
        label=words("import.button"),
        custom_id=setup_id(Verb.IMPORT, token),
        emoji="📥",
        style=ButtonStyle.SUCCESS,
        disabled=not any(each.changes for each in planned),
    )
    cancel = Button(label=words("setup.button.cancel"), custom_id=setup_id(Verb.CANCEL, token), emoji="✖️")
    return Message(content=notice, cards=(_card(words("import.title"), text),), rows=((take, cancel),))


def _left_out(left_out: LeftOut, words: Words) -> list[str]:
    lines = []
    if left_out.channels:
        channels = ", ".join(f"`{channel_id}`" for channel_id in left_out.channels)
        lines.append("⛔ " + words("import.gone", channels=channels))
    if left_out.keys:
        keys = ", ".join(f"`{plain(key, _QUOTED)}`" for key in left_out.keys)
        lines.append("⚠️ " + words("import.ignored", keys=keys))
    return lines


def imported_page(planned: Sequence[Planned], words: Words) -> Message:
    """What a file did."""
    new = sum(each.is_new for each in planned)
    changed = sum(bool(each.changes) and not each.is_new for each in planned)
    text = words("import.done", new=words.number(new), changed=words.number(changed))
    return Message(cards=(_card(words("setup.saved"), text, SAVED),), rows=((list_button(words),),))


def faults_page(faults: Sequence[Fault], words: Words) -> Message:
    """What is wrong in a file, each with its place and what would be right; nothing was changed."""
    lines = [_fault(fault, words) for fault in faults]
    return Message(cards=(_card(words("import.wrong"), "\n".join(lines), WRONG),))


def _fault(fault: Fault, words: Words) -> str:
    fix = words(f"import.fix.{fault.fix}")
    if not fault.entry:
        return f"• `{plain(fault.key, _QUOTED)}`: {fix}" if fault.key else f"• {fix}"
    key, found = plain(fault.key, _QUOTED), plain(fault.found, _QUOTED)
    return "• " + words("import.fault", entry=words.number(fault.entry), key=key, found=found, fix=fix)


def _telling(planned: Planned) -> Sequence[Change]:
    """Of a new channel, only what is not as usual."""
    if not planned.is_new:
        return planned.changes
    return [each for each in planned.changes if each.key not in DEFAULTS or DEFAULTS[each.key] != each.new]


def _is_halted(named: Named) -> bool:
    return named.hold is Hold.HALTED


def _entry(named: Named, now: datetime, words: Words) -> Entry:
    subscription, hold = named.subscription, named.hold
    when = when_in_words(subscription.timetable, now, words)
    head = f"<#{subscription.channel_id}> {when}"
    short = f"{MARKS[hold]} <#{subscription.channel_id}>"
    if hold is Hold.GONE:
        return (f"{hold_in_words(hold, words)}\n-# {head}", short)
    if subscription.paused_because:
        cause = escape_text(cause_in_words(subscription.paused_because, words))
        return (f"⏸️ {head}\n-# {cause}", f"⏸️ {head}", f"⏸️ <#{subscription.channel_id}>")
    plain_head = f"{MARKS[hold]} {head}"
    if hold is Hold.DRY:
        return (f"{plain_head}\n-# {words('setup.hold.dry')}", plain_head, short)
    slot = subscription.timetable.next_after(now)
    if slot is None or hold is Hold.HALTED:
        return (plain_head, short)
    return (f"{plain_head} · {words('setup.next', at=f'<t:{int(slot.timestamp())}:R>')}", plain_head, short)


def _option(named: Named, now: datetime, words: Words) -> Option:
    subscription = named.subscription
    name = words("setup.gone_channel")
    if named.hold is not Hold.GONE:
        name = f"#{shortened(named.name or str(subscription.channel_id), _NAME)}"
    when = when_in_words(subscription.timetable, now, words)
    if subscription.paused_because or named.hold is Hold.HALTED:
        when = words("setup.paused") + " · " + when
    return Option(label=name, value=str(subscription.channel_id), description=when[: limits.OPTION_TEXT])


def _card(title: str, text: str, colour: int = COLOUR) -> Card:
    return Card(title=title, description=text[: limits.CARD_DESCRIPTION], colour=colour)
