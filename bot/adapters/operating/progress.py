"""Long work in answer to an interaction: how far it has come is shown, and what came of it at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import discord
import structlog

from bot.adapters.embeds import edit_of
from bot.adapters.interaction_errors import failure
from bot.adapters.refusals import NO_ANSWER
from bot.formatting.messages import Message
from bot.formatting.operating.asking import progress_line
from bot.i18n import Words

EVERY: Final = 2.0
"""Seconds between two edits of the answer."""

Report = Callable[[int, int], None]
"""Is told how many of how many are done; returns at once."""

_RUNNING: Final[set[asyncio.Future[Message]]] = set()
"""Work under way, also where nobody waits for it any more: asyncio itself does not hold on to it."""

log = structlog.stdlib.get_logger(__name__)


async def work(
    interaction: discord.Interaction[Any], words: Words, job: Callable[[Report], Awaitable[Message]]
) -> None:
    """Do the job and show its end, in place of the question where one was asked.

    The work goes on when Discord takes no more edits (an answer can be edited for 15 minutes) or is out of
    reach.

    Raises:
        discord.HTTPException: Discord does not take the first answer; nothing was done.
    """
    now = (0, 0)

    def report(done: int, of: int) -> None:
        nonlocal now
        now = (done, of)

    text = progress_line(*now, words)
    if interaction.message is not None and interaction.message.flags.ephemeral:
        await interaction.response.edit_message(content=text, embeds=[], view=None)
    else:
        await interaction.response.send_message(text, ephemeral=True)
    task = asyncio.ensure_future(job(report))
    _RUNNING.add(task)
    task.add_done_callback(_RUNNING.discard)
    shown = now
    while not (await asyncio.wait({task}, timeout=EVERY))[0]:
        if now != shown:
            shown = now
            await _show(interaction, Message(content=progress_line(*now, words)))
    await _show(interaction, _end(task, words))


def _end(task: asyncio.Future[Message], words: Words) -> Message:
    try:
        return task.result()
    except Exception as error:  # noqa: BLE001 - the named boundary: one interaction
        return Message(content=failure(words, error))


async def _show(interaction: discord.Interaction[Any], message: Message) -> None:
    try:
        await interaction.edit_original_response(**edit_of(message))
    except NO_ANSWER as error:
        log.warning("the progress of a work could not be shown", cause=repr(error))
