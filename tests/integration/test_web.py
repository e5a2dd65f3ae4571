"""Health, readiness and figures as a monitoring system reads them."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.scheduler import HEARTBEAT_SECONDS, DeliverySchedule
from bot.adapters.web.health import Readiness
from bot.app import open_app, utc_now
from bot.delivery.witness import Outcome
from bot.errors import SettingsError
from bot.settings import IMMEDIATELY, Settings
from tests.integration.test_app import until
from tests.support.databases import migrated_file
from tests.support.discord_fake import MemoryPostbox
from tests.support.git import Blog, post
from tests.support.posts import write_post
from tests.support.web import SECRET, push, signed, site


@dataclass
class Shard:
    """A shard's two facts that readiness looks at."""

    closed: bool = False
    latency: float = 0.1

    def is_closed(self) -> bool:
        return self.closed


class Client:
    """A client's facts that readiness looks at."""

    def __init__(self, *shards: Shard, ready: bool = True, closed: bool = False) -> None:
        self.ready, self.closed = ready, closed
        self.shards = dict(enumerate(shards or (Shard(),)))

    def is_ready(self) -> bool:
        return self.ready

    def is_closed(self) -> bool:
        return self.closed


async def _wake() -> None:
    pass


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def settings(folder: Path, **more: object) -> Settings:
    (folder / "content").mkdir(exist_ok=True)
    values = {
        "_env_file": None,
        "news_channel_id": 1,
        "post_time": IMMEDIATELY,
        "content_dir": folder / "content",
        "database_url": migrated_file(folder / "state.db"),
        **more,
    }
    return Settings(**values)  # type: ignore[arg-type]  # made of a test's words


async def test_it_is_healthy_while_the_loop_runs() -> None:
    async with site() as there:
        assert await there.get("/healthz") == (200, '{"status": "ok"}')


async def test_it_says_nothing_of_its_parts_versions_and_answers_nothing_else() -> None:
    async with site() as there, aiohttp.ClientSession() as session:
        async with session.get(there.address("/healthz")) as response:
            assert response.headers["Server"] == "ainews"
            assert response.headers["Cache-Control"] == "no-store"
        for path, status in (("/", 404), ("/hooks/content", 405), ("/hooks/../etc/passwd", 404)):
            assert (await there.get(path))[0] == status


async def test_it_is_ready_when_gateway_database_and_scheduler_are(engine: AsyncEngine) -> None:
    schedule = DeliverySchedule(_wake, utc_now)
    schedule.start([])
    readiness = Readiness.of(Client(), engine, schedule)
    async with site(checks=readiness.checks) as there:
        status, text = await there.get("/readyz")
    schedule.stop()
    assert (status, text) == (
        200,
        (
            '{"status": "ok", "checks": {"gateway": "ok", "database": "ok", "scheduler": "ok"}, '
            '"deliveries": "active"}'
        ),
    )


async def test_what_is_not_ready_is_named(engine: AsyncEngine) -> None:
    schedule = DeliverySchedule(_wake, utc_now)
    readiness = Readiness.of(Client(ready=False), engine, schedule)
    async with site(checks=readiness.checks) as there:
        status, text = await there.get("/readyz")
    assert status == 503
    assert '"gateway": "not connected", "database": "ok", "scheduler": "not started"' in text


@pytest.mark.parametrize("away", [Shard(closed=True), Shard(latency=float("inf"))])
async def test_a_client_that_was_ready_is_not_while_a_shard_has_no_connection(
    engine: AsyncEngine, away: Shard
) -> None:
    schedule = DeliverySchedule(_wake, utc_now)
    report = await Readiness.of(Client(Shard(), away), engine, schedule).report()
    assert report["gateway"] == "shards not connected: 1"


