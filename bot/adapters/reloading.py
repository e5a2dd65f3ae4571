"""Takes new posts and new command code into service while the bot runs."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discord.ext import commands

from bot.adapters.alias_files import load_aliases
from bot.adapters.files import Difference
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CogResult:
    """What became of one cog; ``error`` None means that its new code is in service."""

    name: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadReport:
    """What a reload changed; ``settings`` are lines on what is wrong with the operator's own files."""

    content: Difference
    cogs: tuple[CogResult, ...]
    settings: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether everything that was read is in service."""
        return not (self.settings or self.content.refused) and all(cog.error is None for cog in self.cogs)


async def reload_all(bot: NewsBot) -> ReloadReport:
    """Reload the file of SEARCH_ALIASES, the content (fetched where it comes from git), then the cogs.

    What is broken leaves the running one in service and is named in the report.
    """
    settings = await asyncio.to_thread(_reload_aliases, bot)
    if failure := await bot.services.pull():
        settings = (*settings, f"CONTENT_GIT_URL: {failure}")
    content = await bot.library.reload()
    cogs = tuple([await _reload_cog(bot, name) for name in sorted(bot.extensions)])
    await bot.sync_commands()
    return ReloadReport(content=content, cogs=cogs, settings=settings)


def _reload_aliases(bot: NewsBot) -> tuple[str, ...]:
    try:
        bot.library.folder.aliases = load_aliases(bot.services.settings.search_aliases)
    except SettingsError as error:
        log.error("the spellings were not reloaded: %s", error)
        return error.problems
    return ()


async def _reload_cog(bot: NewsBot, name: str) -> CogResult:
    try:
        # discord.py puts the old module back when the new one cannot be loaded.
        await bot.reload_extension(name)
    except commands.ExtensionError as error:
        cause = error.original if isinstance(error, commands.ExtensionFailed) else error
        log.error("cog %s was not reloaded", name, exc_info=cause)
        return CogResult(name=name, error=f"{type(cause).__name__}: {cause}")
    return CogResult(name=name)
