"""Brings every subscribed channel up to date: who is served when, and what one channel's failure means."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structlog.contextvars import bound_contextvars

from bot.delivery.backlog import Backlog, Work, is_half_stale
from bot.delivery.causes import Cause
from bot.delivery.corrections import Corrected, Corrector
from bot.delivery.courier import Courier
from bot.delivery.doubts import Doubts
from bot.delivery.models import DeliveryState, PostList, Subscription
from bot.delivery.outdated import Outdated
from bot.delivery.planning import GRACE, MEMORY, due_posts, out_since, outage_delay, recent, recheck_delay
from bot.delivery.ports import Clock, Composer, Ledger, News, Postbox, Subscriptions
from bot.delivery.results import Result
from bot.delivery.settling import Settler
from bot.delivery.shards import Shards
from bot.delivery.witness import Nobody, Witness
from bot.errors import DeliveryError, HistoryUnreadable, PostError, SendRefused, StoreError, TokenRefused
from bot.posts.archive import Archive
from bot.posts.models import Post

WORKERS = 20
"""How many channels are served at once; within a channel everything goes in order."""

Tell = Callable[[Subscription, str], Awaitable[None]]
"""Tells a channel's server, unless it knows, that it gets nothing any more, and the cause."""

TellUnwanted = Callable[[Subscription, str], Awaitable[None]]
"""Tells a channel's server that a post was refused for what it says, and the cause; others are not."""

TellLeftOut = Callable[[Subscription], Awaitable[None]]
"""Tells a channel's server that a post, or the rest of one, does not come until it is corrected."""

log = logging.getLogger(__name__)


