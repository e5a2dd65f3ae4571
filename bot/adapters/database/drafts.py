"""What somebody sets up and has not saved yet, in SQL: it outlives the process, and is nobody else's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.engine import database_errors
from bot.adapters.database.tables import drafts
from bot.delivery.drafts import LIFETIME

_TOKEN_BYTES: Final = 6


class Owner(Struct, frozen=True, kw_only=True):
    """Whose a draft is: one person in one server."""

    guild_id: int
    user_id: int


class SqlDrafts(Struct, frozen=True):
    """Drafts by their token, each for its owner alone, until a day after its last change."""

    engine: AsyncEngine

    async def keep(self, owner: Owner, values: Mapping[str, Any], now: datetime) -> str:
        """Keep a new draft, and forget those whose day is over; gives its token."""
        token = secrets.token_hex(_TOKEN_BYTES)
        row = {"id": token, "guild_id": owner.guild_id, "user_id": owner.user_id, "values": dict(values)}
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(delete(drafts).where(drafts.c.changed_at <= now - LIFETIME))
                await connection.execute(insert(drafts).values(**row, changed_at=now))
        return token

    async def get(self, token: str, owner: Owner, now: datetime) -> dict[str, Any] | None:
        """The draft's values; None where there is none of this owner's, or its day is over."""
        its = and_(
            drafts.c.id == token,
            drafts.c.guild_id == owner.guild_id,
            drafts.c.user_id == owner.user_id,
            drafts.c.changed_at > now - LIFETIME,
        )
        with database_errors():
            async with self.engine.connect() as connection:
                found = (await connection.execute(select(drafts.c["values"]).where(its))).scalar()
        return dict(found) if found is not None else None

    async def change(self, token: str, values: Mapping[str, Any], now: datetime) -> None:
        """Keep other values."""
        statement = update(drafts).where(drafts.c.id == token)
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(statement.values({"values": dict(values), "changed_at": now}))

    async def drop(self, token: str) -> None:
        """Forget it."""
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(delete(drafts).where(drafts.c.id == token))
