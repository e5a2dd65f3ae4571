"""A server's subscriptions as a file that people can read: written, and read with every mistake named."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from bot.delivery.choices import (
    DAYS,
    IMMEDIATELY,
    LONGEST_TAG,
    MOST_SUBSCRIPTIONS,
    MOST_TAGS,
    Values,
    read_time,
    unique_tags,
    values_of,
)
from bot.delivery.forum_tags import MOST as MOST_FORUM_TAGS
from bot.delivery.models import Subscription
from bot.formatting.compose import Layout
from bot.i18n.catalogue import LOCALES
from bot.i18n.zones import is_zone
from bot.patterns import regex

VERSION: Final = 1
LONGEST_FILE: Final = 64 * 1024
"""Bytes; 25 subscriptions with all their tags take less."""
MOST_FAULTS: Final = 10
_LONGEST_ID: Final = 20
_TAGS: Final = ("include", "exclude", "forum_tags")
_UNPRINTABLE: Final = ("Cc", "Cs")
"""Control characters, and halves of surrogate pairs: no database or file takes all of them."""

DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "weekdays": list(DAYS),
        "layout": str(Layout.FULL),
        "include": [],
        "exclude": [],
        "role": None,
        "silent": False,
        "publish": False,
        "forum_tags": [],
    }
)
"""What a file need not say."""


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong in a file. ``entry`` counts from 1, 0 means the file as a whole.

    Attributes:
        fix: a key of the catalogues (``import.fix.…``) that says what would be right.
        found: what stands there, as JSON.
    """

    entry: int
    key: str
    fix: str
    found: str = ""


_ID: Final = regex(r"[1-9][0-9]*")

TOO_LARGE: Final = Fault(entry=0, key="", fix="too_large")


class Imported(Struct, frozen=True, kw_only=True):
    """What a file holds: every entry's values, or else what is wrong with it.

    ``ignored``: keys beside the entries that mean nothing here, the first ones, in short.
    """

    entries: tuple[Values, ...] = ()
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()


def exported(subscriptions: Sequence[Subscription]) -> str:
    """The file's text; pauses are no part of it."""
    entries = [values_of(each) for each in subscriptions]
    body = {"version": VERSION, "subscriptions": entries}
    return _sayable(json.dumps(body, ensure_ascii=False, indent=2) + "\n")


def imported(data: bytes) -> Imported:
    """Read a file as ``exported`` writes it; nothing of a file with a fault is used."""
    if len(data) > LONGEST_FILE:
        return Imported(faults=(TOO_LARGE,))
    doubled: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Of a key that stands twice, JSON itself would silently drop the first value."""
        doubled.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return dict(pairs)

    try:
        body = json.loads(data.decode("utf-8-sig"), object_pairs_hook=once)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        return _broken("not_json")
    if doubled:
        keys = map(_short, list(dict.fromkeys(doubled))[:MOST_FAULTS])
        return Imported(faults=tuple(Fault(entry=0, key=key, fix="doubled") for key in keys))
    return _imported(body)


def _imported(body: Any) -> Imported:
    version = body.get("version") if isinstance(body, dict) else None
    if version != VERSION or isinstance(version, bool):  # True is 1 as well
        return _broken("version")
    entries = body.get("subscriptions")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_SUBSCRIPTIONS:
        return _broken("subscriptions")
    faults = [fault for number, entry in enumerate(entries, 1) for fault in _faults(number, entry)]
    if not faults:
        faults = _doubles(entries)
    if faults:
        return Imported(faults=tuple(faults[:MOST_FAULTS]))
    unknown = [_short(key) for key in body if key not in ("version", "subscriptions")]
    return Imported(entries=tuple(_whole(entry) for entry in entries), ignored=tuple(unknown[:MOST_FAULTS]))


def _broken(fix: str) -> Imported:
    return Imported(faults=(Fault(entry=0, key="", fix=fix),))


def _faults(number: int, entry: object) -> list[Fault]:
    if not isinstance(entry, dict):
        return [_fault(number, "", "entry", entry)]
    unknown = [_fault(number, key, "unknown", entry[key]) for key in entry if key not in _CHECKS]
    wrong = [
        _fault(number, key, key, entry.get(key))
        for key, is_right in _CHECKS.items()
        if not is_right(entry[key] if key in entry else DEFAULTS.get(key))
    ]
    return unknown + wrong


def _fault(number: int, key: str, fix: str, found: object) -> Fault:
    stands = _sayable(json.dumps(found, ensure_ascii=False))[:80]
    return Fault(entry=number, key=_short(key), fix=fix, found=stands)


def _short(key: str) -> str:
    return _sayable(key)[:LONGEST_TAG]


def _sayable(text: str) -> str:
    """The same with halves of surrogate pairs, which no encoding takes, as JSON's escapes."""
    return text.encode(errors="backslashreplace").decode()


def _doubles(entries: Sequence[Mapping[str, Any]]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for number, entry in enumerate(entries, 1):
        if entry["channel"] in seen:
            faults.append(_fault(number, "channel", "double", entry["channel"]))
        seen.add(entry["channel"])
    return faults


def _whole(entry: Mapping[str, Any]) -> Values:
    whole = {key: entry.get(key, DEFAULTS.get(key)) for key in _CHECKS}
    at = None if whole["time"] == IMMEDIATELY else read_time(whole["time"])
    tags = {key: list(unique_tags(whole[key])) for key in _TAGS}
    return {**whole, **tags, "time": at.strftime("%H:%M") if at else IMMEDIATELY}


def _is_id(value: object) -> bool:
    """One id is one text: no zeros before it."""
    return isinstance(value, str) and len(value) < _LONGEST_ID and _ID.fullmatch(value) is not None


def _is_time(value: object) -> bool:
    return isinstance(value, str) and (value == IMMEDIATELY or read_time(value) is not None)


def _are_days(value: object) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(day, str) and day in DAYS for day in value)
    )


def _are_tags(most: int) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if not isinstance(value, list) or len(value) > most:
            return False
        return all(isinstance(tag, str) and _is_tag(tag) for tag in value)

    return check


def _is_tag(text: str) -> bool:
    is_clean = not any(unicodedata.category(character) in _UNPRINTABLE for character in text)
    return is_clean and bool(unique_tags([text])) and len(text) <= LONGEST_TAG


_CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = MappingProxyType(
    {
        "channel": _is_id,
        "time": _is_time,
        "timezone": lambda value: isinstance(value, str) and is_zone(value),
        "weekdays": _are_days,
        "layout": lambda value: value in list(Layout),
        "language": lambda value: value in LOCALES,
        "include": _are_tags(MOST_TAGS),
        "exclude": _are_tags(MOST_TAGS),
        "role": lambda value: value is None or _is_id(value),
        "silent": lambda value: isinstance(value, bool),
        "publish": lambda value: isinstance(value, bool),
        "forum_tags": _are_tags(MOST_FORUM_TAGS),
    }
)
"""Every key and whether a value may stand there, in the order of ``values_of``."""
