"""Posts that wait for their day or their instant."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.posts.archive import Archive
from bot.posts.waiting import waiting_posts
from tests.support.posts import post

SEOUL = ZoneInfo("Asia/Seoul")


def waiting(now: datetime) -> list[str]:
    posts = [post("past", day="2024-05-03"), post("day", day="2024-05-05"), post("later", day="2024-05-09")]
    return [found.slug for found in waiting_posts(Archive.of(posts).posts, now)]


def test_a_day_begins_at_midnight_of_the_clock() -> None:
    before, after = datetime(2024, 5, 4, 14, 59, tzinfo=UTC), datetime(2024, 5, 4, 15, tzinfo=UTC)
    assert waiting(before.astimezone(SEOUL)) == ["later", "day"]
    assert waiting(after.astimezone(SEOUL)) == ["later"]
    assert waiting(after) == ["later", "day"]


def test_an_instant_counts_whatever_its_day_is_called() -> None:
    at = datetime(2024, 5, 5, 6, tzinfo=UTC)
    timed = post("timed", day="2024-05-04", published_at=at)
    assert [found.slug for found in waiting_posts((timed,), at.replace(hour=5))] == ["timed"]
    assert list(waiting_posts((timed,), at)) == []
