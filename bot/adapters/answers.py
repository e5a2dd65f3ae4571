"""Answers an interaction in time, whatever the answer takes: no reader is left with silence.

Discord forgets an interaction that has no answer after 3 seconds, and its token after 15 minutes
(https://discord.com/developers/docs/interactions/receiving-and-responding). An answer that is not ready
after PATIENCE seconds is announced by a sentence, which it then replaces.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import discord
import structlog
from discord import app_commands

from bot.adapters.embeds import edit_of, reply_of
from bot.adapters.interaction_errors import failure, say
from bot.formatting.messages import Message
from bot.i18n import Words
from bot.replacing import replace

PATIENCE: Final = 1.5
"""Seconds until a reader is told that the answer takes longer; half of what Discord allows."""
LONGEST: Final = 120.0
"""Seconds after which an answer is given up."""

log = structlog.stdlib.get_logger(__name__)

Choices = list[app_commands.Choice[str]]


async def reply(interaction: discord.Interaction[Any], words: Words, making: Awaitable[Message]) -> None:
    """Answer in a message of its own that only the reader sees.

    What goes wrong in ``making`` is logged and becomes the answer's sentence.

    Raises:
        discord.HTTPException: Discord does not take the answer.
    """

    async def announce() -> None:
        await interaction.response.send_message(words("answer.wait"), ephemeral=True)

    outcome = await _outcome(making, words, announce)
    message = Message(content=outcome) if isinstance(outcome, str) else outcome
    if interaction.response.is_done():
        await interaction.edit_original_response(**edit_of(message))
    else:
        await interaction.response.send_message(**reply_of(message), ephemeral=True)


async def turn(interaction: discord.Interaction[Any], words: Words, making: Awaitable[Message]) -> None:
    """Show another page in place where the message is the reader's own.

    What everybody sees, or another reader, stays as it is: whoever turns it gets a page of their own.

    Raises:
        discord.HTTPException: Discord does not take the answer.
    """
    if interaction.message is None or not _is_own(interaction, interaction.message):
        await reply(interaction, words, _as_own(making, words))
        return
    before = interaction.message.content

    async def announce() -> None:
        await interaction.response.edit_message(content=words("answer.wait"))

    outcome = await _outcome(making, words, announce)
    announced = interaction.response.is_done()
    if isinstance(outcome, str):
        if announced:
            await interaction.edit_original_response(content=before or None)
        await say(interaction, outcome)
    elif announced:
        await interaction.edit_original_response(**edit_of(outcome))
    else:
        await interaction.response.edit_message(**edit_of(outcome))


def _is_own(interaction: discord.Interaction[Any], message: discord.Message) -> bool:
    """Whether only this reader sees the message. Discord shows it to nobody else; an id proves it anyway."""
    made_by = message.interaction_metadata
    return message.flags.ephemeral and (made_by is None or made_by.user.id == interaction.user.id)


def offering(
    choose: Callable[[Any, discord.Interaction[Any], str], Coroutine[Any, Any, Choices]],
) -> Callable[[Any, discord.Interaction[Any], str], Coroutine[Any, Any, Choices]]:
    """Decorates an autocompletion: one that fails, or takes too long, offers nothing.

    discord.py would leave it unanswered.
    """

    @functools.wraps(choose)
    async def safely(cog: Any, interaction: discord.Interaction[Any], current: str) -> Choices:
        try:
            async with asyncio.timeout(PATIENCE):
                return await choose(cog, interaction, current)
        except Exception as error:
            log.error("an autocompletion failed", typed=current, exc_info=error)
            return []

    return safely


async def _outcome(
    making: Awaitable[Message], words: Words, announce: Callable[[], Awaitable[None]]
) -> Message | str:
    """What was made, or the sentence that says why not; ``announce`` is called when it takes long."""
    task = asyncio.ensure_future(making)
    try:
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if not done:
            await announce()
        async with asyncio.timeout(LONGEST):
            return await task
    except discord.HTTPException:
        raise
    except Exception as error:  # noqa: BLE001 - the named boundary: one interaction
        return failure(words, error)
    finally:
        task.cancel()


async def _as_own(making: Awaitable[Message], words: Words) -> Message:
    page = await making
    return page if page.content else replace(page, content=words("page.yours"))
