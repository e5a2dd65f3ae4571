"""Rows of the tables as JSON and back, and whether a row from a file is one that the bot can live with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Integer, String, Table

from bot.adapters.database.tables import UtcDateTime
from bot.delivery.models import ChannelKind, DeliveryState
from bot.formatting.compose import Layout
from bot.i18n import LOCALES

_DAYS = "0123456"


def to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what is null."""
    return {name: _plain(value) for name, value in row.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def from_json(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row that was checked, with every column that the table's rows need."""
    return {column.name: _typed(column, row.get(column.name)) for column in table.columns}


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return _default(column)
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _default(column: Column[Any]) -> object:
    """What a column holds that the backup's version of the bot did not have yet."""
    if column.nullable or column.server_default is None:
        return None
    text = str(getattr(column.server_default, "arg", ""))
    match column.type:
        case Boolean():
            return False
        case JSON():
            return []
        case Integer():
            return int(text)
        case _:
            return text


def check_row(table: Table, row: Mapping[str, Any]) -> str | None:
    """What is wrong with a row, as what comes after "the bot"; None where nothing is."""
    for name in row:
        if name not in table.columns:
            return f"has no column {table.name}.{name}"
    for column in table.columns:
        value = row.get(column.name)
        if value is None:
            if not column.nullable and column.server_default is None:
                return f"needs {table.name}.{column.name}, which is missing"
        elif not _fits(column, value) or not _is_known(table, column, value):
            return f"cannot use this {table.name}.{column.name}: {str(value)[:80]!r}"
    return None


def _fits(column: Column[Any], value: Any) -> bool:
    match column.type:
        case UtcDateTime():
            return is_instant(value)
        case Date():
            return _parses(date.fromisoformat, value)
        case Boolean():
            return isinstance(value, bool)
        case Integer() as kind:
            room = 2**63 if isinstance(kind, BigInteger) else 2**31
            return isinstance(value, int) and not isinstance(value, bool) and -room <= value < room
        case String() as kind:
            return isinstance(value, str) and "\0" not in value and len(value) <= (kind.length or math.inf)
        case _:
            return True


def is_instant(value: object) -> bool:
    """Whether it is ISO 8601 with a zone."""
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


def _parses(parse: Callable[[Any], object], value: object) -> bool:
    try:
        parse(value)
    except (ValueError, TypeError, OSError, KeyError):  # ZoneInfo raises the last two
        return False
    return True


def _is_known(table: Table, column: Column[Any], value: Any) -> bool:
    check = _CHECKS.get(f"{table.name}.{column.name}")
    return check is None or _parses(check, value)


def _one_of(*choices: str) -> Callable[[str], object]:
    return {choice: choice for choice in choices}.__getitem__


def _weekdays(text: str) -> object:
    return [_DAYS.index(day) for day in text]


def _tags(names: object) -> object:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError
    return names


_CHECKS: Final[Mapping[str, Callable[[Any], object]]] = MappingProxyType(
    {
        "subscriptions.kind": ChannelKind,
        "subscriptions.layout": Layout,
        "subscriptions.timezone": ZoneInfo,
        "subscriptions.locale": _one_of(*LOCALES),
        "subscriptions.weekdays": _weekdays,
        "subscriptions.post_time": time.fromisoformat,
        "subscriptions.origin": _one_of("settings", "server"),
        "subscriptions.include_tags": _tags,
        "subscriptions.exclude_tags": _tags,
        "subscriptions.forum_tags": _tags,
        "deliveries.state": DeliveryState,
    }
)
"""What stands in one column and would stop the bot, or many channels, if it were nonsense; each raises."""
