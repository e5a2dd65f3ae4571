"""The bot comes to a server, and leaves it: a greeting, and deliveries that stop and go on."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Final

import discord

from bot.adapters.refusals import NO_ANSWER
from bot.adapters.setup.asking import UNCHOSEN_LOCALE
from bot.adapters.setup.desk import Desk
from bot.delivery.causes import BY_HAND, NOT_IN_SETTINGS
from bot.delivery.models import Subscription
from bot.i18n import Catalogues, Words

log = logging.getLogger(__name__)

_STAYING: Final = BY_HAND | {NOT_IN_SETTINGS}


async def joined(desk: Desk, catalogues: Catalogues, guild: discord.Guild) -> None:
    """Go on where the server had chosen channels before, and say hello once where everybody may read it.

    A pause by hand stays. Of the posts that came meanwhile a channel gets the newest.

    Raises:
        StoreError: the database is out of reach.
    """
    known = await desk.subscriptions.of_guild(guild.id)
    back = [each for each in known if each.paused_because not in _STAYING]
    await _go_on(desk, back)
    locale = guild.preferred_locale.value
    spoken = [catalogues.words(locale)]
    if locale == UNCHOSEN_LOCALE:  # it may well be a server of the bot's own language
        spoken.insert(0, catalogues.words(None))
    lines = [_again(words, len(back)) if back else words("greeting.hello") for words in spoken]
    await _greet(guild, "\n".join(dict.fromkeys(lines)))


async def found_again(desk: Desk, guilds: Iterable[discord.Guild]) -> None:
    """Go on in servers that invited the bot again while it was down.

    Raises:
        StoreError: the database is out of reach.
    """
    here = {guild.id for guild in guilds}
    back = [each for each in await desk.subscriptions.abandoned() if each.guild_id in here]
    await _go_on(desk, back)


async def left(desk: Desk, guild: discord.Guild) -> None:
    """Try nothing in the server until the bot is invited again.

    Raises:
        StoreError: the database is out of reach.
    """
    await desk.subscriptions.leave(guild.id)
    log.info("the bot was removed from server %s", guild.id)


async def _go_on(desk: Desk, back: Sequence[Subscription]) -> None:
    for each in back:
        await desk.subscriptions.come_back(each.channel_id, desk.going_on_since(each))
    if back:
        await desk.follow()


def _again(words: Words, count: int) -> str:
    return words("greeting.again", count=words.number(count))


async def _greet(guild: discord.Guild, text: str) -> None:
    channel = guild.system_channel
    if channel is None or not channel.permissions_for(guild.me).send_messages:
        return
    try:
        await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    except NO_ANSWER as error:
        log.info("server %s was not greeted: %s", guild.id, error)
