"""A server in simcord's simulated Discord that outlives the bot, so that restarts can be played."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, UserHandle
from simcord.backend import Backend
from simcord.backend.models import Role
from simcord.results import InteractionResult

from bot.app import open_app
from bot.background import App
from bot.replacing import replace
from bot.settings import Settings
from tests.support.databases import migrated_file


@dataclass
class Stage:
    """The world: one server, a news channel, a member and the operator.

    ``now`` is the bot's clock; ``settle_seconds`` is how long simcord waits for the bot to come to rest,
    ``rest_seconds`` how long a new file must have rested to be a post.
    """

    folder: Path
    now: datetime = datetime(2024, 5, 4, 0, 0, tzinfo=UTC)
    settings: dict[str, Any] = field(default_factory=dict)
    backend: Backend = field(default_factory=Backend)
    settle_seconds: float = 5.0
    rest_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.guild = self.backend.create_guild("뉴스 서버", preferred_locale="ko")
        self.channel = self.backend.create_channel(self.guild.id, "ai-news")
        self.users = [self.backend.make_user(name) for name in ("reader", "operator")]
        for user in self.users:
            self.backend.add_member(self.guild.id, user.id)
        role = Role(
            id=self.backend.snowflake(),
            name="admin",
            permissions=discord.Permissions(administrator=True).value,
            position=1,
        )
        self.guild.roles[role.id] = role
        self.guild.members[self.users[1].id].role_ids.append(role.id)
        (self.folder / "content").mkdir(exist_ok=True)

    @property
    def content(self) -> Path:
        """The folder of posts."""
        return self.folder / "content"

    @asynccontextmanager
    async def play(self, locale: str = "ko") -> AsyncIterator[Play]:
        """The bot from start to end; its schedule stands still, ``Play.deliver`` is the job."""
        values = {
            "_env_file": None,
            "news_channel_id": self.channel.id,
            "owner_ids": (self.users[1].id,),
            "content_dir": self.content,
            "database_url": migrated_file(self.folder / "state.db"),
            **self.settings,
        }
        if "content_git_url" in values:
            del values["content_dir"]
        async with open_app(Settings(**values), clock=lambda: self.now) as app:
            app.bot.services = replace(app.bot.services, on_login=_rest)
            app.library.folder.settling.seconds = self.rest_seconds
            env = Env(app.bot, shard_count=1, settle_timeout=self.settle_seconds)
            env.backend = self.backend
            before = len(env.http_requests)  # the backend remembers former runs
            speak = _speaker(locale)
            self.backend.subscribers.insert(0, speak)  # before the bot's own listener
            await env.start()
            try:
                with env.time_context():
                    yield Play(self, app, env, before)
            finally:
                self.backend.subscribers.remove(speak)
                await env.shutdown()
            env._raise_errors_since(env._errors_acknowledged)  # as simcord's own fixture does


@dataclass(slots=True)
class Play:
    """The running bot and the people around it."""

    stage: Stage
    app: App
    env: Env
    before: int

    @property
    def server(self) -> GuildHandle:
        """The server."""
        return GuildHandle(self.env, self.stage.guild)

    @property
    def channel(self) -> ChannelHandle:
        """The news channel."""
        return ChannelHandle(self.env, self.server, self.stage.channel)

    @property
    def reader(self) -> MemberActor:
        """Somebody without rights."""
        return MemberActor(self.env, self.server, UserHandle(self.env, self.stage.users[0]))

    @property
    def operator(self) -> MemberActor:
        """The one in OWNER_IDS."""
        return MemberActor(self.env, self.server, UserHandle(self.env, self.stage.users[1]))

    async def deliver(self) -> None:
        """What the schedule's jobs call."""
        await self.app.deliver()

    def posted(self) -> list[dict[str, Any]]:
        """Bodies of the messages that the bot sent to the news channel in this run, as requested."""
        path = f"/channels/{self.stage.channel.id}/messages"
        requests = self.env.http_requests[self.before :]
        return [
            r.json for r in requests if r.method == "POST" and r.path == path and isinstance(r.json, dict)
        ]


def text_of(result: InteractionResult) -> str:
    """Everything an answer shows."""
    assert result.response is not None, result
    parts = [result.response.content]
    for embed in result.response.embeds:
        parts += [embed.title or "", embed.description or ""]
        parts += [f"{field.name} {field.value}" for field in embed.fields]
    return "\n".join(parts)


async def _rest() -> None:
    """In place of the schedule and the watcher."""


def _speaker(locale: str) -> Callable[[str, Any], None]:
    """Simcord's readers always speak en-US; this puts another language into their interactions."""

    def speak(event: str, payload: Any) -> None:
        if event == "INTERACTION_CREATE":
            payload.update(locale=locale, guild_locale=locale)

    return speak
