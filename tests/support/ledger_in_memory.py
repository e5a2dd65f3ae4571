"""A ledger in memory that keeps every promise of the port; the same tests hold the real ones to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.database.rows import progress_of
from bot.adapters.database.steps import utc_now
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, History, Subscription
from bot.delivery.planning import MEMORY
from bot.delivery.ports import NONE_LISTED, Clock
from bot.delivery.steps import Step, StepKind
from bot.delivery.taking_back import BEGUN, abandoned, is_left_out, is_withdrawn
from bot.replacing import replace

OWED = (DeliveryState.CLAIMED, DeliveryState.FAILED)
OPEN_AGAIN = (DeliveryState.FAILED, DeliveryState.REMOVED)


class Rows(dict[DeliveryKey, Delivery]):
    """The table of deliveries, and what is kept beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.paused_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemoryLedger:
    """``bot.delivery.ports.Ledger``; several over the same ``rows`` are several processes."""

    rows: Rows = field(default_factory=Rows)
    lease: timedelta = timedelta(0)
    clock: Clock = field(default=utc_now, kw_only=True)

    async def claim(self, delivery: Delivery, listed: Mapping[str, str] = NONE_LISTED) -> int | None:
        key, now = delivery.key, delivery.claimed_at
        claimed = replace(
            delivery, state=DeliveryState.CLAIMED, attempts=1, retry_at=self._leased(now), cause=None
        )
        if self.rows.paused_since:
            return None
        known = self.rows.get(key)
        if known and known.state in OPEN_AGAIN and known.retry_at is not None and known.retry_at <= now:
            again = replace(claimed, attempts=known.attempts + 1, message_id=known.message_id)
            self.rows[key] = again
            self._write(key, StepKind.CLAIMED, at=now)
            return again.attempts
        named = [DeliveryKey(slug=slug, channel_id=key.channel_id, part=0) for slug in listed]
        if known is None and not any(other in self.rows for other in named):
            self.rows[key] = claimed
            self._write(key, StepKind.CLAIMED, at=now)
            for other in named:
                self._write(other, StepKind.LISTED, key.slug, now)
                self.rows[other] = Delivery(
                    key=other,
                    state=DeliveryState.LISTED,
                    parts=1,
                    fingerprint="",
                    payload_hash="",
                    claimed_at=now,
                    content_hash=listed[other.slug],
                    listed_in=key.slug,
                )
            return 1
        return None if known is None or known.state in (*OWED, DeliveryState.REMOVED) else 0

    async def take(self, key: DeliveryKey, now: datetime) -> bool:
        row = self.rows.get(key)
        if self.rows.paused_since:
            return False
        if row is None or row.state is not DeliveryState.CLAIMED or (row.retry_at and row.retry_at > now):
            return False
        self._add(key, retry_at=self._leased(now))
        return True

    async def pause_all(self, now: datetime) -> None:
        self.rows.paused_since = self.rows.paused_since or now

    async def resume_all(self) -> None:
        self.rows.paused_since = None

    async def paused_since(self) -> datetime | None:
        return self.rows.paused_since

    async def steps(self, slug: str, channel_id: int) -> Sequence[Step]:
        return [
            step for step in self.rows.steps if (step.key.slug, step.key.channel_id) == (slug, channel_id)
        ]

    async def note(self, key: DeliveryKey, kind: StepKind, detail: str) -> None:
        self._write(key, kind, detail)

    async def forget_steps(self, before: datetime) -> int:
        kept = [step for step in self.rows.steps if step.at >= before]
        forgotten = len(self.rows.steps) - len(kept)
        self.rows.steps[:] = kept
        return forgotten

    async def renew(self, delivery: Delivery) -> None:
        self._write(delivery.key, StepKind.RENEWED, at=delivery.claimed_at)
        self._add(
            delivery.key,
            parts=delivery.parts,
            fingerprint=delivery.fingerprint,
            payload_hash=delivery.payload_hash,
            content_hash=delivery.content_hash,
            updated_on=delivery.updated_on,
            place_id=delivery.place_id,
            claimed_at=delivery.claimed_at,
            retry_at=self._leased(delivery.claimed_at),
        )

    async def confirm(
        self, key: DeliveryKey, message_id: int, now: datetime, step: StepKind = StepKind.SENT
    ) -> bool:
        is_wanted = not self._is_withdrawn(key)
        self._write(key, step, str(message_id), now)
        self._add(key, state=DeliveryState.SENT, message_id=message_id, retry_at=None, cause=None)
        return is_wanted

    async def abandon(self, slug: str) -> None:
        for row in abandoned([row for row in self.rows.values() if row.key.slug == slug]):
            if row.state is DeliveryState.GONE:
                self._write(row.key, StepKind.WITHDRAWN, row.cause)
            self.rows[row.key] = row

    def _is_withdrawn(self, key: DeliveryKey) -> bool:
        return key in self.rows and is_withdrawn(self.rows[key])

    async def fail(self, key: DeliveryKey, cause: str, retry_at: datetime) -> None:
        self._write(key, StepKind.REFUSED, cause)
        self._change(key, state=DeliveryState.FAILED, cause=cause, retry_at=retry_at)

    async def hasten(self, channel_id: int, now: datetime) -> None:
        for row in self.rows.values():
            waits = row.retry_at is not None and row.retry_at > now
            if row.key.channel_id == channel_id and row.state is DeliveryState.FAILED and waits:
                self._add(row.key, retry_at=now)

    async def give_up(
        self,
        key: DeliveryKey,
        cause: str,
        step: StepKind = StepKind.GONE,
        again_at: datetime | None = None,
    ) -> None:
        self._write(key, step, cause)
        self._change(key, state=DeliveryState.GONE, cause=cause, retry_at=again_at)

    async def reopen(self, now: datetime, channel_id: int | None = None) -> None:
        for row in self.rows.values():
            if row.state is not DeliveryState.GONE or not is_left_out(row):
                continue
            is_due = row.retry_at is not None and row.retry_at <= now
            is_wanted = row.key.channel_id == channel_id and row.claimed_at >= now - MEMORY
            if is_due if channel_id is None else is_wanted:
                self._add(row.key, state=DeliveryState.FAILED, retry_at=now)

    async def shorten(self, slug: str, channel_id: int, parts: int) -> None:
        for row in list(self._of(slug, channel_id)):
            if row.parts > parts:
                if row.key.part >= parts and row.state is DeliveryState.FAILED:
                    del self.rows[row.key]
                else:
                    self._add(row.key, parts=parts)

    async def first_message(self, slug: str, channel_id: int) -> int | None:
        row = self.rows.get(DeliveryKey(slug=slug, channel_id=channel_id, part=0))
        return row.message_id if row else None

    async def listed(self, slug: str, channel_id: int) -> Sequence[str]:
        here = (row for row in self.rows.values() if row.key.channel_id == channel_id)
        return [row.key.slug for row in here if row.listed_in == slug]

    async def end(self, slug: str, channel_id: int) -> None:
        self._write(DeliveryKey(slug=slug, channel_id=channel_id, part=0), StepKind.ENDED)
        for row in list(self._of(slug, channel_id)):
            if row.state in OPEN_AGAIN:
                del self.rows[row.key]
        left = [row.key.part for row in self._of(slug, channel_id)]
        for row in list(self._of(slug, channel_id)):
            self._add(row.key, parts=max(left) + 1, content_hash="")
        if not left:
            for named in await self.listed(slug, channel_id):
                del self.rows[DeliveryKey(slug=named, channel_id=channel_id, part=0)]

    async def unfinished(self) -> frozenset[int]:
        return frozenset(row.key.channel_id for row in self.rows.values() if row.state in OWED)

    async def claimed(self, channel_id: int) -> Sequence[Delivery]:
        here = (row for row in self.rows.values() if row.key.channel_id == channel_id)
        rows = [row for row in here if row.state is DeliveryState.CLAIMED]
        return sorted(rows, key=lambda row: (row.claimed_at, row.key.slug, row.key.part))

    async def history(self, channel_id: int, since: datetime, slugs: Collection[str] = ()) -> History:
        here = [row for row in self.rows.values() if row.key.channel_id == channel_id]
        recent = {row.key.slug for row in here if row.claimed_at >= since or row.state in OWED}
        known = recent | {row.key.slug for row in here if row.key.slug in slugs}
        return {
            slug: progress_of(sorted(self._of(slug, channel_id), key=lambda row: row.claimed_at))
            for slug in known
        }

    async def parts(self, slug: str, channel_id: int) -> Sequence[Delivery]:
        return sorted(self._of(slug, channel_id), key=lambda row: row.key.part)

    async def everywhere(self, slug: str) -> Sequence[Delivery]:
        rows = (row for row in self.rows.values() if row.key.slug == slug)
        begun = [row for row in rows if row.state in BEGUN]
        return sorted(begun, key=lambda row: (row.key.channel_id, -row.key.part))

    async def amend(self, delivery: Delivery) -> None:
        self._write(delivery.key, StepKind.EDITED)
        self._change(
            delivery.key,
            payload_hash=delivery.payload_hash,
            fingerprint=delivery.fingerprint,
            retry_at=delivery.retry_at,
            cause=None,
        )

    async def postpone(self, key: DeliveryKey, cause: str, retry_at: datetime) -> None:
        self._write(key, StepKind.POSTPONED, cause)
        self._change(key, cause=cause, retry_at=retry_at)

    async def remove(self, key: DeliveryKey, again_at: datetime) -> None:
        self._write(key, StepKind.REMOVED)
        self._change(key, state=DeliveryState.REMOVED, retry_at=again_at)

    async def unpublished(self, channel_id: int, since: datetime) -> Sequence[Delivery]:
        here = (row for row in self.rows.values() if row.key.channel_id == channel_id)
        sent = [row for row in here if row.state is DeliveryState.SENT and row.claimed_at >= since]
        fresh = [row for row in sent if row.published_at is None]
        return sorted(fresh, key=lambda row: (row.claimed_at, row.key.part))

    async def published_since(self, channel_id: int, since: datetime) -> int:
        here = (row for row in self.rows.values() if row.key.channel_id == channel_id)
        return sum(row.published_at is not None and row.published_at >= since for row in here)

    async def published(self, key: DeliveryKey, at: datetime) -> None:
        self._write(key, StepKind.PUBLISHED, at=at)
        self._add(key, published_at=at)

    async def corrected(self, slug: str, channel_id: int, parts: int, content_hash: str) -> None:
        for row in list(self._of(slug, channel_id)):
            self._add(row.key, parts=parts, content_hash=content_hash)

    def _write(
        self, key: DeliveryKey, kind: StepKind, detail: str | None = None, at: datetime | None = None
    ) -> None:
        self.rows.steps.append(Step(at=at or self.clock(), key=key, kind=kind, detail=detail))

    async def relisted(self, slug: str, channel_id: int, contents: Mapping[str, str]) -> None:
        for named in await self.listed(slug, channel_id):
            key = DeliveryKey(slug=named, channel_id=channel_id, part=0)
            self._add(key, content_hash=contents.get(named, ""))

    async def outdated(self, contents: Mapping[str, str]) -> frozenset[str]:
        return frozenset(row.key.slug for row in self.rows.values() if _is_outdated(row, contents))

    async def channels_of(self, contents: Mapping[str, str]) -> Mapping[int, frozenset[str]]:
        old = [row.key for row in self.rows.values() if _is_outdated(row, contents)]
        return {
            channel: frozenset(key.slug for key in old if key.channel_id == channel)
            for channel in {key.channel_id for key in old}
        }

    def _of(self, slug: str, channel_id: int) -> Iterator[Delivery]:
        return (row for row in self.rows.values() if (row.key.slug, row.key.channel_id) == (slug, channel_id))

    def _change(self, key: DeliveryKey, **values: object) -> None:
        if not self._is_withdrawn(key):
            self._add(key, **values)
        elif self.rows[key].state is DeliveryState.CLAIMED:
            self._add(key, state=DeliveryState.GONE, retry_at=None)

    def _add(self, key: DeliveryKey, **values: object) -> None:
        if key in self.rows:
            self.rows[key] = replace(self.rows[key], **values)

    def _leased(self, now: datetime) -> datetime | None:
        return now + self.lease if self.lease else None


def _is_outdated(row: Delivery, contents: Mapping[str, str]) -> bool:
    content = contents.get(row.key.slug)
    return content is not None and row.content_hash not in (None, content)


@dataclass(slots=True)
class MemorySubscriptions:
    """``bot.delivery.ports.Subscriptions`` in memory."""

    known: list[Subscription] = field(default_factory=list)

    async def active(self, now: datetime) -> Sequence[Subscription]:
        self.known = [replace(one, created_at=min(one.created_at, now)) for one in self.known]
        return [one for one in self.known if one.paused_because is None or (one.retry_at or now) <= now]

    async def publishing(self) -> Sequence[Subscription]:
        return [one for one in self.known if one.publish]

    async def pause(self, channel_id: int, cause: str, retry_at: datetime | None = None) -> None:
        self._change(channel_id, paused_because=cause, retry_at=retry_at)

    async def resume(self, channel_id: int, cause: str | None = None) -> None:  # noqa: ARG002 - of one mind
        self._change(channel_id, paused_because=None, retry_at=None)

    def _change(self, channel_id: int, **values: object) -> None:
        self.known = [replace(one, **values) if one.channel_id == channel_id else one for one in self.known]
