"""What became of a post that an operator wanted in a channel at once."""

from __future__ import annotations

import enum


class Result(enum.StrEnum):
    """The end of it in one channel."""

    SENT = "sent"
    THERE = "there"
    """It was there already, or was taken back or removed there."""
    FILTERED = "filtered"
    """The channel does not want its tags."""
    BUSY = "busy"
    """Another post is half-way there, or another process is at it, or deliveries are being stopped."""
    IN_DOUBT = "in_doubt"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    BROKEN = "broken"
    """The post cannot be composed, or something unforeseen happened: the log has it."""
