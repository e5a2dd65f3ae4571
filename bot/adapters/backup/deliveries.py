"""Unites a backup's deliveries with a database's own; what is unknown counts as sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.adapters.database.tables import deliveries
from bot.delivery.models import DeliveryState

UNKNOWN = "restored from a backup: it may have been sent since"
_SETTLED = frozenset({DeliveryState.SENT, DeliveryState.LISTED, DeliveryState.GONE})
_AT_ONCE = 1_000

Row = dict[str, Any]
_Place = tuple[int, str]


def unite_deliveries(
    connection: Connection, rows: Iterable[Row], done: Callable[[int], None], *, as_they_are: bool
) -> tuple[int, int]:
    """Insert what the database lacks, and mark as sent what only the backup knows to be.

    Gives how many deliveries came from the backup, and how many of them were given up as unknown; none are
    where they are taken ``as_they_are``.
    """
    ours = _states(connection)
    waiting: list[Row] = []
    seen = added = unknown = 0
    for place, group in groupby(rows, key=lambda row: (row["channel_id"], row["slug"])):
        found = list(group)
        seen += len(found)
        for row in found if as_they_are else _settled(found):
            state = ours[place].get(row["part"])
            if state is None:
                waiting.append(row)
                unknown += row["cause"] == UNKNOWN
            elif row["state"] == DeliveryState.SENT and state not in _SETTLED:
                _mark_as_sent(connection, row)
            else:
                continue
            added += 1
        if len(waiting) >= _AT_ONCE:
            connection.execute(insert(deliveries), waiting)
            waiting.clear()
            done(seen)
    if waiting:
        connection.execute(insert(deliveries), waiting)
    done(seen)
    return added, unknown


def _states(connection: Connection) -> defaultdict[_Place, dict[int, str]]:
    """By channel and post, the state of each part."""
    columns = deliveries.c
    query = select(columns.channel_id, columns.slug, columns.part, columns.state)
    states: defaultdict[_Place, dict[int, str]] = defaultdict(dict)
    for channel, slug, part, state in connection.execute(query):
        states[channel, slug][part] = state
    return states


def _settled(rows: list[Row]) -> list[Row]:
    """A post's rows such that nothing of it is owed: whole, each part settled, its content unknown."""
    by_part = {row["part"]: row for row in rows}
    parts = max(by_part) + 1
    settled = []
    for part in range(parts):
        row = {**by_part.get(part, {**rows[0], "state": None}), "part": part, "parts": parts}
        row |= {"content_hash": None, "retry_at": None}
        if row["state"] not in _SETTLED:
            row |= {"state": DeliveryState.GONE, "cause": UNKNOWN, "message_id": None, "sent_at": None}
        settled.append(row)
    return settled


def _mark_as_sent(connection: Connection, row: Row) -> None:
    key = (deliveries.c.channel_id == row["channel_id"]) & (deliveries.c.slug == row["slug"])
    values = {name: row[name] for name in ("state", "message_id", "sent_at", "retry_at", "cause")}
    connection.execute(update(deliveries).where(key, deliveries.c.part == row["part"]).values(**values))
