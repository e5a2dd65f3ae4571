"""Notices to servers over real HTTP: they arrive once, and what goes wrong with them stays theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web
from discord.http import Route
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.channels import DiscordPostbox
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.notices import DiscordNotices
from bot.app import open_app
from bot.i18n import load_catalogues
from bot.replacing import replace
from bot.settings import Settings
from tests.support.delivering import World
from tests.support.posts import post
from tests.support.rest import Answer, Rest, json_answer, loopback_rest, refusal

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CHANNEL = 100
PATH = f"/channels/{CHANNEL}/messages"
CAUSE = "send:50013"


@pytest.fixture
async def rest(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rest]:
    async with loopback_rest() as server:
        monkeypatch.setattr(Route, "BASE", server.address)
        yield server


@pytest.fixture
async def client(rest: Rest) -> AsyncIterator[discord.Client]:
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login("x" * 24 + ".y.z")  # answered by the loopback
        assert rest.address in Route("GET", "/").url
        yield client


async def _accept(_: web.Request) -> web.Response:
    author = {"id": "900000000000000001", "username": "bot", "discriminator": "0", "avatar": None}
    lists = ("mentions", "mention_roles", "attachments", "embeds")
    flags = dict.fromkeys(("tts", "mention_everyone", "pinned"), False)
    message = {"id": "42", "channel_id": str(CHANNEL), "author": author, "content": "", "type": 0}
    times = {"timestamp": NOW.isoformat(), "edited_timestamp": None}
    return json_answer({**message, **times, **flags, **{name: [] for name in lists}})


async def _reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _nonsense(_: web.Request) -> web.Response:
    return web.Response(body=b"<html>", headers={"Content-Type": "application/json"})


async def _forbid(_: web.Request) -> web.Response:
    return refusal(403, 50013)


@pytest.mark.parametrize("failing", [_reset, _nonsense, _forbid])
async def test_a_server_that_could_not_be_told_is_told_at_the_next_look_and_then_no_more(
    engine: AsyncEngine, rest: Rest, client: discord.Client, failing: Answer
) -> None:
    world = World(engine)
    await world.subscribe(post("p"))
    subscriptions = SqlSubscriptions(engine)
    notices = DiscordNotices(client, load_catalogues(), subscriptions, lambda: world.now)
    publisher = replace(world.publisher(), postbox=DiscordPostbox(client), tell=notices.stopped)
    cards = 0

    async def posts_are_refused(request: web.Request) -> web.StreamResponse:
        nonlocal cards
        if "제목 p" in str(await request.json()):
            return refusal(403, 50013)
        cards += 1
        return await (failing if is_broken else _accept)(request)

    rest.on("POST", PATH, posts_are_refused)
    is_broken = True
    await publisher.deliver_due()
    tried = cards
    assert tried >= 1
    assert await subscriptions.active(world.now) == []
    is_broken = False
    for _ in range(3):
        world.now = world.now.replace(day=world.now.day + 1)
        await publisher.deliver_due()
    assert cards == tried + 1
    notice = next(body for body in reversed(rest.bodies) if "제목 p" not in str(body))
    assert "‘메시지 보내기’" in str(notice)
    assert notice["components"]


async def test_a_notice_without_an_answer_holds_up_nobody(
    engine: AsyncEngine, rest: Rest, client: discord.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.notices.LONGEST_REQUEST", 0.2)
    world = World(engine)
    await world.subscribe(post("p"))
    (known,) = await SqlSubscriptions(engine).active(world.now)
    await SqlSubscriptions(engine).pause(CHANNEL, CAUSE, None)
    notices = DiscordNotices(client, load_catalogues(), SqlSubscriptions(engine), lambda: world.now)

    over = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    rest.on("POST", PATH, hang)
    async with asyncio.timeout(5):
        await notices.stopped(known, CAUSE)
    over.set()
    assert await SqlSubscriptions(engine).claim_notice(CHANNEL, world.now), "it is still to be told"


async def test_a_notice_that_a_dead_process_had_taken_on_is_told_by_the_next_and_once(
    engine: AsyncEngine, rest: Rest, client: discord.Client
) -> None:
    world = World(engine)
    await world.subscribe(post("p"))
    (known,) = await SqlSubscriptions(engine).active(world.now)
    await SqlSubscriptions(engine).pause(CHANNEL, CAUSE, None)
    assert await SqlSubscriptions(engine).claim_notice(CHANNEL, world.now)  # and then it dies
    notices = DiscordNotices(client, load_catalogues(), SqlSubscriptions(engine), lambda: world.now)
    rest.on("POST", PATH, _accept)
    await notices.stopped(known, CAUSE)
    assert rest.bodies == [], "it could be telling it still"
    for _ in range(3):
        world.now += timedelta(minutes=5)
        await notices.stopped(known, CAUSE)
    assert len(rest.bodies) == 1


async def test_a_server_hears_that_a_post_is_left_out(
    engine: AsyncEngine, rest: Rest, client: discord.Client
) -> None:
    world = World(engine)
    await world.subscribe(post("p"))
    (known,) = await SqlSubscriptions(engine).active(world.now)
    notices = DiscordNotices(client, load_catalogues(), SqlSubscriptions(engine), lambda: world.now)
    rest.on("POST", PATH, _reset)
    await notices.left_out(known)
    rest.on("POST", PATH, _accept)
    await notices.left_out(known)
    assert "글 하나가 다 올라오지 못했어요" in str(rest.bodies[-1])


async def test_a_server_hears_at_once_which_filter_stopped_a_post_and_how_to_have_it_tried_again(
    engine: AsyncEngine, rest: Rest, client: discord.Client
) -> None:
    world = World(engine)
    await world.subscribe(post("p"))
    (known,) = await SqlSubscriptions(engine).active(world.now)
    notices = DiscordNotices(client, load_catalogues(), SqlSubscriptions(engine), lambda: world.now)
    rest.on("POST", PATH, _accept)
    await notices.unwanted(known, "send:200000")
    said = str(rest.bodies[-1])
    assert "AutoMod에서 봇 역할을 예외로" in said
    assert "다시 시도" in said
    assert str(CHANNEL) in said


async def test_the_app_tells_servers_through_the_client(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "_env_file": None,
        "content_dir": tmp_path,
        "database_url": f"sqlite+aiosqlite:///{tmp_path}/s.db",
    }
    async with open_app(Settings(**settings)) as app:
        assert app.publisher.tell == app.bot.services.notices.stopped
        assert app.publisher.tell_unwanted == app.bot.services.notices.unwanted
        assert app.publisher.tell_left_out == app.bot.services.notices.left_out
        assert app.bot.services.notices.client is app.bot