async def test_a_scheduler_that_stopped_beating_is_not_ready(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = DeliverySchedule(_wake, utc_now)
    schedule.start([])
    monkeypatch.setattr(schedule, "_beat_at", (schedule._beat_at or 0) - 2 * HEARTBEAT_SECONDS)
    report = await Readiness.of(Client(), engine, schedule).report()
    schedule.stop()
    assert report["scheduler"] == "no heartbeat for 60 seconds"


async def test_a_database_that_is_away_is_not_ready_and_tells_no_address() -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - for this test alone

    engine = create_async_engine("postgresql+asyncpg://user:hunter2@127.0.0.1:1/none")
    report = await Readiness.of(Client(), engine, DeliverySchedule(_wake, utc_now)).report()
    await engine.dispose()
    assert report["database"] == "no answer"


async def test_figures_are_counted_where_things_happen() -> None:
    async with site() as there:
        there.metrics.ended(Outcome.SENT)
        there.metrics.brought(timedelta(seconds=2))
        there.metrics.looked_up("tag", 0.02)
        _, text = await there.get("/metrics")
    assert 'ainews_deliveries_total{result="sent"} 1.0' in text
    assert 'ainews_deliveries_total{result="refused"} 0.0' in text
    assert 'ainews_delivery_lag_seconds_bucket{le="1.0"} 0.0' in text
    assert 'ainews_delivery_lag_seconds_bucket{le="5.0"} 1.0' in text
    assert 'ainews_lookup_seconds_count{kind="tag"} 1.0' in text
    assert "ainews_build_info{" in text


async def test_a_real_delivery_is_in_the_figures_and_a_hook_brings_new_posts(tmp_path: Path) -> None:
    port = free_port()
    postbox = MemoryPostbox(utc_now)
    async with open_app(settings(tmp_path, web_port=port, web_hook_secret=SECRET)) as app:
        msgspec.structs.force_setattr(app.publisher, "postbox", postbox)
        await app.begin()
        write_post(tmp_path / "content", "2024-05-04-a.md")
        body = push()
        async with aiohttp.ClientSession() as session:
            address = f"http://127.0.0.1:{port}"
            async with session.post(f"{address}/hooks/content", data=body, headers=signed(body)) as response:
                assert response.status == 202
            await until(lambda: len(postbox.sent) == 1)
            await asyncio.sleep(0.1)
            async with session.get(f"{address}/metrics") as response:
                text = await response.text()
            async with session.get(f"{address}/readyz") as response:
                assert response.status == 503
                assert '"gateway": "not connected", "database": "ok", "scheduler": "ok"' in (
                    await response.text()
                )
    assert 'ainews_deliveries_total{result="sent"} 1.0' in text
    assert "ainews_delivery_lag_seconds_count 1.0" in text
    assert "ainews_archive_posts 1.0" in text
    assert "ainews_channels_waiting 0.0" in text
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_call_whose_fetch_failed_is_heard_when_github_delivers_it_again(tmp_path: Path) -> None:
    port, blog = free_port(), Blog(tmp_path / "blog")
    posts = {"a.md": post("a")}
    blog.push(posts)
    values = {
        "_env_file": None,
        "content_git_url": blog.url,
        "content_git_every": 0,
        "database_url": f"sqlite+aiosqlite:///{tmp_path}/state.db",
        "web_port": port,
        "web_hook_secret": SECRET,
    }
    body = push()
    async with open_app(Settings(**values)) as app, aiohttp.ClientSession() as session:  # type: ignore[arg-type]  # a test's words

        async def call() -> str:
            address = f"http://127.0.0.1:{port}/hooks/content"
            async with session.post(address, data=body, headers=signed(body)) as response:
                return await response.text()

        await app.begin()
        blog.remove_branch()
        assert "reloading" in await call()
        await until(lambda: app.is_behind)
        blog.push({**posts, "b.md": post("b")})
        assert "reloading" in await call()
        await until(lambda: len(app.library.archive) == 2)
        assert "known already" in await call()


async def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"^WEB_PORT: 127\.0\.0\.1:{port} cannot be listened at: "):
            async with open_app(settings(tmp_path, web_port=port)):
                pass


async def test_without_a_port_it_listens_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("bot.adapters.web.server.serving", lambda *args: opened.append(args))
    async with open_app(settings(tmp_path)):
        pass
    assert not opened
