"""Decides what becomes of a link's target: cleaned, made absolute, written so that Discord takes it."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin

from bot.formatting import limits
from bot.patterns import regex

_PLAIN = regex(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[A-Za-z0-9/._~?#@!$&',;:=%+-]*)?")
_WEB = regex(r"(https?)://([^/?#\\]+)(.*)", re.IGNORECASE | re.DOTALL)
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OTHER_SCHEMES = regex(r"(?:mailto|tel|sms):\S", re.IGNORECASE)
_HOST = regex(r"(?:[A-Za-z0-9._~-]*@)?[A-Za-z0-9._~\u00a1-\U0010ffff-]+(?::\d{1,5})?")
_UNSAFE = regex(
    r"[\s\x00-\x20\x7f-\xa0<>\"\\^`{|}()*\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]"
)
_PLACEHOLDER = regex(r"[{}<>|]")
_TRACKING = regex(
    r"(?:utm_[^=]*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|mc_eid)(?:=|$)", re.IGNORECASE
)
_MAY_TRACK = regex(r"utm_|clid|braid|mc_eid", re.IGNORECASE)


def clean(url: str) -> str:
    """``url`` without the parameters that only follow the reader around."""
    if "?" not in url or not _MAY_TRACK.search(url):
        return url
    address, _, rest = url.partition("?")
    query, hash_, fragment = rest.partition("#")
    kept = "&".join(part for part in query.split("&") if not _TRACKING.match(part))
    return address + (f"?{kept}" if kept else "") + hash_ + fragment


def target(url: str, base: str | None = None) -> str | None:
    """The address a masked link can carry, or None where there is none.

    Relative targets resolve against ``base``. Discord follows http, https, mailto, tel and sms, shows a
    link as typed when its host is percent-encoded or the query right after it is.
    """
    url = clean(url.strip())
    if not _SCHEME.match(url):
        if not base or not url or _PLACEHOLDER.search(url):
            return None
        url = _joined(base, url)
    if not _PLAIN.fullmatch(url):
        rewritten = _web(url) or _other(url)
        if rewritten is None:
            return None
        url = rewritten
    url = url.replace("~~", "~%7E")  # would close a strike around the link
    return url if len(url) <= limits.LINK_TARGET else None


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:  # brackets that are no IPv6 address
        return ""


def _web(url: str) -> str | None:
    match = _WEB.fullmatch(url)
    if not match:
        return None
    scheme, host, rest = match.groups()
    host = unquote(host)
    if not _HOST.fullmatch(host):
        return None
    if rest and not rest.startswith("/"):
        rest = f"/{rest}"
    return f"{scheme.lower()}://{host}{_UNSAFE.sub(_percent, rest)}"


def _other(url: str) -> str | None:
    return _UNSAFE.sub(_percent, url) if _OTHER_SCHEMES.match(url) else None


def _percent(match: re.Match[str]) -> str:
    return quote(match.group().encode("utf-8", "replace"), safe="")


def media(url: str, base: str | None = None) -> str | None:
    """The address of a picture for a card: one that Discord would refuse costs the whole message."""
    address = target(url, base)
    if not address or len(address) > limits.URL or not address.lower().startswith("http"):
        return None
    host = address.split("/")[2]
    return address if host.isascii() and "." in host.strip(".") else None


def bare(url: str) -> bool:
    """Whether ``url`` can be written as ``<url>``: web addresses without spaces or angle brackets."""
    return bool(_WEB.fullmatch(url)) and not _UNSAFE.search(url.replace("(", "").replace(")", ""))
