"""Tells Discord about the commands, but only when their definitions are others than it was told before.

Discord takes 200 new definitions a day in a server, and a sync takes longer than all else at a start
(https://discord.com/developers/docs/interactions/application-commands#registering-a-command).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from msgspec import Struct

log = logging.getLogger(__name__)


class CommandSync(Struct, frozen=True):
    """Remembers in ``file`` the hash of what each server was told, and what all of them were."""

    file: Path

    async def sync(
        self,
        tree: app_commands.CommandTree[Any],
        guild: discord.abc.Snowflake | None = None,
        *,
        force: bool = False,
    ) -> bool:
        """Send the definitions where they changed, or by ``force``; whether they were sent.

        Raises:
            discord.HTTPException: Discord did not take them; the next one tries again.
        """
        scope = f"{tree.client.application_id}/{guild.id if guild else 'all'}"
        digest = await _digest(tree, guild)
        known = await asyncio.to_thread(self._read)
        if known.get(scope) == digest and not force:
            return False
        await tree.sync(guild=guild)
        await asyncio.to_thread(self._write, {**known, scope: digest})
        return True

    async def clear_elsewhere(
        self, tree: app_commands.CommandTree[Any], guild: discord.abc.Snowflake | None
    ) -> None:
        """Take the commands away from every server that was told of some and is not ``guild``."""
        ours = f"{tree.client.application_id}/"
        for scope, place in [
            (scope, scope.removeprefix(ours)) for scope in await asyncio.to_thread(self._read)
        ]:
            if scope == place or not place.isdecimal() or (guild and int(place) == guild.id):
                continue
            try:
                await tree.sync(guild=discord.Object(int(place)))
            except discord.HTTPException as error:
                log.warning("server %s keeps old commands until the next sync: %s", place, error)
            else:
                known = await asyncio.to_thread(self._read)
                known.pop(scope, None)
                await asyncio.to_thread(self._write, known)

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _write(self, known: dict[str, str]) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(known, indent=1), "utf-8")
        except OSError as error:
            log.warning("the next start will send the commands again: %s", error)


async def _digest(tree: app_commands.CommandTree[Any], guild: discord.abc.Snowflake | None) -> str:
    commands = sorted(tree.get_commands(guild=guild), key=lambda command: command.name)
    translator = tree.translator
    payloads = [
        await command.get_translated_payload(tree, translator) if translator else command.to_dict(tree)
        for command in commands
    ]
    text = json.dumps(payloads, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
