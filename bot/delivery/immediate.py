"""Brings one post to channels at once, whatever their timetables say, when an operator asks for that."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from structlog.contextvars import bound_contextvars

from bot.delivery.models import Subscription
from bot.delivery.planning import is_wanted
from bot.delivery.publisher import WORKERS, Publisher
from bot.delivery.results import Result
from bot.errors import StoreError, TokenRefused
from bot.posts.models import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Immediate:
    """Sends through the publisher's own courier: claimed, sent, confirmed, and never doubled."""

    publisher: Publisher

    async def post(
        self,
        post: Post,
        subscriptions: Sequence[Subscription],
        *,
        whatever_its_tags: bool = False,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Counter[Result]:
        """Bring it to every one of these channels that lacks it; how many had which result.

        Waits for the pass that is running. ``progress`` is told how many of how many channels are done.

        Raises:
            TokenRefused: nothing can be sent at all.
            StoreError: the database is out of reach.
        """
        results: Counter[Result] = Counter()
        waiting = deque(subscriptions)

        async def work() -> None:
            while waiting and not self.publisher.stopping.is_set():
                subscription = waiting.popleft()
                is_wanted_here = whatever_its_tags or is_wanted(post, subscription)
                results[await self._one(post, subscription) if is_wanted_here else Result.FILTERED] += 1
                progress(results.total(), len(subscriptions))

        async with self.publisher.turn:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(WORKERS):
                        group.create_task(work())
            except* (TokenRefused, StoreError) as several:
                raise several.exceptions[0] from None
        if waiting:
            results[Result.BUSY] += len(waiting)
        return results

    async def _one(self, post: Post, subscription: Subscription) -> Result:
        with bound_contextvars(delivery=str(subscription.channel_id)):
            return await self.publisher.bring_now(post, subscription)
