"""Where each part goes, for every kind of channel and layout."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.places import LONGEST_NAME, is_threaded, place_of, thread_name
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout

CHANNEL, FIRST = 100, 7


def subscribed(kind: ChannelKind, layout: Layout) -> Subscription:
    return Subscription(
        channel_id=CHANNEL,
        timetable=Timetable(at=None),
        created_at=datetime(2024, 5, 4, tzinfo=UTC),
        kind=kind,
        layout=layout,
    )


@pytest.mark.parametrize("kind", [ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT])
def test_a_threads_cover_is_in_the_channel_and_the_rest_in_the_thread_on_it(kind: ChannelKind) -> None:
    subscription = subscribed(kind, Layout.THREAD)
    assert is_threaded(subscription)
    assert [place_of(subscription, part, FIRST) for part in range(3)] == [CHANNEL, FIRST, FIRST]
    assert place_of(subscription, 0, None) == CHANNEL


@pytest.mark.parametrize("layout", list(Layout))
def test_in_a_forum_everything_is_in_the_posts_thread(layout: Layout) -> None:
    subscription = subscribed(ChannelKind.FORUM, layout)
    assert is_threaded(subscription)
    assert place_of(subscription, 0, None) == CHANNEL
    assert [place_of(subscription, part, FIRST) for part in range(3)] == [FIRST] * 3


@pytest.mark.parametrize("kind", [ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT, ChannelKind.THREAD])
@pytest.mark.parametrize("layout", [Layout.FULL, Layout.DIGEST])
def test_other_layouts_stay_in_the_channel(kind: ChannelKind, layout: Layout) -> None:
    subscription = subscribed(kind, layout)
    assert [place_of(subscription, part, FIRST) for part in range(2)] == [CHANNEL] * 2


def test_a_thread_has_no_threads_of_its_own() -> None:
    assert not is_threaded(subscribed(ChannelKind.THREAD, Layout.THREAD))


def test_a_part_whose_thread_is_unknown_goes_nowhere() -> None:
    with pytest.raises(ValueError, match="no thread"):
        place_of(subscribed(ChannelKind.TEXT, Layout.THREAD), 1, None)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("오늘의 소식", "오늘의 소식"),
        ("  두\n줄\t제목 ", "두 줄 제목"),
        ("\u200b", "AI news"),
        ("가" * 100, "가" * 100),
        ("가" * 101, "가" * 99 + "…"),
        ("낱말 " * 40, "낱말 " * 32 + "낱말…"),
    ],
)
def test_a_threads_name_is_the_title_in_one_line(title: str, name: str) -> None:
    assert thread_name(title) == name
    assert 0 < len(name) <= LONGEST_NAME
