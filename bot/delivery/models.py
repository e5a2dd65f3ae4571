"""What is sent where, as plain values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel that gets posts, when, and how.

    Attributes:
        locale: the language of the words around a post (``ko`` or ``en``).
        created_at: aware; posts that were out by then are past posts, of which only the newest is sent.
        paused_because: why nothing is sent at present, None while it is active.
    """

    channel_id: int
    timetable: Timetable
    created_at: datetime
    layout: Layout = Layout.FULL
    locale: str = "ko"
    paused_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryKey:
    """One part of one post in one channel: the ledger's unique key. ``part`` counts from 0."""

    slug: str
    channel_id: int
    part: int

    def __str__(self) -> str:
        return f"{self.slug}/{self.channel_id}/{self.part}"


class DeliveryState(enum.StrEnum):
    """CLAIMED without an answer yet is in doubt after a crash; SENT is final; FAILED may be claimed again."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A row of the ledger.

    Attributes:
        parts: how many messages the post had when this one was claimed.
        fingerprint: what the message says, to find it again in a channel's history.
        attempts: how often it was claimed.
        retry_at: aware; a failed delivery is not claimed again before.
    """

    key: DeliveryKey
    state: DeliveryState
    parts: int
    fingerprint: str
    payload_hash: str
    claimed_at: datetime
    attempts: int = 1
    message_id: int | None = None
    retry_at: datetime | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one post has come in one channel."""

    sent: int
    parts: int
    retry_at: datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether every part is in the channel."""
        return self.sent >= self.parts


History = Mapping[str, Progress]
"""What a channel has had so far, by slug."""
