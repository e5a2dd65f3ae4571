"""``ainews doctor`` as an operator meets it before a start, beside a bot, and where something is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from bot.adapters.content_git.source import GitContent
from bot.adapters.database.alone import alone_with
from bot.adapters.database.engine import open_database
from bot.adapters.preflight import machine
from bot.adapters.preflight.findings import Finding, Grade, exit_code
from bot.adapters.preflight.look import look
from bot.adapters.preflight.port import look_at_port
from bot.cli import app
from bot.errors import SettingsError
from bot.settings import Settings
from tests.integration.test_run import ainews_run
from tests.support.git import Blog, post, served
from tests.support.postgres import fresh_database
from tests.support.posts import write_post
from tests.support.rest import json_answer, loopback_rest, refusal
from tests.support.web import site

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "x" * 38
NOW = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where everything is well, with nothing in the environment but the token."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("NEWS_CHANNEL_ID", "123456789012345678")
    (tmp_path / "content").mkdir()
    write_post(tmp_path / "content", "2026-11-26-a.md", date="2026-11-26")
    return tmp_path


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


def findings() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(doctor("--json").stdout)
    return found


def of(check: str) -> list[dict[str, Any]]:
    return [finding for finding in findings() if finding["check"] == check]


def test_where_all_is_well_it_says_so_and_makes_nothing(here: Path) -> None:
    before = sorted(here.rglob("*"))
    result = doctor()
    assert result.exit_code == 0
    assert "All is well." in result.stdout
    assert "1 posts in content; the newest is of 2026-11-26." in result.stdout
    assert "data/ainews.db is not there yet" in result.stdout
    assert sorted(here.rglob("*")) == before


def test_all_wrong_settings_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POST_TIME", "soon")
    monkeypatch.setenv("TIMEZONE", "Mars")
    result = doctor()
    assert result.exit_code == 2
    assert "POST_TIME: is no time of day" in result.stdout
    assert "TIMEZONE: is no IANA time zone" in result.stdout


def test_a_token_that_is_none_and_a_folder_that_is_not_there_are_told_with_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "hunter2")
    monkeypatch.setenv("CONTENT_DIR", "nowhere")
    monkeypatch.setenv("SEARCH_ALIASES", "nowhere.txt")
    result = doctor()
    assert result.exit_code == 2
    for said in ("has not the shape of a bot token", "CONTENT_DIR: nowhere", "SEARCH_ALIASES"):
        assert said in result.stdout
    assert "hunter2" not in result.stdout
    assert "✓  clock" in result.stdout


def test_a_misspelt_name_and_an_open_file_of_settings_are_told(here: Path) -> None:
    env = here / ".env"
    env.write_text("OPS_CHANEL_ID=123456789012345678\nPOSTGRES_PASSWORD=unrelated\nPATH_TO=x\n")
    env.chmod(0o644)
    told = [finding for finding in of("settings") if finding["grade"] == "warning"]
    assert [(finding["what"], finding["fix"]) for finding in told] == [
        (".env may be read by other users of this machine.", "chmod 600 .env"),
        ("OPS_CHANEL_ID in .env is no setting.", "Did you mean OPS_CHANNEL_ID?"),
    ]
    env.chmod(0o600)
    assert len([finding for finding in of("settings") if finding["grade"] == "warning"]) == 1


def test_a_misspelt_name_is_told_together_with_wrong_settings(here: Path) -> None:
    (here / ".env").write_text("OPS_CHANEL_ID=123456789012345678\nTIMEZONE=Mars\n")
    result = doctor()
    assert result.exit_code == 2
    assert "TIMEZONE: is no IANA time zone" in result.stdout
    assert "Did you mean OPS_CHANNEL_ID?" in result.stdout


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"TIMEZONE=UTC\nOWNER_IDS='123456789012345678\n", ".env, line 2 (OWNER_IDS): cannot be read"),
        ("TIMEZONE=UTC\n".encode("utf-16"), "save it as UTF-8"),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_is_told_once(here: Path, data: bytes, says: str) -> None:
    (here / ".env").write_bytes(data)
    result = doctor()
    assert result.exit_code == 2
    assert result.stdout.count(says) == 1
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("WEB_HOOK_SECRET", "x" * 32, "WEB_PORT"),
        ("CONTENT_GIT_TOKEN", "hunter2-hunter2", "CONTENT_GIT_URL"),
        ("CONTENT_GIT_BRANCH", "main", "CONTENT_GIT_URL"),
        ("ALARM_AT", "10:30", "OPS_CHANNEL_ID"),
    ],
)
def test_a_setting_without_effect_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, needed: str
) -> None:
    monkeypatch.setenv(name, value)
    told = [finding for finding in of("settings") if finding["grade"] == "warning"]
    assert [finding["what"] for finding in told] == [f"{name} is set and {needed} is not."]
    assert doctor().exit_code == 0


def hashes(folder: Path) -> dict[Path, str]:
    """Of the database and its journal; SQLite's shared memory (-shm) counts whoever reads."""
    files = [*folder.rglob("*.db"), *folder.rglob("*.db-wal")]
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


