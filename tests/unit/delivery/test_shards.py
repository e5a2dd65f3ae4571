"""Every channel is some process's, and only one's."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.models import Subscription
from bot.delivery.shards import Shards
from bot.delivery.timetable import Timetable


def subscription(guild_id: int | None) -> Subscription:
    created = datetime(2024, 5, 4, tzinfo=UTC)
    return Subscription(channel_id=1, guild_id=guild_id, timetable=Timetable(), created_at=created)


@given(st.integers(1, 2**63 - 1), st.integers(1, 200))
def test_a_server_is_one_shards(guild_id: int, count: int) -> None:
    serving = [number for number in range(count) if Shards((number,), count).serve(subscription(guild_id))]
    assert serving == [(guild_id >> 22) % count]
    assert Shards().serve(subscription(guild_id))


def test_a_channel_of_an_unknown_server_is_the_first_shards() -> None:
    assert Shards((0, 1), 2).serve(subscription(None))
    assert not Shards((1,), 2).serve(subscription(None))
