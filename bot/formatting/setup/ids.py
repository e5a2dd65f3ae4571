"""The ids of the admins' buttons, selects and forms: what is asked, and of which draft or channel."""

from __future__ import annotations

import enum
from typing import Final

from bot.patterns import regex

PATTERN: Final = r"setup:(?P<verb>[^:]*)(?::(?P<subject>(?s:.*)))?"
"""Every id of the admins', also what no version ever made; subject: a draft's token or a channel's id."""


_OURS: Final = regex(PATTERN)


class Verb(enum.StrEnum):
    """What a click asks for."""

    CHANNEL = "channel"
    TIME = "time"
    ZONE = "zone"
    LAYOUT = "layout"
    MORE = "more"
    BACK = "back"
    SAVE = "save"
    PREVIEW = "preview"
    CANCEL = "cancel"
    DAYS = "days"
    ROLE = "role"
    SILENT = "silent"
    PUBLISH = "publish"
    LANGUAGE = "language"
    TAGS = "tags"
    TAGS_GIVEN = "tags_given"
    MINUTE = "minute"
    MINUTE_GIVEN = "minute_given"
    SEARCH_GIVEN = "search_given"
    LIST = "list"
    EDIT = "edit"
    ADD = "add"
    EXPORT = "export"
    PAUSE = "pause"
    RESUME = "resume"
    REMOVE = "remove"
    REMOVE_SURE = "remove_sure"
    IMPORT = "import"


SEARCH: Final = "search"
"""The option of the time zones that opens a form; no zone has such a name."""


def setup_id(verb: Verb, subject: str | int | None = None) -> str:
    """The id for ``verb``; ``subject`` is a draft's token or a channel's id."""
    return f"setup:{verb}" if subject is None else f"setup:{verb}:{subject}"


def parts_of(custom_id: str) -> tuple[str, str] | None:
    """The verb and the subject of an id, empty where it has none; None where the id is not of the admins'."""
    match = _OURS.fullmatch(custom_id)
    return (match["verb"], match["subject"] or "") if match else None