async def test_beside_a_running_bot_it_says_so_and_changes_no_byte(here: Path) -> None:
    url = "sqlite+aiosqlite:///data/ainews.db"
    with alone_with(url):
        async with open_database(url):
            before = hashes(here)
            found = await look(Settings(), here, dt.datetime.now(dt.UTC), online=False)
            assert hashes(here) == before
    said = [finding.what for finding in found if finding.check == "database"]
    assert said[0] == "A bot runs with it now: a second one would be refused."
    assert said[1].startswith("sqlite answers, at revision ")
    assert all(finding.grade is Grade.OK for finding in found)


def test_a_refused_file_is_told_with_its_line_and_what_to_do(here: Path) -> None:
    (here / "content" / "bad\x1b[31m.md").write_text("---\ntitle: a\n  date: b\n---\nx\n", encoding="utf-8")
    result = doctor()
    (refused,) = (finding for finding in of("content") if finding["grade"] == "warning")
    assert refused["what"].startswith("bad\\u001b[31m.md:3: ")
    assert refused["fix"]
    assert result.exit_code == 0
    assert "\x1b[31m" not in result.stdout


async def test_a_database_of_a_newer_or_older_version_is_told(here: Path) -> None:
    async with open_database("sqlite+aiosqlite:///data/ainews.db"):
        pass
    for revision, code, said in (("9999", 4, "this program knows"), ("0001", 0, "Take one first")):
        with sqlite3.connect("data/ainews.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.close()
        found = await look(Settings(), here, NOW, online=False)
        (told,) = [finding for finding in found if finding.check == "database"]
        assert said in f"{told.what} {told.fix}"
        assert (told.code if told.grade is Grade.FAILED else 0) == code


async def test_a_file_that_is_no_database_is_told_with_code_4(here: Path) -> None:
    (here / "data").mkdir()
    (here / "data" / "ainews.db").write_bytes(b"not a database at all" * 99)
    found = await look(Settings(), here, NOW, online=False)
    (told,) = [finding for finding in found if finding.check == "database"]
    assert (told.grade, told.code) == (Grade.FAILED, 4)


@pytest.fixture(scope="module")
def secret() -> str:
    return "s3cret-passw0rd"


def test_a_postgresql_that_is_away_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql+asyncpg://bot:{secret}@127.0.0.1:1/ainews")
    result = doctor()
    assert result.exit_code == 4
    assert "the database cannot be reached" in result.stdout
    assert secret not in result.stdout


@pytest.mark.parametrize(
    "place",
    ["db/ainews?bogus=1", "db/ainews?timeout=5", "/ainews?host=a&host=b", "/ainews?host=a:x&host=b:1"],
)
@pytest.mark.parametrize("command", ["doctor", "backup"])
def test_parameters_of_a_database_that_cannot_be_are_a_wrong_setting(
    monkeypatch: pytest.MonkeyPatch, secret: str, place: str, command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql+asyncpg://bot:{secret}@{place}")
    result = CliRunner().invoke(app, [command, *(["x.ainews"] if command == "backup" else [])])
    said = result.stdout if command == "doctor" else str(result.exception)
    assert result.exit_code == 2 if command == "doctor" else isinstance(result.exception, SettingsError)
    assert "DATABASE_URL: " in said
    assert secret not in said


async def test_a_postgresql_that_answers_is_looked_at(
    here: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", await fresh_database(postgres))
    found = await look(Settings(), here, NOW, online=False)
    assert "postgresql answers; the first start makes its tables." in [finding.what for finding in found]
    async with open_database(Settings().database_url):
        pass
    found = await look(Settings(), here, NOW, online=False)
    assert any(finding.what.startswith("postgresql answers, at revision") for finding in found)


def test_a_clock_that_is_wrong_is_told() -> None:
    told = {year: machine._clock(Settings(), NOW.replace(year=year)).grade for year in (1970, 2026, 2200)}
    assert told == {1970: Grade.FAILED, 2026: Grade.OK, 2200: Grade.FAILED}


async def test_a_clock_that_went_back_since_the_bot_ran_is_told(here: Path) -> None:
    async with open_database("sqlite+aiosqlite:///data/ainews.db") as engine, engine.begin() as connection:
        await connection.exec_driver_sql("INSERT INTO marks VALUES ('last_scan', '2026-11-27 09:00:00')")
    found = await look(Settings(), here, NOW, online=False)
    assert [finding.what for finding in found if finding.grade is Grade.WARNING] == [
        "It is 2026-11-27 00:00 UTC here, and the bot last ran at 2026-11-27 09:00 UTC."
    ]


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bot.adapters.preflight.machine.disk_usage", lambda _: type("Usage", (), {"free": 5 * 1024**2})
    )
    result = doctor()
    assert result.exit_code == 1
    assert "Only 5 MiB are free for data." in result.stdout


def test_a_file_in_the_place_of_a_folder_is_told(here: Path) -> None:
    (here / "data").write_text("in the way")
    assert doctor().exit_code == 2
    assert "cannot be written to" in of("folders")[0]["what"]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("names", "check"),
    [
        ({"CONTENT_GIT_URL": "file:///nope"}, "repository"),
        ({"CONTENT_GIT_URL": "{blog}", "CONTENT_GIT_BRANCH": "other"}, "repository"),
        ({"WEB_PORT": "{taken}"}, "port"),
        ({"WEB_PORT": "1234", "WEB_HOST": "no.such.host.invalid"}, "port"),
        ({"DATABASE_URL": "sqlite+aiosqlite:////proc/nope/x.db"}, "folders"),
    ],
)
async def test_what_ends_the_bot_ends_the_doctor_with_the_same_code(
    here: Path, monkeypatch: pytest.MonkeyPatch, taken: int, names: dict[str, str], check: str
) -> None:
    blog = Blog(here / "blog.git")
    blog.push({"a.md": post("a")})
    settings = {name: value.format(taken=taken, blog=blog.url) for name, value in names.items()}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    found = await look(Settings.load(), here, dt.datetime.now(dt.UTC), online=False)
    assert check in [one.check for one in found if one.grade is Grade.FAILED]
    code, errors = await ainews_run(here, DISCORD_TOKEN=TOKEN, **settings)
    assert (exit_code(found), code) == (2, 2), errors


async def test_a_repository_elsewhere_is_asked_online_alone(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:1/api/v10")
    monkeypatch.setenv("CONTENT_GIT_URL", "http://127.0.0.1:1/blog.git")

    async def told(*, online: bool) -> Finding:
        found = await look(Settings.load(), here, NOW, online=online)
        return next(one for one in found if one.check == "repository")

    before = await told(online=False)
    assert (before.grade, before.fix) == (Grade.WARNING, "ainews doctor --online asks it.")
    assert (await told(online=True)).grade is Grade.FAILED
    blog = Blog(here / "blog.git")
    blog.push({"a.md": post("a")})
    with served(blog) as server:
        monkeypatch.setenv("CONTENT_GIT_URL", server.url)
        assert (await told(online=True)).what == "CONTENT_GIT_URL answers, and has the branch."


async def test_a_repository_that_was_fetched_once_is_not_needed_to_start(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = Blog(here / "blog.git")
    blog.push({"a.md": post("a")})
    monkeypatch.setenv("CONTENT_GIT_URL", blog.url)
    git = GitContent.of(Settings.load())
    assert git is not None
    await git.open()
    shutil.rmtree(blog.folder)
    found = await look(Settings.load(), here, NOW, online=False)
    assert next(one.grade for one in found if one.check == "repository") is Grade.WARNING
    assert any("1 posts in" in one.what for one in found)


def test_a_cache_that_cannot_be_kept_is_no_reason_not_to_start(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "file").touch()
    monkeypatch.setenv("CACHE_DIR", "file/c")
    (told,) = of("folders")
    assert (told["grade"], doctor().exit_code) == ("warning", 0)
    assert "file/c, for the cache, cannot be written to" in told["what"]


async def test_a_port_that_a_running_bot_has_is_as_it_should_be() -> None:
    """On PostgreSQL no lock says that a bot runs."""
    async with site() as page:
        told = await look_at_port("127.0.0.1", page.port, "postgresql+asyncpg://h/db")
        assert told.what == f"127.0.0.1:{page.port} is taken, as it should be while the bot runs."


def test_json_is_a_list_of_findings_with_codes() -> None:
    for finding in findings():
        assert set(finding) == {"check", "what", "grade", "why", "fix", "code"}


async def test_online_discord_says_whether_it_takes_the_token_and_sees_the_channel(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with loopback_rest() as rest:
        status = {"token": 200, "channel": 403}

        async def me(request: web.Request) -> web.Response:
            assert request.headers["Authorization"] == f"Bot {TOKEN}"
            return (
                json_answer({"username": "ainews\x1b[31m"}) if status["token"] == 200 else refusal(401, 0, "")
            )

        async def channel(_: web.Request) -> web.Response:
            return refusal(status["channel"], 50001, "Missing Access")

        async def gateway(_: web.Request) -> web.Response:
            late = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 600))
            answer = json_answer({"url": "ws://127.0.0.1:1"})
            answer.headers["Date"] = late
            return answer

        rest.on("GET", "/users/@me", me)
        rest.on("GET", "/channels/123456789012345678", channel)
        rest.on("GET", "/channels/223456789012345678", channel)
        monkeypatch.setenv("OPS_CHANNEL_ID", "223456789012345678")
        rest.on("GET", "/gateway", gateway)
        monkeypatch.setenv("DISCORD_API_URL", rest.address)
        found = await look(Settings(), here, dt.datetime.now(dt.UTC), online=True)
        said = [finding.what for finding in found if finding.grade is Grade.WARNING]
        assert said[0] == "The bot does not see the channel of NEWS_CHANNEL_ID (403)."
        assert said[1] == "The bot does not see the channel of OPS_CHANNEL_ID (403)."
        assert "seconds away from Discord's" in said[2]
        status["token"] = 401
        found = await look(Settings(), here, dt.datetime.now(dt.UTC), online=True)
        assert [(one.what, one.code) for one in found if one.grade is Grade.FAILED] == [
            ("Discord refuses the token.", 3)
        ]


async def test_online_without_a_network_it_says_so(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:1/api/v10")
    found = await look(Settings(), here, dt.datetime.now(dt.UTC), online=True)
    assert [one.code for one in found if one.grade is Grade.FAILED] == [1]
