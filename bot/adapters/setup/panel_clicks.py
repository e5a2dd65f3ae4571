"""What each button, select and form of one channel's panel does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import time
from types import MappingProxyType
from typing import Final

import discord

from bot.adapters.answers import PATIENCE, reply
from bot.adapters.channel_kinds import kind_of
from bot.adapters.embeds import reply_of
from bot.adapters.interaction_errors import say
from bot.adapters.setup import forms
from bot.adapters.setup.clicks import Act, Click
from bot.adapters.setup.drafting import expired
from bot.adapters.setup.exchange import is_role
from bot.delivery.choices import DAYS, read_tags, read_time
from bot.delivery.drafts import Draft
from bot.delivery.forum_tags import MOST as MOST_FORUM_TAGS
from bot.delivery.tag_filters import in_both
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.formatting.setup.choices import tags_in_words
from bot.formatting.setup.ids import SEARCH, Verb
from bot.formatting.setup.panel import more_page, time_of
from bot.i18n.catalogue import LOCALES, Words
from bot.replacing import replace

MOST_PREVIEWED: Final = 3
"""Messages that the preview shows."""


async def _channel(click: Click) -> None:
    channel = click.asking.guild.get_channel_or_thread(int(click.values[0]))
    kind = kind_of(channel)

    def change(draft: Draft) -> Draft | str:
        if channel is None or kind is None:
            return click.asking.words("setup.not_a_channel")
        return draft.with_(channel_id=channel.id, kind=kind)

    await click.change(change)


async def _time(click: Click) -> None:
    await click.change(lambda draft: draft.at(at=time_of(click.values[0])))


async def _zone(click: Click) -> None:
    (name,) = click.values
    if name == SEARCH:
        await click.interaction.response.send_modal(forms.zone_form(click.subject, click.asking.words))
        return
    await click.change(lambda draft: draft.at(zone=name))


async def _layout(click: Click) -> None:
    await click.change(lambda draft: draft.with_(layout=Layout(click.values[0])))


async def _more(click: Click) -> None:
    await click.change(lambda draft: draft, more_page)


async def _back(click: Click) -> None:
    await click.change(lambda draft: draft)


async def _save(click: Click) -> None:
    await click.show(click.drafting.save(click.subject, click.asking))


async def _cancel(click: Click) -> None:
    await click.show(click.drafting.cancel(click.subject, click.asking))


async def _days(click: Click) -> None:
    days = frozenset(map(DAYS.index, click.values))
    await click.change(lambda draft: draft.at(weekdays=days) if days else draft, more_page)


async def _role(click: Click) -> None:
    role_id = int(click.values[0]) if click.values else None

    def change(draft: Draft) -> Draft | str:
        if role_id is not None and not is_role(click.asking.guild, role_id):
            return click.asking.words("setup.not_a_role")
        return draft.with_(role_id=role_id)

    await click.change(change, more_page)


async def _silent(click: Click) -> None:
    await click.change(lambda draft: draft.with_(silent=not draft.new.silent), more_page)


async def _publish(click: Click) -> None:
    await click.change(lambda draft: draft.with_(publish=not draft.new.publish), more_page)


async def _language(click: Click) -> None:
    def change(draft: Draft) -> Draft:
        at = LOCALES.index(draft.new.locale) if draft.new.locale in LOCALES else -1
        return draft.with_(locale=LOCALES[(at + 1) % len(LOCALES)])

    await click.change(change, more_page)


async def _ask_for_tags(click: Click) -> None:
    await _ask(click, forms.tags_form)


async def _ask_for_minute(click: Click) -> None:
    await _ask(click, forms.minute_form)


async def _ask(click: Click, form: Callable[[str, Draft, Words], discord.ui.Modal]) -> None:
    """Open a form. Nothing may come before it, so a slow database cannot be waited for."""
    words = click.asking.words
    try:
        async with asyncio.timeout(PATIENCE):
            draft = await click.drafting.draft(click.subject, click.asking)
    except TimeoutError:
        await say(click.interaction, words("setup.slow"))
        return
    if draft is None:
        await click.show(_expired(click))
        return
    await click.interaction.response.send_modal(form(click.subject, draft, words))


async def _tags_given(click: Click) -> None:
    given = forms.filled_in(click.interaction)

    def change(draft: Draft) -> Draft | str:
        try:
            include, exclude, forum = (
                read_tags(given.get(key, "")) for key in ("include", "exclude", "forum_tags")
            )
        except ValueError:
            return click.asking.words("setup.bad_tags")
        if len(forum) > MOST_FORUM_TAGS:
            return click.asking.words("setup.bad_forum_tags", most=MOST_FORUM_TAGS)
        if both := in_both(include, exclude, click.desk.lookups.archive.aliases):
            return click.asking.words("setup.tags_in_both", tags=tags_in_words(both, click.asking.words))
        return draft.with_(include=frozenset(include), exclude=frozenset(exclude), forum_tags=forum)

    await click.change(change, more_page)


async def _minute_given(click: Click) -> None:
    at: time | None = read_time(forms.filled_in(click.interaction).get("time", ""))
    await click.change(
        lambda draft: draft.at(at=at) if at is not None else click.asking.words("setup.bad_time"), more_page
    )


async def _search_given(click: Click) -> None:
    text = forms.filled_in(click.interaction).get("zone", "")
    await click.show(click.drafting.search_zone(click.subject, text, click.asking))


async def _preview(click: Click) -> None:
    """Show the post's messages as they would arrive, below the panel."""
    words = click.asking.words

    async def first() -> Message:
        draft = await click.drafting.draft(click.subject, click.asking)
        if draft is None:
            return expired(words)
        messages = await click.drafting.preview(draft)
        if not messages:
            is_dry = len(click.desk.lookups.archive) > 0
            return Message(content=words("setup.hold.dry" if is_dry else "setup.preview.none"))
        others.extend(messages[1:MOST_PREVIEWED])
        values = {"count": words.number(len(messages)), "shown": words.number(1 + len(others))}
        note = words("setup.preview.note", **values)
        return replace(messages[0], content="\n".join(filter(None, (note, messages[0].content))))

    others: list[Message] = []
    await reply(click.interaction, words, first())
    for message in others:
        await click.interaction.followup.send(**reply_of(message), ephemeral=True)


async def _expired(click: Click) -> Message:
    return expired(click.asking.words)


PANEL_ACTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        Verb.CHANNEL: _channel,
        Verb.TIME: _time,
        Verb.ZONE: _zone,
        Verb.LAYOUT: _layout,
        Verb.MORE: _more,
        Verb.BACK: _back,
        Verb.SAVE: _save,
        Verb.PREVIEW: _preview,
        Verb.CANCEL: _cancel,
        Verb.DAYS: _days,
        Verb.ROLE: _role,
        Verb.SILENT: _silent,
        Verb.PUBLISH: _publish,
        Verb.LANGUAGE: _language,
        Verb.TAGS: _ask_for_tags,
        Verb.TAGS_GIVEN: _tags_given,
        Verb.MINUTE: _ask_for_minute,
        Verb.MINUTE_GIVEN: _minute_given,
        Verb.SEARCH_GIVEN: _search_given,
    }
)
