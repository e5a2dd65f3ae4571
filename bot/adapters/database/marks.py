"""Instants by name, in SQL: above all what was said already, so that a restart does not say it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.engine import database_errors
from bot.adapters.database.tables import marks
from bot.adapters.database.telling import TELLING, TOLD

MOST_AT_ONCE = 500
"""Names in one question: SQLite takes no end of them only since 3.32."""

LAST_SCAN = "last_scan"
"""When the content folder was last looked into."""
RESTORED = "restored"
"""When the state came from a backup; see ``bot.adapters.backup.restoring``."""
_FINDINGS = "doctor:"


class SqlMarks(Struct, frozen=True):
    """Events by name, each once. Every method raises StoreError when the database is out of reach."""

    engine: AsyncEngine

    async def unsaid(self, events: Sequence[str]) -> list[str]:
        """Those of the events that were not recorded, in their order."""
        names = {_name(event): event for event in events}
        known: set[str] = set()
        with database_errors():
            async with self.engine.connect() as connection:
                for start in range(0, len(names), MOST_AT_ONCE):
                    some = list(names)[start : start + MOST_AT_ONCE]
                    known |= set(
                        (
                            await connection.execute(select(marks.c.name).where(marks.c.name.in_(some)))
                        ).scalars()
                    )
        return [event for name, event in names.items() if name not in known]

    async def said(self, event: str, at: datetime) -> None:
        """Record an event; another process may have done it first."""
        with database_errors():
            try:
                async with self.engine.begin() as connection:
                    await connection.execute(insert(marks).values(name=_name(event), at=at))
            except IntegrityError:
                return

    async def untold(self, kind: str, troubles: Sequence[str]) -> list[str]:
        """Those of a kind's present troubles that were not told; what is mended is forgotten."""
        names = {_name_of_trouble(kind, trouble): trouble for trouble in troubles}
        query = select(marks.c.name).where(marks.c.name.startswith(_prefix(kind)))
        with database_errors():
            async with self.engine.begin() as connection:
                known = set((await connection.execute(query)).scalars())
                for name in known - names.keys():
                    await connection.execute(delete(marks).where(marks.c.name == name))
        return [trouble for name, trouble in names.items() if name not in known]

    async def told(self, kind: str, trouble: str, at: datetime) -> None:
        """Record a trouble for as long as it lasts."""
        with database_errors():
            try:
                async with self.engine.begin() as connection:
                    name = _name_of_trouble(kind, trouble)
                    await connection.execute(insert(marks).values(name=name, at=at))
            except IntegrityError:
                return


class SqlToldFindings(Struct, frozen=True):
    """What each channel's server was last warned of. Every method raises StoreError as above.

    A mark's name is ``doctor:<channel>:<what>``, where ``what`` has 16 characters at most; it holds until its
    instant (see ``telling``).
    """

    engine: AsyncEngine

    async def all(self, now: datetime) -> dict[int, str]:
        """By channel, what its server knows already, or is about to be told."""
        query = select(marks.c.name).where(marks.c.name.startswith(_FINDINGS), marks.c.at > now)
        with database_errors():
            async with self.engine.connect() as connection:
                names = (await connection.execute(query)).scalars().all()
        parts = (name.removeprefix(_FINDINGS).split(":") for name in names)
        return {int(channel): what for channel, what in parts}

    async def claim(self, channel_id: int, what: str, now: datetime) -> bool:
        """Take it on to warn a server, in place of what it knew; False where another process does it.

        Whoever has warned it says so with ``told``, else another process may after a while.
        """
        name = f"{_FINDINGS}{channel_id}:{what}"
        given_up = (marks.c.name == name) & (marks.c.at <= now)
        with database_errors():
            try:
                async with self.engine.begin() as connection:
                    await connection.execute(delete(marks).where(given_up))
                    await connection.execute(insert(marks).values(name=name, at=now + TELLING))
                    before = marks.c.name.startswith(f"{_FINDINGS}{channel_id}:") & (marks.c.name != name)
                    await connection.execute(delete(marks).where(before))
            except IntegrityError:
                return False
        return True

    async def told(self, channel_id: int, what: str) -> None:
        """The server knows it."""
        name = f"{_FINDINGS}{channel_id}:{what}"
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(update(marks).where(marks.c.name == name).values(at=TOLD))

    async def forget(self, channel_id: int) -> None:
        """All is well again, or nobody could be told."""
        those = marks.c.name.startswith(f"{_FINDINGS}{channel_id}:")
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(delete(marks).where(those))


def _name(event: str) -> str:
    """Events may be longer than the column."""
    return f"said:{_digest(event)[:48]}"


def _prefix(kind: str) -> str:
    return f"lasts:{_digest(kind)[:8]}:"


def _name_of_trouble(kind: str, trouble: str) -> str:
    return f"{_prefix(kind)}{_digest(trouble)[:40]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
