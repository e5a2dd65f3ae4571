"""``ainews run`` as an operator meets it when something is wrong: one line, the right exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from aiohttp import web

from tests.support.rest import json_answer, loopback_rest, refusal

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "x" * 38


async def ainews_run(folder: Path, **settings: str) -> tuple[int, str]:
    """Exit code and standard error of the command, started in ``folder`` with an empty content folder."""
    (folder / "content").mkdir(exist_ok=True)
    inherited = {key: value for key, value in os.environ.items() if key.startswith(("PATH", "COVERAGE"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(Path(__file__).parents[2]), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, errors.decode()


async def test_without_a_token_it_says_so_and_ends_with_2(tmp_path: Path) -> None:
    code, errors = await ainews_run(tmp_path)
    assert code == 2
    assert errors == "DISCORD_TOKEN: is not set. Copy .env.example to .env and fill in the bot's token.\n"


async def test_wrong_settings_are_one_line_each(tmp_path: Path) -> None:
    code, errors = await ainews_run(tmp_path, POST_TIME="soon", TIMEZONE="Mars", DISCORD_TOKEN=TOKEN)
    assert code == 2
    assert [line.split(":")[0] for line in errors.splitlines()] == ["POST_TIME", "TIMEZONE"]


async def test_a_refused_token_ends_with_3_and_is_not_shown(tmp_path: Path) -> None:
    async with loopback_rest() as rest:

        async def unauthorised(_: web.Request) -> web.Response:
            return refusal(401, 0, "401: Unauthorized")

        async def gateway(_: web.Request) -> web.Response:
            return json_answer({"url": "ws://127.0.0.1:1", "shards": 1})

        rest.on("GET", "/gateway/bot", gateway)
        rest.on("GET", "/users/@me", unauthorised)
        code, errors = await ainews_run(tmp_path, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=rest.address)
    assert code == 3
    assert "Discord refused the token" in errors
    assert "Traceback" not in errors
    assert TOKEN not in errors


async def test_a_token_that_the_proxy_hears_refused_ends_with_3(tmp_path: Path) -> None:
    async with loopback_rest() as rest:

        async def unauthorised(_: web.Request) -> web.Response:
            return refusal(401, 0, "401: Unauthorized")

        rest.on("GET", "/gateway/bot", unauthorised)
        code, errors = await ainews_run(tmp_path, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=rest.address)
    assert code == 3
    assert errors == "Discord refused the token: set a new DISCORD_TOKEN.\n"


async def test_a_proxy_that_restarts_is_asked_again(tmp_path: Path) -> None:
    asked: list[str] = []
    async with loopback_rest() as rest:

        async def gateway(_: web.Request) -> web.Response:
            asked.append("gateway")
            if len(asked) == 1:
                return web.Response(status=503, text="restarting")
            return json_answer({"url": "ws://127.0.0.1:1", "shards": 1})

        async def me(_: web.Request) -> web.Response:
            asked.append("me")
            return refusal(401, 0, "401: Unauthorized")

        rest.on("GET", "/gateway/bot", gateway)
        rest.on("GET", "/users/@me", me)
        code, errors = await ainews_run(tmp_path, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=rest.address)
    assert asked == ["gateway", "gateway", "me"]
    assert code == 3
    assert "/gateway/bot answers 503; asked again in 1 s" in errors


async def test_a_proxy_that_stays_away_is_named_and_ends_with_1(tmp_path: Path) -> None:
    code, errors = await ainews_run(
        tmp_path, DISCORD_TOKEN=TOKEN, DISCORD_API_URL="http://127.0.0.1:1/api/v10"
    )
    assert code == 1
    last = errors.splitlines()[-1]
    assert last.startswith("DISCORD_API_URL: http://127.0.0.1:1/api/v10/gateway/bot does not answer")
    assert errors.count("asked again") == 3
    assert "Traceback" not in errors


async def test_an_address_of_something_else_ends_with_2(tmp_path: Path) -> None:
    async with loopback_rest() as rest:
        code, errors = await ainews_run(tmp_path, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=rest.address)
    assert code == 2
    assert (
        errors == f"DISCORD_API_URL: {rest.address}/gateway/bot gave no gateway's address (it answers 404).\n"
    )


@pytest.mark.skipif(os.name != "posix", reason="a file in place of a folder is told differently elsewhere")
async def test_a_place_where_no_database_can_be_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    code, errors = await ainews_run(tmp_path, DISCORD_TOKEN=TOKEN)
    assert code == 2
    assert errors.startswith("DATABASE_URL: the folder data cannot be made")
    assert len(errors.splitlines()) == 1


async def test_a_database_that_does_not_answer_ends_with_4(tmp_path: Path) -> None:
    (tmp_path / "news.db").write_text("this is no database" * 100)
    code, errors = await ainews_run(tmp_path, DISCORD_TOKEN=TOKEN, DATABASE_URL="sqlite+aiosqlite:///news.db")
    assert code == 4
    assert "file is not a database" in errors
    assert len(errors.splitlines()) == 1


async def test_a_missing_content_folder_ends_with_2(tmp_path: Path) -> None:
    code, errors = await ainews_run(tmp_path, DISCORD_TOKEN=TOKEN, CONTENT_DIR="/nowhere/posts")
    assert code == 2
    assert errors.startswith("CONTENT_DIR: /nowhere/posts does not exist.")
    assert len(errors.splitlines()) == 1
