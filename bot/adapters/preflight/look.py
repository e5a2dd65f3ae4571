"""All of the checks in their order."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from bot.adapters.preflight.content import look_at_content
from bot.adapters.preflight.database import look_at_database
from bot.adapters.preflight.findings import Finding, Grade
from bot.adapters.preflight.machine import look_at_machine
from bot.adapters.preflight.port import look_at_port
from bot.adapters.preflight.settings import look_at_settings
from bot.settings import Settings


async def look(settings: Settings, folder: Path, now: datetime, *, online: bool) -> tuple[Finding, ...]:
    """What is well and what is not; ``folder`` is where ``.env`` is read, ``now`` is aware.

    Nothing is changed, and the bot may be running.
    """
    found = list(look_at_settings(settings, folder))
    has_token = all(finding.grade is not Grade.FAILED for finding in found)
    found += [finding async for finding in look_at_database(settings, now)]
    found += await asyncio.to_thread(lambda: list(look_at_content(settings, now, online=online)))
    found += look_at_machine(settings, now)
    if settings.web_port is not None:
        found.append(await look_at_port(settings.web_host, settings.web_port, settings.database_url))
    if online and has_token:
        from bot.adapters.preflight.online import look_at_discord  # noqa: PLC0415 - aiohttp is slow

        found += [finding async for finding in look_at_discord(settings, now)]
    return tuple(found)
