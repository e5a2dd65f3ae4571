"""Looks whether the web server could listen, as it does at the start."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.adapters.database.alone import is_held
from bot.adapters.preflight.findings import Finding, Grade
from bot.exit_codes import ExitCode

_PATIENCE = 2.0
"""Seconds that whoever has the port may take to answer."""
_CHECK = "port"


async def look_at_port(host: str, port: int, database_url: str) -> Finding:
    """Whether the address can be listened at, or is a running bot's already."""
    where = f"{host}:{port}"
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except (OSError, UnicodeError) as error:
        if is_held(database_url) or await _is_ours(host, port):
            return Finding(check=_CHECK, what=f"{where} is taken, as it should be while the bot runs.")
        return Finding(
            check=_CHECK,
            what=f"{where} cannot be listened at: {getattr(error, 'strerror', None) or error}.",
            grade=Grade.FAILED,
            why="The bot does not start.",
            fix="Mend WEB_HOST, choose another WEB_PORT, or stop what has it.",
            code=ExitCode.SETTINGS,
        )
    server.close()
    return Finding(check=_CHECK, what=f"{where} is free.")


async def _is_ours(host: str, port: int) -> bool:
    """Whether a bot's own pages answer there: on PostgreSQL no lock says that one runs."""
    with suppress(OSError, TimeoutError, UnicodeError, ValueError):
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
                return b"\r\nserver: ainews\r\n" in (await reader.readuntil(b"\r\n\r\n")).lower()
            finally:
                writer.close()
    return False
