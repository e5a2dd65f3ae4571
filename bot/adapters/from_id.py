"""What every button and select that answers by its custom id alone does: take its state out of the id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

import discord
from structlog.contextvars import bind_contextvars


class FromId:
    """To be mixed into a ``DynamicItem``; ``state`` holds what its template names."""

    state: Mapping[str, Any]
    item: Any

    @property
    def chosen(self) -> str:
        """What was chosen in a select; empty where a forged click chose nothing."""
        values: list[str] = self.item.values
        return values[0] if values else ""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py for a click on an item whose id matches the template."""
        self = cls(item)  # type: ignore[call-arg]  # DynamicItem's initialiser takes the item
        self.state = match.groupdict()
        bind_contextvars(interaction=str(interaction.id))  # in every line of this click's own task
        return self