async def _tell_nobody(_subscription: Subscription, _cause: str = "") -> None:
    """Where there is no server to tell."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a channel had when nothing was owed to it; while that is so, nothing is owed to it again."""

    archive: Archive
    subscription: Subscription
    slot: datetime | None
    due: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hold:
    """What got no answer from Discord: how many passes in a row, and until when it is left alone."""

    failures: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """What one pass knows of all channels."""

    posts: tuple[Post, ...]
    unfinished: frozenset[int]
    outdated: Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Brings every active subscription of its ``shards`` up to date.

    One pass at a time: ``deliver_due`` holds ``turn``.
    Once ``stopping`` is set nothing more is claimed; a message in flight is still confirmed.
    """

    ledger: Ledger
    subscriptions: Subscriptions
    postbox: Postbox
    news: News
    composer: Composer
    clock: Clock
    grace: timedelta = GRACE
    shards: Shards = field(default_factory=Shards)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    witness: Witness = field(default_factory=Nobody)
    tell: Tell = _tell_nobody
    tell_unwanted: TellUnwanted = _tell_nobody
    tell_left_out: TellLeftOut = _tell_nobody
    _gap: asyncio.Lock = field(default_factory=asyncio.Lock)
    _outdated: Outdated = field(default_factory=Outdated)
    _rests: dict[int, _Rest] = field(default_factory=dict)
    _holds: dict[int, _Hold] = field(default_factory=dict)
    _doubts: Doubts = field(default_factory=Doubts)

    async def deliver_due(self) -> None:
        """Send to every channel what it is owed now; nothing while an operator has stopped all deliveries.

        A channel's failure is logged and stays that channel's; others go on.

        Raises:
            TokenRefused: nothing can be sent at all.
            StoreError: the ledger is out of reach, so nothing may be sent.
        """
        async with self.turn:
            if await self.ledger.paused_since():
                return
            now = self.clock()
            await self.ledger.reopen(now)
            waiting = deque(filter(self.shards.serve, await self.subscriptions.active(now)))
            known = _Pass(
                posts=recent(self.news.archive.posts, self.news.first_seen, now),
                unfinished=await self.ledger.unfinished(),
                outdated=await self._outdated.by_channel(self.ledger, self.news.archive),
            )
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(WORKERS):
                        group.create_task(self._work(waiting, known))
            except* (TokenRefused, StoreError) as several:
                raise several.exceptions[0] from None
            finally:
                self.witness.waiting(0)

    async def try_again(self, channel_id: int, cause: str | None) -> None:
        """Serve a channel in the next pass, whatever it waits for; one that stopped, if still for ``cause``.

        Raises:
            StoreError: the database is out of reach.
        """
        now = self.clock()
        await self.ledger.reopen(now, channel_id)
        await self.ledger.hasten(channel_id, now)
        if cause is not None:
            await self.subscriptions.resume(channel_id, cause)  # and not what a person paused meanwhile
        self.let_go(channel_id)

    async def bring_now(self, post: Post, subscription: Subscription) -> Result:
        """Bring one post to one channel, whatever the timetable says; ``turn`` must be held.

        Raises:
            TokenRefused, StoreError: as ``deliver_due`` does.
        """
        try:
            return await self._brought_now(post, subscription)
        except SendRefused as refusal:
            if refusal.is_about_the_words:
                await self._say_unwanted(subscription, [refusal])
            else:
                await self._pause_where_hopeless(subscription, refusal)
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

    async def _brought_now(self, post: Post, subscription: Subscription) -> Result:
        channel_id, now = subscription.channel_id, self.clock()
        await self.ledger.hasten(channel_id, now)
        in_doubt = await self._settle(subscription)
        if in_doubt is None or post.slug in in_doubt:
            return Result.BUSY if in_doubt is None else Result.IN_DOUBT
        history = await self.ledger.history(channel_id, now - MEMORY, [post.slug])
        if post.slug in history and history[post.slug].complete:
            return Result.THERE
        if any(slug != post.slug and progress.is_half_way for slug, progress in history.items()):
            return Result.BUSY  # nothing comes between the parts of a post
        work = Work(half_corrected=frozenset({post.slug} if is_half_stale(history, post) else ()))
        if await self._bring(post, subscription, work) in (Corrected.HELD, Corrected.LATER):
            return Result.BUSY
        self.let_go(channel_id)
        await self._resume(subscription)
        return Result.SENT

    def held_until(self, channel_id: int) -> datetime | None:
        """Until when this process leaves a channel alone that Discord gave no answer for."""
        hold = self._holds.get(channel_id)
        return hold.until if hold else None

    def let_go(self, channel_id: int | None = None) -> None:
        """Serve a channel, or every one, in the next pass though Discord gave no answer for it."""
        for held in list(self._holds) if channel_id is None else [channel_id]:
            self._holds.pop(held, None)
        self._doubts.look_again(channel_id, self.clock())

    async def _work(self, waiting: deque[Subscription], known: _Pass) -> None:
        """Serve one channel after another; the workers share what is ``waiting``."""
        while waiting and not self.stopping.is_set():
            self.witness.waiting(len(waiting))
            subscription = waiting.popleft()
            with bound_contextvars(delivery=str(subscription.channel_id)):
                await self._serve(subscription, known)
            # A member's command goes between two channels, also where nothing is owed: one channel a round of
            # the event loop, not one a worker.
            async with self._gap:
                await asyncio.sleep(0)

    async def _serve(self, subscription: Subscription, known: _Pass) -> None:
        hold = self._holds.get(subscription.channel_id)
        if hold and hold.until > self.clock():
            return
        try:
            await self._try(subscription, known, hold.failures + 1 if hold else 1)
        except (TokenRefused, StoreError):
            raise
        except Exception:
            # The named boundary: one channel's pass. The other channels go on, and so does the next pass.
            log.exception("channel %s was not served", subscription.channel_id)

    async def _try(self, subscription: Subscription, known: _Pass, attempt: int) -> None:
        try:
            await self._bring_up_to_date(subscription, known)
            self._holds.pop(subscription.channel_id, None)
        except SendRefused as refusal:
            await self._pause_where_hopeless(subscription, refusal)
        except TokenRefused:
            raise
        except DeliveryError as error:
            self._hold(subscription.channel_id, attempt, error)

    async def _bring_up_to_date(self, subscription: Subscription, known: _Pass) -> None:
        channel_id = subscription.channel_id
        rest = self._rest_of(subscription, known)
        outdated = known.outdated.get(channel_id, ())
        if self._rests.get(channel_id) == rest and channel_id not in known.unfinished and not outdated:
            return
        in_doubt = await self._settle(subscription)
        if in_doubt is None:
            return
        work = await self._backlog.of(subscription, known.posts, in_doubt, outdated)
        if work.is_none and not in_doubt and channel_id not in known.unfinished:
            self._rests[channel_id] = rest
        unwanted = await self._bring_all(work, subscription, rest)
        if unwanted is None:
            return
        for post in work.corrections:
            try:
                corrected = await Corrector(courier=self.courier()).correct(post, subscription)
                if corrected is Corrected.DONE:
                    await self._resume(subscription)
            except PostError as error:
                log.error("post %s cannot be corrected, the next ones can: %s", post.slug, error)
        tried = {item.slug for item in work.items}
        if unwanted and (len(unwanted) > 1 or work.refused - tried):
            raise unwanted[-1]  # of more than one post: then it is not for what a single one says
        await self._say_unwanted(subscription, unwanted)

    async def _bring_all(
        self, work: Work, subscription: Subscription, rest: _Rest
    ) -> list[SendRefused] | None:
        """What was refused for its words while nothing else was brought; None: leave the channel alone.

        Such a post holds up no other, unless a part of it is there: nothing comes between its parts.
        """
        unwanted: list[SendRefused] = []
        is_open = False
        for item in work.items:
            try:
                if await self._bring(item, subscription, work) in (Corrected.HELD, Corrected.LATER):
                    return None
            except PostError as error:
                log.error("post %s cannot be sent, the next ones can: %s", item.slug, error)
            except SendRefused as refusal:
                if refusal.is_final or not refusal.is_about_the_words:
                    raise
                log.error("post %s is refused for what it says, others may not be: %s", item.slug, refusal)
                if await self._is_begun(item, subscription):
                    await self._say_unwanted(subscription, [refusal])
                    return None
                unwanted.append(refusal)
            else:
                is_open = True
                await self._brought(item, subscription, rest)
        if is_open:
            await self._say_unwanted(subscription, unwanted)
        return [] if is_open else unwanted

    async def _say_unwanted(self, subscription: Subscription, refusals: Sequence[SendRefused]) -> None:
        """The first time that a post is refused for its words; of a channel that stopped it was said."""
        new = [refusal for refusal in refusals if refusal.attempts == 1]
        if new and subscription.paused_because is None:
            await self.tell_unwanted(subscription, str(Cause.of(new[0])))

    async def _brought(self, item: Post | PostList, subscription: Subscription, rest: _Rest) -> None:
        newest, now = item if isinstance(item, Post) else item.posts[-1], self.clock()
        since = out_since(newest, self.news.first_seen, subscription, now)
        self.witness.brought(now - max(since, rest.slot or since))
        await self._resume(subscription)

    async def _is_begun(self, item: Post | PostList, subscription: Subscription) -> bool:
        rows = await self.ledger.parts(item.slug, subscription.channel_id)
        return any(row.state is DeliveryState.SENT for row in rows)

    async def _bring(self, item: Post | PostList, subscription: Subscription, work: Work) -> Corrected:
        courier = self.courier()
        if isinstance(item, Post) and item.slug in work.half_corrected:
            return await Corrector(courier=courier).correct(item, subscription)
        return Corrected.DONE if await courier.bring(item, subscription) else Corrected.HELD

    async def _settle(self, subscription: Subscription) -> frozenset[str] | None:
        """The slugs that stay in doubt; None where the channel is to be left alone in this pass.

        Raises:
            HistoryUnreadable: as in an outage, after which what is in doubt goes first.
            DeliveryError, StoreError: as ``Settler.settle`` does.
        """
        if await self.ledger.paused_since():
            return None
        in_doubt: set[str] = set()
        settler = Settler(courier=self.courier())
        for delivery in await self.ledger.claimed(subscription.channel_id):
            slug = delivery.key.slug
            if self._doubts.waits(delivery.key, self.clock()):
                in_doubt.add(slug)
                continue
            try:
                item = await self._backlog.item(slug, subscription.channel_id)
                if self.stopping.is_set() or not await settler.settle(delivery, subscription, item):
                    return None
                self._doubts.settled(delivery.key)
            except HistoryUnreadable as error:
                if not self._doubts.leave(delivery.key, error, self.clock()):
                    raise
                in_doubt.add(slug)
        return frozenset(in_doubt)

    def _rest_of(self, subscription: Subscription, known: _Pass) -> _Rest:
        slot, due = due_posts(subscription, known.posts, self.news.first_seen, self.clock(), self.grace)
        timed = slot if subscription.timetable.at else None
        return _Rest(self.news.archive, subscription, timed, tuple(post.slug for post in due))

    @property
    def _backlog(self) -> Backlog:
        return Backlog(ledger=self.ledger, news=self.news, clock=self.clock, grace=self.grace)

    def courier(self) -> Courier:
        """Whoever brings one post to one channel."""
        return Courier(
            ledger=self.ledger,
            postbox=self.postbox,
            composer=self.composer,
            clock=self.clock,
            stopping=self.stopping,
            witness=self.witness,
        )

    def _hold(self, channel_id: int, failures: int, error: DeliveryError) -> None:
        wait = outage_delay(failures, channel_id)
        self._holds[channel_id] = _Hold(failures, self.clock() + wait)
        when = f"{wait.total_seconds() / 60:.0f} minutes" if wait else "the next pass"
        log.warning("channel %s waits for %s: %s", channel_id, when, error)

    async def _resume(self, subscription: Subscription) -> None:
        if subscription.paused_because is not None:
            log.info("channel %s gets posts again", subscription.channel_id)
            await self.subscriptions.resume(subscription.channel_id, subscription.paused_because)

    async def _pause_where_hopeless(self, subscription: Subscription, refusal: SendRefused) -> None:
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
