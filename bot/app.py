"""The composition root: opens every resource, passes it in, and closes it at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.adapters.alias_files import load_aliases
from bot.adapters.channels import DiscordPostbox
from bot.adapters.client import NewsBot, Services, no_other_settings
from bot.adapters.composer import CachedComposer
from bot.adapters.database.alone import alone_with, lease_of
from bot.adapters.database.engine import open_database
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.seen import SqlPostsSeen
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.files import ContentFolder
from bot.adapters.library import Library
from bot.adapters.lookups import Lookups
from bot.adapters.metrics import Metrics
from bot.adapters.notices import DiscordNotices
from bot.adapters.operators import Operators
from bot.adapters.scheduler import DeliverySchedule
from bot.adapters.watcher import watch_content
from bot.adapters.web.health import Readiness
from bot.adapters.web.hooks import ContentHook
from bot.adapters.web.server import Pages, serving
from bot.delivery.alarms import WORKDAYS
from bot.delivery.crossposting import Crossposter
from bot.delivery.models import Subscription
from bot.delivery.ports import Clock
from bot.delivery.publisher import Publisher
from bot.delivery.timetable import Timetable
from bot.errors import StoreError, TokenRefused
from bot.i18n import load_catalogues
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.content_git.source import GitContent

log = logging.getLogger(__name__)


SECONDS_A_MINUTE = 60.0
STOP_SECONDS = 7.0
"""How long a message in flight is waited for: who stops a service seldom waits longer than ten."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class App:
    """The running whole: the client, and what works beside it."""

    settings: Settings
    bot: NewsBot
    library: Library
    publisher: Publisher
    subscriptions: SqlSubscriptions
    schedule: DeliverySchedule
    operators: Operators
    git: GitContent | None = None
    failure: TokenRefused | None = None
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _look_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _closing: asyncio.Task[None] | None = None
    _ending: asyncio.Task[None] | None = None
    _is_stale: bool = False

    async def begin(self) -> None:
        """Start the watcher, the schedule and a first pass; the client calls it after login."""
        active = await self.subscriptions.active(self.publisher.clock())
        timetables = [subscription.timetable for subscription in active]
        if not timetables:
            log.warning("no channel is subscribed: set NEWS_CHANNEL_ID")
        watching = watch_content(self.library.folder.root, self.content_changed, self._stop)
        self._tasks.append(asyncio.create_task(watching, name="content watcher"))
        self._tasks.append(asyncio.create_task(self._look_when_asked(), name="look at the content"))
        self._tasks.append(asyncio.create_task(self._deliver_when_woken(), name="delivery"))
        crossposter = Crossposter(
            ledger=self.publisher.ledger,
            subscriptions=self.subscriptions,
            postbox=self.publisher.postbox,
            clock=self.publisher.clock,
            shards=self.publisher.shards,
        )
        self._tasks.append(asyncio.create_task(crossposter.run(self._stop), name="publishing"))
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
            await asyncio.gather(*tasks, return_exceptions=True)
            log.info("stopped")

    async def wake(self) -> None:
        """Ask for a pass. While one runs, one more will follow, however often this is called.

        The pass is no part of the caller: APScheduler cancels its jobs when it stops.
        """
        self._wanted.set()

    def look_again(self) -> None:
        """Ask for a look at the content folder, soon and without waiting for it."""
        self._look_wanted.set()

    async def deliver(self) -> None:
        """One pass. When nothing can be sent at all the client is closed and ``failure`` says why."""
        try:
            await self.publisher.deliver_due()
        except StoreError as error:
            log.error("nothing was delivered: %s", error)
        except TokenRefused as error:
            log.error("deliveries stop: %s", error)
            self.failure = error
            # Not awaited: closing waits for this very pass.
            self._closing = asyncio.create_task(self.bot.close(), name="close")
        except Exception as error:
            # The named boundary: one pass. What it did not do, the next one does.
            log.exception("the pass ended early; the next one goes on")
            await self._crashed("delivery", error)

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
            await self._crashed("content", error)
            return
        self._is_stale = False
        if difference:
            counts = map(len, (difference.added, difference.changed, difference.removed, difference.refused))
            log.info("content reloaded: %d added, %d changed, %d removed, %d refused", *counts)
            await self.wake()

    async def pull(self) -> str | None:
        """Fetch the posts' repository, if there is one; gives what went wrong, in a line."""
        return await self.git.pull(self.library.undisturbed) if self.git else None

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
            await self.pull()
        except Exception as error:
            # The named boundary: one fetch. The next one may do better.
            log.exception("the posts' repository was not fetched")
            await self._crashed("git", error)
        await self.content_changed()

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

    async def tell_operators(self) -> None:
        """Say in the operators' channel what is wrong and was not said yet."""
        try:
            await self.operators.look(self.publisher.postbox)
        except Exception:
            # The named boundary: one look for what is wrong. Deliveries go on without it.
            log.exception("the operators were not told")

    async def _crashed(self, job: str, error: Exception) -> None:
        try:
            await self.operators.crashed(self.publisher.postbox, job, error)
        except Exception:
            # The named boundary: one report of a crash, which the log has already.
            log.exception("the operators were not told")


