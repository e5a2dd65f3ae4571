"""Time zones by the names that people give them, in Korean and English."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import zones

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
    ],
)
def test_a_zone_is_found_by_city_name_and_distance(language: str, text: str, found: str) -> None:
    assert zones.find_zones(text, language, NOW, 5)[0].id == found


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
    assert not any(map(zones.is_zone, ("", "../etc/passwd", "/etc/passwd", "Asia", "Seoul", "a\0b")))
