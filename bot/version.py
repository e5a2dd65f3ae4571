"""Which version of the bot this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """The version of the bot that runs."""
    try:
        return version("ainews-bot")
    except PackageNotFoundError:
        return "unknown"  # run from its folder without being installed
