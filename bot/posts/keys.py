"""Short stand-ins for names where room is short: custom ids, values of choices."""

from __future__ import annotations

import hashlib
from functools import lru_cache


@lru_cache(maxsize=65_536)
def short_key(text: str) -> str:
    """16 hexadecimal digits that stand for any text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
