"""A process in which the bot starts as ``ainews run`` starts it, but without Discord, and is measured.

    uv run python -m benchmarks.lookup_bot STARTED CONTENT WORK PHASE

A process of its own for each phase (``start``, ``compose`` or ``look``), so that starts and memory are real;
prints its figures as one line of JSON. ``STARTED`` is ``time.monotonic()`` of whoever started it: Python's
own start and all imports count. As in ``bot.__main__`` little is imported before ``main``, since the
processes that read many posts import this module too.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from bot.staying import staying


def main() -> None:
    """Measure one phase."""
    begun, folder, where, what = sys.argv[1:]
    with staying():
        import bot.cli  # noqa: F401, PLC0415 - the command line counts; see above
        from benchmarks.lookup_calls import run  # noqa: PLC0415 - see above
    imported = time.monotonic() - float(begun)
    figures = asyncio.run(run(float(begun), Path(folder), Path(where), what))
    print(json.dumps(figures | {"imported": imported}))


if __name__ == "__main__":
    main()
