"""A subscription's choices, and what changed in them, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from babel.core import Locale

from bot.delivery.choices import DAYS, IMMEDIATELY, Change
from bot.delivery.timetable import EVERY_DAY, Timetable
from bot.formatting.cards import shortened
from bot.formatting.escaping import JOINER, escape_line_starts, escape_text
from bot.formatting.messages import Button, ButtonStyle
from bot.formatting.setup.ids import Verb, setup_id
from bot.i18n import Words
from bot.i18n.zones import zone_of

_TAG_ROOM: Final = 120
"""Characters of all tags of one kind in a line."""
_WORKDAYS: Final = frozenset(range(5))


def day_name(day: int, words: Words) -> str:
    """A weekday, short: ``월``, ``Mon``; Monday is 0."""
    return str(Locale.parse(words.locale).days["format"]["abbreviated"][day])


def days_in_words(days: frozenset[int], words: Words) -> str:
    """Which days of the week."""
    if days == EVERY_DAY:
        return words("setup.every_day")
    if days == _WORKDAYS:
        return words("setup.workdays")
    return "·".join(day_name(day, words) for day in sorted(days))


def when_in_words(timetable: Timetable, now: datetime, words: Words) -> str:
    """Days, time of day and city: ``매일 09:00 (서울)``."""
    if timetable.at is None:
        return words("setup.immediately")
    city = zone_of(timetable.zone, words.locale, now).city
    days = days_in_words(timetable.weekdays, words)
    return words("setup.when", days=days, time=timetable.at.strftime("%H:%M"), city=escape_text(city))


def channel_in_words(channel_id: int, words: Words) -> str:
    """A channel as Discord shows it."""
    return f"<#{channel_id}>" if channel_id else words("setup.no_channel")


def plain(text: str, most: int) -> str:
    """Somebody's text, short, on one line; nothing in it acts."""
    flat = shortened(" ".join(text.split()), most)
    return escape_line_starts(escape_text(flat)).replace("\\@", f"@{JOINER}")


def changes_in_words(changes: Sequence[Change], now: datetime, words: Words) -> list[str]:
    """A line for each change: what it was, what it is."""
    return [_change(change, now, words) for change in changes if not _is_nothing(change)]


def list_button(words: Words) -> Button:
    """Leads to all of the server's channels."""
    return Button(label=words("setup.button.list"), custom_id=setup_id(Verb.LIST), emoji="📋")


def edit_button(channel_id: int, words: Words) -> Button:
    """Leads to a channel's panel."""
    return Button(label=words("setup.button.edit"), custom_id=setup_id(Verb.EDIT, channel_id), emoji="✏️")


def state_button(channel_id: int, words: Words, *, paused: bool) -> Button:
    """Pauses a channel, or lets it go on."""
    if paused:
        label, verb = words("setup.button.resume"), Verb.RESUME
        return Button(label=label, custom_id=setup_id(verb, channel_id), emoji="▶️", style=ButtonStyle.SUCCESS)
    return Button(label=words("setup.button.pause"), custom_id=setup_id(Verb.PAUSE, channel_id), emoji="⏸️")


def _is_nothing(change: Change) -> bool:
    """Whether a new subscription simply does without it."""
    return change.old is None and change.new in (None, [], False)


def _change(change: Change, now: datetime, words: Words) -> str:
    value = _VALUES[change.key]
    name = words(f"setup.value.{change.key}")
    new = value(change.new, now, words)
    if change.old is None and change.key != "role":
        return words("setup.set", name=name, new=new)
    return words("setup.changed", name=name, old=value(change.old, now, words), new=new)


def _channel(value: str, _now: datetime, _words: Words) -> str:
    return f"<#{value}>"


def _time(value: str, _now: datetime, words: Words) -> str:
    return words("setup.immediately") if value == IMMEDIATELY else value


def _zone(value: str, now: datetime, words: Words) -> str:
    return escape_text(zone_of(value, words.locale, now).label)


def _days(value: Sequence[str], _now: datetime, words: Words) -> str:
    return days_in_words(frozenset(map(DAYS.index, value)), words)


def _layout(value: str, _now: datetime, words: Words) -> str:
    return words(f"setup.layout.{value}")


def _language(value: str, _now: datetime, words: Words) -> str:
    return words(f"setup.language.{value}")


def tags_in_words(value: Sequence[str], words: Words) -> str:
    """Tags with commas, or that there are none."""
    return plain(", ".join(value), _TAG_ROOM) if value else words("setup.none")


def _tags(value: Sequence[str], _now: datetime, words: Words) -> str:
    return tags_in_words(value, words)


def _role(value: str | None, _now: datetime, words: Words) -> str:
    return f"<@&{value}>" if value else words("setup.none")


def _switch(value: bool, _now: datetime, words: Words) -> str:  # noqa: FBT001 - one shape for every kind
    return words("setup.on") if value else words("setup.off")


_VALUES: Final[Mapping[str, Callable[[Any, datetime, Words], str]]] = MappingProxyType(
    {
        "channel": _channel,
        "time": _time,
        "timezone": _zone,
        "weekdays": _days,
        "layout": _layout,
        "language": _language,
        "include": _tags,
        "exclude": _tags,
        "role": _role,
        "silent": _switch,
        "publish": _switch,
        "forum_tags": _tags,
    }
)
