"""The one boundary of an interaction: whatever goes wrong inside, the member gets a sentence."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.discord_codes import ErrorCode
from bot.i18n import Catalogues, Words

FORGOTTEN = frozenset({ErrorCode.UNKNOWN_INTERACTION, ErrorCode.INVALID_WEBHOOK_TOKEN})
"""The interaction is older than 3 seconds, or 15 minutes: nobody can answer it any more."""

OUTDATED = (
    app_commands.CommandNotFound,
    app_commands.CommandSignatureMismatch,
    app_commands.TransformerError,
)
"""What comes of a command that a client remembers otherwise than this version of the bot has it."""

log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def answering(interaction: discord.Interaction, catalogues: Catalogues) -> AsyncIterator[Words]:
    """Runs the body of a button or select with the words of the reader's language.

    An error is logged with a number that the reader is shown too, so that an operator finds the line.
    """
    words = catalogues.words(interaction.locale.value)
    try:
        yield words
    except Exception as error:  # noqa: BLE001 - the named boundary: one interaction
        await report(interaction, words, error)


async def report(interaction: discord.Interaction, words: Words, error: Exception) -> None:
    """Log the error and tell the reader; an interaction that Discord has forgotten is only logged."""
    if isinstance(error, app_commands.MissingPermissions):
        await say(interaction, words("error.manage_server"))
        return
    if isinstance(error, app_commands.NoPrivateMessage):
        await say(interaction, words("error.only_in_servers"))
        return
    if isinstance(error, app_commands.CheckFailure):
        await say(interaction, words("error.not_allowed"))
        return
    if isinstance(error, OUTDATED):
        log.info("a command came that is no more, or another by now", cause=str(error))
        await say(interaction, words("error.outdated_command"))
        return
    if isinstance(error, discord.HTTPException) and error.code in FORGOTTEN:
        log.warning("an interaction came too late to be answered", code=error.code)
        return
    await say(interaction, failure(words, error))


def failure(words: Words, error: Exception) -> str:
    """Log the error with a number, and give the sentence that tells the reader that number."""
    number = secrets.token_hex(3)
    log.error("an interaction failed", number=number, exc_info=error)
    return words("error.unexpected", number=number)


async def say(interaction: discord.Interaction, text: str) -> None:
    """Answer with one sentence that only the reader sees, whether or not an answer was begun."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True)
        else:
            await interaction.response.send_message(text, ephemeral=True)
    except discord.HTTPException as error:
        log.warning("an interaction could not be answered", status=error.status, code=error.code)
    except (aiohttp.ClientError, OSError) as error:
        log.warning("an interaction could not be answered", cause=repr(error))
