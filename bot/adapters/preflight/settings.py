"""Looks at the settings: their values, their file, names that are no settings, and the token's shape."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz, process

from bot.adapters.alias_files import load_aliases
from bot.adapters.preflight.findings import Finding, Grade
from bot.errors import SettingsError
from bot.exit_codes import ExitCode
from bot.setting_files import names_in
from bot.settings import Settings

_ALIKE = 80
"""From so many percent on a name is taken for a misspelt one."""
_NEEDS: Final = MappingProxyType(
    {
        "web_hook_secret": ("web_port", "No webhook is listened for."),
        "content_git_branch": ("content_git_url", "Posts come from CONTENT_DIR alone."),
        "content_git_token": ("content_git_url", "Posts come from CONTENT_DIR alone."),
        "alarm_at": ("ops_channel_id", "The log alone says that no post came."),
    }
)
"""By setting, which other it needs, and what happens without that."""
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


def wrong(error: SettingsError) -> Iterator[Finding]:
    """A finding for each setting that is missing or wrong."""
    for problem in error.problems:
        yield Finding(
            check="settings",
            what=problem,
            grade=Grade.FAILED,
            why="The bot does not start.",
            fix="Mend it in .env or in the environment; README lists all settings.",
            code=ExitCode.SETTINGS,
        )


def look_at_settings(settings: Settings, folder: Path) -> Iterator[Finding]:
    """Settings that are right by themselves; ``folder`` is where ``.env`` is read."""
    file = folder / ".env"
    try:
        settings.require_token()
    except SettingsError as error:
        yield from wrong(error)
    else:
        count = len(settings.model_fields_set)
        where = "the environment and .env" if file.is_file() else "the environment; there is no .env here"
        yield Finding(check="settings", what=f"{count} are set, in {where}; the token has a token's shape.")
    try:
        load_aliases(settings.search_aliases)
    except SettingsError as error:
        yield from wrong(error)
    yield from _idle(settings)
    yield from look_at_file(file)


def _idle(settings: Settings) -> Iterator[Finding]:
    """Settings that are set and do nothing without another."""
    for name, (needed, why) in _NEEDS.items():
        if getattr(settings, name) is not None and getattr(settings, needed) is None:
            yield Finding(
                check="settings",
                what=f"{name.upper()} is set and {needed.upper()} is not.",
                grade=Grade.WARNING,
                why=why,
                fix=f"Set {needed.upper()}, or remove {name.upper()}.",
            )


def look_at_file(file: Path) -> Iterator[Finding]:
    """Who may read it, and names in it that are no settings; a line that cannot be read is told elsewhere."""
    if not file.is_file():
        return
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & _OTHERS_MAY:
        yield Finding(
            check="settings",
            what=".env may be read by other users of this machine.",
            grade=Grade.WARNING,
            why="It holds the bot's token: who has it is the bot.",
            fix="chmod 600 .env",
        )
    known = [name.upper() for name in Settings.model_fields]
    try:
        names = names_in(file)
    except SettingsError:
        return
    for name in names:
        close = process.extractOne(name.upper(), known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if close and name.upper() not in known:
            yield Finding(
                check="settings",
                what=f"{name} in .env is no setting.",
                grade=Grade.WARNING,
                why="It has no effect.",
                fix=f"Did you mean {close[0]}?",
            )
