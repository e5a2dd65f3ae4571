"""The bot as an operator runs it, killed or cut off at the worst moments: parts arrive once and in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.chaos_run import subscribe
from bot.adapters.database.tables import deliveries
from tests.support.discord_double.bot_process import BotProcess, start_bot
from tests.support.discord_double.long_posts import parts_of, whole, write_long_post
from tests.support.discord_double.process import Double, start_double
from tests.support.postgres import fresh_database, start_postgres

HISTORY: dict[str, Any] = {"method": "GET", "path": r"/channels/\d+/messages"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A Discord with one channel, and a folder with a post of three messages for it."""

    double: Double
    channel: int
    folder: Path

    def start(self, **settings: str) -> AbstractAsyncContextManager[BotProcess]:
        """The bot, as often as it is wanted; its data stays."""
        return start_bot(self.double, self.folder, NEWS_CHANNEL_ID=str(self.channel), **settings)

    def write(self, slug: str) -> None:
        """One more post of three messages."""
        write_long_post(self.folder / "content", slug)

    async def parts(self) -> list[tuple[str, int]]:
        """What members see in the channel."""
        return parts_of((await self.double.messages())[self.channel])

    async def logged(self, bot: BotProcess, text: str, times: int = 1) -> None:
        """Wait until the bot's log has said so often enough."""
        for _ in range(4000):  # on PostgreSQL a claim is left to another process for a quarter of a minute
            log = await asyncio.to_thread(bot.log.read_text)
            if log.count(text) >= times:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"the log never said {text!r}:\n{log}")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Everything but the bot."""
    (tmp_path / "content").mkdir()
    async with start_double() as double:
        (channel,) = await double.channels()
        stage = Stage(double, channel, tmp_path)
        stage.write("long")
        yield stage


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server for this module."""
    with start_postgres() as address:
        yield address


async def test_killed_before_and_after_a_part_arrived_it_goes_on_with_what_is_missing(
    stage: Stage,
) -> None:
    await stage.double.set(nonce_seconds=0)  # nothing but the channel's history tells what arrived
    await stage.double.fault("hang", skip=1)
    async with stage.start() as bot:
        await stage.double.wait(hung=1)
        await bot.kill()
    assert await stage.parts() == [("long", 0)]
    await stage.double.say(stage.channel, "a member says something meanwhile")
    await stage.double.fault("hang", after=True)
    async with stage.start() as bot:
        await stage.double.wait(hung=2)
        await bot.kill()
    assert await stage.parts() == whole("long")[:2]
    async with stage.start() as bot:
        await stage.logged(bot, "post long is in channel")
        assert await bot.stop() == 0
    assert await stage.parts() == whole("long")


async def test_cut_off_before_and_after_a_part_arrived_a_later_pass_sends_what_is_missing(
    stage: Stage,
) -> None:
    await stage.double.set(nonce_seconds=0)
    await stage.double.fault("reset", skip=1)
    await stage.double.fault("reset", skip=1, after=True)
    async with stage.start() as bot:
        await stage.logged(bot, "waits for the next pass")
        assert await stage.parts() == [("long", 0)]
        stage.write("second")  # which wakes the bot
        await stage.logged(bot, "waits for the next pass", times=2)
        assert await stage.parts() == whole("long")[:2]
        stage.write("third")
        await stage.logged(bot, "post long is in channel")
    assert (await stage.parts())[:3] == whole("long")


async def test_a_part_cut_off_after_it_arrived_is_known_by_its_nonce_where_the_history_is_closed(
    stage: Stage,
) -> None:
    await stage.double.fault("answer", **HISTORY, status=403, code=50001, times=None)
    await stage.double.fault("reset", skip=1, after=True)
    async with stage.start() as bot:
        await stage.logged(bot, "waits for the next pass")
        stage.write("second")
        await stage.logged(bot, "post long is in channel")
    assert (await stage.parts())[:3] == whole("long")
    assert (await stage.double.counts())["repeats"] == 1


async def test_stopped_while_a_part_is_on_its_way_it_waits_for_it_and_leaves_no_doubt(stage: Stage) -> None:
    # A part in doubt could not be found in the channel, nor be known by its nonce: it would be there twice.
    await stage.double.fault("answer", **HISTORY, status=403, code=50001, times=None)
    await stage.double.set(nonce_seconds=0)
    await stage.double.fault("hang", skip=1, after=True, seconds=0.5)
    async with stage.start() as bot:
        await stage.double.wait(hung=1)
        assert await bot.stop() == 0
    assert await stage.parts() == whole("long")[:2]
    async with stage.start() as bot:
        await stage.logged(bot, "post long is in channel")
    assert await stage.parts() == whole("long")


async def test_a_token_that_is_refused_meanwhile_ends_it_with_3(stage: Stage) -> None:
    await stage.double.fault("answer", skip=1, status=401, times=None)
    async with stage.start() as bot:
        assert await asyncio.wait_for(bot.process.wait(), 20) == 3
    assert await stage.parts() == [("long", 0)]


async def test_thrown_off_the_gateway_it_comes_back_to_the_same_address(stage: Stage) -> None:
    async with stage.start() as bot:
        await stage.double.wait(ready=1)
        await stage.double.disturb("reconnect")
        await stage.double.wait(resumes=1)
        await stage.double.disturb("invalidate", resumable=False)
        await stage.double.wait(identifies=2)
        assert await bot.stop() == 0


async def test_channels_that_never_answer_hold_up_neither_the_others_nor_the_end(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    write_long_post(tmp_path / "content", "long")
    url = f"sqlite+aiosqlite:///{tmp_path}/ainews.db"
    async with start_double(channels=30) as double:
        channels = await double.channels()
        await subscribe(url, channels)
        for channel in channels[:24]:
            await double.fault("hang", path=f"/channels/{channel}/messages", times=None)
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await double.wait(stored=6 * 3)
            await double.wait(hung=24)  # the last four of which are still waited for
            began = time.monotonic()
            assert await bot.stop() == 0
            assert time.monotonic() - began < 10


async def test_of_two_processes_on_the_same_shards_one_may_die_and_parts_arrive_once_and_in_order(
    tmp_path: Path, postgres: str
) -> None:
    (tmp_path / "content").mkdir()
    url = await fresh_database(postgres)
    async with start_double(channels=12, latency=0.02) as double:
        channels = await double.channels()
        await subscribe(url, channels)
        settings = {"DATABASE_URL": url, "CONTENT_DIR": str(tmp_path / "content")}
        homes = [tmp_path / "one", tmp_path / "two"]
        for home in homes:
            home.mkdir()
        async with start_bot(double, homes[0], **settings) as one, start_bot(double, homes[1], **settings):
            await double.wait(ready=2)
            # Some requests take their time: what comes next must not overtake them.
            await double.fault("hang", seconds=0.5, probability=0.4, times=None)
            write_long_post(tmp_path / "content", "first")
            await double.wait(stored=12 + 6)
            await one.kill()
            await asyncio.sleep(0.5)
            await end_leases(url)
            write_long_post(tmp_path / "content", "second")
            await double.wait(stored=12 * 6, timeout=60)
        messages = await double.messages()
    for channel in channels:
        assert parts_of(messages[channel]) == whole("first", "second")


async def end_leases(url: str) -> None:
    """Let all claims be as old as they are some seconds after a process died."""
    engine = create_async_engine(url)
    claims = update(deliveries).where(deliveries.c.state == "claimed")
    async with engine.begin() as connection:
        await connection.execute(claims.values(retry_at=datetime.now(UTC)))
    await engine.dispose()
