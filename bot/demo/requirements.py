"""Says, before anything is imported, whether the simulated Discord is there and is the one we know."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from bot.errors import DemoError

SIMULATOR = "simcord"
KNOWN_VERSION = "3.2.1"
"""The version whose internals ``bot.demo.simulator`` was written for; ``pyproject.toml`` pins the same."""

INSTALL = "uv run --extra demo ainews demo"


def require_simulator() -> None:
    """Check the optional extra ``demo``.

    Raises:
        DemoError: it is not installed, of another version, or does not fit the installed discord.py.
    """
    try:
        found = version(SIMULATOR)
    except PackageNotFoundError:
        raise DemoError(f"The demo needs the optional extra `demo`. Run: {INSTALL}") from None
    if found != KNOWN_VERSION:
        raise DemoError(
            f"The demo knows {SIMULATOR} {KNOWN_VERSION} and found {found}, whose internals may differ."
            f" Run: {INSTALL}"
        )
    try:
        import_module(SIMULATOR)
    except ImportError as error:
        raise DemoError(f"{SIMULATOR} {found} does not work here: {error} Run: {INSTALL}") from error
