"""What an operator changes in the table of deliveries, on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.engine import open_database
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.operating import SqlOperating
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.replacing import replace

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def claim(channel_id: int = 1, part: int = 0, slug: str = "a") -> Delivery:
    return Delivery(
        key=DeliveryKey(slug=slug, channel_id=channel_id, part=part),
        state=DeliveryState.CLAIMED,
        parts=2,
        fingerprint="f" * 64,
        payload_hash="p" * 64,
        claimed_at=NOW,
    )


@pytest.fixture
def ledger(engine: AsyncEngine) -> SqlLedger:
    return SqlLedger(engine)


async def test_a_fresh_claim_is_on_its_way_and_an_old_one_in_doubt(ledger: SqlLedger) -> None:
    operating = SqlOperating(ledger.engine)
    for channel_id in (1, 2):
        await ledger.claim(claim(channel_id))
    assert await operating.in_doubt(NOW + timedelta(seconds=14)) == []
    assert await operating.mark_sent("a", 1, None, NOW + timedelta(seconds=14)) == 0
    assert [row.key.channel_id for row in await operating.in_doubt(LATER)] == [1, 2]
    assert [row.key.channel_id for row in await operating.in_doubt(LATER, 2)] == [2]


async def test_what_another_process_is_settling_is_left_to_it(engine: AsyncEngine) -> None:
    ledger, operating = SqlLedger(engine, timedelta(seconds=15)), SqlOperating(engine)
    await ledger.claim(claim())
    assert await ledger.take(claim().key, LATER)
    assert await operating.in_doubt(LATER) == []
    assert not await operating.send_again(claim().key, LATER)
    assert await operating.in_doubt_since(LATER, LATER) == (0, None)
    assert len(await operating.in_doubt(LATER + timedelta(seconds=15))) == 1
    assert await operating.in_doubt_since(LATER, LATER + timedelta(seconds=15)) == (1, NOW)
    assert await operating.in_doubt_since(NOW, LATER + timedelta(seconds=15)) == (0, None)


async def test_what_is_marked_as_sent_is_never_sent_and_says_who_said_so(ledger: SqlLedger) -> None:
    operating = SqlOperating(ledger.engine)
    for part in (0, 1):
        await ledger.claim(claim(part=part))
    assert await operating.mark_sent("a", 1, 1, LATER) == 1
    assert await operating.mark_sent("a", 1, None, LATER) == 1
    assert await operating.mark_sent("a", 1, None, LATER) == 0
    assert await ledger.claim(replace(claim(), claimed_at=LATER)) == 0
    (progress,) = (await ledger.history(1, NOW)).values()
    assert progress.complete
    kinds = [step.kind.value for step in await ledger.steps("a", 1)]
    assert kinds == ["claimed", "claimed", "marked", "marked"]


async def test_what_is_to_be_sent_again_is_claimed_again(ledger: SqlLedger) -> None:
    operating = SqlOperating(ledger.engine)
    await ledger.claim(claim())
    assert await operating.send_again(claim().key, LATER)
    assert not await operating.send_again(claim().key, LATER)
    assert await ledger.claim(replace(claim(), claimed_at=LATER)) == 2


async def test_what_is_withdrawn_while_it_is_in_doubt_is_not_sent_again(ledger: SqlLedger) -> None:
    operating = SqlOperating(ledger.engine)
    await ledger.claim(claim())
    await ledger.abandon("a")
    assert not await operating.send_again(claim().key, LATER)
    assert len(await operating.in_doubt(LATER)) == 1
    assert await operating.mark_sent("a", 1, None, LATER) == 1


async def test_waits_end_where_something_was_refused_and_only_there(ledger: SqlLedger) -> None:
    operating = SqlOperating(ledger.engine)
    tomorrow = NOW + timedelta(days=1)
    for channel_id in (1, 2, 3, 4):
        await ledger.claim(claim(channel_id))
    for channel_id in (1, 2):
        await ledger.fail(claim(channel_id).key, "no", tomorrow)
    for channel_id in (3, 4):
        await ledger.confirm(claim(channel_id).key, 42, NOW)
    await ledger.postpone(claim(3).key, "too many edits", tomorrow)
    await ledger.amend(replace(claim(4), retry_at=tomorrow))  # handed on: the next edit has to wait
    assert await operating.retry(NOW, 2) == 1
    assert await operating.retry(NOW) == 2
    waits = [(await ledger.parts("a", channel_id))[0].retry_at for channel_id in (1, 2, 3, 4)]
    assert waits == [NOW, NOW, NOW, tomorrow]
    assert [step.kind.value for step in await ledger.steps("a", 1)] == ["claimed", "refused", "retry"]


async def test_deliveries_are_counted_by_their_state_and_by_their_day(ledger: SqlLedger) -> None:
    operating = SqlOperating(ledger.engine)
    for channel_id in (1, 2, 3):
        await ledger.claim(claim(channel_id, slug=f"p{channel_id}"))
    await ledger.confirm(claim(1, slug="p1").key, 42, NOW)
    await ledger.fail(claim(2, slug="p2").key, "no", NOW)
    assert await operating.counts() == {
        DeliveryState.SENT: 1,
        DeliveryState.FAILED: 1,
        DeliveryState.CLAIMED: 1,
    }
    assert await operating.sent_since(NOW) == 1
    assert await operating.sent_since(LATER) == 0
    assert sorted(await operating.slugs()) == ["p1", "p2", "p3"]


async def test_the_counts_of_the_status_read_no_delivery_itself(tmp_path: Path) -> None:
    """A server of a bot with thousands of them has millions of deliveries; SQLite tells how it would look."""
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/ainews.db") as engine:
        asked: list[tuple[str, tuple[object, ...]]] = []

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def _note(_1: object, _2: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
            asked.append((statement, parameters))

        await SqlOperating(engine).counts()
        await SqlOperating(engine).sent_since(NOW)
        counts = [(statement, values) for statement, values in asked if statement.startswith("SELECT")]
        assert len(counts) == 2
        async with engine.connect() as connection:
            for statement, values in counts:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                assert any("COVERING INDEX" in row.detail for row in plan), statement
