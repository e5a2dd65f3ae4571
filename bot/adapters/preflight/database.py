"""Looks at the database without a change: whether it answers, its revision, who works with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

from bot.adapters.database.alone import is_held
from bot.adapters.database.engine import database_errors, open_to_look
from bot.adapters.database.ledger import PAUSED
from bot.adapters.database.marks import LAST_SCAN
from bot.adapters.database.migrating import newest_revision, revision_of
from bot.adapters.database.tables import deliveries, marks, subscriptions
from bot.adapters.preflight.findings import Finding, Grade
from bot.delivery.models import DeliveryState
from bot.errors import SettingsError, StoreError
from bot.exit_codes import ExitCode
from bot.settings import Settings

PATIENCE = 15.0
"""Seconds that the database has for all of its answers."""
_AHEAD = timedelta(minutes=2)
_CHECK = "database"


async def look_at_database(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Whether it can be used, and what it says of channels, deliveries and the clock; ``now`` is aware."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        if not await asyncio.to_thread(Path(url.database or "").is_file):
            yield Finding(check=_CHECK, what=f"{url.database} is not there yet; the first start makes it.")
            return
        if is_held(settings.database_url):
            yield Finding(check=_CHECK, what="A bot runs with it now: a second one would be refused.")
    try:
        async with asyncio.timeout(PATIENCE), open_to_look(settings.database_url) as engine:
            with database_errors():
                async with engine.connect() as connection:
                    found = await connection.run_sync(_look, settings, now)
    except SettingsError as error:
        yield _failed(str(error), "Install what it names.", ExitCode.SETTINGS)
    except StoreError as error:
        yield _failed(f"{error}.", "Is it running, and does DATABASE_URL name its host, user and database?")
    except TimeoutError:
        yield _failed(f"No answer for {PATIENCE:.0f} seconds.", "See what its server is doing.")
    else:
        for finding in found:
            yield finding


def _look(connection: Connection, settings: Settings, now: datetime) -> list[Finding]:
    revision, wanted = revision_of(connection), newest_revision()
    kind = connection.dialect.name
    if revision is None:
        return [Finding(check=_CHECK, what=f"{kind} answers; the first start makes its tables.")]
    if revision > wanted:
        what = f"It is at revision {revision}, this program knows {wanted}."
        return [_failed(what, "Upgrade the program, or restore a backup of before into a new database.")]
    if revision < wanted:
        return [
            Finding(
                check=_CHECK,
                what=f"It is at revision {revision}; the next start brings it to {wanted}.",
                grade=Grade.WARNING,
                why="There is no way back but a backup.",
                fix="Take one first, with the version that runs now.",
            )
        ]
    answers = Finding(check=_CHECK, what=f"{kind} answers, at revision {revision}.")
    more = (_damage(connection), _stopped(connection), _unsent(connection), _ahead(connection, now))
    return [answers, _channels(connection, settings), *(finding for found in more for finding in found)]


def _damage(connection: Connection) -> list[Finding]:
    if connection.dialect.name != "sqlite":
        return []
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if said == "ok":
        return []
    return [_failed(f"The file is damaged: {said}.", "Restore a backup into a new file; look at the disk.")]


def _channels(connection: Connection, settings: Settings) -> Finding:
    query = select(func.count(), func.count(subscriptions.c.paused_because)).select_from(subscriptions)
    count, paused = connection.execute(query).one()
    active = count - paused
    if active:
        return Finding(check="channels", what=f"{active} channels get posts, {paused} are paused.")
    if settings.news_channel_id:
        return Finding(check="channels", what="The channel of NEWS_CHANNEL_ID will get posts.")
    return Finding(
        check="channels",
        what="No channel gets posts." if not paused else f"No channel gets posts, {paused} are paused.",
        grade=Grade.WARNING,
        why="Nothing will be sent.",
        fix="Set NEWS_CHANNEL_ID, or use /setup in a server.",
    )


def _stopped(connection: Connection) -> list[Finding]:
    since = connection.scalar(select(marks.c.at).where(PAUSED))
    if since is None:
        return []
    return [
        Finding(
            check="deliveries",
            what=f"An operator has stopped them all since {since:%Y-%m-%d %H:%M} UTC.",
            grade=Grade.WARNING,
            why="Nothing is sent.",
            fix="/admin resume",
        )
    ]


def _unsent(connection: Connection) -> list[Finding]:
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    counts: dict[str, int] = dict(connection.execute(query).all())
    claimed, failed = counts.get(DeliveryState.CLAIMED, 0), counts.get(DeliveryState.FAILED, 0)
    if not claimed and not failed:
        return []
    return [
        Finding(
            check="deliveries",
            what=f"{claimed} are in doubt or under way, {failed} were refused and are tried again.",
        )
    ]


def _ahead(connection: Connection, now: datetime) -> list[Finding]:
    last = connection.scalar(select(marks.c.at).where(marks.c.name == LAST_SCAN))
    if last is None or last <= now + _AHEAD:
        return []
    return [
        Finding(
            check="clock",
            what=f"It is {now:%Y-%m-%d %H:%M} UTC here, and the bot last ran at {last:%Y-%m-%d %H:%M} UTC.",
            grade=Grade.WARNING,
            why="A clock that was or is wrong makes posts come late or not at all.",
            fix="Let the system set its clock (timedatectl set-ntp true).",
        )
    ]


def _failed(what: str, fix: str, code: ExitCode = ExitCode.DATABASE) -> Finding:
    why = "The bot does not start without it."
    return Finding(check=_CHECK, what=what, grade=Grade.FAILED, why=why, fix=fix, code=code)
