"""Looks at the machine: clock, time zones, free disk, and folders that must be writable."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from shutil import disk_usage
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url

from bot.adapters.preflight.findings import Finding, Grade
from bot.exit_codes import ExitCode
from bot.settings import Settings

_FIRST_YEAR, _LAST_YEAR = 2026, 2099
_ZONES = ("Asia/Seoul", "America/New_York", "Europe/Paris")
_ENOUGH = 1024**3
_TOO_LITTLE = 64 * 1024**2
_MEGA = 1024**2
_DATABASE = "the database"


def look_at_machine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everything that needs neither the network nor the database; ``now`` is aware."""
    yield _clock(settings, now)
    places = _places(settings)
    yield from _disks(places)
    yield from _folders(places)


def _clock(settings: Settings, now: datetime) -> Finding:
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        return Finding(
            check="clock",
            what=f"It says {now:%Y-%m-%d %H:%M} UTC.",
            grade=Grade.FAILED,
            why="No post is due at such a time, and Discord's certificates are not valid then.",
            fix="Let the system set its clock (timedatectl set-ntp true).",
        )
    for name in _ZONES:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError):
            return Finding(
                check="clock",
                what=f"There is no time zone data ({name} is unknown).",
                grade=Grade.FAILED,
                why="Servers in that zone get nothing.",
                fix="Install the package tzdata: uv sync.",
            )
    local = now.astimezone(ZoneInfo(settings.timezone))
    return Finding(check="clock", what=f"It is {local:%Y-%m-%d %H:%M} in {settings.timezone}.")


def _places(settings: Settings) -> dict[str, Path]:
    """By what is kept there, the folders that the bot writes to."""
    url = make_url(settings.database_url)
    places = {}
    if url.get_backend_name() == "sqlite":
        places[_DATABASE] = Path(url.database or "").parent
    places["the cache"] = settings.cache_folder
    if settings.content_git_url:
        places["the posts from git"] = settings.git_folder
    return places


def _disks(places: dict[str, Path]) -> Iterator[Finding]:
    seen = set()
    for place in places.values():
        folder = _nearest(place)
        device = folder.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free = disk_usage(folder).free
        if free >= _ENOUGH:
            yield Finding(check="disk", what=f"{free / 1024**3:,.0f} GiB are free for {place}.")
            continue
        yield Finding(
            check="disk",
            what=f"Only {free // _MEGA:,} MiB are free for {place}.",
            grade=Grade.FAILED if free < _TOO_LITTLE else Grade.WARNING,
            why="On a full disk nothing is sent, since no delivery can be recorded.",
            fix="Free some room; the cache may be deleted while the bot is stopped.",
        )


def _folders(places: dict[str, Path]) -> Iterator[Finding]:
    closed = {name: reason for name, place in places.items() if (reason := _why_closed(place))}
    for name, reason in closed.items():
        is_cache = name == "the cache"
        yield Finding(
            check="folders",
            what=f"{places[name]}, for {name}, cannot be written to: {reason}.",
            grade=Grade.WARNING if is_cache else Grade.FAILED,
            why="Each start is slow: nothing is kept." if is_cache else "The bot does not start.",
            fix=f"Give it to the user that runs the bot: chown -R <user> {places[name]}",
            code=ExitCode.DATABASE if name == _DATABASE and places[name].is_dir() else ExitCode.SETTINGS,
        )
    if not closed:
        yield Finding(check="folders", what=f"{', '.join(map(str, places.values()))}: writable.")


def _why_closed(place: Path) -> str | None:
    """Why no file can be made there, tried with one that is gone at once, or one there not be changed."""
    try:
        with _made(place), tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return error.strerror or str(error)
    closed = [file for file in place.glob("*.db*") if not os.access(file, os.W_OK)] if place.is_dir() else []
    return f"{closed[0].name} is another user's" if closed else None


@contextmanager
def _made(place: Path) -> Iterator[None]:
    """The folder, while inside; what was not there before is not there after."""
    missing = [path for path in (place.absolute(), *place.absolute().parents) if not path.exists()]
    with ExitStack() as stack:
        for folder in reversed(missing):
            folder.mkdir()
            stack.callback(_remove, folder)
        yield


def _remove(folder: Path) -> None:
    with suppress(OSError):  # a bot that starts this very moment may have put something there
        folder.rmdir()


def _nearest(place: Path) -> Path:
    """The place, or the nearest folder above it that is there."""
    return next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())
