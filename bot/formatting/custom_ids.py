"""The state that a button or select carries, within Discord's 100 characters; no server memory is needed.

Every id has a builder here and a pattern by which ``bot.adapters.views`` recognises it after any restart.
"""

from __future__ import annotations

from datetime import date

PAGE = r"news:page:(?P<key>[0-9a-f]{16}):(?P<section>all|\d{1,4}):(?P<index>\d{1,4}):(?P<turn>prev|next)"
SECTION = r"news:section:(?P<key>[0-9a-f]{16})(?::\d{1,3})?"
GOTO = r"news:goto:(?P<key>[0-9a-f]{16})"
LIST = r"news:list:(?P<kind>day|tag):(?P<what>[0-9a-f-]{10,16}):(?P<index>\d{1,4}):(?P<turn>prev|next)"
OPEN = r"news:open"


def page_id(key: str, section: int | None, index: int, turn: str) -> str:
    """Turns to page ``index`` of a post or of one of its sections; ``turn`` keeps two buttons apart."""
    return f"news:page:{key}:{'all' if section is None else section}:{index}:{turn}"


def section_id(key: str) -> str:
    """Opens a section of a post in an answer of its own; for messages that everybody sees."""
    return f"news:section:{key}"


def goto_id(key: str) -> str:
    """Opens a section of a post in place; for an answer that one reader sees."""
    return f"news:goto:{key}"


def day_list_id(day: date, index: int, turn: str) -> str:
    """Turns to page ``index`` of a day's posts."""
    return f"news:list:day:{day.isoformat()}:{index}:{turn}"


def tag_list_id(tag_key: str, index: int, turn: str) -> str:
    """Turns to page ``index`` of a tag's posts; ``tag_key`` is 16 hexadecimal digits."""
    return f"news:list:tag:{tag_key}:{index}:{turn}"
