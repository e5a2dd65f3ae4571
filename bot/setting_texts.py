"""Reads the text of one setting, or says what it should be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from urllib.parse import urlsplit

from bot.patterns import regex

_CLOCK = regex(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_ENDS = (("from", "ge"), ("to", "le"))
_SNOWFLAKE = regex(r"[0-9]{15,20}")


def time_of_day(text: str, wanted: str) -> time:
    """A time such as 9:05. Raises ValueError, with what is ``wanted``, where the text is none."""
    match = _CLOCK.fullmatch(text.strip())
    if not match or int(match["hour"]) > 23 or int(match["minute"]) > 59:  # noqa: PLR2004 - a day's clock
        raise ValueError(f"is no time of day: write {wanted}")
    return time(int(match["hour"]), int(match["minute"]))


def is_snowflake(text: str) -> bool:
    """Whether the text is a Discord id: 64 bits, of which the first is no sign."""
    return _SNOWFLAKE.fullmatch(text) is not None and int(text) < 2**63


def one_of(choices: tuple[str, ...], value: str) -> str:
    """The value. Raises ValueError, with the choices, where it is none of them."""
    if value not in choices:
        raise ValueError(f"is none of {', '.join(choices)}")
    return value


def is_address(text: str) -> bool:
    """Whether the text is an http or https address with a host that can be one."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)


def is_host(text: str) -> bool:
    """Whether the text can be a host's name or address; whether there is such a host is another question."""
    try:
        text.encode("idna")
    except UnicodeError:
        return False
    return re.fullmatch(r"[^\s/@\[\]]+", text) is not None


def in_words(kind: str, message: str, limits: Iterable[object]) -> str:
    """What pydantic found, as our own checks say it.

    Args:
        kind: pydantic's name of the error.
        message: its sentence, which begins with ``Value error`` where it is ours.
        limits: what bounds the field, of which ``Ge`` and ``Le`` are said.
    """
    if not kind.startswith(("int_", "greater_", "less_")):
        return message.removeprefix("Value error, ")
    said = [(word, getattr(limit, name)) for limit in limits for word, name in _ENDS if hasattr(limit, name)]
    return " ".join(("is no whole number", *(f"{word} {end:,}" for word, end in said)))
