"""A process that composes posts for ``bot.adapters.readings.ahead``, out of the bot's way.

It ends when its standard input does, so also when the bot is killed. Requests are lines of JSON: the path
of a post below the folder. Answers are a length (4 bytes) and a row, empty where the post cannot be composed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from bot.adapters.loaded import load_file
from bot.adapters.readings.store import key_of, row_of
from bot.errors import PostError
from bot.formatting.compose import ComposeOptions, read
from bot.i18n import load_catalogues

LENGTH: Final = 4
"""Bytes of the number, big-endian, that says how long an answer is."""
_POLITE: Final = 15
"""Of nice's steps: whatever else wants the processor goes first."""


class Job(msgspec.Struct, frozen=True):
    """What all posts of a process have in common; its only argument, as JSON."""

    root: str
    zone: str
    locale: str
    site_url: str | None = None


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """A composed post: its ``key_of`` and its ``row_of``."""

    key: str
    row: bytes


def main() -> None:
    """Answer until the input ends."""
    os.nice(_POLITE)
    job = msgspec.json.decode(sys.argv[1], type=Job)
    options = ComposeOptions(words=load_catalogues().words(job.locale), site_url=job.site_url)
    with suppress(BrokenPipeError):  # the bot is gone
        for line in sys.stdin.buffer:
            answer = _answer(json.loads(line), job, options)
            sys.stdout.buffer.write(len(answer).to_bytes(LENGTH) + answer)
            sys.stdout.buffer.flush()


def _answer(path: str, job: Job, options: ComposeOptions) -> bytes:
    post = load_file(Path(job.root), path, None, dt.datetime.now(ZoneInfo(job.zone))).post
    if post is None:
        return b""
    try:
        return msgspec.msgpack.encode(Answer(key_of(post, job.locale), row_of(read(post, options))))
    except PostError:
        return b""


if __name__ == "__main__":
    main()
