"""Says, before anything is started, whether what the demo needs is there: the simulated Discord, the port."""

from __future__ import annotations

import os
import socket
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


def require_free_port(port: int) -> None:
    """Check that the page can be served at ``port`` on 127.0.0.1; with 0 the system will choose one.

    Raises:
        DemoError: another program has it, or the system keeps it for the administrator.
    """
    with socket.socket() as probe:
        if os.name == "posix":
            # As asyncio's servers do: a connection that was closed a moment ago does not keep the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(
                f"Port {port} cannot be used ({error.strerror}): choose another with --port,"
                " or leave --port out and a free one is found."
            ) from None
