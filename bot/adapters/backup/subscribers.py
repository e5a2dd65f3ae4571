"""Puts a backup's subscriptions in the place of a database's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.adapters.database.subscriptions import FROM_SETTINGS
from bot.adapters.database.tables import subscriptions
from bot.delivery.causes import NOT_IN_SETTINGS

_AT_ONCE = 1_000


def replace_subscriptions(
    connection: Connection, rows: Iterable[dict[str, Any]], now: datetime, *, continued: bool
) -> int:
    """Make the subscriptions those of the backup; gives how many of them are in service.

    What follows the settings here stays, and is what it is by them. A channel keeps its number, since buttons
    may hold it. Where the database ``continued`` a channel keeps its beginning too, and one that comes back
    begins now.
    """
    ours = {row.channel_id: row for row in connection.execute(select(subscriptions))}
    by_settings = {channel for channel, row in ours.items() if row.origin == FROM_SETTINGS}
    restored = []
    for row in rows:
        channel = row["channel_id"]
        if channel in by_settings:
            continue
        number = ours[channel].id if channel in ours else None
        values = {name: value for name, value in row.items() if name != "id"}
        if number is not None:
            values["id"] = number
        if continued:
            values["created_at"] = ours[channel].created_at if channel in ours else now
        if by_settings and row["origin"] == FROM_SETTINGS:
            values |= {"paused_because": NOT_IN_SETTINGS, "retry_at": None}
        restored.append(values)
    connection.execute(delete(subscriptions).where(subscriptions.c.origin != FROM_SETTINGS))
    for kept in (True, False):
        some = [values for values in restored if ("id" in values) is kept]
        for start in range(0, len(some), _AT_ONCE):
            connection.execute(insert(subscriptions), some[start : start + _AT_ONCE])
    return len(restored) + len(by_settings)
