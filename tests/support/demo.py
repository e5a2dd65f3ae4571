"""``ainews demo`` as a newcomer runs it: a process of its own, read and stopped from outside."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]

_READY_SECONDS = 60
_STOP_SECONDS = 20


@dataclass(slots=True)
class DemoProcess:
    """A running demo; ``lines`` is what it has printed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _incoming: queue.Queue[str | None] = field(default_factory=queue.Queue)

    def url(self) -> str:
        """The page's address, once it is printed."""
        while (line := self._incoming.get(timeout=_READY_SECONDS)) is not None:
            if line.startswith("http://127.0.0.1:"):
                return line.strip()
        raise AssertionError("the demo ended without an address:\n" + "".join(self.lines))

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=_STOP_SECONDS)

    def read(self, stream: IO[str]) -> None:
        """Collect lines until the process closes its output; runs in a thread."""
        for line in stream:
            self.lines.append(line)
            self._incoming.put(line)
        self._incoming.put(None)

    @property
    def output(self) -> str:
        """Everything it printed, standard error included."""
        return "".join(self.lines)


@contextmanager
def start_demo(content: Path, *options: str, home: Path, **settings: str) -> Iterator[DemoProcess]:
    """Start it over a content folder; ``home`` is where it stands, empty of settings but for ``settings``."""
    environment = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE")},
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "CONTENT_DIR": str(content),
        **settings,
    }
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", "demo", "--no-open", *options],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    demo = DemoProcess(process)
    reader = threading.Thread(target=demo.read, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        yield demo
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        reader.join(timeout=_STOP_SECONDS)
        process.stdout.close()
