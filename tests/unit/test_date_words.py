"""Days as people say them, seen from a Saturday."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import LOCALES, load_catalogues
from bot.posts.date_words import either_day, read_day
from bot.posts.month_words import Month, read_month, read_year
from bot.posts.near_days import near_day
from bot.posts.periods import read_period
from bot.posts.week_words import read_week

TODAY = date(2024, 5, 4)  # a Saturday


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024-05-04", "2024-05-04"),
        (" 2023. 12. 1. ", "2023-12-01"),
        ("2024/5/3", "2024-05-03"),
        ("20240502", "2024-05-02"),
        ("２０２４－０５－０２", "2024-05-02"),
        ("2024년 5월 2일", "2024-05-02"),
        ("2024년 5월 2일 (목)", "2024-05-02"),
        ("24.5.2", "2024-05-02"),
        ("24년 5월 2일", "2024-05-02"),
        ("May 2, 2024", "2024-05-02"),
        ("2024年5月2日", "2024-05-02"),
        ("오늘", "2024-05-04"),
        ("어제", "2024-05-03"),
        ("어제의", "2024-05-03"),
        ("그저께", "2024-05-02"),
        ("그제", "2024-05-02"),
        ("그끄저께", "2024-05-01"),
        ("Yesterday", "2024-05-03"),
        ("the day before yesterday", "2024-05-02"),
        ("昨天", "2024-05-03"),
        ("내일", "2024-05-05"),
        ("3일 전", "2024-05-01"),
        ("사흘 전", "2024-05-01"),
        ("3 days ago", "2024-05-01"),
        ("a week ago", "2024-04-27"),
        ("두 달 전", "2024-03-04"),
        ("1년 전", "2023-05-04"),
        ("2주 전", "2024-04-20"),
        ("1년 전 오늘", "2023-05-04"),
        ("a year ago today", "2023-05-04"),
        ("한 달 전 오늘", "2024-04-04"),
    ],
)
def test_full_dates_and_plain_words(said: str, day: str) -> None:
    assert read_day(said, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("금요일", "2024-05-03"),
        ("토요일", "2024-05-04"),
        ("일욜", "2024-04-28"),
        ("friday", "2024-05-03"),
        ("지난 금요일", "2024-05-03"),
        ("지난 토요일", "2024-04-27"),
        ("last saturday", "2024-04-27"),
        ("last fri", "2024-05-03"),
        ("지난주 금요일", "2024-04-26"),
        ("지난 주 일요일", "2024-04-28"),
        ("저번주 월요일", "2024-04-22"),
        ("지지난주 금요일", "2024-04-19"),
        ("friday last week", "2024-04-26"),
        ("이번 주 월요일", "2024-04-29"),
        ("this sunday", "2024-05-05"),
        ("上周五", "2024-04-26"),
        ("星期天", "2024-04-28"),
    ],
)
def test_days_of_the_week(said: str, day: str) -> None:
    assert read_day(said, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("5/4", "2024-05-04"),
        ("5/5", "2023-05-05"),
        ("12-25", "2023-12-25"),
        ("25/12", "2023-12-25"),
        ("5.3.", "2024-05-03"),
        ("5월 4일", "2024-05-04"),
        ("5월4일자", "2024-05-04"),
        ("작년 5월 4일", "2023-05-04"),
        ("지난달 5일", "2024-04-05"),
        ("4일", "2024-05-04"),
        ("31일", "2024-03-31"),
        ("may 3", "2024-05-03"),
        ("December 25th", "2023-12-25"),
        ("25 Dec", "2023-12-25"),
        ("2/29", "2024-02-29"),
    ],
)
def test_a_day_without_a_year_is_the_latest_there_was(said: str, day: str) -> None:
    assert read_day(said, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "뉴스",
        "2024-13-01",
        "2/30",
        "13/13",
        "0/0",
        "월",
        "5월",
        "지난",
        "지난주",
        "이번 주",
        "last week",
        "99999 days ago",
        "x" * 5000,
    ],
)
def test_what_names_no_day_is_none(said: str) -> None:
    assert read_day(said, TODAY) is None


def test_decomposed_hangul_is_read_too() -> None:
    assert read_day(unicodedata.normalize("NFD", "지난주 금요일"), TODAY) == date(2024, 4, 26)


@given(st.dates(min_value=date(1000, 1, 1)), st.dates(min_value=date(1990, 1, 1)))
def test_an_iso_date_is_itself_whatever_the_day(day: date, today: date) -> None:
    assert read_day(day.isoformat(), today) == day


@given(st.dates(min_value=date(1990, 1, 1)), st.sampled_from("월화수목금토일"))
def test_a_weekday_is_within_the_last_week(today: date, name: str) -> None:
    day = read_day(f"{name}요일", today)
    assert day is not None
    assert timedelta(0) <= today - day < timedelta(days=7)


@given(st.text(max_size=40), st.dates())
def test_no_text_is_an_error(text: str, today: date) -> None:
    read_day(text, today)


@given(st.sampled_from(["지난주 월요일", "3 days ago", "작년 1월 1일", "10년 전", "12/31", "31일"]))
def test_the_first_day_of_the_calendar_is_no_error(text: str) -> None:
    read_day(text, date.min)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("2024-02-30", date(2024, 2, 29)),
        ("2023년 2월 29일", date(2023, 2, 28)),
        ("2024-13-01", date(2024, 7, 1)),
        ("2023년 13월", date(2023, 7, 1)),
        ("24년 2월 30일", date(2024, 2, 29)),
        ("지난주", date(2024, 4, 22)),
        ("0000-01-40", None),
        ("2/30", date(2024, 2, 29)),
        ("6월 31일", date(2023, 6, 30)),
        ("2019년 7월", date(2019, 7, 15)),
        ("작년 7월", date(2023, 7, 15)),
        ("2019", date(2019, 7, 1)),
        ("2019년", date(2019, 7, 1)),
        ("작년", date(2023, 7, 1)),
        ("아무 말", None),
        ("오해", None),
    ],
)
def test_a_day_that_its_month_lacks_is_near_the_last_one(typed: str, near: date | None) -> None:
    assert near_day(typed, TODAY) == near


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("2023년 2월 초", date(2023, 2, 5)),
        ("3월 초", date(2024, 3, 5)),
        ("3월 중순", date(2024, 3, 15)),
        ("3월말", date(2024, 3, 25)),
        ("12월 말쯤", date(2023, 12, 25)),
        ("지난달 말", date(2024, 4, 25)),
        ("early march", date(2024, 3, 5)),
        ("mid-March 2023", date(2023, 3, 15)),
        ("late december", date(2023, 12, 25)),
        ("the end of last month", date(2024, 4, 25)),
        ("작년 말", date(2023, 12, 25)),
        ("올해 초", date(2024, 1, 5)),
        ("주말까지", None),
    ],
)
def test_a_part_of_a_month_is_near_its_days(typed: str, near: date | None) -> None:
    assert near_day(typed, TODAY) == near


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("2023-05-01~2023-05-06", date(2023, 5, 1)),
        ("2023-05-01 - 2023-05-06", date(2023, 5, 1)),
        ("3월 17일~19일", date(2024, 3, 17)),
        ("3월 17~19일", date(2024, 3, 17)),
        ("3/17-3/19", date(2024, 3, 17)),
        ("3월부터 4월까지", date(2024, 3, 15)),
        ("2023년 3월~4월", date(2023, 3, 15)),
        ("지난주 월요일부터 수요일까지", date(2024, 4, 22)),
        ("from March 3 to March 5", date(2024, 3, 3)),
        ("March 3-5, 2023", date(2023, 3, 3)),
        ("부터 까지", None),
    ],
)
def test_several_days_or_months_are_near_the_first_one(typed: str, near: date | None) -> None:
    assert near_day(typed, TODAY) == near


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("2023년 3월 셋째", date(2023, 3, 15)),
        ("2023년 4월 다섯째 주", date(2023, 4, 15)),
        ("3월에 나온 글들", date(2024, 3, 15)),
        ("작년 3월 언젠가", date(2023, 3, 15)),
        ("2023-03-xx", date(2023, 3, 15)),
        ("3 days", date(2024, 5, 1)),
        ("2 week", date(2024, 4, 20)),
    ],
)
def test_what_is_unread_or_half_typed_is_near_the_month_or_the_day_that_it_begins_with(
    typed: str, near: date
) -> None:
    assert near_day(typed, TODAY) == near


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("14th of may 2023", "2023-05-14"),
        ("the 3rd of May", "2024-05-03"),
        ("석 달 전", "2024-02-04"),
        ("넉달 전", "2024-01-04"),
        ("반년 전", "2023-11-04"),
        ("half a year ago", "2023-11-04"),
        ("크리스마스", "2023-12-25"),
        ("크리스마스 이브", "2023-12-24"),
        ("Christmas", "2023-12-25"),
        ("Christmas 2022", "2022-12-25"),
        ("재작년 크리스마스", "2022-12-25"),
        ("어린이날", "2023-05-05"),
        ("2022년 어린이날", "2022-05-05"),
        ("children’s day last year", "2023-05-05"),
    ],
)
def test_days_with_names_and_older_ways_to_count(said: str, day: str) -> None:
    assert read_day(said, TODAY) == date.fromisoformat(day)


def test_lunar_days_are_not_guessed() -> None:
    assert read_day("추석", TODAY) is read_day("설날", TODAY) is None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("5월 2일 목요일", "2024-05-02"),
        ("5월 2일 화요일", "2023-05-02"),
        ("5월 2일 (월)", "2022-05-02"),
        ("5/2 화", "2023-05-02"),
        ("Tuesday, May 2", "2023-05-02"),
        ("May 2 (Tue)", "2023-05-02"),
        ("2월 29일 토요일", "2020-02-29"),
        ("2월 29일 월요일", "2024-02-29"),
        ("2024년 5월 2일 화요일", "2024-05-02"),
        ("작년 5월 2일 월요일", "2023-05-02"),
        ("May 2, 2024 (Tue)", "2024-05-02"),
        ("지난달 2일 월요일", "2024-04-02"),
    ],
)
def test_a_weekday_tells_the_year_that_was_not_said(said: str, day: str) -> None:
    assert read_day(said, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("14/4/24", "2024-04-14"),
        ("14-4-24", "2024-04-14"),
        ("14/4/23", "2023-04-14"),
        ("23/4/24", "2023-04-24"),
        ("20.4.24", "2020-04-24"),
        ("14/5/24", "2014-05-24"),  # the 14th is still to come
        ("14/5/03", "2014-05-03"),
    ],
)
def test_a_short_date_whose_first_number_is_a_year_long_gone_has_its_year_last(said: str, day: str) -> None:
    assert read_day(said, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Sat, May 4, 2024", "2024-05-04"),
        ("Saturday, May 4, 2024", "2024-05-04"),
        ("Saturday May 4", "2024-05-04"),
        ("May 4, 2024 (Sat)", "2024-05-04"),
        ("5월 4일 토요일", "2024-05-04"),
        ("2024년 5월 4일 토요일", "2024-05-04"),
        ("2024-05-04 토", "2024-05-04"),
        ("240504", "2024-05-04"),
        ("2024 05 04", "2024-05-04"),
        ("'24.5.4", "2024-05-04"),
        ("‘24.5.4", "2024-05-04"),
        ("’24년 5월 4일", "2024-05-04"),
        ("5월 4", "2024-05-04"),
        ("13/5/2024", "2024-05-13"),
        ("5/5/24", "2024-05-05"),
        ("05/13/24", "2024-05-13"),
        ("24/04/05", "2024-04-05"),
        ("11.12.31", "2011-12-31"),
        ("지난주 금", "2024-04-26"),
        ("다음주 금요일", "2024-05-10"),
        ("next friday", "2024-05-10"),
        ("지난 주말", "2024-04-27"),
        ("주말", "2024-05-04"),
        ("이번 주말", "2024-05-04"),
        ("열흘 전", "2024-04-24"),
        ("닷새전", "2024-04-29"),
        ("작년 오늘", "2023-05-04"),
        ("어제 뉴스", "2024-05-03"),
        ("yesterday's", "2024-05-03"),
        ("friday last week", "2024-04-26"),
    ],
)
def test_a_day_is_read_with_its_weekday_in_digits_alone_and_as_it_is_counted(said: str, day: str) -> None:
    assert read_day(said, date(2024, 5, 4)) == date.fromisoformat(day)


@given(st.dates(min_value=date(1900, 1, 1)), st.sampled_from(LOCALES))
def test_every_label_that_the_bot_shows_is_read_back(day: date, locale: str) -> None:
    words = load_catalogues().words(locale)
    assert read_day(words.date(day), TODAY) == day


def test_of_a_date_with_its_year_last_both_days_are_known() -> None:
    assert either_day("5/4/2024", TODAY) == (date(2024, 5, 4), date(2024, 4, 5))
    assert either_day("4.5.2024", TODAY) == (date(2024, 5, 4), date(2024, 4, 5))
    assert either_day("5/4/24", TODAY) == (date(2024, 5, 4), date(2024, 4, 5))
    assert either_day("05/04/24", TODAY) == (date(2024, 5, 4), date(2024, 4, 5))
    assert read_day("05/04/24", TODAY) is read_day("05.04.24", TODAY) is None
    assert either_day("13/13/2024", TODAY) == either_day("5월 4일", TODAY) == ()
    assert read_day("5/4/2024", TODAY) is None


@pytest.mark.parametrize(
    ("said", "month"),
    [
        ("2024-05", Month(5, 2024)),
        ("2024년 5월", Month(5, 2024)),
        ("24년 5월", Month(5, 2024)),
        ("‘23년5월", Month(5, 2023)),
        ("24 5월", None),
        ("5월", Month(5)),
        ("May", Month(5)),
        ("may 2024", Month(5, 2024)),
        ("2024 Sept", Month(9, 2024)),
        ("지난달", Month(4, 2024)),
        ("지난 달", Month(4, 2024)),
        ("last month", Month(4, 2024)),
        ("이번 달", Month(5, 2024)),
        ("작년 5월", Month(5, 2023)),
        ("재작년 5월", Month(5, 2022)),
        ("may last year", Month(5, 2023)),
        ("5/", Month(5)),
        ("13월", None),
        ("0000-05", None),
        ("mayor", None),
        ("", None),
    ],
)
def test_a_month_is_read_as_people_say_it(said: str, month: Month | None) -> None:
    assert read_month(said, TODAY) == month


@pytest.mark.parametrize(
    ("said", "year"),
    [("2024", 2024), ("2024년", 2024), ("24년", 2024), ("재작년", 2022), ("24", None), ("작년 글", None)],
)
def test_a_year_is_read_where_nothing_else_is_said(said: str, year: int | None) -> None:
    assert read_year(said, TODAY) == year


@pytest.mark.parametrize(
    ("said", "monday"),
    [
        ("이번 주", "2024-04-29"),
        ("이번주", "2024-04-29"),
        ("this week", "2024-04-29"),
        ("지난주", "2024-04-22"),
        ("저번 주", "2024-04-22"),
        ("Last Week", "2024-04-22"),
        ("지난주 뉴스", "2024-04-22"),
        ("지난주의", "2024-04-22"),
        ("last week's", "2024-04-22"),
        ("上周", "2024-04-22"),
        ("지지난 주", "2024-04-15"),
        ("the week before last", "2024-04-15"),
        ("다음 주", "2024-05-06"),
    ],
)
def test_a_week_begins_on_its_monday(said: str, monday: str) -> None:
    assert read_week(said, TODAY) == date.fromisoformat(monday)
    assert read_week(said, TODAY + timedelta(days=1)) == date.fromisoformat(monday)
    assert read_week(said, TODAY + timedelta(days=2)) != date.fromisoformat(monday)


@pytest.mark.parametrize(
    ("said", "monday"),
    [
        ("2024년 5월 첫째 주", "2024-04-29"),  # its Thursday is May 2
        ("2023년 10월 첫 주", "2023-10-02"),  # October 1 was a Sunday
        ("5월 첫 번째 주", "2024-04-29"),
        ("5월 셋째 주", "2023-05-15"),
        ("2024년 5월 셋째주", "2024-05-13"),
        ("4월 3주차", "2024-04-15"),
        ("4월 3주", "2024-04-15"),
        ("2024년4월3주차 뉴스", "2024-04-15"),
        ("지난달 마지막 주", "2024-04-22"),
        ("작년 11월 다섯째 주", "2023-11-27"),
        ("first week of may", "2024-04-29"),
        ("the third week of May 2024", "2024-05-13"),
        ("2nd week of last month", "2024-04-08"),
        ("last week of april", "2024-04-22"),
    ],
)
def test_a_week_of_a_month_is_counted_from_its_first_thursday(said: str, monday: str) -> None:
    assert read_week(said, TODAY) == date.fromisoformat(monday)


@given(st.dates(min_value=date(1901, 1, 1)), st.sampled_from(["{}년 {}월 {}주차", "{}-{} {}째 주"]))
def test_every_week_belongs_to_one_month_that_of_its_thursday(day: date, said: str) -> None:
    thursday = day + timedelta(days=3 - day.weekday())
    nth = (thursday.day - 1) // 7 + 1
    monday = thursday - timedelta(days=3)
    assert read_week(said.format(thursday.year, thursday.month, nth), TODAY) == monday


def test_a_day_in_a_week_of_a_month_is_a_day() -> None:
    assert read_day("4월 셋째 주 금요일", TODAY) == date(2024, 4, 19)
    assert read_day("2023년 10월 1주차 일요일", TODAY) == date(2023, 10, 8)
    assert read_week("4월 셋째 주 금요일", TODAY) is None


def test_on_a_friday_the_weekend_is_the_last_one_and_this_weekend_is_to_come() -> None:
    friday = TODAY - timedelta(days=1)
    assert read_day("주말", friday) == date(2024, 4, 27)
    assert read_day("이번 주말", friday) == read_day("this weekend", friday) == TODAY


@pytest.mark.parametrize(
    "said",
    ["", "주", "지난주 금요일", "week", "2주 전", "지난", "3주", "5 3주", "11월 13주차", "2024년 4월 5주차"],
)
def test_what_names_no_week_is_none(said: str) -> None:
    assert read_week(said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("어제", "2024-05-03", "2024-05-03"),
        ("지난주", "2024-04-22", "2024-04-28"),
        ("2월", "2024-02-01", "2024-02-29"),
        ("12월", "2023-12-01", "2023-12-31"),
        ("5월의", "2024-05-01", "2024-05-31"),
        ("작년에", "2023-01-01", "2023-12-31"),
        ("in March", "2024-03-01", "2024-03-31"),
        ("in 2023", "2023-01-01", "2023-12-31"),
        ("5월 첫째 주", "2024-04-29", "2024-05-05"),
    ],
)
def test_a_period_is_every_day_that_was_named(said: str, first: str, last: str) -> None:
    assert read_period(said, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@given(
    st.sampled_from(["지난주", "이번 주", "다음 주", "1월 첫째 주", "12월 마지막 주", "0001-01 1주차"]),
    st.sampled_from([date.min, date.max]),
)
def test_a_week_at_the_end_of_the_calendar_is_no_error(said: str, today: date) -> None:
    period = read_period(said, today)
    assert period is None or period.first <= period.last


@given(st.text(max_size=40), st.dates())
def test_no_text_is_an_error_as_a_month_either(text: str, today: date) -> None:
    read_period(text, today)
    read_month(text, today)
    near_day(text, today)
    read_year(text, today)
    either_day(text, today)
