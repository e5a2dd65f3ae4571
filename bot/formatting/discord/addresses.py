"""Which addresses the client turns into links."""

from __future__ import annotations

import unicodedata
from urllib.parse import SplitResult, unquote, urlsplit

from bot.patterns import regex

SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "discord"})
"""The schemes the client opens; a link to any other stays as typed."""

_ODD = regex(r"[^!-~]")
_HOST = regex(r"[-A-Za-z0-9._~:\u00a1-\U0010ffff]+")


def opens(url: str) -> bool:
    """True when the client makes a link of ``url``: a known scheme and, for the web, a plain host."""
    if not url or any(_spoils(char) for char in _ODD.findall(url)):
        return False
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        return scheme in SCHEMES and (scheme not in {"http", "https"} or _has_plain_host(url, parts))
    except ValueError:  # a broken IPv6 host or port
        return False


def _spoils(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf"}


def _has_plain_host(url: str, parts: SplitResult) -> bool:
    """The client decodes what stands between ``//`` and the next slash; if that changes it, no link."""
    pieces = url.split("/", 3)
    if len(pieces) < 3 or pieces[1] or unquote(pieces[2]) != pieces[2]:  # noqa: PLR2004 - scheme:, empty, host
        return False
    return bool(parts.hostname and _HOST.fullmatch(parts.hostname)) and (parts.port or 0) >= 0
