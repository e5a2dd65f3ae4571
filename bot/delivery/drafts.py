"""A subscription that somebody is setting up: what it would be, and what it was when they began."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Self

from msgspec import Struct

from bot.delivery.choices import Change, changes, chosen, fitting, values_of
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from bot.i18n.zones import home_zone
from bot.replacing import replace

LIFETIME: Final = timedelta(days=1)
"""How long a draft is kept after its last change."""
NO_CHANNEL: Final = 0
"""Stands for a channel that is yet to be chosen."""


class Draft(Struct, frozen=True, kw_only=True):
    """What would be saved (``new``), and the subscription that is being edited, None for a new one.

    Attributes:
        locale: Discord's locale by which time zones are ranked.
        zones: IANA names that a search for time zones found, offered instead of the likely ones.
    """

    new: Subscription
    old: Subscription | None = None
    locale: str = "ko"
    zones: tuple[str, ...] = ()

    @property
    def has_channel(self) -> bool:
        """Whether it can be saved."""
        return self.new.channel_id != NO_CHANNEL

    @property
    def changes(self) -> tuple[Change, ...]:
        """What saving would change."""
        return changes(values_of(self.old) if self.old else None, values_of(self.new))

    def with_(self, **values: Any) -> Self:
        """The draft with other choices; what the channel's kind cannot do is left out."""
        return replace(self, new=fitting(replace(self.new, **values)))

    def at(self, **values: Any) -> Self:
        """The draft with another time, zone or weekdays."""
        return self.with_(timetable=replace(self.new.timetable, **values))

    def to_values(self) -> dict[str, Any]:
        """As JSON; ``read`` is its inverse, but for pauses and instants."""
        return {
            "new": _kept(self.new),
            "old": _kept(self.old) if self.old else None,
            "locale": self.locale,
            "zones": list(self.zones),
        }

    @classmethod
    def read(cls, values: Mapping[str, Any], guild_id: int, now: datetime) -> Self:
        """The draft that ``to_values`` gave, to be saved now."""

        def subscription(kept: Mapping[str, Any]) -> Subscription:
            kind = ChannelKind(kept["kind"])
            return chosen(kept, kind=kind, guild_id=guild_id, created_at=now)

        return cls(
            new=subscription(values["new"]),
            old=subscription(values["old"]) if values["old"] else None,
            locale=values["locale"],
            zones=tuple(values["zones"]),
        )


def first_draft(
    *, guild_id: int, channel: tuple[int, ChannelKind] | None, locale: str, language: str, now: datetime
) -> Draft:
    """A new subscription as most want it: every day at nine where people of the server's locale live.

    ``channel`` is where it was asked for, None where that takes no posts.
    """
    channel_id, kind = channel or (NO_CHANNEL, ChannelKind.TEXT)
    timetable = Timetable(zone=home_zone(locale, Timetable().zone))
    new = Subscription(
        channel_id=channel_id,
        guild_id=guild_id,
        kind=kind,
        timetable=timetable,
        locale=language,
        created_at=now,
    )
    return Draft(new=new, locale=locale)


def edited(subscription: Subscription, locale: str) -> Draft:
    """A subscription that is there, to be changed."""
    return Draft(new=subscription, old=subscription, locale=locale)


def _kept(subscription: Subscription) -> dict[str, Any]:
    return {**values_of(subscription), "kind": str(subscription.kind)}
