"""Tells Discord of the commands again, whether or not they changed."""

from __future__ import annotations

import logging
from time import perf_counter

import discord

from bot.adapters.operating.room import ControlRoom
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Message
from bot.i18n import Words

log = logging.getLogger(__name__)


async def sync(room: ControlRoom, words: Words) -> Message:
    """Send every definition and say what Discord said to it."""
    bot, began = room.bot, perf_counter()
    try:
        await bot.sync_commands(force=True)
    except discord.HTTPException as error:
        log.error("Discord was not told of the commands: %s", error)
        return Message(content=words("admin.sync.failed", cause=escape_text(str(error))[:500]))
    here = bot.tree.get_commands(guild=bot.operator_guild) if bot.operator_guild else []
    everywhere = bot.tree.get_commands()
    counts = {"everywhere": words.number(len(everywhere)), "here": words.number(len(here))}
    return Message(content=words("admin.sync.done", **counts, seconds=f"{perf_counter() - began:.1f}"))
