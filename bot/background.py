"""What works beside the client: the watcher, fetches, the schedule's passes; and how all of it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bot.adapters.client import NewsBot
from bot.adapters.database.alone import lease_of
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.doctor.rounds import Rounds
from bot.adapters.library import Library
from bot.adapters.operators import Operators
from bot.adapters.readings.ahead import Ahead
from bot.adapters.scheduler import DeliverySchedule
from bot.adapters.watcher import watch_content
from bot.delivery.crossposting import Crossposter
from bot.delivery.publisher import Publisher
from bot.delivery.steps import KEPT_FOR
from bot.errors import StoreError, TokenRefused
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.content_git.source import GitContent

log = logging.getLogger(__name__)

SECONDS_A_MINUTE = 60.0
STOP_SECONDS = 7.0
"""How long a message in flight is waited for: who stops a service seldom waits longer than ten."""


class App(Struct, kw_only=True):
    """The running whole: the client, and what works beside it."""

    settings: Settings
    bot: NewsBot
    library: Library
    publisher: Publisher
    subscriptions: SqlSubscriptions
    schedule: DeliverySchedule
    operators: Operators
    ahead: Ahead
    rounds: Rounds
    git: GitContent | None = None
    failure: TokenRefused | None = None
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _look_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _compose_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _composing: asyncio.Task[None] | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _telling: set[asyncio.Task[None]] = field(default_factory=set)
    _closing: asyncio.Task[None] | None = None
    _ending: asyncio.Task[None] | None = None
    _is_stale: bool = False
    _tidied_on: date | None = None

    async def begin(self) -> None:
        """Start the watcher, the schedule and a first pass; the client calls it after login."""
        active = await self.subscriptions.active(self.publisher.clock())
        timetables = [subscription.timetable for subscription in active]
        if not timetables:
            log.warning("no channel is subscribed: set NEWS_CHANNEL_ID")
        watching = watch_content(self.library.folder.root, self.content_changed, self._stop)
        self._tasks.append(self._watched(watching, "content watcher"))
        self._tasks.append(self._watched(self._look_when_asked(), "look at the content"))
        self._tasks.append(self._watched(self._deliver_when_woken(), "delivery"))
        self._composing = self._watched(self._compose_ahead(), "composing ahead")
        crossposter = Crossposter(
            ledger=self.publisher.ledger,
            subscriptions=self.subscriptions,
            postbox=self.publisher.postbox,
            clock=self.publisher.clock,
            shards=self.publisher.shards,
            crashed=partial(self.crashed, "publishing"),
        )
        self._tasks.append(self._watched(self._publish(crossposter), "publishing"))
        self._tasks.append(self._watched(self.rounds.run(self._stop), "daily check-up"))
        self.schedule.start(timetables)
        if lease := lease_of(self.settings.database_url):
            self.schedule.wake_after(lease)  # by then what a process that died has claimed may be taken over
        if self.git:
            self.look_again()  # what was pushed while the bot was down
        await self.wake()

    async def end(self) -> None:
        """Stop everything beside the client; a message in flight is confirmed before this returns.

        One that Discord does not answer for STOP_SECONDS stays in doubt, which the next start settles.
        Whoever calls it again waits for the same end.
        """
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(), name="end")
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        self.schedule.stop()
        self._stop.set()
        self.publisher.stopping.set()
        self._wanted.set()
        self._look_wanted.set()
        if self._composing:
            self._composing.cancel()  # what is composed is kept
            await asyncio.wait({self._composing})
        if self.git:
            self.git.stopping.set()
        tasks, self._tasks = self._tasks, []
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                log.warning(
                    "the %s is not waited for any longer; the next start settles the rest", task.get_name()
                )
                task.cancel()
            await asyncio.wait(tasks)  # how one ended, ``_ended`` has said
            log.info("stopped")

    async def wake(self) -> None:
        """Ask for a pass. While one runs, one more will follow, however often this is called.

        The pass is no part of the caller: APScheduler cancels its jobs when it stops.
        """
        self._wanted.set()

    def look_again(self) -> None:
        """Ask for a look at the content folder, soon and without waiting for it."""
        self._look_wanted.set()

    @property
    def is_behind(self) -> bool:
        """Whether the last look at the content brought not all there is."""
        return self._is_stale or bool(self.git and self.git.failure)

    async def deliver(self) -> None:
        """One pass. When nothing can be sent at all the client is closed and ``failure`` says why."""
        try:
            await self.publisher.deliver_due()
        except StoreError as error:
            log.error("nothing was delivered: %s", error)
        except TokenRefused as error:
            self._give_up(error)
        except Exception as error:
            # The named boundary: one pass. What it did not do, the next one does.
            log.exception("the pass ended early; the next one goes on")
            await self.crashed("delivery", error)

    async def _publish(self, crossposter: Crossposter) -> None:
        try:
            await crossposter.run(self._stop)
        except TokenRefused as error:
            self._give_up(error)

    def _give_up(self, error: TokenRefused) -> None:
        """Nothing can be done any more: ``failure`` says why, and the client is closed."""
        if self.failure is None:
            log.error("deliveries stop: %s", error)
            self.failure = error
            # Not awaited: closing waits for whoever found out.
            self._closing = asyncio.create_task(self.bot.close(), name="close")

    async def content_changed(self) -> None:
        """Take the folder's changes into service and send what is due as soon as it is out."""
        try:
            difference = await self.library.reload()
        except StoreError as error:
            log.error("the content was not reloaded, the next pass tries again: %s", error)
            self._is_stale = True
            return
        except Exception as error:
            # The named boundary: one look at the folder. The watcher must see what is mended next.
            log.exception("the content was not reloaded, the next pass tries again")
            self._is_stale = True
            await self.crashed("content", error)
            return
        self._is_stale = False
        if difference.writing:
            log.info("still being written, looked at again soon: %s", ", ".join(difference.writing))
            asyncio.get_running_loop().call_later(self.library.folder.settling.seconds, self.look_again)
        if difference:
            counts = map(len, (difference.added, difference.changed, difference.removed, difference.refused))
            log.info("content reloaded: %d added, %d changed, %d removed, %d refused", *counts)
            self._compose_wanted.set()
            await self.wake()

    async def _look_when_asked(self) -> None:
        every = self.settings.content_git_every * SECONDS_A_MINUTE if self.git else 0
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look_wanted.wait(), every or None)
            self._look_wanted.clear()
            if not self._stop.is_set():
                await self._look()

    async def _look(self) -> None:
        try:
            if self.git:
                await self._pull(self.git)
        except Exception as error:
            # The named boundary: one fetch. The next one may do better.
            log.exception("the posts' repository was not fetched")
            await self.crashed("git", error)
        await self.content_changed()

    async def _pull(self, git: GitContent) -> None:
        """Never amid a reload, which may have fetched an older state that it is about to take in."""
        async with self.bot.reloading:
            failure = await git.pull(self.library.undisturbed)
        if not self._stop.is_set():
            await self.operators.fetched(self.publisher.postbox, failure)

    async def _compose_ahead(self) -> None:
        while True:
            try:
                await self.ahead.compose(self.library.archive)
            except Exception as error:
                # The named boundary: one archive. Its posts are composed when somebody reads them.
                log.exception("the posts were not composed ahead")
                await self.crashed("composing ahead", error)
            await self._compose_wanted.wait()
            self._compose_wanted.clear()

    async def _deliver_when_woken(self) -> None:
        while not self._stop.is_set():
            await self._wanted.wait()
            self._wanted.clear()
            if self._is_stale:
                await self.content_changed()
            if not self._stop.is_set():
                await self.deliver()
            if not self._stop.is_set() and self.failure is None:
                await self.tell_operators()
                await self.tidy_up()

    async def tidy_up(self) -> None:
        """Once a day: forget the steps of deliveries that nobody will ask for any more."""
        now = self.publisher.clock()
        if self._tidied_on == now.date():
            return
        self._tidied_on = now.date()
        try:
            forgotten = await self.publisher.ledger.forget_steps(now - KEPT_FOR)
        except StoreError as error:
            log.warning("old steps were not forgotten; tomorrow they are: %s", error)
        except Exception as error:
            # The named boundary: one tidying. Deliveries go on without it.
            log.exception("old steps were not forgotten; tomorrow they are")
            await self.crashed("tidying", error)
        else:
            log.debug("%d old steps were forgotten", forgotten)

    async def tell_operators(self) -> None:
        """Say in the operators' channel what is wrong and was not said yet."""
        try:
            await self.operators.look(self.publisher.postbox)
        except Exception:
            # The named boundary: one look for what is wrong. Deliveries go on without it.
            log.exception("the operators were not told")

    def _watched(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Begin work that goes on until the bot stops; whoever hosts the bot hears if it ends in an error."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        log.error("the %s has ended, and only a restart brings it back", task.get_name(), exc_info=error)
        if isinstance(error, Exception) and not self._stop.is_set():
            telling = asyncio.create_task(self.crashed(task.get_name(), error, for_good=True), name="telling")
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    async def crashed(self, job: str, error: Exception, *, for_good: bool = False) -> None:
        """Say in the operators' channel that a job met an error that nobody foresaw."""
        try:
            await self.operators.crashed(self.publisher.postbox, job, error, for_good=for_good)
        except Exception:
            # The named boundary: one report of a crash, which the log has already.
            log.exception("the operators were not told")
