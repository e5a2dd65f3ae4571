"""Loads the cogs' modules and swaps all of them for newer code at once, or none."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

import discord
from msgspec import Struct, field

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

log = logging.getLogger(__name__)


class CogResult(Struct, frozen=True, kw_only=True):
    """What became of one cog; ``error`` is why its new code cannot be used."""

    name: str
    error: str | None = None


class CogModules(Struct, frozen=True):
    """The cogs in service, by module name.

    discord.py's extensions replace one module at a time; here the second may fail and the first goes back.
    """

    bot: NewsBot
    running: dict[str, ModuleType] = field(default_factory=dict)

    async def load(self, name: str) -> None:
        """Take a cog into service for the first time. Raises whatever its module raises."""
        module = _executed(name)
        await self._put_in(name, module)

    def prepare(self) -> tuple[dict[str, ModuleType], tuple[CogResult, ...]]:
        """Run every cog's present code aside, and say of each whether it can be used; nothing changes."""
        fresh: dict[str, ModuleType] = {}
        results = []
        for name in sorted(self.running):
            try:
                fresh[name] = _executed(name)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the named boundary: one cog's new code
                results.append(_broken(name, error))
            else:
                results.append(CogResult(name=name))
        return fresh, tuple(results)

    async def swap(self, fresh: Mapping[str, ModuleType]) -> CogResult | None:
        """Put these modules in place of the running ones; where one fails all of the older ones go back.

        Returns what failed.
        """
        before = dict(self.running)
        done = []
        for name, module in fresh.items():
            done.append(name)
            try:
                await self._take_out(name)
                await self._put_in(name, module)
            except BaseException as error:
                # The named boundary: one cog's new code. Also a reload that is cancelled leaves no gap.
                for tried in done:
                    await self._take_out(tried)
                    await self._put_in(tried, before[tried])
                if not isinstance(error, (Exception, SystemExit)):
                    raise
                return _broken(name, error)
        return None

    async def _put_in(self, name: str, module: ModuleType) -> None:
        sys.modules[name] = module
        await module.setup(self.bot)
        self.running[name] = module

    async def _take_out(self, name: str) -> None:
        """Remove a module's cogs, and its commands wherever they are registered."""
        for cog in [cog for cog in self.bot.cogs.values() if type(cog).__module__ == name]:
            await self.bot.remove_cog(cog.qualified_name)
        scopes: list[discord.abc.Snowflake | None] = [None]
        scopes += [self.bot.operator_guild] if self.bot.operator_guild else []
        for scope in scopes:
            for command in self.bot.tree.get_commands(guild=scope):
                if command.module == name:
                    self.bot.tree.remove_command(command.name, guild=scope)


def _executed(name: str) -> ModuleType:
    importlib.invalidate_caches()
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"there is no module {name}", name=name)
    module = importlib.util.module_from_spec(spec)
    with _standing_in(name, module):
        spec.loader.exec_module(module)
    if not callable(getattr(module, "setup", None)):
        raise ImportError(f"{name} has no setup function")  # noqa: TRY004 - not a type's fault: the file is no cog
    return module


@contextmanager
def _standing_in(name: str, module: ModuleType) -> Iterator[None]:
    """While a module is run it is found under its name, as an import would have it."""
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before


def _broken(name: str, error: BaseException) -> CogResult:
    log.error("cog %s was not reloaded", name, exc_info=error)
    return CogResult(name=name, error=f"{type(error).__name__}: {error}")
