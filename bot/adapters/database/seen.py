"""When each post was first found, in SQL: what tells a new post from the archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.alone import Turn, keep_others_out
from bot.adapters.database.engine import database_errors
from bot.adapters.database.marks import LAST_SCAN, RESTORED
from bot.adapters.database.tables import marks, posts_seen
from bot.delivery.planning import arrived_at


class SqlPostsSeen(Struct, frozen=True):
    """The table of first sightings over an engine."""

    engine: AsyncEngine

    async def register(
        self, modified: Mapping[str, datetime], now: datetime, before: Mapping[str, datetime] | None = None
    ) -> Mapping[str, datetime]:
        """Record the posts that were found just now and return every post's first sighting by slug.

        ``modified`` is each file's time of change; it dates a post that came while the bot was down.
        ``before`` is what this returned the last time: sightings never change, so that the table is read
        again only where there is a new post.
        """
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.run_sync(keep_others_out, Turn.SIGHTINGS)
                known = before
                if known is None or modified.keys() - known.keys():
                    sightings = select(posts_seen.c.slug, posts_seen.c.first_seen_at)
                    known = dict((await connection.execute(sightings)).all())
                ours = select(marks.c.name, marks.c.at).where(marks.c.name.in_((LAST_SCAN, RESTORED)))
                instants = dict((await connection.execute(ours)).all())
                last_scan, restored_at = instants.get(LAST_SCAN), instants.get(RESTORED)
                new = {
                    slug: arrived_at(modified[slug], last_scan, now, restored_at)
                    for slug in sorted(modified.keys() - known.keys())
                }
                if new:
                    rows = [{"slug": slug, "first_seen_at": at} for slug, at in new.items()]
                    await connection.execute(insert(posts_seen), rows)
                if last_scan is None:
                    await connection.execute(insert(marks).values(name=LAST_SCAN, at=now))
                else:
                    await connection.execute(update(marks).where(marks.c.name == LAST_SCAN).values(at=now))
        return {**known, **new} if new else known
