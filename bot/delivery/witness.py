"""Who is told how deliveries go, such as counters; nobody by default."""

from __future__ import annotations

import enum
from datetime import timedelta
from typing import Protocol


class Outcome(enum.StrEnum):
    """What became of one message of a delivery."""

    SENT = "sent"
    FOUND = "found"
    """A claim in doubt turned out to be in the channel."""
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """No answer came: it stays in doubt until it is settled."""
    EDITED = "edited"
    """A message in the channel says now what its corrected post says."""
    REMOVED = "removed"
    """The server removed the place where it belongs."""


class Witness(Protocol):
    """Is told of deliveries while they happen; returns at once and raises nothing."""

    def ended(self, outcome: Outcome) -> None:
        """One message was handed over, or not."""

    def brought(self, lag: timedelta) -> None:
        """A post is wholly in a channel, so long after it was due there."""

    def waiting(self, channels: int) -> None:
        """So many channels of the present pass were not served yet."""


class Nobody:
    """The witness that heeds nothing."""

    def ended(self, outcome: Outcome) -> None:
        """One message was handed over, or not."""

    def brought(self, lag: timedelta) -> None:
        """A post is wholly in a channel."""

    def waiting(self, channels: int) -> None:
        """So many channels wait."""
