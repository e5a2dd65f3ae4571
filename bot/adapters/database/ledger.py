"""The ledger of deliveries in SQL; the same statements serve SQLite and PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.engine import database_errors
from bot.adapters.database.tables import deliveries
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, History, Progress

_NO_MORE = {"retry_at": None, "cause": None}
_FINAL = (DeliveryState.SENT, DeliveryState.GONE)


@dataclass(frozen=True, slots=True)
class SqlLedger:
    """``bot.delivery.ports.Ledger`` over an engine; no transaction is open while anything is sent.

    ``lease`` is how long a claim is left to the process that made it. Zero where there is only one: what it
    finds claimed was left behind by a process that is no more.
    """

    engine: AsyncEngine
    lease: timedelta = timedelta(0)

    async def claim(self, delivery: Delivery) -> int | None:
        """Insert the claim, or take over a failed one whose time has come.

        Returns the number of the attempt, from 1; 0 when the message is in the channel already; None when
        another process has it, or its time has not come.
        """
        claim = {
            "parts": delivery.parts,
            "state": DeliveryState.CLAIMED,
            "fingerprint": delivery.fingerprint,
            "payload_hash": delivery.payload_hash,
            "claimed_at": delivery.claimed_at,
            "retry_at": self._leased_until(delivery.claimed_at),
            "cause": None,
        }
        again = (
            update(deliveries)
            .where(_is(delivery.key), deliveries.c.state == DeliveryState.FAILED)
            .where(deliveries.c.retry_at <= delivery.claimed_at)
            .values(**claim, attempts=deliveries.c.attempts + 1)
        )
        key = delivery.key
        first = insert(deliveries).values(
            **claim, channel_id=key.channel_id, slug=key.slug, part=key.part, attempts=1
        )
        with database_errors():
            async with self.engine.begin() as connection:
                attempt = (await connection.execute(again.returning(deliveries.c.attempts))).scalar()
                if attempt is not None:
                    return int(attempt)
            try:
                async with self.engine.begin() as connection:
                    await connection.execute(first)
            except IntegrityError:
                return await self._taken(key)
            return 1

    async def take(self, key: DeliveryKey, now: datetime) -> bool:
        """Take over a claim that nobody confirmed; False while another may have it, or once it is settled."""
        ours = (
            update(deliveries)
            .where(_is(key), deliveries.c.state == DeliveryState.CLAIMED)
            .where(or_(deliveries.c.retry_at.is_(None), deliveries.c.retry_at <= now))
            .values(retry_at=self._leased_until(now))
            .returning(deliveries.c.part)
        )
        with database_errors():
            async with self.engine.begin() as connection:
                return (await connection.execute(ours)).scalar() is not None

    async def renew(self, delivery: Delivery) -> None:
        """Write anew what a claim is about to send, and when."""
        await self._set(
            delivery.key,
            parts=delivery.parts,
            fingerprint=delivery.fingerprint,
            payload_hash=delivery.payload_hash,
            claimed_at=delivery.claimed_at,
            retry_at=self._leased_until(delivery.claimed_at),
        )

    async def confirm(self, key: DeliveryKey, message_id: int, now: datetime) -> None:
        """Record that the message is in the channel."""
        await self._set(key, state=DeliveryState.SENT, message_id=message_id, sent_at=now, **_NO_MORE)

    async def fail(self, key: DeliveryKey, cause: str, retry_at: datetime) -> None:
        """Record that it is certainly not in the channel, and when to try again."""
        await self._set(key, state=DeliveryState.FAILED, cause=cause, retry_at=retry_at)

    async def give_up(self, key: DeliveryKey, cause: str) -> None:
        """Record that the server removed it, or where it belongs: it counts as there and is never sent."""
        await self._set(key, state=DeliveryState.GONE, cause=cause, retry_at=None)

    async def shorten(self, slug: str, channel_id: int, parts: int) -> None:
        """Record that the post has no more than so many parts: what was claimed beyond is not owed."""
        beyond = and_(
            deliveries.c.channel_id == channel_id, deliveries.c.slug == slug, deliveries.c.parts > parts
        )
        with database_errors():
            async with self.engine.begin() as connection:
                if (
                    await connection.execute(select(deliveries.c.part).where(beyond).limit(1))
                ).first() is None:
                    return
                unsent = and_(beyond, deliveries.c.part >= parts, deliveries.c.state == DeliveryState.FAILED)
                await connection.execute(delete(deliveries).where(unsent))
                await connection.execute(update(deliveries).where(beyond).values(parts=parts))

    async def first_message(self, slug: str, channel_id: int) -> int | None:
        """The id of a post's part 0 in the channel, which is also its thread's; None until it is there."""
        first = DeliveryKey(slug=slug, channel_id=channel_id, part=0)
        with database_errors():
            async with self.engine.connect() as connection:
                return (await connection.execute(select(deliveries.c.message_id).where(_is(first)))).scalar()

    async def unfinished(self) -> frozenset[int]:
        """The channels in which some part was claimed or refused and is not there yet."""
        query = select(deliveries.c.channel_id).where(deliveries.c.state.not_in(_FINAL)).distinct()
        with database_errors():
            async with self.engine.connect() as connection:
                return frozenset((await connection.execute(query)).scalars())

    async def claimed(self, channel_id: int) -> Sequence[Delivery]:
        """Claims of this channel that nobody confirmed, oldest part first."""
        query = (
            select(deliveries)
            .where(deliveries.c.channel_id == channel_id, deliveries.c.state == DeliveryState.CLAIMED)
            .order_by(deliveries.c.claimed_at, deliveries.c.slug, deliveries.c.part)
        )
        with database_errors():
            async with self.engine.connect() as connection:
                return [_delivery(row) for row in await connection.execute(query)]

    async def history(self, channel_id: int, since: datetime) -> History:
        """What the channel has had since then, and whatever is unfinished however old it is."""
        recent = or_(deliveries.c.claimed_at >= since, deliveries.c.state.not_in(_FINAL))
        slugs = select(deliveries.c.slug).where(deliveries.c.channel_id == channel_id, recent)
        query = (
            select(deliveries)
            .where(deliveries.c.channel_id == channel_id, deliveries.c.slug.in_(slugs))
            .order_by(deliveries.c.claimed_at)
        )
        parts: defaultdict[str, list[Delivery]] = defaultdict(list)
        with database_errors():
            async with self.engine.connect() as connection:
                for row in await connection.execute(query):
                    parts[row.slug].append(_delivery(row))
        return {slug: _progress(rows) for slug, rows in parts.items()}

    async def _taken(self, key: DeliveryKey) -> int | None:
        async with self.engine.connect() as connection:
            state = (await connection.execute(select(deliveries.c.state).where(_is(key)))).scalar()
        return 0 if state in _FINAL else None

    def _leased_until(self, now: datetime) -> datetime | None:
        return now + self.lease if self.lease else None

    async def _set(self, key: DeliveryKey, **values: object) -> None:
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(update(deliveries).where(_is(key)).values(**values))


def _is(key: DeliveryKey) -> ColumnElement[bool]:
    columns = deliveries.c
    return and_(columns.channel_id == key.channel_id, columns.slug == key.slug, columns.part == key.part)


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    return Delivery(
        key=DeliveryKey(slug=row.slug, channel_id=row.channel_id, part=row.part),
        state=DeliveryState(row.state),
        parts=row.parts,
        fingerprint=row.fingerprint,
        payload_hash=row.payload_hash,
        claimed_at=row.claimed_at,
        attempts=row.attempts,
        message_id=row.message_id,
        retry_at=row.retry_at,
        cause=row.cause,
    )


def _progress(rows: list[Delivery]) -> Progress:
    waits = [row.retry_at for row in rows if row.state is DeliveryState.FAILED and row.retry_at]
    return Progress(
        sent=sum(row.state in _FINAL for row in rows),
        parts=rows[-1].parts,
        retry_at=max(waits, default=None),
    )
