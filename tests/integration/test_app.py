"""The app at work without its client: watcher, schedule and passes together, on a real folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.library import Library
from bot.app import open_app, utc_now
from bot.background import App
from bot.delivery.models import ChannelKind
from bot.errors import TokenRefused
from bot.replacing import replace
from bot.settings import IMMEDIATELY, Settings
from tests.support.discord_fake import MemoryPostbox
from tests.support.git import Blog
from tests.support.git import post as git_post
from tests.support.posts import write_post
from tests.support.subscribing import save_subscription

TODAY = utc_now().date().isoformat()
"""What is dated long before it comes is archive, and is not sent."""
OPS = 123456789012345678
PATIENCE = 20.0
"""Seconds until something counts as not done; it takes one to three."""


@asynccontextmanager
async def at_work(folder: Path, **more: Any) -> AsyncIterator[tuple[App, MemoryPostbox]]:
    """The app as after the client's login, with one channel that gets posts as soon as they are out."""
    (folder / "content").mkdir()
    values: dict[str, Any] = {
        "_env_file": None,
        "news_channel_id": 1,
        "post_time": IMMEDIATELY,
        "content_dir": folder / "content",
        "database_url": f"sqlite+aiosqlite:///{folder}/state.db",
        **more,
    }
    postbox = MemoryPostbox(utc_now)
    async with open_app(Settings(**values)) as app:
        app.publisher = replace(app.publisher, postbox=postbox)
        await app.begin()
        yield app, postbox


async def until(done: Callable[[], bool]) -> None:
    """Wait for something that happens by itself."""
    async with asyncio.timeout(PATIENCE):
        while not done():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.05)


