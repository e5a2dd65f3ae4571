"""Composes posts before anybody asks for them, in a process beside the bot, newest first.

A long post takes half a second to compose: the first reader of one would feel it, and in the bot's own
process so would everybody else. Few posts are not worth a process: they are composed, and kept, when
somebody reads them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from bot.adapters.readings.store import ReadingStore, key_of
from bot.adapters.readings.worker import LENGTH, Answer, Job
from bot.posts.archive import Archive
from bot.posts.models import Post

log = logging.getLogger(__name__)

MANY: Final = 20
"""Posts that are not composed yet, from which on a process (about half a second) is worth it."""
_TOGETHER: Final = 16
"""Posts that are written to the disk at once."""


class Ahead(Struct, frozen=True, kw_only=True):
    """Fills a store with the posts of one language: the one that most readers speak."""

    store: ReadingStore
    root: Path
    zone: str
    locale: str
    site_url: str | None = None

    async def compose(self, archive: Archive) -> int:
        """Compose what is missing of the archive and forget what is no more; gives how many were composed.

        Cancelling it ends the process; what was composed by then is kept.
        """
        wanted = {key_of(post, self.locale): post for post in reversed(archive.posts)}
        kept = await asyncio.to_thread(self.store.keep_only, wanted)
        missing = [post for key, post in wanted.items() if key not in kept]
        if len(missing) < MANY:
            return 0
        log.info("composing %d posts ahead", len(missing))
        process = await self._start()
        try:
            composed = await self._converse(process, missing)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        log.info("%d posts are composed ahead", composed)
        return composed

    async def _start(self) -> Process:
        job = Job(root=str(self.root), zone=self.zone, locale=self.locale, site_url=self.site_url)
        # In a session of its own: Ctrl-C is for the bot, which ends it.
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.adapters.readings.worker", msgspec.json.encode(job).decode()),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
        )

    async def _converse(self, process: Process, posts: Sequence[Post]) -> int:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process was started without pipes")
        composed = 0
        rows: dict[str, bytes] = {}
        for number, post in enumerate(posts, start=1):
            process.stdin.write(json.dumps(post.path).encode() + b"\n")
            try:
                await process.stdin.drain()
                length = int.from_bytes(await process.stdout.readexactly(LENGTH))
                data = await process.stdout.readexactly(length)
            except (OSError, asyncio.IncompleteReadError) as error:
                log.warning("posts are composed when they are read, since the process ended: %s", error)
                break
            if data:
                answer = msgspec.msgpack.decode(data, type=Answer)
                rows[answer.key] = answer.row
                composed += 1
            if len(rows) >= _TOGETHER or number == len(posts):
                await asyncio.to_thread(self.store.put, rows)
                rows = {}
        return composed
