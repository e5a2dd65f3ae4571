"""Gathers what the status card shows."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.adapters.connections import is_connected
from bot.adapters.operating.room import ControlRoom
from bot.delivery.timetable import Timetable
from bot.formatting.cards import shortened
from bot.formatting.messages import Message
from bot.formatting.operating.status import Shard, Slot, Status, status_message
from bot.formatting.plain import title_of
from bot.i18n import Words
from bot.version import own_version

_MOST_ERRORS: Final = 3
_MOST_SLOTS: Final = 3
_DATABASES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def status(room: ControlRoom, words: Words) -> Message:
    """The status as it is now. Raises StoreError."""
    now = room.clock()
    bot, snapshot, settings = room.bot, room.library.snapshot, room.bot.services.settings
    midnight = Timetable(zone=settings.timezone).midnight(now.astimezone(ZoneInfo(settings.timezone)).date())
    counted = asyncio.gather(
        room.operating.counts(),
        room.operating.in_doubt(now),
        room.operating.sent_since(midnight),
        room.subscriptions.timetables(),
        room.subscriptions.causes(),
        room.ledger.paused_since(),
    )
    ledger, in_doubt, sent_today, timetables, causes, paused_since = await counted
    channels_waiting, requests_waiting = room.metrics.queue
    newest = room.post_meant(None)
    gathered = Status(
        version=own_version(),
        started_at=room.started_at,
        now=now,
        shards=_shards(room),
        shard_count=bot.shard_count or 1,
        guilds=len(bot.guilds),
        active=sum(timetables.values()),
        paused=causes,
        posts=len(snapshot.archive),
        refused_files=sum(file.refused for file in snapshot.files.values()),
        newest=f"{words.date(newest.date)} · {shortened(title_of(newest), 120)}" if newest else None,
        slots=_slots(timetables, now),
        at_once=sum(count for timetable, count in timetables.items() if timetable.at is None),
        ledger=ledger,
        in_doubt=len(in_doubt),
        sent_today=sent_today,
        errors=[_one_line(text) for text in room.lines.tail(_MOST_ERRORS, logging.ERROR)],
        errors_today=room.lines.count(logging.ERROR, timedelta(days=1)),
        channels_waiting=channels_waiting,
        requests_waiting=requests_waiting,
        memory=_memory(),
        database=_DATABASES.get(room.operating.engine.dialect.name, room.operating.engine.dialect.name),
        content=await _content(room, words),
        content_failure=room.git.failure if room.git else None,
        paused_since=paused_since,
        several=room.several,
    )
    return status_message(gathered, words)


def _shards(room: ControlRoom) -> list[Shard]:
    return [
        Shard(number=number, latency=shard.latency if is_connected(shard) else None)
        for number, shard in sorted(room.bot.shards.items())
    ]


def _slots(timetables: Mapping[Timetable, int], now: datetime) -> list[Slot]:
    """The next moments, and how many channels get posts then."""
    channels: Counter[datetime] = Counter()
    for timetable, count in timetables.items():
        if slot := timetable.next_after(now):
            channels[slot] += count
    return [Slot(at=at, channels=channels[at]) for at in sorted(channels)[:_MOST_SLOTS]]


async def _content(room: ControlRoom, words: Words) -> str:
    if room.git is None:
        return words("admin.status.folder")
    commit = await asyncio.to_thread(lambda: room.git.commit if room.git else None)
    return words("admin.status.git", commit=commit[:12] if commit else "?")


def _memory() -> int | None:
    """Bytes that are this process's, where the system tells (Linux)."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def _one_line(text: str) -> str:
    return " ".join(text.split("\n", 1)[0].split())
