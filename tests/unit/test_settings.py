"""Settings from the environment: each mistake is one clear line without the value."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from bot.delivery.shards import Shards
from bot.errors import SettingsError
from bot.settings import Settings

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "x" * 38


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_defaults_need_no_environment() -> None:
    settings = Settings.load()
    assert (settings.post_time, settings.timezone, settings.default_locale) == (time(9), "Asia/Seoul", "ko")


def test_a_file_named_env_is_read_and_empty_values_count_as_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\nNEWS_CHANNEL_ID=\nOWNER_IDS=\nPOST_TIME=7:30\n")
    settings = Settings.load()
    assert settings.require_token() == TOKEN
    assert settings.news_channel_id is None
    assert settings.post_time == time(7, 30)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NEWS_CHANNEL_ID", "ai-news", "is no Discord id"),
        ("NEWS_CHANNEL_ID", "12", "is no Discord id"),
        ("POST_TIME", "25:00", "is no time of day"),
        ("POST_TIME", "9", "is no time of day"),
        ("TIMEZONE", "Seoul", "is no IANA time zone"),
        ("TIMEZONE", "../../etc/passwd", "is no IANA time zone"),
        ("OWNER_IDS", "me, you", "is no list of Discord user ids"),
        ("SITE_URL", "blog.example.com", "https://blog.example.com"),
        ("DISCORD_API_URL", "ftp://x", "http://127.0.0.1:8080/api/v10"),
        ("DATABASE_URL", "mysql://x", "starts with sqlite+aiosqlite"),
        ("DATABASE_URL", "postgresql+asyncpg://bot:hun@ter2@db/x", "write %40"),
        ("DATABASE_URL", "postgresql+asyncpg://bot:hunter2@db:port/x", "no readable host and port"),
        ("DATABASE_URL", "postgresql+asyncpg://bot:hunter2@db/x?sslmode=require", "?ssl=require"),
        ("NEWS_CHANNEL_ID", "9" * 20, "is no Discord id"),
        ("SITE_URL", "http://[", "is no address"),
        ("SITE_URL", "http://blog.example.com:port", "is no address"),
        ("DATABASE_URL", "sqlite+aiosqlite:///", "names no file"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "names no file"),
        ("DATABASE_URL", "sqlite+aiosqlite:///file:data/ainews.db?uri=true", "write the path alone"),
        ("DATABASE_URL", "sqlite+aiosqlite:///data/ainews.db?timeout=5&uri=true", "write the path alone"),
        ("DATABASE_URL", "postgresql+asyncpg://[h/db", "no readable host and port"),
        (
            "DATABASE_URL",
            "postgresql+asyncpg://bot:hunter2@h/db?bogus=1",
            "has bogus= behind the ?: leave it out",
        ),
        (
            "DATABASE_URL",
            "postgresql+asyncpg://h/db?hun%20ter2=1",
            "has something behind the ?",
        ),
        ("DATABASE_URL", "postgresql+asyncpg://h/db?ssl=hunter2", "write disable, allow, prefer, require"),
        ("DATABASE_URL", "postgresql+asyncpg://h/db?timeout=5", "has timeout= behind the ?: leave it out"),
        ("DATABASE_URL", "sqlite+aiosqlite:///a.db?mode=ro", "has mode= behind the ?: leave it out"),
        (
            "DATABASE_URL",
            "sqlite+aiosqlite:///a.db?timeout=hunter2",
            "has timeout= with a value that it cannot",
        ),
        ("LATE_HOURS", "six", "is no whole number from 1 to 168."),
        ("LATE_HOURS", "0", "is no whole number from 1 to 168."),
        ("WEB_PORT", "70000", "is no whole number from 1 to 65,535."),
        ("CONTENT_GIT_EVERY", "2.5", "is no whole number from 0 to 1,440."),
        ("LEDGER_ALARM_MINUTES", "1e99999", "is no whole number from 1 to 10,080."),
        ("WEB_HOST", "http://127.0.0.1", "is no address to listen at"),
        ("WEB_HOST", "a..b", "is no address to listen at"),
        ("DEFAULT_LOCALE", "fr", "is none of ko, en"),
        ("LOG_LEVEL", "loud", "is none of DEBUG"),
        ("CONTENT_GIT_URL", "git@github.com:owner/hunter2.git", "write https://"),
        ("CONTENT_GIT_URL", "ssh://git@example.com/hunter2.git", "write https://"),
        ("CONTENT_GIT_URL", "https://bot:hunter2@example.com/blog.git", "put them into CONTENT_GIT_TOKEN"),
        ("CONTENT_GIT_URL", "https://hunter2@example.com/blog.git", "put them into CONTENT_GIT_TOKEN"),
        ("CONTENT_GIT_URL", "https://bot:hunter2\u2100@example.com/x", "is no address of a repository"),
        ("CONTENT_GIT_URL", "https://example.com/x?private_token=hunter2", "leave out ?"),
        ("CONTENT_GIT_PATH", "posts/../../etc", "is no folder inside the repository"),
        ("CONTENT_GIT_PATH", "..\\posts", "is no folder inside the repository"),
        ("WEB_HOOK_SECRET", "hunter2", "is shorter than 16 characters"),
        ("SHARD_COUNT", "many", "is no number of shards"),
        ("SHARD_COUNT", "0", "is no number of shards"),
        ("SHARD_IDS", "0,one", "is no list of shard numbers"),
        ("SHARD_IDS", "0", "needs SHARD_COUNT"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    (line,) = caught.value.problems
    assert line.startswith(f"{name}: ")
    assert says in line
    assert "hun" not in line
    assert "\n" not in line


def test_every_wrong_setting_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POST_TIME", "soon")
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert [line.split(":")[0] for line in caught.value.problems] == ["POST_TIME", "TIMEZONE"]


def test_immediately_is_a_post_time_and_owners_come_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POST_TIME", "Immediately")
    monkeypatch.setenv("OWNER_IDS", "123456789012345678, 223456789012345678")
    settings = Settings.load()
    assert settings.post_time == "immediately"
    assert settings.owner_ids == (123456789012345678, 223456789012345678)


@pytest.mark.parametrize("token", ["", "secret-but-misshapen", "a b.c.d", "..", "봇토큰.봇토큰.봇토큰"])
def test_a_missing_or_misshapen_token_is_told_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", token)
    with pytest.raises(SettingsError, match="DISCORD_TOKEN") as caught:
        Settings.load().require_token()
    assert not token or token not in str(caught.value)


def test_the_token_is_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    settings = Settings.load()
    assert TOKEN not in repr(settings) + str(settings) + settings.model_dump_json()


def test_a_missing_content_folder_is_told(tmp_path: Path) -> None:
    settings = Settings(content_dir=tmp_path / "none")
    with pytest.raises(SettingsError, match=r"^CONTENT_DIR: .*none does not exist\. Name "):
        settings.require_content()


def test_a_file_is_no_content_folder(tmp_path: Path) -> None:
    (tmp_path / "post.md").touch()
    settings = Settings(content_dir=tmp_path / "post.md")
    with pytest.raises(SettingsError, match=r"^CONTENT_DIR: .*post\.md is no folder"):
        settings.require_content()


def test_a_process_serves_the_servers_of_its_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARD_COUNT", "4")
    monkeypatch.setenv("SHARD_IDS", "3, 1")
    assert Settings.load().shards == Shards((1, 3), 4)
    monkeypatch.setenv("SHARD_IDS", "4")
    with pytest.raises(SettingsError, match="SHARD_IDS: names a shard beyond SHARD_COUNT: they are 0 to 3"):
        Settings.load()


def test_without_shards_of_its_own_a_process_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARD_COUNT", "4")
    assert Settings.load().shards == Shards()


def test_a_token_is_not_sent_where_others_can_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTENT_GIT_TOKEN", "hunter2")
    monkeypatch.setenv("CONTENT_GIT_URL", "http://127.0.0.1:3000/blog.git")
    settings = Settings.load()
    assert "hunter2" not in repr(settings)
    monkeypatch.setenv("CONTENT_GIT_URL", "http://git.example.com/blog.git")
    with pytest.raises(SettingsError, match=r"^CONTENT_GIT_TOKEN: would be readable on the way") as refusal:
        Settings.load()
    assert "hunter2" not in str(refusal.value)


def test_the_posts_of_git_are_kept_beside_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:////var/lib/ainews/state.db")
    monkeypatch.setenv("CONTENT_GIT_PATH", "/content//posts/")
    settings = Settings.load()
    assert settings.git_folder == Path("/var/lib/ainews/content-git")
    assert settings.content_git_path == "content/posts"


def test_of_a_user_and_a_password_in_one_the_password_is_a_secret_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTENT_GIT_TOKEN", "bot:hunter2 of git")
    assert {"bot:hunter2 of git", "hunter2 of git"} <= set(Settings.load().secrets)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "# mine\nTIMEZONE=UTC\n\nOWNER_IDS='123456789012345678\nLOG_LEVEL=INFO\n",
            "line 4 (OWNER_IDS): cannot",
        ),
        ('WEB_HOOK_SECRET="hunter2-and-more\n', "line 1 (WEB_HOOK_SECRET): cannot be read: write NAME=value"),
        ("TIMEZONE=UTC\nNEWS_CHANNEL_ID 123456789012345678\n", "line 2 (NEWS_CHANNEL_ID): has no ="),
        ("OWNER_IDS:123456789012345678\n", "line 1 (OWNER_IDS): has no ="),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_of_its_value_shown(
    tmp_path: Path, text: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text(text)
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    (line,) = caught.value.problems
    assert line.startswith(f".env, {says}")
    assert "hunter2" not in line
    assert "123" not in line
    assert capfd.readouterr() == ("", "")


def test_every_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('TIMEZONE UTC\r\n\r\nLOG_LEVEL="INFO\r\nexport SITE_URL\r\n')
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    lines = [problem.partition(":")[0] for problem in caught.value.problems]
    assert lines == [".env, line 1 (TIMEZONE)", ".env, line 3 (LOG_LEVEL)", ".env, line 4 (SITE_URL)"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp949"])
def test_a_file_that_is_no_utf_8_is_told_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text(f"{'# 시간대' if encoding == 'cp949' else ''}\nTIMEZONE=UTC\n", encoding)
    with pytest.raises(SettingsError, match=r"^\.env: is no UTF-8, .* save it as UTF-8\.$"):
        Settings.load()


def test_a_mark_of_utf_8_before_the_first_name_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TIMEZONE=UTC\n", "utf-8-sig")
    assert Settings.load().timezone == "UTC"


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TIMEZONE=UTC\n")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SettingsError, match=r"^\.env: cannot be read: Permission denied\.$"):
        Settings.load()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:///data/ainews.db?timeout=5",
        "postgresql+asyncpg:///ainews?host=/run/postgresql",
        "postgresql+asyncpg://bot:hunter2@[::1]:5432/ainews?ssl=require",
        "postgresql+asyncpg://bot@/ainews?host=a:5432&host=b:5432&target_session_attrs=primary",
    ],
)
def test_addresses_of_databases_with_the_parameters_that_there_are_are_taken(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert Settings.load().database_url == url
