"""Knows every button, select and form of the admins' panels by its id, also after a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import discord
from structlog.contextvars import bind_contextvars

from bot.adapters.answers import reply
from bot.adapters.interaction_errors import answering
from bot.adapters.setup.asking import Asking
from bot.adapters.setup.clicks import Act, Click
from bot.adapters.setup.drafting import expired
from bot.adapters.setup.list_clicks import LIST_ACTS
from bot.adapters.setup.panel_clicks import PANEL_ACTS
from bot.delivery.choices import DAYS
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.formatting.setup.ids import PATTERN, SEARCH, Verb
from bot.formatting.setup.panel import is_time_option
from bot.i18n.zones import is_zone
from bot.patterns import regex

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

    Interaction = discord.Interaction[NewsBot]

_SUBJECT: Final = regex(r"[0-9a-f]{0,20}")


async def clicked(interaction: Interaction, verb: str, subject: str, values: tuple[str, ...] = ()) -> None:
    """Do what an id asks for, if whoever clicked may; the rights are those of this very moment."""
    bind_contextvars(interaction=str(interaction.id))
    async with answering(interaction, interaction.client.catalogues) as words:
        asking = Asking.of(interaction, words)
        act, is_value = _ACTS.get(verb), _VALUES.get(verb, _is_anything)
        is_ours = all(map(is_value, values)) and (verb not in _ONE_VALUE or len(values) == 1)
        if act is None or not is_ours or not _SUBJECT.fullmatch(subject):
            await reply(interaction, words, _outdated(asking))
            return
        await act(Click(interaction=interaction, asking=asking, subject=subject, values=values))


class SetupItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=PATTERN):
    """Any button or select of the admins' panel."""

    verb: str
    subject: str

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: Any,
    ) -> SetupItem:
        """Called by discord.py for a click on an item whose id matches the template."""
        self = cls(item)
        self.verb, self.subject = match["verb"], match["subject"] or ""
        return self

    async def callback(self, interaction: Interaction) -> Any:  # type: ignore[override]  # our client's type
        """Do what the id asks for."""
        data: Any = interaction.data
        await clicked(interaction, self.verb, self.subject, tuple(data.get("values", ())))


def _is_anything(_value: str) -> bool:
    return True


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit()


async def _outdated(asking: Asking) -> Message:
    """An older version of the bot made it, or nobody did."""
    return expired(asking.words)


_ACTS: Final[Mapping[str, Act]] = MappingProxyType({**PANEL_ACTS, **LIST_ACTS})
_VALUES: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {
        Verb.CHANNEL: _is_id,
        Verb.EDIT: _is_id,
        Verb.ROLE: _is_id,
        Verb.TIME: is_time_option,
        Verb.ZONE: lambda value: value == SEARCH or is_zone(value),
        Verb.LAYOUT: lambda value: value in list(Layout),
        Verb.DAYS: lambda value: value in DAYS,
    }
)
"""Whether a select may have sent this."""
_ONE_VALUE: Final = frozenset({Verb.CHANNEL, Verb.TIME, Verb.ZONE, Verb.LAYOUT})
"""Selects in which nobody can choose nothing, or several."""
SETUP_ITEMS: Final[tuple[type[discord.ui.DynamicItem[Any]], ...]] = (SetupItem,)
"""What the client must register."""
