"""Which channels get posts, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.engine import database_errors
from bot.adapters.database.tables import subscriptions
from bot.delivery.models import Subscription
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout

FROM_SETTINGS = "settings"
NOT_IN_SETTINGS = "NEWS_CHANNEL_ID does not name this channel"


@dataclass(frozen=True, slots=True)
class SqlSubscriptions:
    """``bot.delivery.ports.Subscriptions`` over an engine."""

    engine: AsyncEngine

    async def active(self) -> Sequence[Subscription]:
        """Those that are not paused, in the order of their channels."""
        query = select(subscriptions).where(subscriptions.c.paused_because.is_(None))
        with database_errors():
            async with self.engine.connect() as connection:
                rows = await connection.execute(query.order_by(subscriptions.c.channel_id))
                return [_subscription(row) for row in rows]

    async def pause(self, channel_id: int, cause: str) -> None:
        """Stop delivering to the channel until somebody mends the cause."""
        statement = update(subscriptions).where(subscriptions.c.channel_id == channel_id)
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(statement.values(paused_because=cause))

    async def follow_settings(self, wanted: Subscription | None) -> None:
        """Make the subscription of the settings the only one of its origin.

        A known channel keeps the instant of its creation, also while it is out of the settings, so that it
        does not start over; a pause ends, since a restart is how a single-server operator says "mended".
        """
        ours = subscriptions.c.origin == FROM_SETTINGS
        with database_errors():
            async with self.engine.begin() as connection:
                out = update(subscriptions).where(ours).values(paused_because=NOT_IN_SETTINGS)
                await connection.execute(out)
                if wanted is None:
                    return
                row = _row(wanted)
                same = subscriptions.c.channel_id == row.pop("channel_id")
                created_at = row.pop("created_at")
                known = await connection.execute(update(subscriptions).where(same).values(**row))
                if not known.rowcount:
                    new = {**row, "channel_id": wanted.channel_id, "created_at": created_at}
                    await connection.execute(insert(subscriptions).values(**new))


def _row(subscription: Subscription) -> dict[str, object]:
    timetable = subscription.timetable
    return {
        "channel_id": subscription.channel_id,
        "post_time": timetable.at.strftime("%H:%M") if timetable.at else None,
        "timezone": timetable.zone,
        "weekdays": "".join(map(str, sorted(timetable.weekdays))),
        "layout": subscription.layout,
        "locale": subscription.locale,
        "origin": FROM_SETTINGS,
        "created_at": subscription.created_at,
        "paused_because": subscription.paused_because,
    }


def _subscription(row: Row[tuple[object, ...]]) -> Subscription:
    return Subscription(
        channel_id=row.channel_id,
        timetable=Timetable(
            at=time.fromisoformat(row.post_time) if row.post_time else None,
            zone=row.timezone,
            weekdays=frozenset(map(int, row.weekdays)),
        ),
        layout=Layout(row.layout),
        locale=row.locale,
        created_at=row.created_at,
        paused_because=row.paused_because,
    )
