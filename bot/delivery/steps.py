"""What became of a delivery, step by step, for whoever asks why a post did or did not arrive."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from msgspec import Struct

from bot.delivery.models import DeliveryKey

KEPT_FOR = timedelta(days=90)
"""Older steps are forgotten; the deliveries themselves never are."""


class StepKind(enum.StrEnum):
    """What happened to one part of a post in one channel."""

    CLAIMED = "claimed"
    RENEWED = "renewed"
    """It was not in the channel after all and is sent again."""
    SENT = "sent"
    FOUND = "found"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    GONE = "gone"
    LISTED = "listed"
    EDITED = "edited"
    POSTPONED = "postponed"
    """An edit is to be tried later."""
    REMOVED = "removed"
    PUBLISHED = "published"
    ENDED = "ended"
    """The post was taken out of service half-way."""
    RETRY = "retry"
    """An operator wanted it tried at once."""
    MARKED = "marked"
    """An operator said that it is there."""
    WITHDRAWN = "withdrawn"


class Step(Struct, frozen=True, kw_only=True):
    """One thing that happened, aware in ``at``; ``detail`` is a cause or a message's id."""

    at: datetime
    key: DeliveryKey
    kind: StepKind
    detail: str | None = None
