"""The ledger of deliveries in SQL; the same statements serve SQLite and PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.alone import begin_to_write
from bot.adapters.database.engine import database_errors
from bot.adapters.database.rows import UNLESS_WITHDRAWN, delivery_of, is_, progress_of
from bot.adapters.database.sent import SqlSentMessages
from bot.adapters.database.steps import write_steps
from bot.adapters.database.tables import deliveries, marks
from bot.delivery.causes import REFUSED_FOR_GOOD, Ending
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, History
from bot.delivery.planning import MEMORY
from bot.delivery.ports import NONE_LISTED
from bot.delivery.steps import Step, StepKind
from bot.delivery.taking_back import abandoned

_NO_MORE = {"retry_at": None, "cause": None}
_OWED = (DeliveryState.CLAIMED, DeliveryState.FAILED)
_OPEN_AGAIN = (DeliveryState.FAILED, DeliveryState.REMOVED)
PAUSED = marks.c.name == "paused"
"""The mark of an operator who has stopped all deliveries."""


@dataclass(frozen=True, slots=True)
class SqlLedger(SqlSentMessages):
    """``bot.delivery.ports.Ledger`` over an engine; no transaction is open while anything is sent.

    ``lease`` is how long a claim is left to the process that made it. Zero where there is only one: what it
    finds claimed was left behind by a process that is no more.
    """

    lease: timedelta = timedelta(0)

    async def claim(self, delivery: Delivery, listed: Mapping[str, str] = NONE_LISTED) -> int | None:
        """Insert the claim, or take over a failed or removed one whose time has come.

        ``listed`` are the contents, by slug, of the posts that a list card names: with a first claim, in the
        same transaction, each is recorded as LISTED in it. If one has a row already nothing is claimed.

        Returns the number of the attempt, from 1; 0 when the message is in the channel already (or the post
        was listed, or the message was removed for good); None when another process has it, or its time has
        not come, or an operator has stopped all deliveries.
        """
        claim = {
            "parts": delivery.parts,
            "state": DeliveryState.CLAIMED,
            "fingerprint": delivery.fingerprint,
            "payload_hash": delivery.payload_hash,
            "content_hash": delivery.content_hash,
            "updated_on": delivery.updated_on,
            "place_id": delivery.place_id,
            "claimed_at": delivery.claimed_at,
            "retry_at": self._leased_until(delivery.claimed_at),
            "cause": None,
        }
        again = (
            update(deliveries)
            .where(is_(delivery.key), deliveries.c.state.in_(_OPEN_AGAIN))
            .where(deliveries.c.retry_at <= delivery.claimed_at)
            .values(**claim, attempts=deliveries.c.attempts + 1)
        )
        key, now = delivery.key, delivery.claimed_at
        claimed = self._step(key, StepKind.CLAIMED, at=now)
        first = insert(deliveries).values(
            **claim, channel_id=key.channel_id, slug=key.slug, part=key.part, attempts=1
        )
        with database_errors():
            async with self.engine.begin() as connection:
                if await _is_paused(connection):
                    return None
                attempt = (await connection.execute(again.returning(deliveries.c.attempts))).scalar()
                if attempt is not None:
                    await write_steps(connection, [claimed])
                    return int(attempt)
            try:
                async with self.engine.begin() as connection:
                    await connection.execute(first)
                    if listed:
                        await connection.execute(insert(deliveries), _listed_rows(delivery, listed))
                    await write_steps(connection, [claimed, *_listed_steps(delivery, listed)])
            except IntegrityError:
                return await self._taken(key)
            return 1

    async def take(self, key: DeliveryKey, now: datetime) -> bool:
        """Take over a claim that nobody confirmed; False while another may have it, or once it is settled."""
        ours = (
            update(deliveries)
            .where(is_(key), deliveries.c.state == DeliveryState.CLAIMED)
            .where(or_(deliveries.c.retry_at.is_(None), deliveries.c.retry_at <= now))
            .values(retry_at=self._leased_until(now))
            .returning(deliveries.c.part)
        )
        with database_errors():
            async with self.engine.begin() as connection:
                if await _is_paused(connection):
                    return False
                return (await connection.execute(ours)).scalar() is not None

    async def renew(self, delivery: Delivery) -> None:
        """Write anew what a claim is about to send, and when."""
        await self._add(
            self._step(delivery.key, StepKind.RENEWED, at=delivery.claimed_at),
            parts=delivery.parts,
            fingerprint=delivery.fingerprint,
            payload_hash=delivery.payload_hash,
            content_hash=delivery.content_hash,
            updated_on=delivery.updated_on,
            place_id=delivery.place_id,
            claimed_at=delivery.claimed_at,
            retry_at=self._leased_until(delivery.claimed_at),
        )

    async def confirm(
        self, key: DeliveryKey, message_id: int, now: datetime, step: StepKind = StepKind.SENT
    ) -> bool:
        """Record that the message is in the channel: sent just now, or found there.

        False where an operator has withdrawn the post meanwhile, so that the message must go again.
        """
        sent = {"state": DeliveryState.SENT, "message_id": message_id, "sent_at": now, **_NO_MORE}
        this = update(deliveries).where(is_(key)).values(**sent)
        with database_errors():
            async with self.engine.begin() as connection:
                is_wanted = bool((await connection.execute(this.where(UNLESS_WITHDRAWN))).rowcount)
                is_unwanted = not is_wanted and bool((await connection.execute(this)).rowcount)
                await write_steps(connection, [self._step(key, step, str(message_id), now)])
        return not is_unwanted

    async def fail(self, key: DeliveryKey, cause: str, retry_at: datetime) -> None:
        """Record that it is certainly not in the channel, and when to try again, unless it is withdrawn."""
        step = self._step(key, StepKind.REFUSED, cause)
        await self._set(step, state=DeliveryState.FAILED, cause=cause, retry_at=retry_at)

    async def abandon(self, slug: str) -> None:
        """Let no more of a post go to the channels that have begun it, as it is withdrawn.

        Begun: a message of it is there, or may be. Every part that is not there, also one that was never
        claimed, is GONE, so that it cannot be claimed. What is in doubt stays CLAIMED, with its cause, until
        it is found (``confirm``) or is known not to be there (``fail``, ``give_up``): then it is GONE too.
        """
        with database_errors():
            while True:
                try:
                    async with self.engine.begin() as connection:
                        await self._abandon(connection, slug)
                except IntegrityError:
                    continue  # another process has just claimed one of the parts
                return

    async def _abandon(self, connection: AsyncConnection, slug: str) -> None:
        await connection.run_sync(begin_to_write)
        found = await connection.execute(
            select(deliveries).where(deliveries.c.slug == slug).with_for_update()
        )
        withdrawn = abandoned([delivery_of(row) for row in found])
        for row in withdrawn:
            values = {"state": row.state, "cause": row.cause, "retry_at": row.retry_at}
            changed = await connection.execute(update(deliveries).where(is_(row.key)).values(**values))
            if not changed.rowcount:
                await connection.execute(insert(deliveries).values(**_unclaimed(row), **values))
        gone = [row.key for row in withdrawn if row.state is DeliveryState.GONE]
        await write_steps(connection, [self._step(key, StepKind.WITHDRAWN, Ending.WITHDRAWN) for key in gone])

    async def hasten(self, channel_id: int, now: datetime) -> None:
        """Let what was refused in the channel be tried again from now on."""
        refused = and_(
            deliveries.c.channel_id == channel_id,
            deliveries.c.state == DeliveryState.FAILED,
            deliveries.c.retry_at > now,
        )
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(update(deliveries).where(refused).values(retry_at=now))

    async def give_up(
        self,
        key: DeliveryKey,
        cause: str,
        step: StepKind = StepKind.GONE,
        again_at: datetime | None = None,
    ) -> None:
        """Record that it is no more, or never will be: it counts as there and is not sent.

        The server removed it, or the place where it belongs; or an operator has withdrawn it. What is left
        out may be claimed again from ``again_at`` on, see ``reopen``.
        """
        gone = {"state": DeliveryState.GONE, "cause": cause, "retry_at": again_at}
        await self._set(self._step(key, step, cause), **gone)

    async def reopen(self, now: datetime, channel_id: int | None = None) -> None:
        """Let what was left out be claimed again: where its time has come, or all of late in one channel."""
        wanted = deliveries.c.retry_at <= now
        if channel_id is not None:
            wanted = and_(deliveries.c.channel_id == channel_id, deliveries.c.claimed_at >= now - MEMORY)
        left_out = and_(
            wanted,
            deliveries.c.state == DeliveryState.GONE,
            deliveries.c.cause.startswith(REFUSED_FOR_GOOD),
        )
        again = update(deliveries).where(left_out).values(state=DeliveryState.FAILED, retry_at=now)
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(again)

    async def pause_all(self, now: datetime) -> None:
        """Let nothing be claimed any more, by any process, until ``resume_all``."""
        with database_errors():
            try:
                async with self.engine.begin() as connection:
                    await connection.execute(insert(marks).values(name="paused", at=now))
            except IntegrityError:
                return  # since earlier

    async def resume_all(self) -> None:
        """Let deliveries go on."""
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(delete(marks).where(PAUSED))

    async def paused_since(self) -> datetime | None:
        """Since when an operator has stopped all deliveries; None while they go on."""
        with database_errors():
            async with self.engine.connect() as connection:
                return (await connection.execute(select(marks.c.at).where(PAUSED))).scalar_one_or_none()

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
                return (await connection.execute(select(deliveries.c.message_id).where(is_(first)))).scalar()

    async def unfinished(self) -> frozenset[int]:
        """The channels in which some part was claimed or refused and is not there yet."""
        query = select(deliveries.c.channel_id).where(deliveries.c.state.in_(_OWED)).distinct()
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
                return [delivery_of(row) for row in await connection.execute(query)]

    async def listed(self, slug: str, channel_id: int) -> Sequence[str]:
        """The slugs of the posts that the list card of this slug names."""
        query = select(deliveries.c.slug).where(
            deliveries.c.channel_id == channel_id, deliveries.c.listed_in == slug
        )
        with database_errors():
            async with self.engine.connect() as connection:
                return (await connection.execute(query)).scalars().all()

    async def history(self, channel_id: int, since: datetime, slugs: Collection[str] = ()) -> History:
        """What the channel has had since then; what is unfinished, and these posts, however old they are."""
        recent = or_(deliveries.c.claimed_at >= since, deliveries.c.state.in_(_OWED))
        found = select(deliveries.c.slug).where(deliveries.c.channel_id == channel_id, recent)
        either = or_(deliveries.c.slug.in_(found), deliveries.c.slug.in_(slugs))
        query = (
            select(deliveries)
            .where(deliveries.c.channel_id == channel_id, either)
            .order_by(deliveries.c.claimed_at)
        )
        parts: defaultdict[str, list[Delivery]] = defaultdict(list)
        with database_errors():
            async with self.engine.connect() as connection:
                for row in await connection.execute(query):
                    parts[row.slug].append(delivery_of(row))
        return {slug: progress_of(rows) for slug, rows in parts.items()}

    async def _taken(self, key: DeliveryKey) -> int | None:
        async with self.engine.connect() as connection:
            row = (await connection.execute(select(deliveries.c.state).where(is_(key)))).first()
        open_again = (*_OWED, DeliveryState.REMOVED)
        return None if row is None or row.state in open_again else 0

    def _leased_until(self, now: datetime) -> datetime | None:
        return now + self.lease if self.lease else None


async def _is_paused(connection: AsyncConnection) -> bool:
    return (await connection.execute(select(marks.c.name).where(PAUSED))).first() is not None


def _listed_steps(card: Delivery, slugs: Iterable[str]) -> list[Step]:
    keys = [DeliveryKey(slug=slug, channel_id=card.key.channel_id, part=0) for slug in slugs]
    return [Step(at=card.claimed_at, key=key, kind=StepKind.LISTED, detail=card.key.slug) for key in keys]


def _listed_rows(card: Delivery, contents: Mapping[str, str]) -> list[dict[str, object]]:
    """A row for each post that a list card names, so that it is never sent."""
    row = {
        "channel_id": card.key.channel_id,
        "part": 0,
        "parts": 1,
        "state": DeliveryState.LISTED,
        "fingerprint": "",
        "payload_hash": "",
        "attempts": 1,
        "claimed_at": card.claimed_at,
        "listed_in": card.key.slug,
    }
    return [{**row, "slug": slug, "content_hash": content} for slug, content in contents.items()]


def _unclaimed(part: Delivery) -> dict[str, object]:
    """The row of a part that was never claimed, but for its state."""
    return {
        "channel_id": part.key.channel_id,
        "slug": part.key.slug,
        "part": part.key.part,
        "parts": part.parts,
        "fingerprint": part.fingerprint,
        "payload_hash": part.payload_hash,
        "attempts": part.attempts,
        "claimed_at": part.claimed_at,
        "content_hash": part.content_hash,
        "updated_on": part.updated_on,
    }
