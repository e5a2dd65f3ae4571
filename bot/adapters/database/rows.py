"""Rows of the deliveries' table as the values that the publisher knows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Row, and_

from bot.adapters.database.tables import deliveries
from bot.delivery.causes import Ending
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, Progress

UNLESS_WITHDRAWN = deliveries.c.cause.is_distinct_from(Ending.WITHDRAWN)
"""The condition that an operator has not taken a row's post back, so that it may change."""


def is_(key: DeliveryKey) -> ColumnElement[bool]:
    """The condition that a row is this delivery's."""
    return and_(is_post(key.slug, key.channel_id), deliveries.c.part == key.part)


def is_post(slug: str, channel_id: int) -> ColumnElement[bool]:
    """The condition that a row belongs to this post in this channel."""
    return and_(deliveries.c.channel_id == channel_id, deliveries.c.slug == slug)


def delivery_of(row: Row[tuple[object, ...]]) -> Delivery:
    """A whole row."""
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
        content_hash=row.content_hash,
        updated_on=row.updated_on,
        listed_in=row.listed_in,
        published_at=row.published_at,
        place_id=row.place_id,
    )


def progress_of(rows: list[Delivery]) -> Progress:
    """How far a post has come; ``rows`` are its parts in one channel, the latest claim last."""
    parts = rows[-1].parts
    waits = [row.retry_at for row in rows if row.state in _MAY_WAIT and row.retry_at]
    contents = {row.content_hash for row in rows}
    return Progress(
        sent=sum(row.state in _SETTLED for row in rows if row.key.part < parts),
        parts=parts,
        retry_at=max(waits, default=None),
        begun_at=rows[0].claimed_at,
        content_hash=None if None in contents else contents.pop() if len(contents) == 1 else "",
        listed_in=rows[-1].listed_in,
    )


_SETTLED = frozenset({DeliveryState.SENT, DeliveryState.LISTED, DeliveryState.GONE})
_MAY_WAIT = frozenset({DeliveryState.FAILED, DeliveryState.SENT})
