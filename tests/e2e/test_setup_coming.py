"""The bot is invited to a server, removed from it, and invited again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import discord
import pytest

from bot.delivery.causes import BY_SERVER, LEFT
from bot.delivery.models import Subscription
from bot.delivery.timetable import Timetable
from tests.support.posts import write_post
from tests.support.stage import Play, Stage
from tests.support.subscribing import save_subscription

NOW = datetime(2024, 5, 4, 14, 0, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, now=NOW, settings={"news_channel_id": None})


async def happens(play: Play, event: str) -> None:
    """What the bot does when the gateway tells this about the server."""
    guild = play.app.bot.get_guild(play.stage.guild.id)
    assert guild is not None
    for listener in play.app.bot.extra_events[f"on_{event}"]:
        await listener(guild)


async def subscribe(play: Play, channel_id: int) -> None:
    await save_subscription(
        play.app.subscriptions.engine,
        Subscription(
            channel_id=channel_id,
            guild_id=play.stage.guild.id,
            timetable=Timetable(at=None),
            created_at=NOW - timedelta(days=30),
        ),
    )


async def causes(play: Play) -> list[str | None]:
    return [each.paused_because for each in await play.app.subscriptions.of_guild(play.stage.guild.id)]


def said(play: Play) -> list[str]:
    return [str(body.get("content")) for body in play.posted()]


async def test_a_new_server_is_greeted_once_in_its_system_channel_and_nobody_is_mentioned(
    stage: Stage,
) -> None:
    stage.guild.system_channel_id = stage.channel.id
    async with stage.play() as play:
        await happens(play, "guild_join")
        (text,) = said(play)
        assert "/설정" in text
        assert play.posted()[0]["allowed_mentions"]["parse"] == []


async def test_without_a_system_channel_nobody_is_written_to(stage: Stage) -> None:
    async with stage.play() as play:
        await happens(play, "guild_join")
        sent = [r for r in play.env.http_requests[play.before :] if r.method == "POST"]
        assert [r.path for r in sent if "messages" in r.path or "users/@me" in r.path] == []


async def test_a_greeting_that_a_broken_connection_loses_is_no_more_than_a_line_in_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def reset(*_: object, **__: object) -> None:
        raise aiohttp.ClientOSError(104, "Connection reset by peer")

    caplog.set_level("INFO", "bot.adapters.setup.coming")
    stage.guild.system_channel_id = stage.channel.id
    monkeypatch.setattr(discord.TextChannel, "send", reset)
    async with stage.play() as play:
        await happens(play, "guild_join")
    assert "was not greeted" in caplog.text


async def test_a_server_without_the_bot_is_left_alone_and_goes_on_with_the_newest_post(stage: Stage) -> None:
    other = stage.backend.create_channel(stage.guild.id, "멈춘 채널")
    async with stage.play() as play:
        await subscribe(play, stage.channel.id)
        await subscribe(play, other.id)
        await play.app.subscriptions.pause(other.id, BY_SERVER)
        write_post(stage.content, "2024-05-04-a.md", "처음")
        await play.app.content_changed()
        await play.deliver()
        before = len(play.posted())
        await happens(play, "guild_remove")
        assert await causes(play) == [LEFT, BY_SERVER]
        for day in (5, 6):
            stage.now = NOW + timedelta(days=day - 4)
            write_post(stage.content, f"2024-05-{day:02}-a.md", f"글 {day}")
            await play.app.content_changed()
            await play.deliver()
        assert len(play.posted()) == before
        await happens(play, "guild_join")
        assert await causes(play) == [None, BY_SERVER]
        await play.deliver()
        titles = [embed.get("title") for body in play.posted()[before:] for embed in body.get("embeds", [])]
        assert [title for title in titles if title] == ["글 6"]


async def test_an_invitation_while_the_bot_was_down_is_noticed_at_its_start(stage: Stage) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel.id)
        await play.app.subscriptions.leave(stage.guild.id)
    async with stage.play() as play:
        for listener in play.app.bot.extra_events["on_ready"]:
            await listener()
        assert await causes(play) == [None]