class FailingOnce:
    """A method, except that its first call meets an error that nobody foresaw."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self.has_failed = False

        async def call(*args: Any) -> Any:
            if not self.has_failed:
                self.has_failed = True
                raise RuntimeError("unforeseen")
            return await method(*args)

        self.method = call


async def test_a_post_that_comes_while_it_runs_is_sent_by_itself(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (_app, postbox):
        write_post(tmp_path / "content", f"{TODAY}-a.md")
        await until(lambda: len(postbox.sent) == 1)


async def test_an_unforeseen_error_ends_neither_the_watching_nor_the_deliveries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(tmp_path) as (app, postbox):
        reload, active = FailingOnce(Library.reload), FailingOnce(SqlSubscriptions.active)
        monkeypatch.setattr(Library, "reload", reload.method)
        monkeypatch.setattr(SqlSubscriptions, "active", active.method)
        write_post(tmp_path / "content", f"{TODAY}-a.md")
        await until(lambda: reload.has_failed)
        await app.wake()
        await until(lambda: active.has_failed and len(postbox.sent) == 1)
        write_post(tmp_path / "content", f"{TODAY}-b.md")
        await until(lambda: len(postbox.sent) == 2)


async def test_a_job_that_ends_for_good_is_told_to_the_operators_and_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def end(*_: object) -> None:
        raise RuntimeError("s3cretword")

    monkeypatch.setattr("bot.background.watch_content", end)
    async with at_work(tmp_path, ops_channel_id=OPS, default_locale="en") as (_app, postbox):
        await until(lambda: len(postbox.sent) == 1)
        (card,) = postbox.sent[0].message.cards
        assert card.description == (
            "The job `content watcher` ended with `RuntimeError` and does not begin again by itself."
            " Restart the bot; the log has the details."
        )
    assert "the content watcher has ended" in caplog.text


async def test_an_unforeseen_error_while_tidying_up_does_not_end_the_deliveries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget = FailingOnce(SqlLedger.forget_steps)
    monkeypatch.setattr(SqlLedger, "forget_steps", forget.method)
    async with at_work(tmp_path) as (_app, postbox):
        await until(lambda: forget.has_failed)
        write_post(tmp_path / "content", f"{TODAY}-a.md")
        await until(lambda: len(postbox.sent) == 1)


async def test_the_end_waits_for_the_message_in_flight(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (app, postbox):
        in_flight, may_arrive = asyncio.Event(), asyncio.Event()
        send = postbox.send

        class Slow(MemoryPostbox):
            async def send(self, *args: Any) -> int:
                in_flight.set()
                await may_arrive.wait()
                return await send(*args)

        app.publisher = replace(app.publisher, postbox=Slow(utc_now))
        write_post(tmp_path / "content", f"{TODAY}-a.md")
        async with asyncio.timeout(PATIENCE):
            await in_flight.wait()
        end = asyncio.create_task(app.end())
        await asyncio.sleep(0.1)
        assert not end.done()
        may_arrive.set()
        async with asyncio.timeout(PATIENCE):
            await end
        assert len(postbox.sent) == 1
        assert await app.publisher.ledger.claimed(1) == []


async def test_a_push_is_sent_after_a_call_of_the_hook_or_when_the_schedule_comes_round(
    tmp_path: Path,
) -> None:
    blog = Blog(tmp_path / "blog.git")
    blog.push({f"{TODAY}-a.md": git_post("a", TODAY)})
    async with at_work(tmp_path, content_git_url=blog.url, content_git_every=0) as (app, postbox):
        await until(lambda: len(postbox.sent) == 1)
        blog.push({f"{TODAY}-a.md": git_post("a", TODAY), f"{TODAY}-b.md": git_post("b", TODAY)})
        await asyncio.sleep(0.5)
        assert len(postbox.sent) == 1
        app.look_again()
        await until(lambda: len(postbox.sent) == 2)
        assert app.git is not None
        assert app.git.posts.is_relative_to(tmp_path / "content-git")


async def test_a_repository_is_fetched_every_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.background.SECONDS_A_MINUTE", 0.05)
    blog = Blog(tmp_path / "blog.git")
    blog.push({f"{TODAY}-a.md": git_post("a", TODAY)})
    async with at_work(tmp_path, content_git_url=blog.url, content_git_every=1) as (_app, postbox):
        await until(lambda: len(postbox.sent) == 1)
        blog.push({f"{TODAY}-a.md": git_post("a", TODAY), f"{TODAY}-b.md": git_post("b", TODAY)})
        await until(lambda: len(postbox.sent) == 2)


async def test_a_pass_follows_once_what_a_dead_process_has_claimed_may_be_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.background.lease_of", lambda _url: timedelta(seconds=0.5))
    passes = 0
    active = SqlSubscriptions.active

    async def counted(*args: Any) -> Any:
        nonlocal passes
        passes += 1
        return await active(*args)

    async with at_work(tmp_path):
        await asyncio.sleep(0.3)
        monkeypatch.setattr(SqlSubscriptions, "active", counted)
        await until(lambda: passes == 1)


async def test_what_an_announcement_channel_got_is_handed_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.crossposting.LOOK_SECONDS", 0.05)
    async with at_work(tmp_path) as (app, postbox):
        (known,) = await app.subscriptions.active(utc_now())
        await save_subscription(
            app.subscriptions.engine, replace(known, kind=ChannelKind.ANNOUNCEMENT, publish=True)
        )
        write_post(tmp_path / "content", f"{TODAY}-a.md")
        await until(lambda: len(postbox.published) == 1)


async def test_a_token_that_is_refused_while_publishing_closes_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.crossposting.LOOK_SECONDS", 0.05)
    async with at_work(tmp_path) as (app, postbox):
        tries = 0

        def refuse(_message_id: int) -> None:
            nonlocal tries
            tries += 1
            raise TokenRefused("401")

        postbox.refuse_publish = refuse
        (known,) = await app.subscriptions.active(utc_now())
        await save_subscription(
            app.subscriptions.engine, replace(known, kind=ChannelKind.ANNOUNCEMENT, publish=True)
        )
        write_post(tmp_path / "content", f"{TODAY}-a.md")
        await until(app.bot.is_closed)
        assert tries == 1
        assert isinstance(app.failure, TokenRefused)


async def test_the_operator_says_how_late_a_post_may_still_go_out(tmp_path: Path) -> None:
    async with at_work(tmp_path, late_hours=3) as (app, _):
        assert app.publisher.grace == timedelta(hours=3)


async def test_the_log_says_which_new_files_are_archive_and_not_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.adapters.library")
    async with at_work(tmp_path) as (app, _):
        write_post(tmp_path / "content", "old.md", date="2024-05-04")
        write_post(tmp_path / "content", "new.md", date=TODAY)
        await until(lambda: "1 for the archive alone, dated over 7 days back: old" in caplog.messages)
        assert len(app.library.archive) == 2
