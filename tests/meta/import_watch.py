"""Imports the modules named on the command line and prints every effect that importing them had.

Run as a script in a fresh process: ``import_watch.py SETTING[,SETTING...] MODULE...``. It prints nothing
and exits 0 when the imports only defined things.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
EFFECTS = ("socket.", "subprocess.", "sqlite3.connect", "os.system", "os.mkdir", "os.rename", "os.remove")
"""Audit events that are an effect by themselves (https://docs.python.org/3/library/audit_events.html)."""

FOREIGN = (str(Path("wsgiref", "handlers.py")), str(Path("urllib3", "util", "connection.py")))
"""Importing prometheus-client copies the whole environment, urllib3 looks whether there is IPv6."""


class Watch:
    """Notes effects while it is on; each with the last line of code outside the import machinery."""

    def __init__(self, settings: frozenset[str]) -> None:
        self.settings = settings
        self.on = False
        self.seen: list[str] = []

    def note(self, what: str) -> None:
        """Record an effect and where it came from."""
        if not self.on:
            return
        stack = traceback.extract_stack()
        if any(f.filename.endswith(FOREIGN) for f in stack):
            return
        frames = [f for f in stack if "importlib" not in f.filename]
        where = next((f for f in reversed(frames) if f.filename != __file__), frames[-1])
        self.seen.append(f"{what} at {where.filename}:{where.lineno}")

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: sees every file that is opened and every socket that is made, even in C."""
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
            self.note(f"opens {arguments[0]} for writing")
        elif event.startswith(EFFECTS):
            self.note(f"{event} {arguments!r}")

    def wrap(self, owner: type, method: str, what: str) -> None:
        """Have ``owner.method`` noted as ``what`` before it runs."""
        original = getattr(owner, method)

        def noted(*args: Any, **kwargs: Any) -> Any:
            self.note(what)
            return original(*args, **kwargs)

        setattr(owner, method, noted)

    def watch_environment(self) -> None:
        """Have every read of one of our settings noted; the mapping stays the one other code holds."""
        watch = self

        class Environment(type(os.environ)):  # type: ignore[misc]  # the class has no public name
            def __getitem__(self, key: str) -> str:
                if key in watch.settings:
                    watch.note(f"reads the setting {key}")
                return str(super().__getitem__(key))

        os.environ.__class__ = Environment


def main(settings: str, *modules: str) -> int:
    """Import ``modules`` under watch; 1 where importing one had an effect."""
    watch = Watch(frozenset(settings.split(",")))
    sys.addaudithook(watch.audit)
    watch.wrap(asyncio.BaseEventLoop, "__init__", "makes an event loop")
    watch.wrap(threading.Thread, "start", "starts a thread")
    watch.watch_environment()
    for module in modules:
        watch.on = True
        importlib.import_module(module)
        watch.on = False
        for effect in watch.seen:
            print(f"{module}: {effect}")  # noqa: T201 - the report of a script
        if watch.seen:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
