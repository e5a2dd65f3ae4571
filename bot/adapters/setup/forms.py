"""Forms that an admin fills in: tags, a time of day to the minute, a search for a time zone.

discord.py keeps a form in memory until it comes back; ours are recognised by their id, also after a restart.
"""

from __future__ import annotations

from typing import Any

import discord

from bot.delivery.choices import LONGEST_TAG, MOST_TAGS
from bot.delivery.drafts import Draft
from bot.formatting.setup.ids import Verb, setup_id
from bot.i18n import Words

_TAGS_ROOM = MOST_TAGS * (LONGEST_TAG + 2)


def zone_form(token: str, words: Words) -> discord.ui.Modal:
    """Asks for a city, a country or a distance from UTC."""
    text = _text("zone", words("form.zone.label"), words("form.zone.hint"), longest=60, required=True)
    return _form(Verb.SEARCH_GIVEN, token, words("form.zone.title"), text)


def minute_form(token: str, draft: Draft, words: Words) -> discord.ui.Modal:
    """Asks for a time of day."""
    at = draft.new.timetable.at
    text = _text("time", words("form.time.label"), words("form.time.hint"), longest=20, required=True)
    text.default = at.strftime("%H:%M") if at else None
    return _form(Verb.MINUTE_GIVEN, token, words("form.time.title"), text)


def tags_form(token: str, draft: Draft, words: Words) -> discord.ui.Modal:
    """Asks which tags are wanted, which are not, and which every post in a forum gets."""
    new = draft.new
    hint = words("form.tags.hint")
    fields = []
    for key, tags in (
        ("include", sorted(new.include)),
        ("exclude", sorted(new.exclude)),
        ("forum_tags", new.forum_tags),
    ):
        text = _text(key, words(f"form.tags.{key}"), hint, longest=_TAGS_ROOM, required=False)
        text.default = ", ".join(tags) or None
        fields.append(text)
    return _form(Verb.TAGS_GIVEN, token, words("form.tags.title"), *fields)


def filled_in(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """What a form that came back holds, by the ids of its fields."""
    data: Any = interaction.data
    rows = data.get("components", ()) if data else ()
    parts = [part for row in rows for part in (*row.get("components", ()), row.get("component") or {})]
    return {part["custom_id"]: str(part.get("value") or "") for part in parts if "custom_id" in part}


def _form(verb: Verb, token: str, title: str, *fields: discord.ui.TextInput[Any]) -> discord.ui.Modal:
    form = discord.ui.Modal(title=title, custom_id=setup_id(verb, token), timeout=None)
    for field in fields:
        form.add_item(field)
    form.stop()  # nothing is kept in memory for it
    return form


def _text(key: str, label: str, hint: str, *, longest: int, required: bool) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=key, label=label, placeholder=hint, max_length=longest, required=required
    )
