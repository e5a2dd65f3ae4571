"""How much a place in a post and its age count when search results are put in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"title": 24.0, "description": 9.0, "tags": 9.0, "headings": 3.0, "body": 1.0}
)
"""By field, what a word found there counts: title over description and tags over headings over body."""

HALF_LIFE_DAYS = 7_300
"""A post that is so much older than another counts half: enough to order equals, no more."""

_ORIGIN = dt.date(2020, 1, 1).toordinal()


def freshness(day: dt.date) -> float:
    """What a post's score is multiplied by. Only ratios matter, so it never has to be brought up to date."""
    return float(2.0 ** ((day.toordinal() - _ORIGIN) / HALF_LIFE_DAYS))
