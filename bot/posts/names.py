"""What a post file's name says (its day, its slug), and which name a new post gets."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from bot.patterns import regex
from bot.posts.dates import read_post_moment

SUFFIXES = (".md", ".markdown")

MAX_SLUG = 200
"""The longest slug, in code points."""

_DATED = regex(r"([0-9]{4}|[0-9]{2})([-_.]?)([0-9]{2})\2([0-9]{2})(?![0-9])")
_LONGEST_NAME = 120
"""Bytes of UTF-8 in the title's part of a new file's name; file systems allow 255 in all."""


def is_post_name(name: str) -> bool:
    """Whether a file of this name is a post: Markdown, neither hidden nor an editor's backup or lock."""
    return name.lower().endswith(SUFFIXES) and not name.startswith((".", "~", "#"))


def stem(path: str) -> str:
    """The part of a path that names the post: the file's stem, or for ``x/index.md`` the folder's name."""
    parts = PurePosixPath(path)
    named = parts.parent.name if parts.stem.lower() == "index" and parts.parent.name else parts.stem
    return unicodedata.normalize("NFC", _encodable(named))


@lru_cache(maxsize=64)  # reading one file asks several times
def day_in_name(path: str) -> dt.date | None:
    """The day a name begins with: ``2024-05-04-x.md``, ``24-05-04-x.md``, ``20240504-x.md``."""
    match = _DATED.match(stem(path))
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 2 and not match[2]:  # noqa: PLR2004 - six digits in a row may be anything
        return None
    moment = read_post_moment(f"{year if len(match[1]) > 2 else 2000 + year:04}-{month}-{day}")  # noqa: PLR2004 - of two
    return moment.day if moment else None


def slug_of(path: str) -> str:
    """The slug a post gets from its file's name."""
    return to_slug(stem(path)) or "post"


def to_slug(text: str) -> str:
    """A slug from ``slug`` or ``permalink``: the path of an address, its parts joined by hyphens (NFC).

    Empty where nothing is left, or a name that means a folder everywhere (``.``, ``..``).
    """
    text = urlsplit(text).path if text.startswith(("http://", "https://")) else text
    text = unicodedata.normalize("NFC", _encodable(unquote(text)))
    text = text.removesuffix("/").removesuffix("index.html").removesuffix(".html")
    slug = re.sub(r"[\s/\\\x00-\x1f\x7f]+", "-", text.strip(" /\t\n")).strip("-")
    return "" if slug in {".", ".."} else slug


def file_name(title: str, day: dt.date) -> str:
    """The file name of a new post: its day and its title's words, Hangul kept (NFC)."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", title).lower())
    name = "-".join(words).encode()[:_LONGEST_NAME].decode(errors="ignore").strip("-")
    return f"{day.isoformat()}-{name or 'post'}.md"


def _encodable(text: str) -> str:
    """Names that are no UTF-8 reach Python as lone surrogates; nothing can store those."""
    return text.encode(errors="replace").decode()
