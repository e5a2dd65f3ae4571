"""The steps of deliveries in SQL, written in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import delete, insert, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.database.engine import database_errors
from bot.adapters.database.rows import UNLESS_WITHDRAWN, is_
from bot.adapters.database.tables import deliveries, steps
from bot.delivery.models import DeliveryKey, DeliveryState
from bot.delivery.ports import Clock
from bot.delivery.steps import Step, StepKind

_LONGEST_DETAIL = 500


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


async def write_steps(connection: AsyncConnection, written: Iterable[Step]) -> None:
    """Add steps to the transaction of this connection."""
    rows = [
        {
            "at": step.at,
            "channel_id": step.key.channel_id,
            "slug": step.key.slug,
            "part": step.key.part,
            "step": step.kind,
            "detail": step.detail[:_LONGEST_DETAIL] if step.detail else None,
        }
        for step in written
    ]
    if rows:
        await connection.execute(insert(steps), rows)


@dataclass(frozen=True, slots=True)
class SqlSteps:
    """``bot.delivery.ports.Steps`` over an engine; ``clock`` dates steps that come without an instant."""

    engine: AsyncEngine
    clock: Clock = field(default=utc_now, kw_only=True)

    async def steps(self, slug: str, channel_id: int) -> Sequence[Step]:
        """What became of a post in a channel, in order."""
        query = (
            select(steps).where(steps.c.channel_id == channel_id, steps.c.slug == slug).order_by(steps.c.id)
        )
        with database_errors():
            async with self.engine.connect() as connection:
                return [
                    Step(
                        at=row.at,
                        key=DeliveryKey(slug=row.slug, channel_id=row.channel_id, part=row.part),
                        kind=StepKind(row.step),
                        detail=row.detail,
                    )
                    for row in await connection.execute(query)
                ]

    async def note(self, key: DeliveryKey, kind: StepKind, detail: str) -> None:
        """Write down something that leaves the delivery's row as it is."""
        with database_errors():
            async with self.engine.begin() as connection:
                await write_steps(connection, [self._step(key, kind, detail)])

    async def forget_steps(self, before: datetime) -> int:
        """Forget the steps before an instant; how many there were."""
        with database_errors():
            async with self.engine.begin() as connection:
                return (await connection.execute(delete(steps).where(steps.c.at < before))).rowcount

    def _step(
        self, key: DeliveryKey, kind: StepKind, detail: str | None = None, at: datetime | None = None
    ) -> Step:
        return Step(at=at or self.clock(), key=key, kind=kind, detail=detail)

    async def _set(self, step: Step, **values: object) -> None:
        """Change a delivery's row and write down why.

        One whose post is withdrawn stays so: if it was in doubt, it is not in the channel after all.
        """
        this = update(deliveries).where(is_(step.key))
        in_doubt = deliveries.c.state == DeliveryState.CLAIMED
        with database_errors():
            async with self.engine.begin() as connection:
                changed = await connection.execute(this.where(UNLESS_WITHDRAWN).values(**values))
                if not changed.rowcount:
                    gone = this.where(not_(UNLESS_WITHDRAWN), in_doubt)
                    await connection.execute(gone.values(state=DeliveryState.GONE, retry_at=None))
                await write_steps(connection, [step])

    async def _add(self, step: Step, **values: object) -> None:
        """Change what is known of a message, whatever its state is, and write down why."""
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(update(deliveries).where(is_(step.key)).values(**values))
                await write_steps(connection, [step])
