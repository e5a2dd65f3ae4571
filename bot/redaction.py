"""Takes secrets out of text that is shown or logged, and makes control characters visible."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from bot.patterns import regex

REDACTED = "[redacted]"
_SHORTEST = 6
"""Shorter values are left alone: they would be found in every other word."""

_SECRETS = regex(
    # A bot token: the base64 of its id, a time stamp, a signature.
    r"[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}"
    # The password of an address such as postgresql://user:password@host.
    r"|(?<=://)[^\s@]*:[^\s@]+(?=@)"
    # A token that stands for the whole of it, such as https://ghp_…@github.com.
    r"|(?<=://)[^\s@/:]{16,}(?=@)"
    # The token in an interaction's or a webhook's address.
    r"|(?<=/interactions/)\d+/[^\s/]+|(?<=/webhooks/)\d+/[^\s/]+"
)
_NAMED = regex(
    # A signed address: Discord's attachments (ex, is, hm), others' signatures, tokens, passwords.
    r"(?P<name>[?&;](?:ex|is|hm|x-amz-(?:signature|credential|security-token)|x-goog-signature|sig|signature"
    r"|(?:access_)?token|password)=)[^\s&\"'<>\\]+"
    # A header, as text or in the repr of a mapping, also inside JSON.
    r"|(?P<header>(?:proxy-)?authorization\\?[\"']?\s*[:=,]\s*\\?[\"']?"
    r"(?:(?:bot|bearer|basic|token)\s+)?)[^\s\"',}\\]+"
    # A header's value without its name, as a git server may repeat it.
    r"|(?P<scheme>\b(?:basic|bearer)\s+)(?=[\w+/.~-]*[\d=])[\w+/.~-]{12,}=*"
    # A setting or a part of a DSN: DISCORD_TOKEN=…, password='…', sslpassword=….
    r"|(?P<quoted>\b\w*(?:token|secret|password|passwd)\s*=\s*\\?(?P<quote>[\"']))(?:(?!(?P=quote)).)+"
    r"|(?P<setting>\b\w*(?:token|secret|password|passwd)\s*=\s*)[^\s\"'&,;\\]+"
    # A field of a payload, such as an interaction's token, as JSON or in a mapping's repr.
    r"|(?P<field>\\?[\"'](?:\w*token|\w*secret|password)\\?[\"']\s*:\s*\\?[\"'])[^\s\"'\\]+",
    re.IGNORECASE,
)
_UNSEEN = regex(
    # Control characters, directions of writing, line separators, halves of pairs.
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def redact(text: str, known: Iterable[str] = ()) -> str:
    """The text without what looks like a token, password or signature, and without the ``known`` secrets."""
    for secret in known:
        text = text.replace(secret, REDACTED)
    text = _SECRETS.sub(REDACTED, text)
    return _NAMED.sub(lambda found: f"{found[found.lastgroup or 0]}{REDACTED}", text)


def spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    """Each secret as it is and as an address spells it, the longest first; too short ones are left out."""
    found = {
        way for secret in secrets if len(secret) >= _SHORTEST for way in (secret, quote(secret, safe=""))
    }
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def visible(text: str) -> str:
    r"""The text on one line: newlines, ANSI sequences and changes of direction as ``\uXXXX``."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible_lines(text: str) -> str:
    """Text of several lines, each of them visible; JSON stays the same value."""
    return "\n".join(map(visible, text.split("\n")))
