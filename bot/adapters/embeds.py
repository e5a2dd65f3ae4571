"""Our messages as discord.py's objects."""

from __future__ import annotations

from typing import Any

import discord

from bot.formatting.messages import Button, Card, Message, Pick, Picker, Select


def embed_of(card: Card) -> discord.Embed:
    """The card as an embed; the payload is the one place that names Discord's keys."""
    return discord.Embed.from_dict(card.to_payload())


def embeds_of(message: Message) -> list[discord.Embed]:
    """The message's cards as embeds."""
    return [embed_of(card) for card in message.cards]


def view_of(message: Message) -> discord.ui.View | None:
    """The message's components, None where it has none.

    The view is stopped before it is sent: discord.py then keeps nothing in memory for it, and the items
    registered in ``bot.adapters.views`` answer by custom id, also after a restart.
    """
    if not message.rows:
        return None
    view = discord.ui.View(timeout=None)
    for row, parts in enumerate(message.rows):
        for part in parts:
            view.add_item(_item(part, row))
    view.stop()
    return view


def reply_of(message: Message) -> dict[str, Any]:
    """Keyword arguments for discord.py's ``send`` and ``send_message``."""
    arguments: dict[str, Any] = {"embeds": embeds_of(message)}
    if message.content:
        arguments["content"] = message.content
    if (view := view_of(message)) is not None:
        arguments["view"] = view
    return arguments


def edit_of(message: Message) -> dict[str, Any]:
    """Keyword arguments for ``edit_message``: what is absent is taken away."""
    return {"content": message.content, "embeds": embeds_of(message), "view": view_of(message)}


def _item(part: Button | Select | Picker, row: int) -> discord.ui.Item[discord.ui.View]:
    if isinstance(part, Button):
        return discord.ui.Button(
            label=part.label,
            style=discord.ButtonStyle(int(part.style)),
            custom_id=part.custom_id,
            url=part.url,
            emoji=part.emoji,
            disabled=part.disabled,
            row=row,
        )
    common: dict[str, Any] = {
        "custom_id": part.custom_id,
        "placeholder": part.placeholder,
        "disabled": part.disabled,
        "min_values": part.least,
        "max_values": part.most,
        "row": row,
    }
    if isinstance(part, Picker):
        return _picker(part, common)
    return discord.ui.Select(
        **common,
        options=[
            discord.SelectOption(
                label=option.label,
                value=option.value,
                description=option.description,
                default=option.default,
            )
            for option in part.options
        ],
    )


def _picker(part: Picker, common: dict[str, Any]) -> discord.ui.Item[discord.ui.View]:
    if part.pick is Pick.ROLE:
        roles = [
            discord.SelectDefaultValue(id=each, type=discord.SelectDefaultValueType.role)
            for each in part.chosen
        ]
        return discord.ui.RoleSelect(**common, default_values=roles)
    channels = [
        discord.SelectDefaultValue(id=each, type=discord.SelectDefaultValueType.channel)
        for each in part.chosen
    ]
    types = [discord.ChannelType(number) for number in part.channel_types]
    return discord.ui.ChannelSelect(**common, default_values=channels, channel_types=types)
