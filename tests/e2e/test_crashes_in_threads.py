"""The bot as an operator runs it in forums, threads and announcement channels, killed at the worst moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.adapters.database.engine import open_database
from bot.adapters.database.tables import deliveries
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout
from bot.replacing import replace
from tests.support.discord_double.bot_process import start_bot
from tests.support.discord_double.long_posts import parts_of, whole, write_long_post
from tests.support.discord_double.process import Double, start_double
from tests.support.discord_double.world import ANNOUNCEMENT, CROSSPOSTED, FORUM
from tests.support.posts import write_post
from tests.support.subscribing import save_subscription

PATIENCE = 90.0
"""Seconds until something counts as not done; on a busy machine the bot takes long to start."""
START_POST: dict[str, Any] = {"path": r"/channels/\d+/threads"}
OPEN_THREAD: dict[str, Any] = {"path": r"/channels/\d+/messages/\d+/threads"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The bot's database; its posts are beside it."""
    (tmp_path / "content").mkdir()
    return f"sqlite+aiosqlite:///{tmp_path}/ainews.db"


async def subscribe(url: str, channel_id: int, **choices: Any) -> None:
    """The channel's server wants posts as soon as they are out."""
    async with open_database(url) as engine:
        plain = Subscription(
            channel_id=channel_id, timetable=Timetable(at=None), created_at=datetime.now(UTC)
        )
        await save_subscription(engine, replace(plain, **choices))


async def age_claims(url: str) -> None:
    """Let all claims be a minute older, as if the bot had been away for longer."""
    async with open_database(url) as engine, engine.begin() as connection:
        claims = update(deliveries).where(deliveries.c.state == "claimed")
        await connection.execute(claims.values(claimed_at=datetime.now(UTC) - timedelta(minutes=1)))


async def until(double: Double, done: Callable[[dict[int, list[dict[str, Any]]]], bool]) -> None:
    """Wait for what the channels say."""
    async with asyncio.timeout(PATIENCE):
        while not done(await double.messages()):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)


def are_whole(*slugs: str) -> Callable[[dict[int, list[dict[str, Any]]]], bool]:
    """Whether all parts of the posts are there."""
    return lambda said: sum(len(parts_of(messages)) for messages in said.values()) >= len(whole(*slugs))


async def test_in_a_forum_a_post_whose_start_got_no_answer_is_found_and_goes_on_in_its_thread(
    tmp_path: Path, url: str
) -> None:
    write_long_post(tmp_path / "content", "long")
    async with start_double(kind=FORUM) as double:
        (forum,) = await double.channels()
        settings = {"DATABASE_URL": url, "NEWS_CHANNEL_ID": str(forum)}
        await double.fault("hang", **START_POST, after=True)
        async with start_bot(double, tmp_path, **settings) as bot:
            await double.wait(hung=1)
            await bot.kill()
        (thread,) = [int(one["id"]) for one in await double.threads()]
        await double.fault("hang", path=f"/channels/{thread}/messages", after=True)
        async with start_bot(double, tmp_path, **settings) as bot:
            await double.wait(hung=2)
            await bot.kill()
        await double.set_thread(thread, archived=True)
        async with start_bot(double, tmp_path, **settings) as bot:
            await until(double, are_whole("long"))
            assert await bot.stop() == 0
        assert [int(one["id"]) for one in await double.threads()] == [thread]
        said = await double.messages()
        assert parts_of(said[thread]) == whole("long")
        assert said[forum] == []


async def test_in_a_forum_a_post_that_was_not_started_is_started_once_with_its_tag(
    tmp_path: Path, url: str
) -> None:
    write_post(
        tmp_path / "content", "2026-01-05-tagged.md", tags="[OpenAI]", date="2026-01-05", slug="tagged"
    )
    async with start_double(kind=FORUM, tags="news,openai", requires_tag=1) as double:
        (forum,) = await double.channels()
        await subscribe(url, forum, kind=ChannelKind.FORUM)
        await double.fault("hang", **START_POST)
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await double.wait(hung=1)
            await bot.kill()
        assert await double.threads() == []
        await age_claims(url)
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await double.wait(stored=1)
            assert await bot.stop() == 0
        (thread,) = await double.threads()
        assert (thread["name"], thread["applied_tags"]) == ("오늘의 소식", ["2"])


@pytest.mark.parametrize("after", [False, True])
async def test_with_the_layout_thread_a_kill_while_the_thread_is_opened_loses_and_doubles_nothing(
    tmp_path: Path, url: str, *, after: bool
) -> None:
    write_long_post(tmp_path / "content", "long")
    async with start_double() as double:
        (channel,) = await double.channels()
        await subscribe(url, channel, layout=Layout.THREAD)
        await double.fault("hang", **OPEN_THREAD, after=after)
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await double.wait(hung=1)
            await bot.kill()
        assert len(await double.threads()) == after
        await double.fault("hang", path=r"/channels/\d+/messages", skip=1, after=True)
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await double.wait(hung=2)
            await bot.kill()
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await until(double, are_whole("long"))
            assert await bot.stop() == 0
        said = await double.messages()
        (thread,) = [int(one["id"]) for one in await double.threads()]
        assert [int(message["id"]) for message in said[channel]] == [thread]
        assert parts_of(said[thread]) == whole("long")


async def test_a_post_in_an_archived_thread_is_corrected_there_and_the_thread_stays_archived(
    tmp_path: Path, url: str
) -> None:
    path = write_long_post(tmp_path / "content", "long")
    async with start_double(kind=FORUM) as double:
        (forum,) = await double.channels()
        await subscribe(url, forum, kind=ChannelKind.FORUM)
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await until(double, are_whole("long"))
            (thread,) = [int(one["id"]) for one in await double.threads()]
            await double.set_thread(thread, archived=True)
            path.write_text(path.read_text().replace("모델이", "기계가"))
            await until(double, lambda said: "모델이" not in str(said[thread]))
            assert await bot.stop() == 0
        said = await double.messages()
        assert parts_of(said[thread]) == whole("long")
        (state,) = await double.threads()
        assert state["thread_metadata"]["archived"]


async def test_in_an_announcement_channel_each_message_is_handed_on_once(tmp_path: Path, url: str) -> None:
    write_long_post(tmp_path / "content", "long")
    async with start_double(kind=ANNOUNCEMENT) as double:
        (channel,) = await double.channels()
        await subscribe(url, channel, kind=ChannelKind.ANNOUNCEMENT, publish=True)
        await double.fault("hang", path=r"/channels/\d+/messages/\d+/crosspost", after=True)

        def are_published(said: dict[int, list[dict[str, Any]]]) -> bool:
            return [bool(one["flags"] & CROSSPOSTED) for one in said[channel]] == [True] * 3

        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await double.wait(hung=1)
            await bot.kill()
        async with start_bot(double, tmp_path, DATABASE_URL=url) as bot:
            await until(double, are_published)
            assert await bot.stop() == 0
        assert parts_of((await double.messages())[channel]) == whole("long")
