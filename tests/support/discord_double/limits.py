"""Discord's rate limits as pure arithmetic: a window a channel, and one for the whole bot.

Sources: https://discord.com/developers/docs/topics/rate-limits; instants are seconds of any one clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

CHANNEL_MESSAGES = 5
CHANNEL_SECONDS = 5.0
BOT_REQUESTS = 50
BOT_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a limit says of one request.

    Attributes:
        reset_after: seconds until the window is over; for a refused request, until it may be tried again.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_after: float


@dataclass(slots=True)
class FixedWindow:
    """So many requests from the first one on, as Discord counts a channel's messages."""

    limit: int = CHANNEL_MESSAGES
    seconds: float = CHANNEL_SECONDS
    used: int = 0
    ends: float = 0.0

    def take(self, now: float) -> Verdict:
        """Count a request, unless the window is full."""
        if now >= self.ends:
            self.used, self.ends = 0, now + self.seconds
        allowed = self.used < self.limit
        self.used += allowed
        return Verdict(
            allowed=allowed, limit=self.limit, remaining=self.limit - self.used, reset_after=self.ends - now
        )


@dataclass(slots=True)
class SlidingWindow:
    """So many requests in any window of that length: stricter than a window that starts anew each second."""

    limit: int = BOT_REQUESTS
    seconds: float = BOT_SECONDS
    at: deque[float] = field(default_factory=deque)

    def take(self, now: float) -> Verdict:
        """Count a request, unless as many lie within the last ``seconds``."""
        while self.at and self.at[0] <= now - self.seconds:
            self.at.popleft()
        allowed = len(self.at) < self.limit
        if allowed:
            self.at.append(now)
        return Verdict(
            allowed=allowed,
            limit=self.limit,
            remaining=self.limit - len(self.at),
            reset_after=self.at[0] + self.seconds - now,
        )
