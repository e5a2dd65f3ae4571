"""Takes new settings, posts and command code into service while the bot runs: all of it, or nothing."""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import TYPE_CHECKING, Final

import discord
from msgspec import Struct, field

from bot.adapters.alias_files import load_aliases
from bot.adapters.cogs import CogResult
from bot.adapters.snapshots import Difference
from bot.errors import ReloadError, SettingsError, StoreError
from bot.posts.search.aliases import Aliases
from bot.replacing import replace
from bot.settings import Settings

if TYPE_CHECKING:
    from types import ModuleType

    from bot.adapters.client import NewsBot
    from bot.adapters.content_git.mirror import State

LIVE: Final = ("owner_ids", "admin_guild_id", "log_level", "search_aliases")
"""The settings that take effect without a restart."""
PATIENCE: Final = 3.0
"""Seconds that commands in flight are waited for; later ones end in the older code anyway."""

log = logging.getLogger(__name__)


class Scope(enum.StrEnum):
    """What to reload."""

    ALL = "all"
    CONTENT = "content"
    COGS = "cogs"
    SETTINGS = "settings"


class ReloadReport(Struct, frozen=True, kw_only=True):
    """What a reload did.

    Attributes:
        taken: False: something is broken and all that ran before runs on.
        content: what changed among the posts; None where they were left alone.
        cogs: of each cog, whether its code can be used.
        problems: lines on what is wrong with the operator's own files and with Discord.
        changed: names of settings that took effect.
        restart: names of settings that were changed and take effect with the next start.
        sent: whether Discord was told of changed commands; None: not looked at.
        running: commands that were not waited for any longer, and end in the older code.
        seconds: how long each part took.
    """

    taken: bool
    content: Difference | None = None
    cogs: tuple[CogResult, ...] = ()
    problems: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    sent: bool | None = None
    running: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether everything that was read is in service."""
        refused = self.content is not None and self.content.refused
        return self.taken and not (self.problems or refused)


async def reload(bot: NewsBot, scope: Scope = Scope.ALL) -> ReloadReport:
    """Look at everything first, then swap it; whatever is broken leaves all of the running one in service.

    A post's file that cannot be used hides nothing and stops nothing: its older version stays.
    """
    async with bot.reloading:
        return await _Reload(bot, scope).run()


class _Reload(Struct):
    """One reload from its start to its report."""

    bot: NewsBot
    scope: Scope
    seconds: dict[str, float] = field(default_factory=dict)
    settings: Settings | None = None
    aliases: Aliases = field(default_factory=Aliases)
    reads_content: bool = False
    content: Difference | None = None
    cogs: tuple[CogResult, ...] = ()
    changed: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    sent: bool | None = None
    running: int = 0
    fetched: State | None = None
    left: tuple[str, ...] = ()

    async def run(self) -> ReloadReport:
        try:
            await self._swap(await self._look())
        except ReloadError as error:
            log.error("nothing was reloaded: %s", error)
            problems = (*error.args[1:], *self.left)
            return ReloadReport(taken=False, cogs=self.cogs, problems=problems, seconds=self.seconds)
        return ReloadReport(
            taken=True,
            content=self.content,
            cogs=self.cogs,
            changed=self.changed,
            restart=self.restart,
            sent=self.sent,
            running=self.running,
            seconds=self.seconds,
        )

    def _concerns(self, part: Scope) -> bool:
        return self.scope in {Scope.ALL, part}

    async def _look(self) -> dict[str, ModuleType]:
        """Read all that is new without using it."""
        if self._concerns(Scope.SETTINGS):
            with self._timed("settings"):
                self.settings = self._read_settings()
        now = self.bot.services.settings.search_aliases
        moved = self.settings is not None and self.settings.search_aliases != now
        self.reads_content = moved or self._concerns(Scope.CONTENT)
        fresh: dict[str, ModuleType] = {}
        if self._concerns(Scope.COGS):
            with self._timed("cogs"):
                fresh, self.cogs = self.bot.cog_modules.prepare()
            if any(cog.error for cog in self.cogs):
                raise ReloadError("a cog is broken")
        if self.reads_content:
            with self._timed("content"):
                await self._look_at_content()
        return fresh

    async def _look_at_content(self) -> None:
        settings = self.settings or self.bot.services.settings
        try:
            self.aliases = await asyncio.to_thread(load_aliases, settings.search_aliases)
        except SettingsError as error:
            raise ReloadError("the spellings are wrong", *error.problems) from None
        if git := self.bot.services.room.git:
            with _of_git():
                self.fetched = await git.fetch()

    def _read_settings(self) -> Settings:
        try:
            return self.bot.services.read_settings() or self.bot.services.settings
        except SettingsError as error:
            raise ReloadError("the settings are wrong", *error.problems) from None

    async def _swap(self, fresh: dict[str, ModuleType]) -> None:
        """Take everything into service; where a later part fails the earlier ones go back."""
        before, settings = dict(self.bot.cog_modules.running), self.bot.services.settings
        if fresh:
            with self._timed("cogs"):
                self.running = await self._wait_for_commands()
                failed = await self.bot.cog_modules.swap(fresh)
            if failed:
                self.cogs = tuple(failed if cog.name == failed.name else cog for cog in self.cogs)
                raise ReloadError(f"cog {failed.name} does not start")
        try:
            self._apply_settings()
            await self._sync()
            if self.reads_content:
                with self._timed("content"):
                    self.content = await self._swap_content()
        except Exception as error:
            await self._go_back(settings, before if fresh else {})
            if isinstance(error, StoreError):
                raise ReloadError("the database is out of reach", str(error)) from error
            raise

    async def _go_back(self, settings: Settings, cogs: dict[str, ModuleType]) -> None:
        """Have in service what was before, and Discord know of it."""
        is_told = self._concerns_commands
        self._use(settings)
        if cogs:
            await self.bot.cog_modules.swap(cogs)
        if is_told:
            try:
                await self.bot.sync_commands()
            except discord.HTTPException as error:
                log.error("Discord was not told of the older commands, /admin sync tries again: %s", error)

    async def _swap_content(self) -> Difference:
        before = await self._take_in(self.fetched) if self.fetched else None
        folder = self.bot.library.folder
        older, folder.aliases = folder.aliases, self.aliases
        try:
            return await self.bot.library.reload()
        except Exception:
            folder.aliases = older
            if before:
                await self._give_back(before)
            raise

    async def _take_in(self, state: State) -> State | None:
        """Last of all, for the next look at the folder would show it; gives the state of before."""
        git, library = self.bot.services.room.git, self.bot.library
        with _of_git():
            return await git.take_in(state, library.undisturbed) if git else None

    async def _give_back(self, before: State) -> None:
        try:
            await self._take_in(before)
        except ReloadError as error:
            log.error("the posts' folder stays at the new commit: %s", error.args[-1])
            self.left = (f"The new commit’s posts come with the next look all the same. {error.args[-1]}",)

    async def _wait_for_commands(self) -> int:
        """Until no command but reloads runs, not for long; gives how many still do."""
        running = self.bot.commands_running
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while running:
                    self.bot.command_ended.clear()
                    await self.bot.command_ended.wait()
        return len(running)

    def _apply_settings(self) -> None:
        """Use those settings that can be others while the bot runs; the rest wait for the next start."""
        if self.settings is None:
            return
        now, new = self.bot.services.settings, self.settings
        other = [name for name in type(now).model_fields if getattr(now, name) != getattr(new, name)]
        live = {name: getattr(new, name) for name in other if name in LIVE}
        self._use(now.model_copy(update=live))
        self.changed = tuple(map(str.upper, live))
        self.restart = tuple(name.upper() for name in other if name not in LIVE)

    def _use(self, settings: Settings) -> None:
        before = self.bot.services.settings
        self.bot.services = replace(self.bot.services, settings=settings)
        if settings.owner_ids != before.owner_ids:
            # discord.py keeps the owner that Discord named, and looks there first.
            self.bot.owner_id, self.bot.owner_ids = None, set(settings.owner_ids)
        if settings.log_level != before.log_level:
            logging.getLogger().setLevel(settings.log_level)

    @property
    def _concerns_commands(self) -> bool:
        return self._concerns(Scope.COGS) or "ADMIN_GUILD_ID" in self.changed

    async def _sync(self) -> None:
        if not self._concerns_commands:
            return
        with self._timed("sync"):
            try:
                self.sent = await self.bot.sync_commands(strict=True)
            except discord.HTTPException as error:
                told = f"Discord was not told of the commands, so the older ones stay: {error}"
                raise ReloadError("Discord does not take the commands", told) from error

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds[part] = self.seconds.get(part, 0.0) + perf_counter() - began


@contextmanager
def _of_git() -> Iterator[None]:
    """What fails inside is a problem of the posts' repository."""
    try:
        yield
    except ReloadError as error:
        raise ReloadError("git failed", f"CONTENT_GIT_URL: {error}") from error
