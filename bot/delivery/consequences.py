"""What it means for a channel that a post came through, or was refused: it goes on or stops; who is told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from bot.delivery.causes import Cause
from bot.delivery.models import Subscription
from bot.delivery.planning import recheck_delay
from bot.delivery.ports import Clock, Subscriptions
from bot.errors import SendRefused

Tell = Callable[[Subscription, str], Awaitable[None]]
"""Tells a channel's server, unless it knows, that it gets nothing any more, and the cause."""

TellUnwanted = Callable[[Subscription, str], Awaitable[None]]
"""Tells a channel's server that a post was refused for what it says, and the cause; others are not."""

TellLeftOut = Callable[[Subscription], Awaitable[None]]
"""Tells a channel's server that a post, or the rest of one, does not come until it is corrected."""

log = logging.getLogger(__name__)


async def tell_nobody(_subscription: Subscription, _cause: str = "") -> None:
    """Where there is no server to tell."""


class Consequences(Struct, frozen=True, kw_only=True):
    """Stops a channel or lets it go on, and says so where that is news.

    Raises StoreError where the database is out of reach.
    """

    subscriptions: Subscriptions
    clock: Clock
    tell: Tell = tell_nobody
    tell_unwanted: TellUnwanted = tell_nobody
    tell_left_out: TellLeftOut = tell_nobody

    async def resume(self, subscription: Subscription) -> None:
        """Let a channel that had stopped go on, now that something came through."""
        if subscription.paused_because is not None:
            log.info("channel %s gets posts again", subscription.channel_id)
            await self.subscriptions.resume(subscription.channel_id, subscription.paused_because)

    async def pause_where_hopeless(self, subscription: Subscription, refusal: SendRefused) -> None:
        """Stop serving a channel that a person must mend; it is looked at again now and then."""
        if refusal.is_final:
            log.error(
                "channel %s: a post, or the rest of one, is left out there: %s",
                subscription.channel_id,
                refusal,
            )
            if not refusal.is_about_the_words:  # which was said at once
                await self.tell_left_out(subscription)
            return
        if not refusal.permanent:
            log.warning("channel %s: %s; will try again", subscription.channel_id, refusal)
            return
        log.error("channel %s gets no posts until this is mended: %s", subscription.channel_id, refusal)
        again = self.clock() + recheck_delay(subscription.failures)
        cause = str(Cause.of(refusal))
        await self.subscriptions.pause(subscription.channel_id, cause, again)
        await self.tell(subscription, cause)

    async def say_unwanted(self, subscription: Subscription, refusals: Sequence[SendRefused]) -> None:
        """The first time that a post is refused for its words; of a channel that stopped it was said."""
        new = [refusal for refusal in refusals if refusal.attempts == 1]
        if new and subscription.paused_because is None:
            await self.tell_unwanted(subscription, str(Cause.of(new[0])))
