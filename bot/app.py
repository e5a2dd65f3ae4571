"""The composition root: opens every resource, passes it in, and closes it at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.adapters.alias_files import load_aliases
from bot.adapters.channels import DiscordPostbox
from bot.adapters.client import NewsBot, Services, no_other_settings
from bot.adapters.composer import CachedComposer
from bot.adapters.database.alone import alone_with, is_alone, lease_of
from bot.adapters.database.decisions import SqlDecisions
from bot.adapters.database.drafts import SqlDrafts
from bot.adapters.database.engine import open_database
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.marks import SqlMarks, SqlToldFindings
from bot.adapters.database.operating import SqlOperating
from bot.adapters.database.seen import SqlPostsSeen
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.doctor.reports import with_findings
from bot.adapters.doctor.rounds import Rounds
from bot.adapters.files import ContentFolder
from bot.adapters.library import Library
from bot.adapters.lookups import Lookups
from bot.adapters.metrics import Metrics
from bot.adapters.notices import DiscordNotices
from bot.adapters.operating.recent_lines import keeping_lines
from bot.adapters.operating.room import ControlRoom
from bot.adapters.operators import Operators
from bot.adapters.readings.ahead import Ahead
from bot.adapters.readings.store import ReadingStore
from bot.adapters.scheduler import DeliverySchedule
from bot.adapters.settling import SETTLE_SECONDS
from bot.adapters.setup.desk import Desk
from bot.adapters.web.health import Readiness
from bot.background import App
from bot.delivery.alarms import WORKDAYS
from bot.delivery.models import Subscription
from bot.delivery.ports import Clock
from bot.delivery.publisher import Publisher
from bot.delivery.timetable import Timetable
from bot.formatting.messages import Message
from bot.i18n import Words, load_catalogues
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.content_git.source import GitContent


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


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
        lines = stack.enter_context(keeping_lines(settings.secrets))
        catalogues = load_catalogues(settings.default_locale)
        cache = settings.cache_folder
        store = ReadingStore.at(cache / "readings.db", f"{settings.timezone} {settings.site_url}")
        composer = CachedComposer(catalogues=catalogues, site_url=settings.site_url, store=store)
        seen = SqlPostsSeen(engine)
        git = await _git_content(settings)
        folder = ContentFolder(
            git.posts if git else settings.require_content(),
            zone=ZoneInfo(settings.timezone),
            aliases=load_aliases(settings.search_aliases),
            cache_file=cache / "posts.db",
            settle_seconds=0.0 if git else SETTLE_SECONDS,  # what git checks out is whole
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

        metrics = Metrics()
        metrics.watch_library(library)
        bot = NewsBot(settings, catalogues)
        metrics.watch_client(bot)
        notices = DiscordNotices(bot, catalogues, subscriptions, clock)
        ledger = SqlLedger(engine, lease_of(settings.database_url), clock=clock)
        publisher = Publisher(
            ledger=ledger,
            subscriptions=subscriptions,
            postbox=DiscordPostbox(bot),
            news=library,
            composer=composer,
            clock=clock,
            grace=timedelta(hours=settings.late_hours),
            shards=settings.shards,
            witness=metrics,
            tell=notices.stopped,
            tell_unwanted=notices.unwanted,
            tell_left_out=notices.left_out,
        )

        async def wake() -> None:
            await app.wake()

        async def checkup_crashed(error: Exception) -> None:
            await app.crashed("daily check-up", error)

        async def examine(page: Message, saved: Sequence[Subscription], words: Words) -> Message:
            return await with_findings(bot, page, saved, words)

        schedule = DeliverySchedule(wake, clock)
        decisions = SqlDecisions(engine)
        lookups = Lookups(library=library, composer=composer, now=local_now, timed=metrics.looked_up)
        bot.services = Services(
            settings=settings,
            library=library,
            lookups=lookups,
            publisher=publisher,
            subscriptions=subscriptions,
            schedule=schedule,
            notices=notices,
            desk=Desk(
                drafts=SqlDrafts(engine),
                decisions=decisions,
                subscriptions=subscriptions,
                library=library,
                lookups=lookups,
                composer=composer,
                schedule=schedule,
                publisher=publisher,
                wake=wake,
                examine=examine,
                clock=clock,
            ),
            room=ControlRoom(
                bot=bot,
                ledger=ledger,
                operating=SqlOperating(engine),
                decisions=decisions,
                composer=composer,
                metrics=metrics,
                lines=lines,
                clock=clock,
                started_at=clock(),
                several=not is_alone(settings.database_url),
                git=git,
            ),
            on_login=on_login,
            on_close=on_close,
            wake=wake,
            read_settings=read_settings,
        )
        app = App(
            settings=settings,
            bot=bot,
            library=library,
            publisher=publisher,
            subscriptions=subscriptions,
            schedule=schedule,
            git=git,
            ahead=Ahead(
                store=store,
                root=folder.root,
                zone=settings.timezone,
                locale=settings.default_locale,
                site_url=settings.site_url,
            ),
            rounds=Rounds(
                client=bot,
                subscriptions=subscriptions,
                told=SqlToldFindings(engine),
                notices=notices,
                clock=clock,
                crashed=checkup_crashed,
                shards=settings.shards,
            ),
            operators=Operators(
                channel_id=settings.ops_channel_id,
                words=catalogues.words(settings.default_locale),
                operating=SqlOperating(engine),
                marks=SqlMarks(engine),
                library=library,
                clock=clock,
                shards=lambda: bot.shards,
                alarm=_alarm(settings),
                doubt=timedelta(minutes=settings.ledger_alarm_minutes),
            ),
        )
        if settings.web_port is not None:
            # Imported here: a bot without WEB_PORT needs no web server, and aiohttp's takes a while.
            from bot.adapters.web.hooks import ContentHook  # noqa: PLC0415
            from bot.adapters.web.server import Pages, serving  # noqa: PLC0415

            pages = Pages(
                readiness=Readiness.of(bot, engine, app.schedule, ledger.paused_since),
                metrics=metrics,
                hook=ContentHook(
                    secret=settings.web_hook_secret,
                    pushed=app.look_again,
                    behind=lambda: app.is_behind,
                    refused=metrics.hook_refused,
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
    from bot.adapters.content_git.source import GitContent  # noqa: PLC0415

    content = GitContent.of(settings)
    if content:
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
