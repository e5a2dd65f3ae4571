"""One demo from start to end: temporary state, the real app, the page, and a heartbeat between them."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from rich.console import Console

from bot.app import open_app, utc_now
from bot.demo.greeting import greet
from bot.demo.portraits import newspaper, silhouette
from bot.demo.simulator import Page, Person, Scene, World
from bot.settings import IMMEDIATELY, Settings
from bot.stopping import until_told

TICK_SECONDS = 1.0
"""How often the page is brought up to date."""

_BLURPLE, _GREEN, _AMBER = "#5865f2", "#3ba55d", "#c27c0e"


async def run_demo(settings: Settings, console: Console, *, port: int = 0, open_browser: bool = True) -> None:
    """Serve the demo until SIGINT, SIGTERM, or "End preview session" in the page's menu.

    ``settings`` give the content folder, language, time zone and site; the rest is the demo's own.

    Raises:
        DemoError: the page cannot be served.
        StoreError: the temporary database cannot be opened.
    """
    await until_told(_serve(settings, console, port=port, open_browser=open_browser))
    console.print("끝났습니다. · The demo has ended.")


async def _serve(settings: Settings, console: Console, *, port: int, open_browser: bool) -> None:
    world = World(_scene(settings), utc_now)
    with TemporaryDirectory(prefix="ainews-demo-") as folder:
        async with (
            open_app(_for_demo(settings, world, Path(folder))) as app,
            world.page(app.bot, port=port) as page,
        ):
            greet(console, page.url, settings.content_dir, app.library.archive.posts)
            if open_browser and _has_desktop():
                # Nobody waits for it: some browsers come back only when they are closed.
                Thread(target=webbrowser.open, args=(page.url,), name="browser", daemon=True).start()
            await _keep_moving(page)


async def _keep_moving(page: Page) -> None:
    closed = asyncio.create_task(page.closed())
    try:
        while not closed.done():
            await page.tick()
            await asyncio.wait({closed}, timeout=TICK_SECONDS)
    finally:
        closed.cancel()


def _scene(settings: Settings) -> Scene:
    return Scene(
        server="AI 뉴스 데모",
        channel="ai-news",
        topic="매일의 AI 소식 · Daily AI news",
        bot=Person(name="AI 뉴스", colour=_BLURPLE, picture=newspaper(_BLURPLE)),
        people=(
            Person(name="민지", colour=_GREEN, picture=silhouette(_GREEN)),
            Person(name="운영자", colour=_AMBER, picture=silhouette(_AMBER), administrator=True),
        ),
        locale="ko" if settings.default_locale == "ko" else "en-US",
        timezone=settings.timezone,
    )


def _for_demo(settings: Settings, world: World, folder: Path) -> Settings:
    """The operator's settings with everything replaced that would reach the real Discord or database."""
    _member, operator = world.people_ids
    return settings.model_copy(
        update={
            "discord_token": None,
            "discord_api_url": None,
            "database_url": f"sqlite+aiosqlite:///{folder / 'demo.db'}",
            "news_channel_id": world.channel_id,
            "admin_guild_id": world.server_id,
            "owner_ids": (operator,),
            "post_time": IMMEDIATELY,
        }
    )


def _has_desktop() -> bool:
    """False on a Linux without a display, where ``webbrowser`` would start a browser inside the terminal."""
    return sys.platform != "linux" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())
