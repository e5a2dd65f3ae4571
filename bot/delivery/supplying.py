"""Brings one channel up to date: first what is in doubt there, then what it is owed, then corrections."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from bot.delivery.backlog import Backlog, Work
from bot.delivery.consequences import Consequences
from bot.delivery.corrections import Corrected, Corrector
from bot.delivery.courier import Courier
from bot.delivery.doubts import Doubts
from bot.delivery.models import DeliveryState, PostList, Subscription
from bot.delivery.planning import due_posts, out_since
from bot.delivery.ports import News
from bot.delivery.settling import Settler
from bot.errors import HistoryUnreadable, PostError, SendRefused
from bot.posts.archive import Archive
from bot.posts.models import Post

log = logging.getLogger(__name__)


class Pass(Struct, frozen=True, kw_only=True):
    """What one pass knows of all channels.

    Attributes:
        posts: those that some channel may be owed.
        unfinished: channels where something was begun and has not ended.
        outdated: by channel, slugs of posts that it has as of another content.
    """

    posts: tuple[Post, ...]
    unfinished: frozenset[int]
    outdated: Mapping[int, frozenset[str]]


class Rest(Struct, frozen=True):
    """What a channel had when nothing was owed to it; while that is so, nothing is owed to it again."""

    archive: Archive
    subscription: Subscription
    slot: datetime | None
    due: tuple[str, ...]


class Supplier(Struct, frozen=True, kw_only=True):
    """Brings to one channel at a time what it lacks; ``rests`` and ``doubts`` outlast the pass."""

    courier: Courier
    news: News
    grace: timedelta
    consequences: Consequences
    doubts: Doubts
    rests: dict[int, Rest]

    async def bring_up_to_date(self, subscription: Subscription, known: Pass) -> None:
        """Settle, send and correct what the pass finds due; nothing where the channel is at rest.

        Raises:
            SendRefused: the channel is closed, or refuses more than what a single post says.
            HistoryUnreadable, SendUncertain: Discord gave no answer.
            TokenRefused, StoreError: nothing can be sent at all.
        """
        channel_id = subscription.channel_id
        rest = self._rest_of(subscription, known)
        outdated = known.outdated.get(channel_id, ())
        if self.rests.get(channel_id) == rest and channel_id not in known.unfinished and not outdated:
            return
        in_doubt = await self.settle(subscription)
        if in_doubt is None:
            return
        work = await self._backlog.of(subscription, known.posts, in_doubt, outdated)
        if work.is_none and not in_doubt and channel_id not in known.unfinished:
            self.rests[channel_id] = rest
        unwanted = await self._bring_all(work, subscription, rest)
        if unwanted is None:
            return
        for post in work.corrections:
            try:
                corrected = await Corrector(courier=self.courier).correct(post, subscription)
                if corrected is Corrected.DONE:
                    await self.consequences.resume(subscription)
            except PostError as error:
                log.error("post %s cannot be corrected, the next ones can: %s", post.slug, error)
        tried = {item.slug for item in work.items}
        if unwanted and (len(unwanted) > 1 or work.refused - tried):
            raise unwanted[-1]  # of more than one post: then it is not for what a single one says
        await self.consequences.say_unwanted(subscription, unwanted)

    async def settle(self, subscription: Subscription) -> frozenset[str] | None:
        """The slugs that stay in doubt; None where the channel is to be left alone in this pass.

        Raises:
            HistoryUnreadable: as in an outage, after which what is in doubt goes first.
            DeliveryError, StoreError: as ``Settler.settle`` does.
        """
        if await self.courier.ledger.paused_since():
            return None
        in_doubt: set[str] = set()
        settler = Settler(courier=self.courier)
        for delivery in await self.courier.ledger.claimed(subscription.channel_id):
            slug = delivery.key.slug
            if self.doubts.waits(delivery.key, self.courier.clock()):
                in_doubt.add(slug)
                continue
            try:
                item = await self._backlog.item(slug, subscription.channel_id)
                if self.courier.stopping.is_set() or not await settler.settle(delivery, subscription, item):
                    return None
                self.doubts.settled(delivery.key)
            except HistoryUnreadable as error:
                if not self.doubts.leave(delivery.key, error, self.courier.clock()):
                    raise
                in_doubt.add(slug)
        return frozenset(in_doubt)

    async def bring(self, item: Post | PostList, subscription: Subscription, work: Work) -> Corrected:
        """Send what the channel lacks of an item; one that is there by half as it was is corrected."""
        if isinstance(item, Post) and item.slug in work.half_corrected:
            return await Corrector(courier=self.courier).correct(item, subscription)
        return Corrected.DONE if await self.courier.bring(item, subscription) else Corrected.HELD

    async def _bring_all(
        self, work: Work, subscription: Subscription, rest: Rest
    ) -> list[SendRefused] | None:
        """What was refused for its words while nothing else was brought; None: leave the channel alone.

        Such a post holds up no other, unless a part of it is there: nothing comes between its parts.
        """
        unwanted: list[SendRefused] = []
        is_open = False
        for item in work.items:
            try:
                if await self.bring(item, subscription, work) in (Corrected.HELD, Corrected.LATER):
                    return None
            except PostError as error:
                log.error("post %s cannot be sent, the next ones can: %s", item.slug, error)
            except SendRefused as refusal:
                if refusal.is_final or not refusal.is_about_the_words:
                    raise
                log.error("post %s is refused for what it says, others may not be: %s", item.slug, refusal)
                if await self._is_begun(item, subscription):
                    await self.consequences.say_unwanted(subscription, [refusal])
                    return None
                unwanted.append(refusal)
            else:
                is_open = True
                await self._brought(item, subscription, rest)
        if is_open:
            await self.consequences.say_unwanted(subscription, unwanted)
        return [] if is_open else unwanted

    async def _brought(self, item: Post | PostList, subscription: Subscription, rest: Rest) -> None:
        newest, now = item if isinstance(item, Post) else item.posts[-1], self.courier.clock()
        since = out_since(newest, self.news.first_seen, subscription, now)
        self.courier.witness.brought(now - max(since, rest.slot or since))
        await self.consequences.resume(subscription)

    async def _is_begun(self, item: Post | PostList, subscription: Subscription) -> bool:
        rows = await self.courier.ledger.parts(item.slug, subscription.channel_id)
        return any(row.state is DeliveryState.SENT for row in rows)

    def _rest_of(self, subscription: Subscription, known: Pass) -> Rest:
        slot, due = due_posts(
            subscription, known.posts, self.news.first_seen, self.courier.clock(), self.grace
        )
        timed = slot if subscription.timetable.at else None
        return Rest(self.news.archive, subscription, timed, tuple(post.slug for post in due))

    @property
    def _backlog(self) -> Backlog:
        return Backlog(ledger=self.courier.ledger, news=self.news, clock=self.courier.clock, grace=self.grace)
