"""The tables from their first revision to the present one, with data in place, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.adapters.database.engine import open_database
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.migrating import MIGRATIONS, newest_revision
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState, Progress, Subscription
from bot.delivery.timetable import Timetable
from bot.errors import StoreError

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
HEAD = "0004"

FIRST_DATA = """
INSERT INTO subscriptions
  (channel_id, post_time, timezone, weekdays, layout, locale, origin, created_at)
  VALUES (9223372036854775807, '09:00', 'Asia/Seoul', '0123456', 'full', 'ko', 'settings', '{now}');
INSERT INTO deliveries
  (channel_id, slug, part, parts, state, fingerprint, payload_hash, attempts, claimed_at, message_id)
  VALUES (9223372036854775807, '오늘-뉴스', 0, 2, 'sent', 'f', 'p', 1, '{now}', 42);
INSERT INTO deliveries
  (channel_id, slug, part, parts, state, fingerprint, payload_hash, attempts, claimed_at)
  VALUES (9223372036854775807, '오늘-뉴스', 1, 2, 'claimed', 'f', 'p', 1, '{now}');
INSERT INTO posts_seen (slug, first_seen_at) VALUES ('오늘-뉴스', '{now}')
"""


def migrate(connection: Connection, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    if to < HEAD and connection.dialect.has_table(connection, "deliveries"):
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)


async def at_first_revision(database_url: str) -> None:
    """A database as the first release left it."""
    engine = create_async_engine(database_url)
    now = NOW.isoformat(sep=" ", timespec="microseconds")
    stamp = now if "postgresql" in database_url else now.removesuffix("+00:00")
    async with engine.begin() as connection:
        await connection.run_sync(migrate, "0001")
        for statement in FIRST_DATA.format(now=stamp).split(";"):
            await connection.execute(text(statement))
    await engine.dispose()


async def test_the_first_revisions_data_is_carried_over(database_url: str) -> None:
    await at_first_revision(database_url)
    channel = 2**63 - 1
    async with open_database(database_url) as engine:
        (kept,) = await SqlSubscriptions(engine).active(NOW)
        assert kept == Subscription(id=kept.id, channel_id=channel, timetable=Timetable(), created_at=NOW)
        ledger = SqlLedger(engine)
        progress = Progress(sent=1, parts=2, begun_at=NOW)  # of unknown content: nothing is corrected
        assert await ledger.history(channel, NOW) == {"오늘-뉴스": progress}
        (in_doubt,) = await ledger.claimed(channel)
        assert in_doubt.key == DeliveryKey(slug="오늘-뉴스", channel_id=channel, part=1)
        sent_again = Delivery(
            key=DeliveryKey(slug="오늘-뉴스", channel_id=channel, part=0),
            state=DeliveryState.CLAIMED,
            parts=2,
            fingerprint="f",
            payload_hash="p",
            claimed_at=NOW,
        )
        assert not await ledger.claim(sent_again), "what was delivered before is never delivered again"


async def test_a_migration_can_be_taken_back_and_made_again(database_url: str) -> None:
    await at_first_revision(database_url)
    for _ in range(2):
        async with open_database(database_url) as engine, engine.begin() as connection:
            count = await connection.execute(text("SELECT count(*) FROM subscriptions WHERE kind = 'text'"))
            assert count.scalar_one() == 1
            await connection.run_sync(migrate, "0001")


async def test_two_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    await at_first_revision(database_url)

    async def start() -> int:
        async with open_database(database_url) as engine:
            return len(await SqlSubscriptions(engine).active(NOW))

    assert list(await asyncio.gather(start(), start())) == [1, 1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_commit_outlives_a_power_cut(database_url: str) -> None:
    """SQLite's own names: WAL, and 2 for FULL, which waits for the disk at every commit."""
    async with open_database(database_url) as engine, engine.connect() as connection:
        pragmas = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 2, 1, 10_000]


async def test_opening_twice_migrates_once(database_url: str) -> None:
    for _ in range(2):
        async with open_database(database_url) as engine, engine.connect() as connection:
            revision = (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar_one()
    assert revision == HEAD


async def test_a_newer_database_is_refused_in_words(database_url: str) -> None:
    async with open_database(database_url) as engine, engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        async with open_database(database_url):
            pass


async def test_an_unreachable_database_is_told_without_its_password() -> None:
    address = "postgresql+asyncpg://bot:hunter2secret@127.0.0.1:1/ainews"
    with pytest.raises(StoreError) as caught:
        async with open_database(address):
            pass
    assert "hunter2secret" not in str(caught.value)


def test_the_newest_revision_is_alembics_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert newest_revision() == ScriptDirectory.from_config(config).get_current_head() == HEAD
