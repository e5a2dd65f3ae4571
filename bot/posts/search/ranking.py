"""How much a place in a post and its age count when search results are put in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

TIERS: Mapping[str, float] = MappingProxyType(
    {"title": 8.0, "description": 4.0, "tags": 4.0, "headings": 2.0, "body": 1.0}
)
"""By field, what a word counts at its best place: title over description and tags over headings over body.

Only the best place of each word counts, not how often it stands there, so that equals are ordered by age.
"""

IN_LONGER = 1 / 16
"""What finding a word as a part of a longer one counts: a title that says ``애플리케이션`` comes behind a
body that says ``애플이``."""

_DOUBLE_DAYS = 730_000
"""A post that is so much newer counts twice: twenty years are under a hundredth, which no place is."""

_ORIGIN = dt.date(2020, 1, 1).toordinal()


def freshness(day: dt.date) -> float:
    """What a post's score is multiplied by. Only ratios matter, so it never has to be brought up to date."""
    return float(2.0 ** ((day.toordinal() - _ORIGIN) / _DOUBLE_DAYS))
