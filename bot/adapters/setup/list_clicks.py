"""What each button and select on the list of a server's channels does, and on the pages it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import discord

from bot.adapters.setup.asking import Asking
from bot.adapters.setup.clicks import Act, Click
from bot.adapters.setup.exchange import Exchange
from bot.formatting.setup.ids import Verb

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

    Interaction = discord.Interaction[NewsBot]


async def _list(click: Click) -> None:
    await click.show(click.desk.overview(click.asking))


async def _add(click: Click) -> None:
    await click.show(click.drafting.add(click.asking))


async def _edit(click: Click) -> None:
    await click.show(click.drafting.edit(click.channel_id, click.asking))


async def _pause(click: Click) -> None:
    await click.show(click.desk.pause(click.channel_id, click.asking))


async def _resume(click: Click) -> None:
    await click.show(click.desk.resume(click.channel_id, click.asking))


async def _remove(click: Click) -> None:
    await click.show(click.desk.ask_to_remove(click.channel_id, click.asking))


async def _remove_sure(click: Click) -> None:
    await click.show(click.desk.remove(click.channel_id, click.asking))


async def _export(click: Click) -> None:
    await click.interaction.response.defer(ephemeral=True, thinking=True)
    await send_export(click.interaction, click.asking)


async def send_export(interaction: Interaction, asking: Asking) -> None:
    """Send the file of all the server's channels to whoever asked, after a ``defer``."""
    exchange = Exchange(interaction.client.services.desk)
    file = await exchange.export(asking)
    await interaction.followup.send(asking.words("export.about"), file=file, ephemeral=True)


async def _import(click: Click) -> None:
    await click.show(Exchange(click.desk).take(click.subject, click.asking))


LIST_ACTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        Verb.LIST: _list,
        Verb.ADD: _add,
        Verb.EDIT: _edit,
        Verb.EXPORT: _export,
        Verb.PAUSE: _pause,
        Verb.RESUME: _resume,
        Verb.REMOVE: _remove,
        Verb.REMOVE_SURE: _remove_sure,
        Verb.IMPORT: _import,
    }
)
