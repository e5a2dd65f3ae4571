"""Looks at the machine: clock, time zones, free disk, folders that must be writable, the port."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import disk_usage
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url

from bot.adapters.database.alone import is_held
from bot.adapters.preflight.findings import Finding, Grade
from bot.exit_codes import ExitCode
from bot.settings import Settings

_FIRST_YEAR, _LAST_YEAR = 2026, 2099
_ZONES = ("Asia/Seoul", "America/New_York", "Europe/Paris")
_ENOUGH = 1024**3
_TOO_LITTLE = 64 * 1024**2
_MEGA = 1024**2


def look_at_machine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everything that needs neither the network nor the database; ``now`` is aware."""
    yield _clock(settings, now)
    places = _places(settings)
    yield from _disks(places)
    yield from _folders(places)
    if settings.web_port is not None:
        yield _port(settings, settings.web_port)


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
        places["the database"] = Path(url.database or "").parent
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
    closed = [(name, place) for name, place in places.items() if not _is_writable(place)]
    for name, place in closed:
        yield Finding(
            check="folders",
            what=f"{place}, for {name}, cannot be written to.",
            grade=Grade.FAILED,
            why="The bot does not start, or keeps nothing.",
            fix=f"Give it to the user that runs the bot: chown -R <user> {place}",
            code=ExitCode.SETTINGS if name == "the database" else ExitCode.FAILED,
        )
    if not closed:
        yield Finding(check="folders", what=f"{', '.join(map(str, places.values()))}: writable.")


def _is_writable(place: Path) -> bool:
    """Whether files can be made there, or the folder be made, and those that are there changed."""
    folder = _nearest(place)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return False
    return all(os.access(file, os.W_OK) for file in place.glob("*.db*")) if place.is_dir() else True


def _nearest(place: Path) -> Path:
    """The place, or the nearest folder above it that is there."""
    return next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())


def _port(settings: Settings, port: int) -> Finding:
    where = f"{settings.web_host}:{port}"
    try:
        with socket.create_server((settings.web_host, port)):
            return Finding(check="port", what=f"{where} is free.")
    except OSError as error:
        if is_held(settings.database_url):
            return Finding(check="port", what=f"{where} is taken, as it should be while the bot runs.")
        return Finding(
            check="port",
            what=f"{where} cannot be listened at: {error.strerror or error}.",
            grade=Grade.WARNING,
            why="Unless the bot that runs now has it, the bot does not start.",
            fix="Choose another WEB_PORT, or stop what has it.",
        )
