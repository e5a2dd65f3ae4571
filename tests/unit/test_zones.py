"""Time zones by the names that people give them, in Korean and English."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import zones
from bot.i18n.zone_names import CALLED, folded

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("ko", "서울", "Asia/Seoul"),
        ("en", "seoul", "Asia/Seoul"),
        ("en", "new york", "America/New_York"),
        ("ko", "America/New_York", "America/New_York"),
        ("ko", "콜카타", "Asia/Kolkata"),
        ("ko", "UTC+9", "Asia/Seoul"),
        ("ko", "+09:00", "Asia/Seoul"),
        ("en", "utc+5:30", "Asia/Kolkata"),
        ("ko", "-5", "America/New_York"),
        ("en", "utc", "Etc/UTC"),
        ("ko", "한국", "Asia/Seoul"),
        ("ko", "KST", "Asia/Seoul"),
        ("en", "PST", "America/Los_Angeles"),
        ("en", "EST", "America/New_York"),
        ("en", "LA", "America/Los_Angeles"),
        ("en", "USA", "America/New_York"),
        ("ko", "호치민", "Asia/Ho_Chi_Minh"),
        ("en", "münchen", "Europe/Berlin"),
        ("en", "São Paulo", "America/Sao_Paulo"),
        ("ko", "sao paulo", "America/Sao_Paulo"),
        ("ko", "서울 시간", "Asia/Seoul"),
        ("ko", "한국 표준시", "Asia/Seoul"),
        ("en", "대한민국 표준시", "Asia/Seoul"),
        ("ko", "미국 동부", "America/New_York"),
        ("ko", "미 동부 표준시", "America/New_York"),
        ("ko", "미국 서부 시간", "America/Los_Angeles"),
        ("ko", "동부 시간", "America/New_York"),
        ("ko", "태평양 시간", "America/Los_Angeles"),
        ("ko", "미국 태평양 시간", "America/Los_Angeles"),
        ("ko", "일본 시간", "Asia/Tokyo"),
        ("ko", "런던 시간", "Europe/London"),
        ("ko", "호주", "Australia/Sydney"),
        ("ko", "호주 서부 시간", "Australia/Perth"),
        ("ko", "싱가폴", "Asia/Singapore"),
        ("ko", "타이완", "Asia/Taipei"),
        ("ko", "동경", "Asia/Tokyo"),
        ("ko", "캘리포니아", "America/Los_Angeles"),
        ("ko", "협정 세계시", "Etc/UTC"),
        ("ko", "그리니치", "Europe/London"),
        ("ko", "중부유럽 시간", "Europe/Berlin"),
        ("en", "eastern time", "America/New_York"),
        ("ko", "Pacific Time", "America/Los_Angeles"),
        ("en", "central time", "America/Chicago"),
        ("en", "Central European Time", "Europe/Berlin"),
        ("en", "Seoul time", "Asia/Seoul"),
    ],
)
def test_a_zone_is_found_by_city_name_and_distance(language: str, text: str, found: str) -> None:
    first = zones.find_zones(text, language, NOW, 5)[0]
    assert first.id == found
    assert zones.is_called(text, first), "so it is chosen at once"


def test_what_merely_stands_inside_a_name_is_offered_and_not_chosen() -> None:
    sure = {"seo": True, "서울": True, "+9": True, "pst": True, "oul": False}
    for text, is_sure in sure.items():
        first = zones.find_zones(text, "en", NOW, 5)
        assert [zones.is_called(text, zone) for zone in first[:1]] == ([is_sure] if first else []), text


def test_every_name_that_people_give_a_zone_leads_to_one() -> None:
    for name, several in CALLED.items():
        assert all(zones.is_zone(zone) for zone in several)
        assert name == folded(name), "else nobody can type it"


@pytest.mark.parametrize("name", ["korea", "부산", "cst", "us", "실리콘밸리", "brasilia"])
def test_the_likeliest_zone_of_a_name_comes_first(name: str) -> None:
    assert zones.find_zones(name, "ko", NOW, 5)[0].id == CALLED[name][0]


def test_a_country_finds_its_zones_and_nonsense_none() -> None:
    assert "Europe/Berlin" in [zone.id for zone in zones.find_zones("독일", "ko", NOW, 23)]
    assert "Europe/Berlin" in [zone.id for zone in zones.find_zones("Germany", "en", NOW, 23)]
    for text in ("", "?!", "없는 곳", "UTC+99"):
        assert zones.find_zones(text, "ko", NOW, 23) == ()


@pytest.mark.parametrize("locale", ["ko", "en-US", "pt-BR", "xx"])
def test_a_menu_holds_the_present_zone_first_and_each_once(locale: str) -> None:
    offered = zones.likely_zones(locale, "Pacific/Chatham", 24)
    assert offered[0] == "Pacific/Chatham"
    assert len(set(offered)) == len(offered) == 24
    assert all(ZoneInfo(name) for name in offered)


def test_every_home_is_a_zone() -> None:
    assert all(zones.is_zone(name) for name in zones._HOME.values())
    assert not any(
        map(
            zones.is_zone,
            (
                "",
                "../etc/passwd",
                "/etc/passwd",
                "Asia",
                "Seoul",
                "a\0b",
                "localtime",
                "Factory",
                "right/UTC",
            ),
        )
    )
