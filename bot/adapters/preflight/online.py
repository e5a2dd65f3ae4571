"""Asks Discord whether it takes the token, knows the channel, and has the same time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from types import MappingProxyType
from typing import Final

import aiohttp

from bot.adapters.preflight.findings import Finding, Grade
from bot.exit_codes import ExitCode
from bot.redaction import visible
from bot.settings import Settings

API = "https://discord.com/api/v10"
PATIENCE = 10.0
"""Seconds for each answer."""
_SKEW = timedelta(seconds=30)
"""How far apart clocks may be: what a nonce guards is remembered for minutes."""
_CHECK = "discord"
_CHANNELS: Final = MappingProxyType(
    {
        "news_channel_id": "It gets no posts.",
        "ops_channel_id": "The operators hear of trouble by the log alone.",
    }
)
"""By setting, what is lost where the bot does not see its channel."""


async def look_at_discord(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """What Discord, or the proxy of DISCORD_API_URL, answers; ``now`` is aware."""
    base = settings.discord_api_url or API
    # Discord's own form for bots: https://discord.com/developers/docs/reference#user-agent
    headers = {
        "Authorization": f"Bot {settings.require_token()}",
        "User-Agent": "DiscordBot (https://discord.com, 1.0)",
    }
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        try:
            yield await _token(session, base)
            for name, lost in _CHANNELS.items():
                if channel_id := getattr(settings, name):
                    yield await _channel(session, f"{base}/channels/{channel_id}", name.upper(), lost)
            yield await _clock(session, base, now)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            yield _failed(
                f"{base} did not answer: {type(error).__name__}.",
                "Nothing can be sent.",
                "Look at the network, the firewall and DISCORD_API_URL.",
            )


async def _token(session: aiohttp.ClientSession, base: str) -> Finding:
    async with session.get(f"{base}/users/@me") as answer:
        if answer.status == HTTPStatus.OK:
            name = (await answer.json()).get("username")
            return Finding(check=_CHECK, what=f"Discord takes the token: it is {visible(str(name))}'s.")
        if answer.status == HTTPStatus.UNAUTHORIZED:
            return _failed(
                "Discord refuses the token.",
                "The bot ends with exit code 3.",
                "Reset it in the developer portal (Bot → Reset Token) and set DISCORD_TOKEN.",
                ExitCode.TOKEN,
            )
        return _failed(f"Discord answers {answer.status}.", "Nothing can be sent.", "Try again later.")


async def _channel(session: aiohttp.ClientSession, address: str, name: str, lost: str) -> Finding:
    async with session.get(address) as answer:
        if answer.status == HTTPStatus.OK:
            return Finding(check=_CHECK, what=f"The bot sees the channel of {name}.")
        return Finding(
            check=_CHECK,
            what=f"The bot does not see the channel of {name} ({answer.status}).",
            grade=Grade.WARNING,
            why=lost,
            fix="Invite the bot to its server, let it view the channel, or mend the id.",
        )


async def _clock(session: aiohttp.ClientSession, base: str, now: datetime) -> Finding:
    """Compared with what Discord's servers say; ``now`` was taken a moment before."""
    began = monotonic()
    async with session.get(f"{base}/gateway") as answer:
        said = parsedate_to_datetime(answer.headers.get("Date", ""))
    apart = abs(said - now) - timedelta(seconds=monotonic() - began)
    if apart <= _SKEW:
        return Finding(check="clock", what="It agrees with Discord's.")
    return Finding(
        check="clock",
        what=f"It is {apart.total_seconds():,.0f} seconds away from Discord's.",
        grade=Grade.WARNING,
        why="Posts come late, and what a crash left in doubt is judged wrongly.",
        fix="Let the system set its clock (timedatectl set-ntp true).",
    )


def _failed(what: str, why: str, fix: str, code: ExitCode = ExitCode.FAILED) -> Finding:
    return Finding(check=_CHECK, what=what, grade=Grade.FAILED, why=why, fix=fix, code=code)
