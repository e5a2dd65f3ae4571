"""How long a server that is being told something is left to whoever tells it.

Whoever tells takes it on for a while only, and records afterwards that it was told, which lasts: where a
process dies in between, another one tells. At worst a server hears something twice, but never nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

TELLING: Final = timedelta(minutes=5)
"""Longer than every request that telling a server takes, with time to spare."""
TOLD: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Instead of the end of that time: nobody need tell it any more."""
