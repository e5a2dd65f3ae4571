"""What becomes of a delivery is written down step by step, and nothing is claimed while all is paused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.adapters.database.ledger import SqlLedger
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.delivery.ports import Ledger
from bot.delivery.steps import StepKind
from bot.replacing import replace
from tests.support.databases import Opened
from tests.support.ledger_in_memory import MemoryLedger, Rows

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
CHANNEL = 2**63 - 1

MakeLedger = Callable[..., Ledger]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def make(request: pytest.FixtureRequest, opened: Opened) -> AsyncIterator[MakeLedger]:
    """A store of each kind; each call is another process."""
    if request.param == "memory":
        yield partial(MemoryLedger, Rows(), clock=lambda: NOW)
        return
    async with opened(request.param) as engine:
        yield partial(SqlLedger, engine, clock=lambda: NOW)


def claim(slug: str = "오늘-뉴스", part: int = 0, at: datetime = NOW) -> Delivery:
    return Delivery(
        key=DeliveryKey(slug=slug, channel_id=CHANNEL, part=part),
        state=DeliveryState.CLAIMED,
        parts=2,
        fingerprint="f" * 64,
        payload_hash="p" * 64,
        claimed_at=at,
    )


async def kinds(ledger: Ledger, slug: str = "오늘-뉴스") -> list[tuple[int, str]]:
    return [(step.key.part, step.kind.value) for step in await ledger.steps(slug, CHANNEL)]


async def test_every_step_of_a_delivery_is_kept_in_order_with_its_cause(make: MakeLedger) -> None:
    ledger, first, second = make(), claim(), claim(part=1)
    await ledger.claim(first)
    await ledger.fail(first.key, "no room", NOW)
    await ledger.claim(replace(first, claimed_at=NOW + timedelta(minutes=1)))
    await ledger.note(first.key, StepKind.UNCERTAIN, "time-out")
    await ledger.renew(first)
    await ledger.confirm(first.key, 42, NOW + timedelta(minutes=2), StepKind.FOUND)
    await ledger.amend(first)
    await ledger.postpone(first.key, "too many", NOW)
    await ledger.published(first.key, NOW)
    await ledger.claim(second)
    await ledger.confirm(second.key, 43, NOW)
    await ledger.remove(second.key, NOW)
    await ledger.give_up(first.key, "by hand", StepKind.WITHDRAWN)
    assert await kinds(ledger) == [
        (0, "claimed"),
        (0, "refused"),
        (0, "claimed"),
        (0, "uncertain"),
        (0, "renewed"),
        (0, "found"),
        (0, "edited"),
        (0, "postponed"),
        (0, "published"),
        (1, "claimed"),
        (1, "sent"),
        (1, "removed"),
        (0, "withdrawn"),
    ]
    steps = await ledger.steps(first.key.slug, CHANNEL)
    assert [step.detail for step in steps[:6]] == [None, "no room", None, "time-out", None, "42"]
    assert [step.at for step in steps[2:6:3]] == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)]
    assert await ledger.steps(first.key.slug, 5) == []


async def test_a_claim_that_is_not_won_leaves_no_step(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim())
    assert await ledger.claim(claim()) is None
    assert await ledger.claim(claim("list/0123456789abcdef"), {"b": "x", "오늘-뉴스": "x"}) is None
    assert await kinds(ledger) == [(0, "claimed")]
    assert await kinds(ledger, "b") == []


async def test_a_post_that_was_only_named_in_a_list_says_in_which(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim("list/0123456789abcdef"), {"a": "x", "b": "x"})
    (step,) = await ledger.steps("a", CHANNEL)
    assert (step.kind, step.detail) == (StepKind.LISTED, "list/0123456789abcdef")
    await ledger.fail(claim("list/0123456789abcdef").key, "no", NOW)
    await ledger.end("list/0123456789abcdef", CHANNEL)
    assert (await kinds(ledger, "list/0123456789abcdef"))[-1] == (0, "ended")


async def test_old_steps_are_forgotten_and_deliveries_are_not(make: MakeLedger) -> None:
    ledger = make()
    await ledger.claim(claim(at=NOW - timedelta(days=91)))
    await ledger.confirm(claim().key, 42, NOW)
    assert await ledger.forget_steps(NOW - timedelta(days=90)) == 1
    assert await kinds(ledger) == [(0, "sent")]
    assert [row.message_id for row in await ledger.parts(claim().key.slug, CHANNEL)] == [42]


async def test_while_all_is_paused_no_process_claims_or_takes_over_anything(make: MakeLedger) -> None:
    ledger, other = make(), make()
    await ledger.claim(claim("in-doubt"))
    await ledger.claim(claim("refused"))
    await ledger.fail(claim("refused").key, "no", NOW)
    await ledger.pause_all(NOW)
    await other.pause_all(NOW + timedelta(hours=1))
    assert await other.paused_since() == NOW
    assert await other.claim(claim()) is None
    assert await other.claim(claim("refused")) is None
    assert not await other.take(claim("in-doubt").key, NOW)
    await other.resume_all()
    assert await ledger.paused_since() is None
    assert await ledger.claim(claim()) == 1
    assert await ledger.claim(claim("refused")) == 2
    assert await ledger.take(claim("in-doubt").key, NOW)
