"""Runs the bot against Discord until it is told to stop, and says by its exit code how that ended."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.adapters.proxy import redirect_to
from bot.app import open_app
from bot.discord_codes import CloseCode
from bot.exit_codes import ExitCode
from bot.settings import Settings
from bot.stopping import until_told

log = logging.getLogger(__name__)


async def run(settings: Settings) -> ExitCode:
    """Connect and publish until SIGINT or SIGTERM, which end it with OK at any moment of its start too.

    Raises:
        SettingsError: the token is missing or misshapen, or DISCORD_API_URL is no proxy's address.
        TokenRefused, DiscordUnreachable: the proxy says so, or does not answer.
        StoreError: the database cannot be opened.
    """
    code = await until_told(_connect(settings))
    return ExitCode.OK if code is None else code


async def _connect(settings: Settings) -> ExitCode:
    token = settings.require_token()
    if settings.discord_api_url:
        await redirect_to(settings.discord_api_url, token)
    async with open_app(settings, read_settings=Settings.load) as app:
        try:
            async with app.bot:
                await app.bot.start(token)
        except discord.LoginFailure:
            log.error("Discord refused the token: set a new DISCORD_TOKEN (developer portal → Bot → Reset)")
            return ExitCode.TOKEN
        except discord.ConnectionClosed as error:
            log.error("Discord closed the connection: %s", error)
            return ExitCode.TOKEN if error.code == CloseCode.TOKEN_INVALID else ExitCode.FAILED
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
            log.error("Discord cannot be reached: %s", error)
            return ExitCode.FAILED
        return ExitCode.TOKEN if app.failure else ExitCode.OK
