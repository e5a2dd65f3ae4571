"""What a server chooses, as plain values: kept, compared, read from what people write."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.delivery.choices import changes, chosen, read_tags, read_time, values_of
from bot.delivery.drafts import Draft, edited, first_draft
from bot.delivery.exchange import exported, imported
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.planning import going_on_since
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout
from tests.support.posts import post, tagged

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
RICH = Subscription(
    channel_id=2**62,
    guild_id=7,
    kind=ChannelKind.FORUM,
    timetable=Timetable(at=time(18, 30), zone="Europe/Paris", weekdays=frozenset({1, 6})),
    created_at=NOW,
    layout=Layout.THREAD,
    locale="en",
    include=frozenset({"LLM", "오픈AI"}),
    role_id=2**61,
    silent=True,
    forum_tags=("b", "a"),
)


def test_a_draft_comes_back_from_its_values() -> None:
    for draft in (
        edited(RICH, "ja").with_(locale="ko"),
        first_draft(guild_id=7, channel=None, locale="ja", language="ko", now=NOW),
    ):
        assert Draft.read(draft.to_values(), 7, NOW) == draft


def test_an_export_is_imported_as_it_was() -> None:
    plain = Subscription(channel_id=5, timetable=Timetable(at=None), created_at=NOW)
    read = imported(exported([RICH, plain]).encode())
    assert read.faults == ()
    assert list(read.entries) == [values_of(RICH), values_of(plain)]
    back = chosen(read.entries[0], kind=RICH.kind, guild_id=7, created_at=NOW)
    assert back == RICH


@pytest.mark.parametrize(
    ("locale", "zone"),
    [("ko", "Asia/Seoul"), ("ja", "Asia/Tokyo"), ("pt-BR", "America/Sao_Paulo"), ("xx", "Asia/Seoul")],
)
def test_a_new_draft_knows_where_most_of_its_language_live(locale: str, zone: str) -> None:
    draft = first_draft(guild_id=1, channel=(5, ChannelKind.TEXT), locale=locale, language="ko", now=NOW)
    assert draft.new.timetable == Timetable(at=time(9, 0), zone=zone)
    assert draft.has_channel


def test_changes_name_what_differs_and_nothing_else() -> None:
    draft = edited(RICH, "ko").at(zone="Asia/Seoul").with_(silent=False)
    assert [(each.key, each.old, each.new) for each in draft.changes] == [
        ("timezone", "Europe/Paris", "Asia/Seoul"),
        ("silent", True, False),
    ]
    assert len(changes(None, values_of(RICH))) == len(values_of(RICH))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9", time(9)),
        ("09:30", time(9, 30)),
        (" 18시 5분 ", time(18, 5)),
        ("18시 05분", time(18, 5)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("오후 6시", time(18)),
        ("오전 9시 30분", time(9, 30)),
        ("오후6:05", time(18, 5)),
        ("오전 12시", time(0)),
        ("오후 12시 5분", time(12, 5)),
        ("6pm", time(18)),
        ("6:30 P.M.", time(18, 30)),
        ("12 am", time(0)),
        ("pm 6", time(18)),
        (unicodedata.normalize("NFD", "오후 6시"), time(18)),
        ("오후 13시", None),
        ("오전 6pm", None),
        ("93", None),
        ("24:00", None),
        ("9:60", None),
        ("", None),
        ("정오", time(12)),
        (" 자정 ", time(0)),
        ("Noon", time(12)),
        ("midnight", time(0)),
        ("9시 반", time(9, 30)),
        ("9시반", time(9, 30)),
        ("9시 정각", time(9)),
        ("오후 6시 반", time(18, 30)),
        ("저녁 7시", time(19)),
        ("밤 11시", time(23)),
        ("밤 12시 반", time(0, 30)),
        ("밤 1시", time(1)),
        ("새벽 6시", time(6)),
        ("아침 8시 30분", time(8, 30)),
        ("낮 12시", time(12)),
        ("점심 1시", time(13)),
        ("저녁 12시", None),
        ("아침 1시", None),
        ("낮 8시", None),
        ("밤 23시", None),
        ("반", None),
        ("9 반", None),
        ("저녁", None),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, at: time | None) -> None:
    assert read_time(text) == at


def test_tags_are_read_with_any_comma_and_without_marks() -> None:
    assert read_tags(" #LLM,  오픈  AI，LLM\n비전、") == ("LLM", "오픈 AI", "비전")
    for text in ("x" * 51, ",".join(map(str, range(11)))):
        with pytest.raises(ValueError, match=r"x|0"):
            read_tags(text)


def test_whoever_goes_on_after_a_pause_gets_the_newest_post_that_is_wanted() -> None:
    began = datetime(2024, 5, 3, tzinfo=UTC)
    subscription = Subscription(
        channel_id=1, timetable=Timetable(), created_at=began, include=frozenset({"LLM"})
    )
    posts = [tagged("a", "LLM"), tagged("b", "LLM"), tagged("c", "other"), tagged("d", "LLM")]
    seen = {each.slug: began + timedelta(hours=12 * day) for day, each in enumerate(posts, 1)}
    now = began + timedelta(hours=37)
    since = going_on_since(subscription, posts, seen, now)
    assert seen["a"] < since < seen["b"], "d is not out yet, c is not wanted"
    assert going_on_since(subscription, [post("e")], {"e": began - timedelta(days=9)}, now) == began
