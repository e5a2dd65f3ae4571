"""Brings one post to channels at once, whatever their timetables say, when an operator asks for that."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence

from msgspec import Struct
from structlog.contextvars import bound_contextvars

from bot.delivery.backlog import Work, is_half_stale
from bot.delivery.corrections import Corrected
from bot.delivery.models import Subscription
from bot.delivery.planning import MEMORY, is_wanted
from bot.delivery.publisher import WORKERS, Publisher
from bot.delivery.results import Result
from bot.delivery.supplying import Supplier
from bot.errors import DeliveryError, SendRefused, StoreError, TokenRefused
from bot.posts.models import Post

log = logging.getLogger(__name__)


class Immediate(Struct, frozen=True, kw_only=True):
    """Sends as the publisher's own passes do: claimed, sent, confirmed, and never doubled."""

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
            return await self._try(post, subscription, self.publisher.supplier())

    async def _try(self, post: Post, subscription: Subscription, supplier: Supplier) -> Result:
        try:
            return await self._bring(post, subscription, supplier)
        except SendRefused as refusal:
            if refusal.is_about_the_words:
                await supplier.consequences.say_unwanted(subscription, [refusal])
            else:
                await supplier.consequences.pause_where_hopeless(subscription, refusal)
            return Result.REFUSED
        except (TokenRefused, StoreError):
            raise
        except DeliveryError as error:
            log.warning("nobody knows whether post %s is there: %s", post.slug, error)
            return Result.UNCERTAIN
        except Exception:
            # The named boundary: one channel. The others go on.
            log.exception("post %s was not sent to channel %s", post.slug, subscription.channel_id)
            return Result.BROKEN

    async def _bring(self, post: Post, subscription: Subscription, supplier: Supplier) -> Result:
        ledger, channel_id, now = self.publisher.ledger, subscription.channel_id, self.publisher.clock()
        await ledger.hasten(channel_id, now)
        in_doubt = await supplier.settle(subscription)
        if in_doubt is None or post.slug in in_doubt:
            return Result.BUSY if in_doubt is None else Result.IN_DOUBT
        history = await ledger.history(channel_id, now - MEMORY, [post.slug])
        if post.slug in history and history[post.slug].complete:
            return Result.THERE
        if any(slug != post.slug and progress.is_half_way for slug, progress in history.items()):
            return Result.BUSY  # nothing comes between the parts of a post
        work = Work(half_corrected=frozenset({post.slug} if is_half_stale(history, post) else ()))
        if await supplier.bring(post, subscription, work) in (Corrected.HELD, Corrected.LATER):
            return Result.BUSY
        self.publisher.let_go(channel_id)
        await supplier.consequences.resume(subscription)
        return Result.SENT
