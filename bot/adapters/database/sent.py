"""What the ledger keeps of messages that are in the channels, in SQL: edits, removals, corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, delete, false, func, or_, select, update

from bot.adapters.database.engine import database_errors
from bot.adapters.database.rows import delivery_of, is_post
from bot.adapters.database.steps import SqlSteps, write_steps
from bot.adapters.database.tables import deliveries
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.delivery.steps import StepKind
from bot.delivery.taking_back import BEGUN

_PAGE = 200
"""Rows that are read at a time, so that a member's command need not wait for thousands of them."""


@dataclass(frozen=True, slots=True)
class SqlSentMessages(SqlSteps):
    """``bot.delivery.ports.SentMessages`` over an engine."""

    async def parts(self, slug: str, channel_id: int) -> Sequence[Delivery]:
        """Every row of a post in a channel, by part."""
        return await self._rows(is_post(slug, channel_id), deliveries.c.part)

    async def everywhere(self, slug: str) -> Sequence[Delivery]:
        """What is, or may be, in any channel of a post (SENT, CLAIMED), by channel, the last part first."""
        begun = (deliveries.c.slug == slug) & deliveries.c.state.in_(BEGUN)
        return await self._rows(begun, deliveries.c.channel_id, deliveries.c.part.desc())

    async def amend(self, delivery: Delivery) -> None:
        """Record that a sent message was edited: its payload's hash, fingerprint and ``retry_at``."""
        await self._set(
            self._step(delivery.key, StepKind.EDITED),
            payload_hash=delivery.payload_hash,
            fingerprint=delivery.fingerprint,
            retry_at=delivery.retry_at,
            cause=None,
        )

    async def postpone(self, key: DeliveryKey, cause: str, retry_at: datetime) -> None:
        """Record why a sent message could not be edited, and when to try again."""
        await self._set(self._step(key, StepKind.POSTPONED, cause), cause=cause, retry_at=retry_at)

    async def remove(self, key: DeliveryKey, again_at: datetime) -> None:
        """Record that a sent message was taken back, and from when on its part may be claimed again."""
        step = self._step(key, StepKind.REMOVED)
        await self._set(step, state=DeliveryState.REMOVED, retry_at=again_at)

    async def unpublished(self, channel_id: int, since: datetime) -> Sequence[Delivery]:
        """The channel's messages that were sent since then and not handed on, in order."""
        columns = deliveries.c
        sent = (columns.channel_id == channel_id) & (columns.state == DeliveryState.SENT)
        fresh = sent & columns.published_at.is_(None) & (columns.claimed_at >= since)
        return await self._rows(fresh, columns.claimed_at, columns.part)

    async def published_since(self, channel_id: int, since: datetime) -> int:
        """How many of the channel's messages were handed on since then."""
        columns = deliveries.c
        query = select(func.count()).where(columns.channel_id == channel_id, columns.published_at >= since)
        with database_errors():
            async with self.engine.connect() as connection:
                return int((await connection.execute(query)).scalar_one())

    async def published(self, key: DeliveryKey, at: datetime) -> None:
        """Record that a message was handed on to the servers that follow the channel."""
        await self._add(self._step(key, StepKind.PUBLISHED, at=at), published_at=at)

    async def corrected(self, slug: str, channel_id: int, parts: int, content_hash: str) -> None:
        """Record that the channel has the post as of this content, in so many parts."""
        whole = update(deliveries).where(is_post(slug, channel_id))
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(whole.values(parts=parts, content_hash=content_hash))

    async def relisted(self, slug: str, channel_id: int, contents: Mapping[str, str]) -> None:
        """Record which of its posts a list card names now, by slug, and as of which content.

        The others stay recorded without any content: should they come back, the card is corrected.
        """
        columns = deliveries.c
        named = (columns.channel_id == channel_id) & (columns.listed_in == slug)
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(update(deliveries).where(named).values(content_hash=""))
                for post, content in contents.items():
                    this = update(deliveries).where(named, columns.slug == post)
                    await connection.execute(this.values(content_hash=content))

    async def outdated(self, contents: Mapping[str, str]) -> frozenset[str]:
        """Of these contents by slug, the slugs that some channel has as of another one, however long ago.

        Three looks into the index for each post, however many channels have it.
        """
        slugs = _every_slug()
        shown = deliveries.c.content_hash
        of_it = deliveries.c.slug == slugs.c.slug
        first = select(func.min(shown)).where(of_it).scalar_subquery()
        last = select(func.max(shown)).where(of_it).scalar_subquery()
        query = select(slugs.c.slug, first, last).where(slugs.c.slug.is_not(None))
        with database_errors():
            async with self.engine.connect() as connection:
                found = {
                    slug
                    async for page in (await connection.stream(query)).partitions(_PAGE)
                    for slug, *both in page
                    if slug in contents and {*both} - {contents[slug], None}
                }
        return frozenset(found)

    async def channels_of(self, contents: Mapping[str, str]) -> Mapping[int, frozenset[str]]:
        """By channel, which of these posts it has as of another content; for a few posts at a time."""
        columns = deliveries.c
        others = [
            (columns.slug == slug) & (columns.content_hash != shown) for slug, shown in contents.items()
        ]
        query = select(columns.channel_id, columns.slug).where(or_(false(), *others)).distinct()
        found: defaultdict[int, set[str]] = defaultdict(set)
        with database_errors():
            async with self.engine.connect() as connection:
                async for page in (await connection.stream(query)).partitions(_PAGE):
                    for channel_id, slug in page:
                        found[channel_id].add(slug)
        return {channel_id: frozenset(slugs) for channel_id, slugs in found.items()}

    async def end(self, slug: str, channel_id: int) -> None:
        """Record that a post was withdrawn half-way: what was refused is not owed any more.

        What is in the channel stays, with an empty ``content_hash``: if the post comes back, the correction
        brings the rest. Of a list card that never went out, the posts it named are forgotten.
        """
        here = is_post(slug, channel_id)
        named = (deliveries.c.channel_id == channel_id) & (deliveries.c.listed_in == slug)
        failed = deliveries.c.state.in_((DeliveryState.FAILED, DeliveryState.REMOVED))
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(delete(deliveries).where(here, failed))
                first = DeliveryKey(slug=slug, channel_id=channel_id, part=0)
                await write_steps(connection, [self._step(first, StepKind.ENDED)])
                left = (await connection.execute(select(deliveries.c.part).where(here))).scalars().all()
                if not left:
                    await connection.execute(delete(deliveries).where(named))
                    return
                shorter = update(deliveries).where(here).values(parts=max(left) + 1, content_hash="")
                await connection.execute(shorter)

    async def _rows(
        self, condition: ColumnElement[bool], *order: ColumnElement[int] | ColumnElement[datetime]
    ) -> Sequence[Delivery]:
        query = select(deliveries).where(condition).order_by(*order)
        with database_errors():
            async with self.engine.connect() as connection:
                return [delivery_of(row) for row in await connection.execute(query)]


def _every_slug() -> CTE:
    """The slugs in the ledger, and NULL, by a jump in the index from each to the next.

    Neither database jumps by itself (https://wiki.postgresql.org/wiki/Loose_indexscan).
    """
    slug = deliveries.c.slug
    found = select(func.min(slug).label("slug")).cte("slugs", recursive=True)
    following = select(func.min(slug)).where(slug > found.c.slug).correlate(found).scalar_subquery()
    return found.union_all(select(following).where(found.c.slug.is_not(None)))
