"""When the operators must hear that no post came: one pure decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.delivery.planning import GRACE, is_news
from bot.delivery.timetable import Timetable
from bot.posts.models import Post

WORKDAYS = frozenset(range(5))
"""Monday to Friday, as ``date.weekday()`` numbers them."""


def alarm_due(
    timetable: Timetable, posts: Iterable[Post], first_seen: Mapping[str, datetime], now: datetime
) -> datetime | None:
    """The slot by which a post should have come and none has until ``now`` (aware); None where all is well.

    A post counts for a day when it is out, and bears its date, or came since its local midnight and is no
    past post that fills up the archive. A slot that was missed is made up for as long as a delivery is.
    """
    slot = timetable.last_until(now, after=now - GRACE)
    if timetable.at is None or slot is None:
        return None
    day = slot.astimezone(ZoneInfo(timetable.zone)).date()
    midnight = timetable.midnight(day)
    has_come = any(
        (post.date == day or (first_seen.get(post.slug, now) >= midnight and is_news(post, first_seen, now)))
        and (post.published_at or timetable.midnight(post.date)) <= now
        for post in posts
    )
    return None if has_come else slot
