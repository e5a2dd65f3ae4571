"""Reads the environment (and ``.env``) into typed settings, or says in one line a setting what is wrong."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.delivery.shards import Shards
from bot.errors import SettingsError
from bot.patterns import regex
from bot.setting_database import database_url
from bot.setting_files import names_in
from bot.setting_texts import in_words, is_address, is_host, is_snowflake, one_of, time_of_day

ENV_FILE = Path(".env")
"""In the current folder."""

IMMEDIATELY = "immediately"
"""The value of POST_TIME that means: as soon as a post is out."""

_TOKEN = regex(r"[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{20,}")
"""Three parts in base64, the last of which signs the others."""

_SHORTEST_SECRET = 16
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_EXAMPLES = {
    "site_url": "https://blog.example.com",
    "discord_api_url": "http://127.0.0.1:8080/api/v10",
}


class Settings(BaseSettings):
    """What the operator decides. Empty values count as not set."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8-sig", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: SecretStr | None = Field(
        default=None, description="The bot's token, from Discord's developer portal (Bot → Reset Token)."
    )
    news_channel_id: int | None = Field(
        default=None, description="The channel that gets the daily post; enough for a single server."
    )
    post_time: time | Literal["immediately"] = Field(
        default=time(9, 0),
        description="Local time of the daily post (HH:MM), or `immediately`: as soon as a post is out.",
    )
    late_hours: int = Field(
        default=6,
        ge=1,
        le=168,
        description="Hours in which a missed time of posting is made up for; then posts wait for the next.",
    )
    timezone: str = Field(
        default="Asia/Seoul",
        description="IANA time zone of POST_TIME, of today, and of times of day in posts without a zone.",
    )
    content_dir: Path = Field(default=Path("content"), description="The folder of posts (Markdown files).")
    content_git_url: str | None = Field(
        default=None,
        description="A git repository of posts (https, http or file); CONTENT_DIR is not read then.",
    )
    content_git_branch: str | None = Field(
        default=None, description="Its branch; default: the repository's own default."
    )
    content_git_path: str = Field(
        default="", description="The folder of posts in it, such as `content/posts`; default: all of it."
    )
    content_git_token: SecretStr | None = Field(
        default=None, description="A token that may read it, or `user:password`; only for private ones."
    )
    content_git_every: int = Field(
        default=5,
        ge=0,
        le=1440,
        description="Minutes between two fetches; 0: only by the webhook and `/admin reload`.",
    )
    search_aliases: Path | None = Field(
        default=None,
        description="A file of spellings that mean the same, a group a line; read beside the bundled one.",
    )
    database_url: str = Field(
        default="sqlite+aiosqlite:///data/ainews.db",
        description="Where deliveries are recorded: SQLite (default), or `postgresql+asyncpg://…`.",
    )
    cache_dir: Path | None = Field(
        default=None, description="Where the search index and the like are kept; each process has its own."
    )
    owner_ids: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(),
        description="User ids that may use `/admin`, with commas; default: the application's owner or team.",
    )
    admin_guild_id: int | None = Field(
        default=None,
        description="The only server where `/admin` exists; default: the server of NEWS_CHANNEL_ID.",
    )
    site_url: str | None = Field(
        default=None, description="The blog's address; relative links in posts are resolved against it."
    )
    default_locale: Literal["ko", "en"] = Field(
        default="ko", description="Language of channel posts and of replies to other languages: ko or en."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Literal["auto", "human", "json"] = Field(
        default="auto",
        description="`human` lines, `json` objects, or `auto`: human on a terminal, json elsewhere.",
    )
    discord_api_url: str | None = Field(
        default=None,
        description="REST base of a rate-limit proxy, such as `http://127.0.0.1:8080/api/v10`;"
        " the gateway's address then comes from its `GET /gateway/bot`.",
    )
    shard_count: int | None = Field(
        default=None,
        ge=1,
        description="How many gateway shards there are in all; default: as Discord advises.",
    )
    shard_ids: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(), description="The shards of this process, from 0, with commas; default: all."
    )
    ops_channel_id: int | None = Field(
        default=None,
        description="The operators' channel: told of missing posts, refused files, crashes, dead shards.",
    )
    alarm_at: time | None = Field(
        default=None,
        description="Local time (HH:MM) by which a post must have come, Monday to Friday; default: no alarm.",
    )
    ledger_alarm_minutes: int = Field(
        default=30,
        ge=1,
        le=10080,
        description="How long a delivery may be in doubt until OPS_CHANNEL_ID hears.",
    )
    web_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port of `/healthz`, `/readyz`, `/metrics` and `/hooks/content`; default: none of these.",
    )
    web_host: str = Field(
        default="127.0.0.1", description="Address at which WEB_PORT listens; only this machine by default."
    )
    web_hook_secret: SecretStr | None = Field(
        default=None,
        description="The secret of the repository's webhook to `/hooks/content`, which is off without one.",
    )

    @field_validator("news_channel_id", "admin_guild_id", "ops_channel_id", mode="before")
    @classmethod
    def _snowflake(cls, value: object) -> object:
        if isinstance(value, str) and not is_snowflake(value.strip()):
            raise ValueError("is no Discord id (15 to 20 digits; right-click → Copy ID in developer mode)")
        return value

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _snowflakes(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part for part in re.split(r"[,\s]+", value) if part]
        if not all(map(is_snowflake, parts)):
            raise ValueError("is no list of Discord user ids (15 to 20 digits each, with commas)")
        return tuple(int(part) for part in parts)

    @field_validator("shard_count", mode="before")
    @classmethod
    def _shard_count(cls, value: object) -> object:
        if isinstance(value, str) and not (value.strip().isdecimal() and int(value) > 0):
            raise ValueError("is no number of shards, from 1")
        return value

    @field_validator("shard_ids", mode="before")
    @classmethod
    def _shard_ids(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        parts = [part for part in re.split(r"[,\s]+", value) if part]
        if not all(part.isdecimal() for part in parts):
            raise ValueError("is no list of shard numbers with commas, such as 0,1")
        count: int = info.data.get("shard_count") or 0
        if parts and not count:
            raise ValueError("needs SHARD_COUNT, the number of shards in all")
        ids = tuple(map(int, parts))
        if ids and max(ids) >= count:
            raise ValueError(f"names a shard beyond SHARD_COUNT: they are 0 to {count - 1}")
        return tuple(sorted(set(ids)))

    @field_validator("web_hook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().strip()) < _SHORTEST_SECRET:
            raise ValueError(
                f"is shorter than {_SHORTEST_SECRET} characters: make one with `openssl rand -hex 32`"
            )
        return value

    @field_validator("post_time", mode="before")
    @classmethod
    def _post_time(cls, value: object) -> object:
        if not isinstance(value, str) or value.strip().lower() == IMMEDIATELY:
            return IMMEDIATELY if isinstance(value, str) else value
        return time_of_day(value, f"HH:MM, such as 09:00, or {IMMEDIATELY}")

    @field_validator("alarm_at", mode="before")
    @classmethod
    def _alarm(cls, value: object) -> object:
        return time_of_day(value, "HH:MM, such as 10:30") if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no IANA time zone: write for example Asia/Seoul or Europe/Paris") from None
        return value

    @field_validator("site_url", "discord_api_url")
    @classmethod
    def _address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not is_address(value):
            raise ValueError(f"is no address: write for example {_EXAMPLES[info.field_name or 'site_url']}")
        return value.rstrip("/") if value else value

    @field_validator("content_git_url")
    @classmethod
    def _repository(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
        except ValueError:  # its words may hold a password
            raise ValueError("is no address of a repository") from None
        if parts.scheme not in {"https", "http", "file"} or not (parts.hostname or parts.scheme == "file"):
            raise ValueError("is no address of a repository: write https://…, or file:///… for one here")
        if parts.username is not None or parts.password is not None:
            raise ValueError("holds a user or password: put them into CONTENT_GIT_TOKEN")
        if parts.query or parts.fragment or not value.isprintable():
            raise ValueError("holds more than an address: leave out ? and # and what follows")
        return value.rstrip("/")

    @field_validator("content_git_path")
    @classmethod
    def _inside(cls, value: str) -> str:
        parts = [part for part in value.strip().strip("/").split("/") if part not in {"", "."}]
        if ".." in parts or "\\" in value:
            raise ValueError("is no folder inside the repository: write for example content/posts")
        return "/".join(parts)

    @field_validator("content_git_token")
    @classmethod
    def _safe_to_send(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        parts = urlsplit(info.data.get("content_git_url") or "")
        if value is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("would be readable on the way: CONTENT_GIT_URL must begin with https://")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        return database_url(value)

    @field_validator("web_host")
    @classmethod
    def _host(cls, value: str) -> str:
        if not is_host(value.strip()):
            raise ValueError("is no address to listen at: write 127.0.0.1, 0.0.0.0, ::1 or a host's name")
        return value.strip()

    @field_validator("default_locale", mode="before")
    @classmethod
    def _locale(cls, value: object) -> object:
        return one_of(("ko", "en"), str(value).strip().lower())

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, value: object) -> object:
        return one_of(("DEBUG", "INFO", "WARNING", "ERROR"), str(value).strip().upper())

    @field_validator("log_format", mode="before")
    @classmethod
    def _format(cls, value: object) -> object:
        return one_of(("auto", "human", "json"), str(value).strip().lower())

    @property
    def readable_logs(self) -> bool | None:
        """Whether the log is for people; None: if it goes to a terminal."""
        return None if self.log_format == "auto" else self.log_format == "human"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be shown nowhere: every value typed as secret, and the database's password."""
        typed = (getattr(self, name) for name in type(self).model_fields)
        values = [value.get_secret_value().strip() for value in typed if isinstance(value, SecretStr)]
        values += [value.partition(":")[2] for value in values if ":" in value]  # of user:password
        password = urlsplit(self.database_url).password if "@" in self.database_url else None
        return (*values, *((password, unquote(password)) if password else ()))

    @property
    def cache_folder(self) -> Path:
        """Where what can be made anew is kept: in CACHE_DIR, else beside SQLite's file, else in ``data``."""
        if self.cache_dir:
            return self.cache_dir
        file = self.database_url.partition("?")[0].removeprefix("sqlite+aiosqlite:///")
        return (Path("data") if "://" in file else Path(file).parent) / "cache"

    @property
    def git_folder(self) -> Path:
        """Where the posts of CONTENT_GIT_URL are kept: beside the cache, but not to be thrown away."""
        return self.cache_folder.with_name("content-git")

    @property
    def shards(self) -> Shards:
        """The shards whose servers this process delivers to."""
        return Shards(self.shard_ids, self.shard_count) if self.shard_ids and self.shard_count else Shards()

    def require_token(self) -> str:
        """The token as text.

        Raises:
            SettingsError: none is set, or it has not the shape of one (three parts with dots).
        """
        token = self.discord_token.get_secret_value().strip() if self.discord_token else ""
        if not token:
            raise SettingsError(
                ("DISCORD_TOKEN: is not set. Copy .env.example to .env and fill in the bot's token.",)
            )
        if not _TOKEN.fullmatch(token):
            raise SettingsError(
                ("DISCORD_TOKEN: has not the shape of a bot token; reset it in the developer portal.",)
            )
        return token

    def require_content(self) -> Path:
        """The folder of posts.

        Raises:
            SettingsError: it is missing, or no folder.
        """
        if self.content_dir.is_dir():
            return self.content_dir
        said = "is no folder" if self.content_dir.exists() else "does not exist"
        raise SettingsError(
            (f"CONTENT_DIR: {self.content_dir} {said}. Name the folder of the posts' Markdown files.",)
        )

    @classmethod
    def load(cls) -> Self:
        """Settings from the environment and ``.env`` in the current folder.

        Raises:
            SettingsError: one line a wrong setting or a line of the file that cannot be read, without values.
        """
        names_in(ENV_FILE)
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_one_line_each(error)) from None


def _one_line_each(error: ValidationError) -> tuple[str, ...]:
    """Pydantic's findings as ``NAME: what is wrong``; the values themselves stay out of it."""
    lines: dict[str, str] = {}
    for finding in error.errors(include_input=False, include_url=False):
        name = str(finding["loc"][0])
        said = in_words(finding["type"], finding["msg"], Settings.model_fields[name].metadata)
        lines.setdefault(name, f"{name.upper()}: {said}.")
    return tuple(lines.values())
