"""Points discord.py at the rate-limit proxy of DISCORD_API_URL, and waits a little for one that restarts."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus

import aiohttp
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.adapters.refusals import LONGEST_REQUEST, NONSENSE
from bot.errors import DiscordUnreachable, SettingsError, TokenRefused

_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before each further question; then the process ends, and its supervisor decides."""

log = logging.getLogger(__name__)


async def redirect_to(api_url: str, token: str) -> None:
    """Point discord.py at a rate-limit proxy for this process: REST, and the gateway it names.

    discord.py falls back to its default gateway after every reconnect that cannot resume, so both are set.

    Raises:
        SettingsError: what answers ``GET /gateway/bot`` is no proxy of Discord's.
        TokenRefused: Discord does not take the token.
        DiscordUnreachable: nobody answers, or only that it is not possible now.
    """
    gateway = await _patiently(f"{api_url}/gateway/bot", token)
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = gateway


async def _patiently(url: str, token: str) -> yarl.URL:
    timeout = aiohttp.ClientTimeout(total=LONGEST_REQUEST)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {token}"}, timeout=timeout) as session:
        for pause in _PAUSES:
            try:
                return await _gateway(session, url)
            except DiscordUnreachable as error:
                log.warning("%s; asked again in %.0f s", error, pause)
                await asyncio.sleep(pause)
        return await _gateway(session, url)


async def _gateway(session: aiohttp.ClientSession, url: str) -> yarl.URL:
    """The address that is named by one answer."""
    try:
        async with session.get(url) as response:
            status = response.status
            if status == HTTPStatus.UNAUTHORIZED:
                raise TokenRefused("Discord refused the token: set a new DISCORD_TOKEN.")
            if status == HTTPStatus.NOT_FOUND:
                raise _no_proxy(url, "it answers 404")
            if status != HTTPStatus.OK:
                raise DiscordUnreachable(f"DISCORD_API_URL: {url} answers {status}")
            return yarl.URL((await response.json())["url"])
    except (aiohttp.ContentTypeError, aiohttp.InvalidURL, *NONSENSE) as error:
        raise _no_proxy(url, type(error).__name__) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DiscordUnreachable(
            f"DISCORD_API_URL: {url} does not answer ({type(error).__name__})"
        ) from error


def _no_proxy(url: str, cause: str) -> SettingsError:
    return SettingsError((f"DISCORD_API_URL: {url} gave no gateway's address ({cause}).",))
