"""A date in any of the forms authors use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.posts.dates import read_moment, read_post_moment

DAY = date(2024, 5, 4)
SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-04",
        "2024-5-4",
        "2024/05/04",
        "2024.05.04",
        "2024. 5. 4.",
        "20240504",
        "2024년 5월 4일",
        "2024年5月4日",
        "May 4, 2024",
        "may 04 2024",
        "4 May 2024",
        "Sat, 4 May 2024",
        "4th September 2024",
    ],
)
def test_a_day_alone_has_no_instant(text: str) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.day == (DAY if "Sep" not in text else date(2024, 9, 4))
    assert moment.instant is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-05-04T09:30", datetime(2024, 5, 4, 9, 30, tzinfo=UTC)),
        ("2024-05-04 09:30:15", datetime(2024, 5, 4, 9, 30, 15, tzinfo=UTC)),
        ("2024-05-04T09:30:15Z", datetime(2024, 5, 4, 9, 30, 15, tzinfo=UTC)),
        ("2024-05-04T09:30:15.123456789+09:00", datetime(2024, 5, 4, 9, 30, 15, 123456, tzinfo=SEOUL)),
        ("2024-05-04 09:30:15 +0900", datetime(2024, 5, 4, 9, 30, 15, tzinfo=SEOUL)),
        ("2024-05-04 09:30 KST", datetime(2024, 5, 4, 9, 30, tzinfo=SEOUL)),
        ("2024-05-04T09:30-05", datetime(2024, 5, 4, 14, 30, tzinfo=UTC)),
        ("Sat, 04 May 2024 09:30:00 GMT", datetime(2024, 5, 4, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_makes_an_aware_instant(text: str, instant: datetime) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.instant == instant
    assert moment.day == DAY


def test_the_day_is_the_one_in_the_authors_zone() -> None:
    moment = read_moment("2024-05-04T00:30:00+09:00")
    assert moment is not None
    assert moment.day == DAY


def test_dates_that_a_notation_has_read_already() -> None:
    naive = read_moment(datetime(2024, 5, 4, 9, 30))  # noqa: DTZ001 - TOML's local date-time is naive
    assert naive is not None
    assert naive.instant == datetime(2024, 5, 4, 9, 30, tzinfo=UTC)
    local = read_moment("2024-05-04 00:30", ZoneInfo("Asia/Seoul"))
    assert local is not None
    assert local.instant == datetime(2024, 5, 3, 15, 30, tzinfo=UTC)
    assert local.day == DAY
    written = read_moment("2024-05-04 00:30Z", ZoneInfo("Asia/Seoul"))
    assert written is not None
    assert written.instant == datetime(2024, 5, 4, 0, 30, tzinfo=UTC)
    day = read_moment(DAY)
    assert day is not None
    assert (day.day, day.instant) == (DAY, None)
    number = read_moment(20240504)
    assert number is not None
    assert number.day == DAY


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "05/04/2024",
        "2024-13-01",
        "2024-02-30",
        "2024-05-04T25:00",
        "2024-05-04T09:30 XYZ",
        "2024-05-04T09:30+99:00",
        "0001-01-01T00:00+09:00",
        "9999-12-31T23:59-09:00",
        "Foo 4 2024",
        "2024-05/04",
        True,
        [],
        {"year": 2024},
    ],
)
def test_what_is_no_date_is_none(value: object) -> None:
    assert read_moment(value) is None


@pytest.mark.parametrize("value", ["0001-01-01", date(1, 1, 1), "1899-12-31", "9999-12-31"])
def test_no_post_is_of_a_year_whose_instants_some_zone_lacks(value: object) -> None:
    assert read_moment(value) is not None
    assert read_post_moment(value) is None


def test_a_post_is_of_any_other_year() -> None:
    assert read_post_moment("1900-01-01") == read_moment("1900-01-01")
