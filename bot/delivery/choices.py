"""What a server chooses for a channel, as plain values: to keep, to compare, to carry elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout
from bot.patterns import regex
from bot.replacing import replace

IMMEDIATELY: Final = "immediately"
"""The time of day of posts that go out as soon as they are out."""
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_SUBSCRIPTIONS: Final = 25
"""Of a server: as many as one menu can offer."""
MOST_TAGS: Final = 10
LONGEST_TAG: Final = 50
_TIME: Final = regex(
    r"(?P<before>오전|오후|새벽|아침|점심|낮|저녁|밤|[ap]\.?m\.?)?\s*"
    r"(?P<hour>[01]?\d|2[0-3])"
    r"(?:\s*[:시.]\s*(?:(?P<minute>[0-5]?\d)|(?P<half>반)|정각)?|(?P<digits>[0-5]\d))?\s*분?"
    r"\s*(?P<after>[ap]\.?m\.?)?"
)
_NOON: Final = 12
_HALF: Final = 30
_NAMED_TIMES: Final = MappingProxyType(
    {"정오": time(12), "noon": time(12), "자정": time(0), "midnight": time(0)}
)
_MORNING: Final = MappingProxyType({hour: hour % _NOON for hour in range(13)})
_AFTERNOON: Final = MappingProxyType({hour: hour % _NOON + _NOON for hour in range(13)})
_MIDDAY: Final = MappingProxyType({11: 11, 12: 12, **{hour: hour + _NOON for hour in range(1, 6)}})
_EVENING: Final = MappingProxyType({hour: hour + _NOON for hour in range(4, 12)})
_NIGHT: Final = MappingProxyType(
    {12: 0, **{hour: hour for hour in range(1, 6)}, **{hour: hour + _NOON for hour in range(6, 12)}}
)
_PARTS_OF_DAY: Final[Mapping[str, Mapping[int, int]]] = MappingProxyType(
    {
        "오전": _MORNING,
        "새벽": _MORNING,
        "아침": MappingProxyType({hour: hour for hour in range(5, 12)}),
        "a": _MORNING,
        "오후": _AFTERNOON,
        "p": _AFTERNOON,
        "점심": _MIDDAY,
        "낮": _MIDDAY,
        "저녁": _EVENING,
        "밤": _NIGHT,
    }
)
"""By the part of the day, from the hour that is said with it to the hour of the day."""

Values = dict[str, Any]
"""What a server chooses, as JSON knows it; ids are text, since JSON's numbers lose digits."""


def values_of(subscription: Subscription) -> Values:
    """A subscription's choices under the keys of an export."""
    timetable = subscription.timetable
    return {
        "channel": str(subscription.channel_id),
        "time": timetable.at.strftime("%H:%M") if timetable.at else IMMEDIATELY,
        "timezone": timetable.zone,
        "weekdays": [DAYS[day] for day in sorted(timetable.weekdays)],
        "layout": str(subscription.layout),
        "language": subscription.locale,
        "include": sorted(subscription.include),
        "exclude": sorted(subscription.exclude),
        "role": str(subscription.role_id) if subscription.role_id is not None else None,
        "silent": subscription.silent,
        "publish": subscription.publish,
        "forum_tags": list(subscription.forum_tags),
    }


def chosen(
    values: Mapping[str, Any], *, kind: ChannelKind, guild_id: int | None, created_at: datetime
) -> Subscription:
    """The subscription of values that ``values_of`` gave, or that were checked to be like them."""
    return Subscription(
        channel_id=int(values["channel"]),
        guild_id=guild_id,
        kind=kind,
        timetable=Timetable(
            at=None if values["time"] == IMMEDIATELY else time.fromisoformat(values["time"]),
            zone=values["timezone"],
            weekdays=frozenset(map(DAYS.index, values["weekdays"])),
        ),
        layout=Layout(values["layout"]),
        locale=values["language"],
        include=frozenset(values["include"]),
        exclude=frozenset(values["exclude"]),
        role_id=int(values["role"]) if values["role"] is not None else None,
        silent=values["silent"],
        publish=values["publish"],
        forum_tags=tuple(values["forum_tags"]),
        created_at=created_at,
    )


class Change(Struct, frozen=True, kw_only=True):
    """One value that is another now; ``old`` is None for all of a new subscription."""

    key: str
    old: Any
    new: Any


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Which values differ, in the order of the keys."""
    before = old or {}
    return tuple(
        Change(key=key, old=before.get(key), new=value)
        for key, value in new.items()
        if old is None or before.get(key) != value
    )


def same(one: Subscription | None, other: Subscription | None) -> bool:
    """Whether two hold the same choices."""
    if one is None or other is None:
        return one is other
    return values_of(one) == values_of(other)


def fitting(subscription: Subscription) -> Subscription:
    """Without what the kind of its channel cannot do: only announcement channels hand posts on."""
    if subscription.kind is not ChannelKind.ANNOUNCEMENT and subscription.publish:
        return replace(subscription, publish=False)
    return subscription


def read_time(text: str) -> time | None:
    """A time of day as people write it; None where it is none.

    ``9``, ``09:30``, ``오후 6시``, ``6pm``, ``9시 반``, ``밤 11시``, ``정오``.
    """
    said = unicodedata.normalize("NFKC", text).strip().lower()
    if said in _NAMED_TIMES:
        return _NAMED_TIMES[said]
    match = _TIME.fullmatch(said)
    if match is None or (match["before"] and match["after"]):
        return None
    hour: int | None = int(match["hour"])
    if part := match["before"] or match["after"]:
        hours = _PARTS_OF_DAY.get(part) or _PARTS_OF_DAY[part[0]]
        hour = hours.get(int(match["hour"]))
    minute = _HALF if match["half"] else int(match["minute"] or match["digits"] or 0)
    return None if hour is None else time(hour, minute)


def unique_tags(names: Iterable[str]) -> tuple[str, ...]:
    """Names of tags without a ``#`` or spaces around them, each once; empty ones are left out."""
    plain = (" ".join(name.split()).lstrip("#").strip() for name in names)
    return tuple(dict.fromkeys(filter(None, plain)))


def read_tags(text: str) -> tuple[str, ...]:
    """Names of tags with commas or in lines, without a ``#`` before them, each once.

    Raises:
        ValueError: there are more than MOST_TAGS, or one is longer than LONGEST_TAG characters.
    """
    tags = unique_tags(re.split(r"[,，、\n]", text))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise ValueError(text)
    return tags
