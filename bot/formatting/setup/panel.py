"""The panel in which an admin sets up one channel, with the newest post as the channel would get it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from msgspec import Struct

from bot.delivery.choices import DAYS, read_time
from bot.delivery.drafts import Draft
from bot.delivery.models import ChannelKind
from bot.delivery.tag_filters import Drought
from bot.formatting import limits
from bot.formatting.compose import Layout
from bot.formatting.escaping import escape_text
from bot.formatting.messages import (
    Button,
    ButtonStyle,
    Card,
    Field,
    Message,
    Option,
    Pick,
    Picker,
    Row,
    Select,
)
from bot.formatting.setup.choices import (
    channel_in_words,
    day_name,
    state_button,
    tags_in_words,
    when_in_words,
)
from bot.formatting.setup.ids import SEARCH, Verb, setup_id
from bot.formatting.setup.standing import Hold, hold_in_words
from bot.formatting.stopped import cause_in_words
from bot.i18n import Words
from bot.i18n.zones import likely_zones, offset_text, zone_of

COLOUR: Final = 0x5865F2
CHANNEL_TYPES: Final = (0, 5, 15, 10, 11, 12)
"""Text, announcement, forum, and threads in the three (the channel object's types)."""
_NOW: Final = "now"
_GLANCE: Final = 700
"""Characters of the post that the panel shows beside the cover; a button shows all of it."""
_HOURS: Final = 24


class Panel(Struct, frozen=True, kw_only=True):
    """What the panel shows besides the draft.

    Attributes:
        token: the draft's.
        preview: the newest post's messages in the chosen layout; empty where there is no post.
        drought: none of the newest posts passes the chosen tags.
        notice: a sentence above everything, as that a choice is not possible.
        history: the last changes of the channel, in words, the latest first.
        paused_because: why the channel gets nothing at present.
        hold: what else keeps posts away; of tags ``drought`` says more.
    """

    token: str
    draft: Draft
    now: datetime
    preview: Sequence[Message] = ()
    drought: Drought | None = None
    notice: str | None = None
    history: Sequence[str] = ()
    paused_because: str | None = None
    hold: Hold | None = None


def panel_page(panel: Panel, words: Words) -> Message:
    """Channel, time, time zone and layout; saving is one tap away."""
    draft, token = panel.draft, panel.token
    rows: tuple[Row, ...] = (
        (_channels(panel, words),),
        (_times(panel, words),),
        (_zones(panel, words),),
        (_layouts(panel, words),),
        (
            _save(panel, words),
            _button(Verb.MORE, token, words("setup.button.more"), "⚙️"),
            _button(Verb.PREVIEW, token, words("setup.button.preview"), "👀"),
            *((state_button(draft.old.channel_id, words, paused=_is_paused(panel)),) if draft.old else ()),
            _button(Verb.CANCEL, token, words("setup.button.cancel"), "✖️"),
        ),
    )
    return _page(panel, rows, words)


def more_page(panel: Panel, words: Words) -> Message:
    """Weekdays, the role, sound, handing on, language and tags; removing a channel."""
    draft, token = panel.draft, panel.token
    new = draft.new
    silent = _switch(Verb.SILENT, token, words("setup.value.silent"), "🔕", on=new.silent)
    publish = _switch(Verb.PUBLISH, token, words("setup.value.publish"), "📢", on=new.publish)
    language = words(f"setup.language.{new.locale}")
    switches = (
        silent,
        *((publish,) if new.kind is ChannelKind.ANNOUNCEMENT else ()),
        _button(Verb.LANGUAGE, token, words("setup.button.language", language=language), "🌐"),
        _button(Verb.TAGS, token, words("setup.button.tags"), "🏷️"),
        _button(Verb.MINUTE, token, words("setup.button.minute"), "⏱️"),
    )
    last: list[Button] = [_button(Verb.BACK, token, words("setup.button.back"), "◀️"), _save(panel, words)]
    if draft.old:
        channel = draft.old.channel_id
        last.append(state_button(channel, words, paused=_is_paused(panel)))
        remove = words("setup.button.remove")
        last.append(
            Button(
                label=remove, custom_id=setup_id(Verb.REMOVE, channel), emoji="🗑️", style=ButtonStyle.DANGER
            )
        )
    rows: tuple[Row, ...] = ((_days(panel, words),), (_role(panel, words),), switches, tuple(last))
    return _page(panel, rows, words)


def _is_paused(panel: Panel) -> bool:
    return panel.paused_because is not None


def _page(panel: Panel, rows: tuple[Row, ...], words: Words) -> Message:
    card = _card(panel, words)
    cards = _fitting(card, panel.preview)
    return Message(content=panel.notice, cards=(card, *cards), rows=rows)


def _card(panel: Panel, words: Words) -> Card:
    draft, new = panel.draft, panel.draft.new
    title = words("setup.title.edit") if draft.old else words("setup.title.new")
    slot = new.timetable.next_after(panel.now)
    when = when_in_words(new.timetable, panel.now, words)
    if slot and not panel.hold:
        when += "\n" + words("setup.next", at=f"<t:{int(slot.timestamp())}:R>")
    lines = [
        f"**{words('setup.value.channel')}** {channel_in_words(new.channel_id, words)}",
        f"**{words('setup.value.time')}** {when}",
        f"**{words('setup.value.layout')}** {words(f'setup.layout.{new.layout}')}",
        f"**{words('setup.value.language')}** {words(f'setup.language.{new.locale}')}",
        *_extras(panel, words),
    ]
    if panel.hold in (Hold.GONE, Hold.HALTED):
        lines.append("\n" + hold_in_words(panel.hold, words))
    if panel.paused_because:
        lines.append("⏸️ " + escape_text(cause_in_words(panel.paused_because, words)))
    elif not draft.old:
        lines.append("\n" + words("setup.not_saved"))
    if panel.drought:
        lines.append("\n" + _dry(panel.drought, words))
    fields = []
    if panel.history:
        fields.append(Field(name=words("setup.history"), value="\n".join(panel.history)))
    caption = words("setup.hold.dry" if panel.drought else "setup.preview.none")
    if panel.preview:
        caption = words("setup.preview.caption", count=words.number(len(panel.preview)))
    return Card(
        title=title, description="\n".join(lines), colour=COLOUR, fields=tuple(fields), footer=caption
    )


def _extras(panel: Panel, words: Words) -> list[str]:
    new = panel.draft.new
    lines = []
    if new.role_id is not None:
        lines.append(f"**{words('setup.value.role')}** <@&{new.role_id}>")
    for key, tags in (
        ("include", sorted(new.include)),
        ("exclude", sorted(new.exclude)),
        ("forum_tags", new.forum_tags),
    ):
        if tags:
            lines.append(f"**{words(f'setup.value.{key}')}** {tags_in_words(tags, words)}")
    if new.silent:
        lines.append("🔕 " + words("setup.silent_on"))
    if new.publish:
        lines.append("📢 " + words("setup.publish_on"))
    return lines


def _dry(drought: Drought, words: Words) -> str:
    """That nothing passes, and what to do."""
    count = words.number(drought.posts)
    said = words("setup.dry", count=count) if drought.ever else words("setup.dry.never")
    if not drought.nearest:
        return f"{said} {words('setup.dry.fix')}"
    return f"{said} {words('setup.dry.near', tags=tags_in_words(drought.nearest, words))}"


def _fitting(card: Card, preview: Sequence[Message]) -> list[Card]:
    """The first message's first cards: the cover, and what leaves the choices around it in sight."""
    room = limits.MESSAGE_CARD_CHARACTERS - card.characters
    size = 0
    shown: list[Card] = []
    for each in preview[0].cards if preview else ():
        size += each.characters
        if size > (_GLANCE if shown else room):
            break
        shown.append(each)
    return shown


def _channels(panel: Panel, words: Words) -> Picker:
    draft = panel.draft
    return Picker(
        custom_id=setup_id(Verb.CHANNEL, panel.token),
        pick=Pick.CHANNEL,
        channel_types=CHANNEL_TYPES,
        chosen=(draft.new.channel_id,) if draft.has_channel and panel.hold is not Hold.GONE else (),
        placeholder=words("setup.choose.channel"),
    )


def _times(panel: Panel, words: Words) -> Select:
    at = panel.draft.new.timetable.at
    options = [Option(label=words("setup.immediately"), value=_NOW, default=at is None)]
    for hour in range(_HOURS):
        shown = at if at and at.hour == hour else time(hour)
        clock = shown.strftime("%H:%M")
        options.append(Option(label=clock, value=clock, default=shown == at))
    return Select(
        custom_id=setup_id(Verb.TIME, panel.token),
        options=tuple(options),
        placeholder=words("setup.choose.time"),
    )


def time_of(value: str) -> time | None:
    """The time of day of an option of the panel; None where posts go out as soon as they are out."""
    return None if value == _NOW else read_time(value)


def is_time_option(value: str) -> bool:
    """Whether ``time_of`` can read it."""
    return value == _NOW or read_time(value) is not None


def _zones(panel: Panel, words: Words) -> Select:
    draft = panel.draft
    current = draft.new.timetable.zone
    room = limits.SELECT_OPTIONS - 1
    names = draft.zones or likely_zones(draft.locale, current, room)
    options = []
    for name in tuple(dict.fromkeys((*names, current) if draft.zones else names))[:room]:
        zone = zone_of(name, words.locale, panel.now)
        where = f"{zone.country} · {name}" if zone.country else name
        options.append(
            Option(
                label=f"{zone.city} ({offset_text(zone.offset)})",
                value=name,
                description=where[: limits.OPTION_TEXT],
                default=name == current,
            )
        )
    options.append(Option(label=words("setup.search_zone"), value=SEARCH))
    return Select(
        custom_id=setup_id(Verb.ZONE, panel.token),
        options=tuple(options),
        placeholder=words("setup.choose.zone"),
    )


def _layouts(panel: Panel, words: Words) -> Select:
    options = tuple(
        Option(
            label=words(f"setup.layout.{layout}"),
            value=layout,
            description=words(f"setup.layout.{layout}.about"),
            default=layout is panel.draft.new.layout,
        )
        for layout in Layout
    )
    return Select(
        custom_id=setup_id(Verb.LAYOUT, panel.token),
        options=options,
        placeholder=words("setup.choose.layout"),
    )


def _days(panel: Panel, words: Words) -> Select:
    chosen = panel.draft.new.timetable.weekdays
    options = tuple(
        Option(label=day_name(day, words), value=key, default=day in chosen) for day, key in enumerate(DAYS)
    )
    return Select(
        custom_id=setup_id(Verb.DAYS, panel.token),
        options=options,
        placeholder=words("setup.choose.days"),
        most=len(DAYS),
    )


def _role(panel: Panel, words: Words) -> Picker:
    role = panel.draft.new.role_id
    return Picker(
        custom_id=setup_id(Verb.ROLE, panel.token),
        pick=Pick.ROLE,
        chosen=(role,) if role is not None else (),
        placeholder=words("setup.choose.role"),
        least=0,
    )


def _save(panel: Panel, words: Words) -> Button:
    return Button(
        label=words("setup.button.save"),
        custom_id=setup_id(Verb.SAVE, panel.token),
        emoji="💾",
        style=ButtonStyle.SUCCESS,
        disabled=not panel.draft.has_channel,
    )


def _button(verb: Verb, token: str, label: str, emoji: str) -> Button:
    return Button(label=label, custom_id=setup_id(verb, token), emoji=emoji)


def _switch(verb: Verb, token: str, label: str, emoji: str, *, on: bool) -> Button:
    style = ButtonStyle.PRIMARY if on else ButtonStyle.SECONDARY
    return Button(label=label, custom_id=setup_id(verb, token), emoji=emoji, style=style)
