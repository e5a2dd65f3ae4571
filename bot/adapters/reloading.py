"""Takes new posts and new command code into service while the bot runs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discord.ext import commands

from bot.adapters.files import Difference

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
    """What a reload changed."""

    content: Difference
    cogs: tuple[CogResult, ...]

    @property
    def is_clean(self) -> bool:
        """Whether everything that was read is in service."""
        return not self.content.refused and all(cog.error is None for cog in self.cogs)


async def reload_all(bot: NewsBot) -> ReloadReport:
    """Reload the content, then the cogs, each in place.

    A post or a cog that is broken leaves the running one in service and is named in the report.
    """
    content = await bot.library.reload()
    cogs = tuple([await _reload_cog(bot, name) for name in sorted(bot.extensions)])
    await bot.sync_commands()
    return ReloadReport(content=content, cogs=cogs)


async def _reload_cog(bot: NewsBot, name: str) -> CogResult:
    try:
        # discord.py puts the old module back when the new one cannot be loaded.
        await bot.reload_extension(name)
    except commands.ExtensionError as error:
        cause = error.original if isinstance(error, commands.ExtensionFailed) else error
        log.error("cog %s was not reloaded", name, exc_info=cause)
        return CogResult(name=name, error=f"{type(cause).__name__}: {cause}")
    return CogResult(name=name)
