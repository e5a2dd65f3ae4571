"""Time zones for people: cities in the reader's language, which are likely, a search through all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import Locale, get_global
from msgspec import Struct

from bot.i18n.metazones import zones_of_regions
from bot.i18n.zone_names import CALLED, folded, readings
from bot.patterns import regex

UTC_ZONE: Final = "Etc/UTC"

_HOME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bg": "Europe/Sofia",
        "cs": "Europe/Prague",
        "da": "Europe/Copenhagen",
        "de": "Europe/Berlin",
        "el": "Europe/Athens",
        "en-GB": "Europe/London",
        "en-US": "America/New_York",
        "es-419": "America/Mexico_City",
        "es-ES": "Europe/Madrid",
        "fi": "Europe/Helsinki",
        "fr": "Europe/Paris",
        "hi": "Asia/Kolkata",
        "hr": "Europe/Zagreb",
        "hu": "Europe/Budapest",
        "id": "Asia/Jakarta",
        "it": "Europe/Rome",
        "ja": "Asia/Tokyo",
        "ko": "Asia/Seoul",
        "lt": "Europe/Vilnius",
        "nl": "Europe/Amsterdam",
        "no": "Europe/Oslo",
        "pl": "Europe/Warsaw",
        "pt-BR": "America/Sao_Paulo",
        "ro": "Europe/Bucharest",
        "ru": "Europe/Moscow",
        "sv-SE": "Europe/Stockholm",
        "th": "Asia/Bangkok",
        "tr": "Europe/Istanbul",
        "uk": "Europe/Kyiv",
        "vi": "Asia/Ho_Chi_Minh",
        "zh-CN": "Asia/Shanghai",
        "zh-TW": "Asia/Taipei",
    }
)
"""Where most live who speak Discord's locale (https://discord.com/developers/docs/reference#locales)."""
_NEAR: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en-US": ("America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix"),
        "es-419": ("America/Bogota", "America/Lima", "America/Santiago", "America/Argentina/Buenos_Aires"),
        "pt-BR": ("America/Manaus",),
        "ru": ("Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok"),
        "id": ("Asia/Makassar",),
        "zh-CN": ("Asia/Hong_Kong", "Asia/Taipei"),
        "zh-TW": ("Asia/Hong_Kong", "Asia/Shanghai"),
    }
)
_COMMON: Final = (
    *("Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Singapore", "Asia/Kolkata", "Asia/Dubai"),
    *("Europe/Moscow", "Europe/Istanbul", "Europe/Berlin", "Europe/Paris", "Europe/London", UTC_ZONE),
    *("America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("Asia/Bangkok", "Australia/Sydney", "Pacific/Auckland", "America/Toronto", "Africa/Johannesburg"),
    *("Asia/Hong_Kong", "Asia/Jakarta", "Europe/Madrid", "Africa/Cairo", "Africa/Lagos"),
)
_NO_PLACES: Final = frozenset({"Factory", "localtime", "posixrules"})
"""Files beside the zones of some systems."""
_OFFSET: Final = regex(r"(?:utc|gmt)?\s*([+\-−])?\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


class Zone(Struct, frozen=True, kw_only=True):
    """A time zone: its IANA name, its city and country as a reader calls them, its distance from UTC now."""

    id: str
    city: str
    country: str
    offset: timedelta

    @property
    def label(self) -> str:
        """The city and the distance: ``서울 (UTC+09:00)``."""
        return f"{self.city} ({offset_text(self.offset)})"


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this IANA name, the same on every machine."""
    if name in _NO_PLACES or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # ValueError: a path; OSError: a folder's name
        return False
    return True


def home_zone(locale: str, default: str) -> str:
    """The zone where most who speak Discord's ``locale`` live."""
    return _HOME.get(locale, default)


def zone_of(name: str, language: str, now: datetime) -> Zone:
    """The zone of an IANA name, named in a language of the catalogues (``ko``, ``en``)."""
    city, country = _names(language).get(name, (name.rpartition("/")[2].replace("_", " "), ""))
    return Zone(
        id=name, city=city, country=country, offset=now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
    )


def likely_zones(locale: str, current: str, most: int) -> tuple[str, ...]:
    """IANA names, ``most`` at most: the current one, those of the locale, those of many others."""
    home = (_HOME[locale],) if locale in _HOME else ()
    return tuple(dict.fromkeys((current, *home, *_NEAR.get(locale, ()), *_COMMON)))[:most]


def find_zones(text: str, language: str, now: datetime, most: int) -> tuple[Zone, ...]:
    """Zones whose city, country, IANA name or distance from UTC is what was typed, the likeliest first."""
    found = (_found(wanted, _typed_offset(text), language, now) for wanted in readings(text))
    return next(filter(None, found), ())[:most]


def _found(wanted: str, offset: timedelta | None, language: str, now: datetime) -> tuple[Zone, ...]:
    found: list[tuple[int, int, str, Zone]] = []
    called = _called(wanted)
    for name in _names(language):
        zone = zone_of(name, language, now)
        is_meant = name in called or (offset is not None and zone.offset == offset)
        rank = 0 if is_meant else _rank(wanted, zone)
        if rank is not None:
            common = _COMMON.index(name) if name in _COMMON else len(_COMMON)
            common = called.index(name) - len(called) if name in called else common
            found.append((rank, common, name, zone))
    return tuple(zone for *_, zone in sorted(found, key=lambda each: each[:3]))


def _called(wanted: str) -> tuple[str, ...]:
    """The zones that a name means, the likeliest first: as people call them, then of a whole region."""
    region = zones_of_regions().get(wanted, ())
    large = sorted(filter(_COMMON.__contains__, region), key=_COMMON.index)
    return tuple(dict.fromkeys((*CALLED.get(wanted, ()), *(large or region[:1]))))


def is_called(text: str, zone: Zone) -> bool:
    """Whether what was typed is a name of the zone, the beginning of one, or its distance from UTC."""
    if _typed_offset(text) == zone.offset:
        return True
    return any(zone.id in _called(wanted) or _rank(wanted, zone) in (0, 1) for wanted in readings(text))


def offset_text(offset: timedelta) -> str:
    """``UTC+09:00``."""
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _rank(wanted: str, zone: Zone) -> int | None:
    """How well a zone's names fit, 0 the best; None where they do not."""
    english = _names("en")[zone.id]
    names = [folded(name) for name in (zone.city, zone.country, *english, zone.id)]
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(wanted in name for name in names) else None


def _typed_offset(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text.strip())
    if match is None or not (match[1] or text.strip()[:1].isalpha()):
        return None
    distance = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return distance if match[1] in (None, "+") else -distance


@lru_cache(maxsize=4)
def _names(language: str) -> Mapping[str, tuple[str, str]]:
    """By IANA name, the city and the country in a language; the names that Unicode's CLDR knows."""
    locale = Locale.parse(language)
    older: dict[str, list[str]] = {}
    for old, new in get_global("zone_aliases").items():
        older.setdefault(new, []).append(old)
    names = {}
    for name, territory in get_global("zone_territories").items():
        if not is_zone(name):
            continue
        # CLDR keeps a city's name under the zone's first name (Asia/Calcutta), which IANA has changed since.
        known = (locale.time_zones.get(each, {}).get("city") for each in (name, *older.get(name, ())))
        city = next(filter(None, known), name.rpartition("/")[2].replace("_", " "))
        names[name] = (str(city), str(locale.territories.get(territory, "")) if territory != "ZZ" else "")
    return MappingProxyType(names)
