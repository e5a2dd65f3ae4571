"""Puts subscriptions straight into the database as a server's own, whatever ``SqlDecisions`` would say."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.subscriptions import FROM_SERVER, save_row
from bot.adapters.database.tables import subscriptions
from bot.delivery.models import Subscription


async def save_subscription(engine: AsyncEngine, subscription: Subscription) -> Subscription:
    """A new subscription, or the channel's own changed; its beginning is kept."""
    async with engine.begin() as connection:
        return await save_row(connection, subscription, FROM_SERVER)


async def forget_subscription(engine: AsyncEngine, channel_id: int) -> None:
    """As if nobody had subscribed the channel; what it was sent stays recorded."""
    async with engine.begin() as connection:
        await connection.execute(delete(subscriptions).where(subscriptions.c.channel_id == channel_id))
