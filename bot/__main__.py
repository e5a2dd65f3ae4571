"""``python -m bot`` is ``ainews``, and both begin here: ready for Ctrl-C before the slow imports."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from bot.staying import staying

_FIRST_LINES = {
    "demo": "데모를 준비하고 있습니다 … · Preparing the demo … (Ctrl-C: 끝내기 · stop)",
    "run": "Starting the bot … (Ctrl-C stops it)",
}
"""The commands that run until they are told to stop, and the sign of life that each gives at once."""


def main() -> None:
    """Run the command line; its modules are imported only now, which takes a second or more."""
    command = next(iter(sys.argv[1:]), "")
    if command in _FIRST_LINES:
        _end_at_once_when_told()
        if sys.stderr.isatty() and not {"-h", "--help"} & {*sys.argv}:
            print(_FIRST_LINES[command], file=sys.stderr, flush=True)  # noqa: T201 - the command's own output
    with staying():
        from bot.cli import main as command_line  # noqa: PLC0415 - slow, see above

    command_line()


def _end_at_once_when_told() -> None:
    """Until ``bot.stopping`` takes over, a signal ends the process with exit code 0, without a word.

    Nothing is open yet, and an exception raised into somebody's import could be swallowed there, or end in a
    traceback.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(0)


if __name__ == "__main__":
    main()
