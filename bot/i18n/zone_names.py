"""What people call time zones beside Unicode's names: abbreviations, countries as one says, big cities."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import filterfalse
from types import MappingProxyType
from typing import Final

from bot.patterns import regex

_UNITED_STATES: Final = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")

_CALLED: Final = {
    "Asia/Seoul": "kst korea southkorea 한국 남한 부산 busan 인천 대구 대전 광주",
    "Asia/Tokyo": "jst osaka kyoto 오사카 교토 후쿠오카 fukuoka 삿포로 sapporo",
    "Asia/Shanghai": "beijing 베이징 북경 shenzhen 선전 심천 guangzhou 광저우 hangzhou 항저우 cst china",
    "Asia/Hong_Kong": "hkt",
    "Asia/Singapore": "sgt",
    "Asia/Kolkata": "ist delhi newdelhi 델리 뉴델리 mumbai 뭄바이 bangalore bengaluru 벵갈루루"
    " chennai hyderabad",
    "Asia/Ho_Chi_Minh": "호치민 호찌민 hanoi 하노이 saigon 다낭 danang",
    "Asia/Jakarta": "wib bali 발리",
    "Europe/London": "gmt bst uk england britain 런던 잉글랜드 edinburgh manchester",
    "Europe/Paris": "cet cest lyon",
    "Europe/Berlin": "munich munchen 뮌헨 frankfurt 프랑크푸르트 hamburg 함부르크 cologne koln",
    "Europe/Madrid": "barcelona 바르셀로나",
    "Europe/Rome": "milan milano 밀라노",
    "Europe/Zurich": "geneva 제네바",
    "Europe/Helsinki": "eet eest",
    "Europe/Moscow": "msk",
    "America/New_York": "est edt et eastern 동부 nyc boston 보스턴 washington washingtondc 워싱턴"
    " miami 마이애미 atlanta 애틀랜타 florida 플로리다",
    "America/Chicago": "cst cdt ct central 중부 dallas 댈러스 houston 휴스턴 austin 오스틴 texas 텍사스",
    "America/Denver": "mst mdt mountain",
    "America/Los_Angeles": "pst pdt pt pacific 서부 미서부 태평양 la sf sanfrancisco 샌프란시스코"
    " seattle 시애틀 sanjose 산호세 siliconvalley 실리콘밸리 sandiego 샌디에이고 lasvegas 라스베이거스"
    " california 캘리포니아",
    "Pacific/Honolulu": "hst hawaii 하와이",
    "America/Toronto": "montreal ottawa",
    "America/Vancouver": "밴쿠버",
    "America/Sao_Paulo": "brt rio riodejaneiro brasilia",
    "Australia/Sydney": "aest aedt canberra",
    "Pacific/Auckland": "nzst nzdt wellington",
    "Etc/UTC": "세계시 zulu",
}


_OTHER_SPELLINGS: Final = MappingProxyType(
    {
        "동경": "도쿄",
        "미국": "미",
        "싱가폴": "싱가포르",
        "타이완": "대만",
        "호주": "오스트레일리아",
    }
)
"""How people begin a place's name that Unicode's data spell another way."""
_TIME: Final = regex(r"(?:하계)?표준시간?|시간대?|(?:standard|daylight|summer|mean)?time(?:zone)?")
"""What stands behind a place when one means its time."""


def folded(text: str) -> str:
    """Small letters and digits without accents; Hangul stays whole."""
    apart = unicodedata.normalize("NFD", text.casefold())
    plain = unicodedata.normalize("NFC", "".join(filterfalse(unicodedata.combining, apart)))
    return "".join(filter(str.isalnum, plain))


def bare(name: str) -> str:
    """A folded name without the "time" at its end, unless nothing else is in it."""
    match = re.search(f"(?:{_TIME.pattern})$", name)
    return name[: match.start()] or name if match else name


def readings(text: str) -> tuple[str, ...]:
    """What was typed, folded: as it stands, without "time" at its end, as Unicode's data spell it."""
    whole = folded(text)
    place = bare(whole)
    respelt = (new + place[len(old) :] for old, new in _OTHER_SPELLINGS.items() if place.startswith(old))
    return tuple(filter(None, dict.fromkeys((whole, place, *respelt))))


def _zones_by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for zone, names in _CALLED.items():
        for name in names.split():
            found[name] = (*found.get(name, ()), zone)
    return MappingProxyType({**found, **dict.fromkeys(("usa", "us", "america"), _UNITED_STATES)})


CALLED: Final = _zones_by_name()
"""From a name, in small letters without spaces or accents, to the zones it may mean, the likeliest first."""