@asynccontextmanager
async def open_app(
    settings: Settings,
    clock: Clock = utc_now,
    read_settings: Callable[[], Settings | None] = no_other_settings,
) -> AsyncIterator[App]:
    """Everything, opened and wired; ``app.bot.start(token)`` then connects to Discord.

    ``read_settings`` reads the settings anew when the operator asks for that.

    Raises:
        StoreError: the database cannot be opened, or is another process's.
        SettingsError: CONTENT_DIR or the file of SEARCH_ALIASES cannot be read.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(alone_with(settings.database_url))
        engine = await stack.enter_async_context(open_database(settings.database_url))
        catalogues = load_catalogues(settings.default_locale)
        composer = CachedComposer(catalogues=catalogues, site_url=settings.site_url)
        seen = SqlPostsSeen(engine)
        cache = settings.cache_folder
        git = await _git_content(settings)
        folder = ContentFolder(
            git.posts if git else settings.require_content(),
            zone=ZoneInfo(settings.timezone),
            aliases=load_aliases(settings.search_aliases),
            cache_file=cache / "posts.db",
        )
        library = await stack.enter_async_context(Library.open(folder, seen, clock, cache))
        subscriptions = SqlSubscriptions(engine)
        await subscriptions.follow_settings(_own_subscription(settings, clock()))

        def local_now() -> datetime:
            return clock().astimezone(ZoneInfo(settings.timezone))

        # The client tells the app when it is ready, the app sends through the client: tied here.
        async def on_login() -> None:
            await app.begin()

        async def on_close() -> None:
            await app.end()

        async def pull() -> str | None:
            return await app.pull()

        metrics = Metrics()
        metrics.watch_library(library)
        bot = NewsBot(
            Services(
                settings=settings,
                catalogues=catalogues,
                library=library,
                lookups=Lookups(library=library, composer=composer, now=local_now, timed=metrics.looked_up),
                on_login=on_login,
                on_close=on_close,
                pull=pull,
                read_settings=read_settings,
            )
        )
        metrics.watch_client(bot)
        publisher = Publisher(
            ledger=SqlLedger(engine, lease_of(settings.database_url)),
            subscriptions=subscriptions,
            postbox=DiscordPostbox(bot),
            news=library,
            composer=composer,
            clock=clock,
            shards=settings.shards,
            witness=metrics,
            tell=DiscordNotices(bot, catalogues).stopped,
        )

        async def wake() -> None:
            await app.wake()

        app = App(
            settings=settings,
            bot=bot,
            library=library,
            publisher=publisher,
            subscriptions=subscriptions,
            schedule=DeliverySchedule(wake, clock),
            git=git,
            operators=Operators(
                channel_id=settings.ops_channel_id,
                words=catalogues.words(settings.default_locale),
                engine=engine,
                library=library,
                clock=clock,
                shards=lambda: bot.shards,
                alarm=_alarm(settings),
                doubt=timedelta(minutes=settings.ledger_alarm_minutes),
            ),
        )
        if settings.web_port is not None:
            pages = Pages(
                readiness=Readiness.of(bot, engine, app.schedule),
                metrics=metrics,
                hook=ContentHook(
                    secret=settings.web_hook_secret,
                    pushed=app.look_again,
                    branch=settings.content_git_branch,
                ),
            )
            server = serving(pages.application(), settings.web_host, settings.web_port)
            await stack.enter_async_context(server)
        try:
            yield app
        finally:
            await app.end()


async def _git_content(settings: Settings) -> GitContent | None:
    """The posts of CONTENT_GIT_URL, fetched where that was never done."""
    if settings.content_git_url is None:
        return None
    # Imported here: few need it, and dulwich takes a quarter of a second.
    from bot.adapters.content_git.fetching import Remote  # noqa: PLC0415
    from bot.adapters.content_git.source import GitContent  # noqa: PLC0415

    remote = Remote(
        url=settings.content_git_url, branch=settings.content_git_branch, token=settings.content_git_token
    )
    content = GitContent(
        remote=remote,
        root=settings.git_folder,
        path=settings.content_git_path,
        zone=ZoneInfo(settings.timezone),
    )
    await content.open()
    return content


def _alarm(settings: Settings) -> Timetable | None:
    """When a post must have come."""
    if settings.alarm_at is None:
        return None
    return Timetable(at=settings.alarm_at, zone=settings.timezone, weekdays=WORKDAYS)


def _own_subscription(settings: Settings, now: datetime) -> Subscription | None:
    """The subscription of a single-server operator, who sets NEWS_CHANNEL_ID and needs no other set-up."""
    if settings.news_channel_id is None:
        return None
    at = settings.post_time if isinstance(settings.post_time, time) else None
    return Subscription(
        channel_id=settings.news_channel_id,
        timetable=Timetable(at=at, zone=settings.timezone),
        locale=settings.default_locale,
        created_at=now,
    )
