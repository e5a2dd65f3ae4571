"""Reads the text of DATABASE_URL, or says what it should be; drivers end in a traceback."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from bot.patterns import regex

_SQLITE, _POSTGRESQL = "sqlite+aiosqlite:///", "postgresql+asyncpg://"
_NUMBER = "[0-9]{1,6}"
_TEXT = ".+"
# https://docs.python.org/3/library/sqlite3.html#sqlite3.connect
# https://magicstack.github.io/asyncpg/current/api/index.html#connection, those that a text can be
_PARAMETERS: Final = MappingProxyType(
    {
        _SQLITE: {"timeout": _NUMBER, "cached_statements": _NUMBER},
        _POSTGRESQL: {
            **dict.fromkeys(("host", "user", "password", "database"), _TEXT),
            **dict.fromkeys(("passfile", "service", "servicefile", "krbsrvname"), _TEXT),
            "port": "[0-9]{1,5}(,[0-9]{1,5})*",
            "ssl": "disable|allow|prefer|require|verify-ca|verify-full",
            "target_session_attrs": "any|primary|standby|read-write|read-only|prefer-standby",
            "gsslib": "gssapi|sspi",
            "prepared_statement_cache_size": _NUMBER,
        },
    }
)
"""The parameters that each kind of database takes, and the patterns of their values."""
_SAYABLE = regex(r"[a-z_]{1,40}")
"""What may be repeated: a part of a password with ? and & in it is no name."""


def database_url(value: str) -> str:
    """The address. Raises ValueError, with what it should be and without a secret, where it is none."""
    if not value.startswith((_SQLITE, _POSTGRESQL)):
        raise ValueError(f"starts with {_SQLITE} or {_POSTGRESQL}")
    return _sqlite(value) if value.startswith(_SQLITE) else _postgresql(value)


def _sqlite(value: str) -> str:
    path, _, query = value.removeprefix(_SQLITE).partition("?")
    if path in {"", ":memory:"}:
        raise ValueError("names no file: what was delivered must outlive the bot")
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    if path.startswith("file:") or "uri" in parameters:
        raise ValueError("is SQLite's own kind of address: write the path alone, without file: and uri=")
    _check(parameters, _SQLITE)
    return value


def _postgresql(value: str) -> str:
    if value.count("@") > 1:
        raise ValueError("has a user or password with @ in it: write %40 for it")
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValueError(
            "has no readable host and port: user:password@host:port/database, with %2F for / in a password"
        ) from None
    parameters = dict(parse_qsl(value.rpartition("@")[2].partition("?")[2], keep_blank_values=True))
    if "sslmode" in parameters:
        raise ValueError("has sslmode=, which asyncpg calls ssl=: write ?ssl=require")
    _check(parameters, _POSTGRESQL)
    return value


def _check(parameters: dict[str, str], kind: str) -> None:
    known = _PARAMETERS[kind]
    for name, value in parameters.items():
        said = f"{name}=" if _SAYABLE.fullmatch(name) else "something"
        if name not in known:
            raise ValueError(f"has {said} behind the ?: leave it out, only {', '.join(known)} are taken")
        if not re.fullmatch(known[name], value):
            wanted = known[name].replace("|", ", ") if "|" in known[name] else "another, or leave it out"
            raise ValueError(f"has {said} with a value that it cannot have: write {wanted}")
