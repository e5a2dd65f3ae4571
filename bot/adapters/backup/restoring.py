"""Brings the state back from a backup, all or nothing, so that nothing is sent twice.

The rule. What happened between the backup and the loss of the database is not in the backup, so nobody knows
which posts were sent then. Therefore, unless the database remembers that this backup was taken from it:

- A delivery that either side knows to be in the channel is there, and stays so. Rows are united; where both
  have one the database's counts, but for one that it does not know to be sent and the backup does.
- A delivery that the backup knows to be unfinished may have been finished since: it counts as settled (GONE)
  and is not tried again. A post of which the backup has a part counts as whole, and is not corrected by
  itself any more: it may have got more parts by now, which would be sent a second time.
- Every post that was out before the restore is a past post for every channel (``RESTORED``,
  ``Subscription.restored_at``): none of them is sent by itself. A post whose file is first seen after the
  restore in a database that had never seen any was there before.
- Subscriptions are the backup's. One that follows ``NEWS_CHANNEL_ID`` stays where the database has it.

A database that remembers the backup (``TAKEN``) went on from it and knows better: it keeps everything but its
subscriptions, which become the backup's; a channel that comes back gets what comes out from now on.

With ``moved`` the operator says that the bot has not run since the backup, and everything is taken as it was,
what was pending too: for a move to another host or database, which must be empty.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.backup.deliveries import unite_deliveries
from bot.adapters.backup.file import Contents
from bot.adapters.backup.saving import TAKEN, Progress
from bot.adapters.backup.subscribers import replace_subscriptions
from bot.adapters.database.alone import Turn, keep_others_out
from bot.adapters.database.engine import database_errors
from bot.adapters.database.marks import LAST_SCAN, RESTORED
from bot.adapters.database.tables import audit, deliveries, marks, posts_seen, steps, subscriptions
from bot.errors import BackupError

_WRITTEN_TO = "subscriptions, deliveries, posts_seen, marks"
_AT_ONCE = 1_000


class Way(enum.StrEnum):
    """What a restore means for a database."""

    UNKNOWN = "unknown"
    """Nobody knows what was sent after the backup."""
    CONTINUED = "continued"
    """The database went on from the backup and knows."""
    MOVED = "moved"
    """Nothing was sent after the backup: the operator says so."""


class Restored(Struct, frozen=True, kw_only=True):
    """What a restore did; ``unfinished`` deliveries were given up, since they may have been sent."""

    way: Way
    subscriptions: int
    deliveries: int
    unfinished: int


async def restore(
    engine: AsyncEngine, backup: Contents, now: datetime, progress: Progress, *, moved: bool = False
) -> Restored:
    """Take a backup that was examined into a database whose tables are up to date, by the rule above.

    The bot may be running: it waits while this writes, and needs no restart.

    Raises:
        BackupError: the file broke since, or ``moved`` and the database is not new.
        StoreError: the database does not answer. Nothing was changed.
    """

    def unite(connection: Connection) -> Restored:
        keep_others_out(connection, Turn.SIGHTINGS)
        if connection.dialect.name != "sqlite":
            connection.execute(text(f"LOCK TABLE {_WRITTEN_TO} IN SHARE ROW EXCLUSIVE MODE"))
        return _Restoring(connection, backup, now, progress).run(moved=moved)

    with database_errors():
        async with engine.begin() as connection:
            return await connection.run_sync(unite)


class _Restoring(Struct, frozen=True):
    connection: Connection
    backup: Contents
    now: datetime
    progress: Progress

    def run(self, *, moved: bool) -> Restored:
        way = self._way(moved=moved)
        subscribed = replace_subscriptions(
            self.connection, self.backup.rows("subscriptions"), self.now, continued=way is Way.CONTINUED
        )
        added = unfinished = 0
        if way is not Way.CONTINUED:
            added, unfinished = unite_deliveries(
                self.connection,
                self.backup.rows("deliveries"),
                lambda done: self.progress(done, self.backup.counts.get("deliveries", 0)),
                as_they_are=way is Way.MOVED,
            )
            self._sightings()
            self._marks(way)
            self._older(steps)
            self._older(audit)
        return Restored(way=way, subscriptions=subscribed, deliveries=added, unfinished=unfinished)

    def _way(self, *, moved: bool) -> Way:
        if moved:
            if any(map(self._has_rows, (subscriptions, deliveries, posts_seen))):
                raise BackupError(
                    "--moved is for a database that is new, and this one has been used: restore without it"
                )
            return Way.MOVED
        mark = select(marks.c.name).where(marks.c.name == f"{TAKEN}{self.backup.head.id}")
        return Way.UNKNOWN if self.connection.scalar(mark) is None else Way.CONTINUED

    def _has_rows(self, table: Table) -> bool:
        return self.connection.execute(select(table).limit(1)).first() is not None

    def _sightings(self) -> None:
        known = dict(self.connection.execute(select(posts_seen.c.slug, posts_seen.c.first_seen_at)).all())
        rows = self.backup.rows("posts_seen")
        self._insert(posts_seen, lambda row: row["slug"] not in known, rows)

    def _marks(self, way: Way) -> None:
        known = set(self.connection.scalars(select(marks.c.name)))
        unwanted = known if way is Way.MOVED else known | {LAST_SCAN, RESTORED}
        self._insert(marks, lambda row: row["name"] not in unwanted, self.backup.rows("marks"))
        if way is Way.UNKNOWN:
            self.connection.execute(marks.delete().where(marks.c.name == RESTORED))
            self.connection.execute(insert(marks).values(name=RESTORED, at=self.now))
        taken = f"{TAKEN}{self.backup.head.id}"
        self.connection.execute(insert(marks).values(name=taken, at=self.now))

    def _older(self, table: Table) -> None:
        """History from before the database's own begins."""
        begins = self.connection.scalar(select(func.min(table.c.at)))
        rows = self.backup.rows(table.name)
        without_id = ({name: value for name, value in row.items() if name != "id"} for row in rows)
        self._insert(table, lambda row: begins is None or row["at"] < begins, without_id)

    def _insert(
        self, table: Table, wanted: Callable[[dict[str, Any]], bool], rows: Iterator[dict[str, Any]]
    ) -> None:
        chosen = filter(wanted, rows)
        while some := list(islice(chosen, _AT_ONCE)):
            self.connection.execute(insert(table), some)
