"""The names that Unicode gives the time of a whole region: ``미 동부 시간``, ``Pacific Time``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from babel.core import Locale, get_global

from bot.i18n.zone_names import bare, folded

_LANGUAGES: Final = ("ko", "en")
"""What people type, whatever language they read."""


@lru_cache(maxsize=1)
def zones_of_regions() -> Mapping[str, tuple[str, ...]]:
    """By a region's name, folded and without "time": the IANA names of the zones that keep its time."""
    members: dict[str, list[str]] = {}
    renamed = get_global("zone_aliases")
    for zone, region in get_global("meta_zones").items():
        members.setdefault(region, []).append(renamed.get(zone, zone))
    found: dict[str, dict[str, None]] = {}
    for language in _LANGUAGES:
        locale = Locale.parse(language)
        named = [(names, tuple(members.get(region, ()))) for region, names in locale.meta_zones.items()]
        named += [(names, (renamed.get(zone, zone),)) for zone, names in locale.time_zones.items()]
        for names, zones in named:
            for name in _names_in(names):
                found.setdefault(name, {}).update(dict.fromkeys(zones))
    return MappingProxyType(
        {name: tuple(sorted(zones, key=_lived_in)) for name, zones in found.items() if name}
    )


def _lived_in(zone: str) -> tuple[bool, str]:
    return zone.startswith("Antarctica/"), zone


def _names_in(names: Mapping[str, Any]) -> Iterator[str]:
    """Long and short ones, as ``Eastern Standard Time`` and ``EST``."""
    for length in ("long", "short"):
        for name in (names.get(length) or {}).values():
            yield from (folded(name), bare(folded(name)))
