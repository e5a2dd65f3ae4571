"""What the operator asks of the deliveries and changes in them, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.alone import LEASE
from bot.adapters.database.engine import database_errors
from bot.adapters.database.rows import UNLESS_WITHDRAWN, delivery_of, is_, is_post
from bot.adapters.database.steps import write_steps
from bot.adapters.database.tables import deliveries
from bot.delivery.causes import REFUSED_FOR_GOOD
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.delivery.steps import Step, StepKind

SEND_AGAIN = "the operator wants it sent again"
MARKED = "the operator says that it is there"


class LeftOut(Struct, frozen=True, kw_only=True):
    """A version of a post that Discord does not take; ``cause`` begins with ``REFUSED_FOR_GOOD``."""

    slug: str
    version: str | None
    messages: int
    cause: str


class SqlOperating(Struct, frozen=True):
    """Reads and mends the table of deliveries. Every method raises StoreError."""

    engine: AsyncEngine

    async def counts(self) -> Mapping[DeliveryState, int]:
        """How many deliveries are in each state."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        with database_errors():
            async with self.engine.connect() as connection:
                return {DeliveryState(state): number for state, number in await connection.execute(query)}

    async def sent_since(self, since: datetime) -> int:
        """How many messages were sent since then."""
        query = select(func.count()).where(
            deliveries.c.state == DeliveryState.SENT, deliveries.c.sent_at >= since
        )
        with database_errors():
            async with self.engine.connect() as connection:
                return int((await connection.execute(query)).scalar_one())

    async def slugs(self) -> Sequence[str]:
        """Of everything that was ever delivered, also of posts whose files are no more."""
        with database_errors():
            async with self.engine.connect() as connection:
                return (await connection.execute(select(deliveries.c.slug).distinct())).scalars().all()

    async def in_doubt(self, now: datetime, channel_id: int | None = None) -> Sequence[Delivery]:
        """Deliveries of which nobody knows whether they are in their channel, the oldest first."""
        query = (
            select(deliveries)
            .where(_in_doubt(now), _in(channel_id))
            .order_by(deliveries.c.claimed_at, deliveries.c.channel_id, deliveries.c.part)
        )
        with database_errors():
            async with self.engine.connect() as connection:
                return [delivery_of(row) for row in await connection.execute(query)]

    async def in_doubt_since(self, before: datetime, now: datetime) -> tuple[int, datetime | None]:
        """How many of these were claimed before then, and when the oldest was."""
        columns = deliveries.c
        query = select(func.count(), func.min(columns.claimed_at)).where(
            _in_doubt(now), columns.claimed_at < before
        )
        with database_errors():
            async with self.engine.connect() as connection:
                count, oldest = (await connection.execute(query)).one()
        return count, oldest

    async def left_out(self) -> Sequence[LeftOut]:
        """Posts with a message that Discord refuses everywhere it was tried, each version by itself."""
        columns = deliveries.c
        query = (
            select(columns.slug, columns.content_hash, func.count(), func.max(columns.cause))
            .where(columns.state == DeliveryState.GONE, columns.cause.startswith(REFUSED_FOR_GOOD))
            .group_by(columns.slug, columns.content_hash)
        )
        with database_errors():
            async with self.engine.connect() as connection:
                return [
                    LeftOut(slug=slug, version=version, messages=count, cause=cause)
                    for slug, version, count, cause in await connection.execute(query)
                ]

    async def retry(self, now: datetime, channel_id: int | None = None) -> int:
        """Let what was refused, and edits that were, be tried at once; how many had to wait."""
        columns = deliveries.c
        waits = and_(
            _in(channel_id),
            columns.retry_at > now,
            or_(
                columns.state == DeliveryState.FAILED,
                # A pause without a cause keeps an edited message from being handed on too often.
                (columns.state == DeliveryState.SENT) & columns.cause.is_not(None),
            ),
        )
        return await self._change(waits, now, StepKind.RETRY, None, retry_at=now)

    async def send_again(self, key: DeliveryKey, now: datetime) -> bool:
        """Let a delivery in doubt be sent again, wherever its message may be, unless it is withdrawn."""
        this = is_(key) & _in_doubt(now) & UNLESS_WITHDRAWN
        values = {"state": DeliveryState.FAILED, "cause": SEND_AGAIN, "retry_at": now}
        return bool(await self._change(this, now, StepKind.RETRY, SEND_AGAIN, **values))

    async def mark_sent(self, slug: str, channel_id: int, part: int | None, now: datetime) -> int:
        """Record a post's parts in doubt, or one of them, as there; how many there were.

        Their messages' ids stay unknown: they are not corrected later.
        """
        here = is_post(slug, channel_id) & _in_doubt(now)
        if part is not None:
            here &= deliveries.c.part == part
        values = {"state": DeliveryState.GONE, "cause": MARKED, "retry_at": None}
        return await self._change(here, now, StepKind.MARKED, None, **values)

    async def _change(
        self,
        condition: ColumnElement[bool],
        now: datetime,
        kind: StepKind,
        detail: str | None,
        **values: object,
    ) -> int:
        columns = deliveries.c
        changed = update(deliveries).where(condition).values(**values)
        returned = changed.returning(columns.slug, columns.channel_id, columns.part)
        with database_errors():
            async with self.engine.begin() as connection:
                keys = [
                    DeliveryKey(slug=slug, channel_id=channel_id, part=part)
                    for slug, channel_id, part in await connection.execute(returned)
                ]
                await write_steps(
                    connection, [Step(at=now, key=key, kind=kind, detail=detail) for key in keys]
                )
        return len(keys)


def _in(channel_id: int | None) -> ColumnElement[bool]:
    return true() if channel_id is None else deliveries.c.channel_id == channel_id


def _in_doubt(now: datetime) -> ColumnElement[bool]:
    """Claimed so long ago that no request for it can be on its way, and nobody is settling it."""
    columns = deliveries.c
    is_free = or_(columns.retry_at.is_(None), columns.retry_at <= now)
    return and_(columns.state == DeliveryState.CLAIMED, columns.claimed_at <= now - LEASE, is_free)
