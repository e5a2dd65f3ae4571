"""What an admin chooses for one channel before it is saved: each method is one click in the panel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from bot.adapters.channel_kinds import kind_of
from bot.adapters.database.decisions import Decision, Refusal
from bot.adapters.setup.asking import Asking
from bot.adapters.setup.desk import Desk, refused
from bot.delivery.choices import MOST_SUBSCRIPTIONS, changes, values_of
from bot.delivery.drafts import Draft, edited, first_draft
from bot.delivery.places import layout_of
from bot.delivery.planning import is_wanted
from bot.delivery.tag_filters import drought
from bot.formatting.messages import Message
from bot.formatting.setup.pages import MOST_SHOWN, Remembered, history_lines, saved_page
from bot.formatting.setup.panel import Panel, panel_page
from bot.i18n import Words
from bot.i18n.zones import find_zones, is_called
from bot.replacing import replace

MOST_FOUND: Final = 23
"""Time zones that a search offers: a menu's 25 options without the present one and the search."""

Page = Callable[[Panel, Words], Message]


class Drafting(Struct, frozen=True):
    """Drafts of subscriptions, over the desk. Every method raises StoreError."""

    desk: Desk

    async def open(self, asking: Asking) -> Message:
        """All channels of the server, or the panel for its first one."""
        if await self.desk.of_server(asking):
            return await self.desk.overview(asking)
        return await self.add(asking)

    async def add(self, asking: Asking) -> Message:
        """The panel for one more channel."""
        known = await self.desk.of_server(asking)
        if len(known) >= MOST_SUBSCRIPTIONS:
            return await self.desk.overview(asking, refused(Refusal.FULL, asking.words))
        taken = {each.channel_id for each in known}
        channel = asking.channel if asking.channel and asking.channel[0] not in taken else None
        draft = first_draft(
            guild_id=asking.guild.id,
            channel=channel,
            locale=asking.locale,
            language=self.desk.composer.catalogues.words(asking.locale).locale,
            now=self.desk.clock(),
        )
        return await self._begin(draft, asking)

    async def edit(self, channel_id: int, asking: Asking) -> Message:
        """The panel of a channel that gets posts."""
        found = await self.desk.mine(channel_id, asking)
        if found is None:
            return await self.desk.overview(asking, asking.words("setup.gone"))
        channel = asking.guild.get_channel_or_thread(channel_id)
        draft = edited(found, asking.locale).with_(kind=kind_of(channel) or found.kind)
        return await self._begin(draft, asking)

    async def change(
        self, token: str, asking: Asking, change: Callable[[Draft], Draft | str], page: Page = panel_page
    ) -> Message:
        """The panel after a choice; where that is not possible ``change`` gives the sentence that says so."""
        async with self.desk.turn(token):
            draft = await self.draft(token, asking)
            changed = change(draft) if draft else None
            if isinstance(changed, Draft) and changed != draft:
                await self.desk.drafts.change(token, changed.to_values(), self.desk.clock())
        if draft is None:
            return expired(asking.words)
        if isinstance(changed, str):
            return await self._panel(token, draft, asking, page, changed)
        return await self._panel(token, changed or draft, asking, page)

    async def search_zone(self, token: str, text: str, asking: Asking) -> Message:
        """The panel with the time zones that were looked for; the likeliest chosen unless it is a guess."""
        found = await asyncio.to_thread(find_zones, text, asking.words.locale, self.desk.clock(), MOST_FOUND)
        if not found:
            return await self.change(token, asking, lambda _: asking.words("setup.no_zone"))
        names = tuple(zone.id for zone in found)
        chosen = {"zone": names[0]} if is_called(text, found[0]) else {}
        return await self.change(token, asking, lambda draft: replace(draft.at(**chosen), zones=names))

    async def draft(self, token: str, asking: Asking) -> Draft | None:
        """The admin's own draft; None where there is none, or its day is over."""
        values = await self.desk.drafts.get(token, asking.owner, self.desk.clock())
        if values is None or "new" not in values:
            return None
        return Draft.read(values, asking.guild.id, self.desk.clock())

    async def save(self, token: str, asking: Asking) -> Message:
        """Store the draft and tell what changed; or why not, with the panel as it was."""
        now = self.desk.clock()
        async with self.desk.turn(token):
            draft = await self.draft(token, asking)
            if draft is None:
                return expired(asking.words)
            draft, why_not = await self._store(token, draft, asking)
            if why_not is None:
                await self.desk.drafts.drop(token)
        if why_not is not None:
            return await self._panel(token, draft, asking, panel_page, why_not)
        await self.desk.follow()
        saved = await self.desk.subscriptions.of_channel(draft.new.channel_id) or draft.new
        hold = self.desk.hold(saved, asking, halted=await self.desk.is_halted())
        page = saved_page(saved, draft.changes, now, asking.words, hold=hold)
        return await self.desk.examine(page, [saved], asking.words)

    async def cancel(self, token: str, asking: Asking) -> Message:
        """Forget the draft."""
        if await self.desk.drafts.get(token, asking.owner, self.desk.clock()) is None:
            return expired(asking.words)
        await self.desk.drafts.drop(token)
        return await self.desk.overview(asking, asking.words("setup.cancelled"))

    async def preview(self, draft: Draft) -> Sequence[Message]:
        """The newest post that the channel would take, as it would get it; empty where there is none."""
        new = draft.new
        newest = next(
            (post for post in reversed(self.desk.lookups.archive.posts) if is_wanted(post, new)), None
        )
        if newest is None:
            return ()
        return await self.desk.composer.messages(newest, layout_of(new), new.locale)

    async def _begin(self, draft: Draft, asking: Asking) -> Message:
        token = await self.desk.drafts.keep(asking.owner, draft.to_values(), self.desk.clock())
        return await self._panel(token, draft, asking)

    async def _panel(
        self,
        token: str,
        draft: Draft,
        asking: Asking,
        page: Page = panel_page,
        notice: str | None = None,
    ) -> Message:
        paused, history = None, []
        if draft.old is not None:
            now_is = await self.desk.subscriptions.of_channel(draft.old.channel_id)
            paused = now_is.paused_because if now_is else None
            history = await self._history(draft.old.channel_id, asking)
        dry = drought(draft.new, self.desk.lookups.archive)
        halted = await self.desk.is_halted()
        panel = Panel(
            token=token,
            draft=draft,
            now=self.desk.clock(),
            preview=() if dry else await self.preview(draft),
            drought=dry,
            hold=self.desk.hold(draft.new, asking, halted=halted) if draft.has_channel else None,
            notice=notice,
            history=history,
            paused_because=paused,
        )
        return page(panel, asking.words)

    async def _history(self, channel_id: int, asking: Asking) -> list[str]:
        records = await self.desk.decisions.history(asking.guild.id, channel_id, MOST_SHOWN)
        remembered = [
            Remembered(
                at=each.at,
                user_id=each.user_id,
                channel_id=each.channel_id,
                action=each.action,
                changes=changes(each.old, each.new) if each.new and each.old else (),
            )
            for each in records
        ]
        return history_lines(remembered, self.desk.clock(), asking.words)

    async def _store(self, token: str, draft: Draft, asking: Asking) -> tuple[Draft, str | None]:
        """Decide what the draft says: the draft as it is then, and why nothing was stored, if so."""
        is_other = draft.old is None or draft.old.channel_id != draft.new.channel_id
        if is_other and asking.guild.get_channel_or_thread(draft.new.channel_id) is None:
            return draft, asking.words("setup.channel_gone")
        if not draft.changes:
            return draft, None
        decision = Decision(old=draft.old, new=draft.new)
        refusal = await self.desk.decisions.take([decision], asking.by(self.desk.clock()))
        return (draft, None) if refusal is None else await self._refuse(token, draft, refusal, asking)

    async def _refuse(self, token: str, draft: Draft, refusal: Refusal, asking: Asking) -> tuple[Draft, str]:
        """The draft over what the channel has become meanwhile, where that is the reason; and the reason."""
        found = await self.desk.subscriptions.of_channel((draft.old or draft.new).channel_id)
        mine = found is not None and found.guild_id in (None, asking.guild.id)
        first_came = refusal is Refusal.TAKEN and draft.old is None
        if mine and (refusal is Refusal.OUTDATED or first_came):
            draft = replace(draft, old=found)
            await self.desk.drafts.change(token, draft.to_values(), self.desk.clock())
            refusal = Refusal.OUTDATED
        elif refusal is Refusal.OUTDATED:
            draft = replace(draft, old=None)
            await self.desk.drafts.change(token, draft.to_values(), self.desk.clock())
        notice = refused(refusal, asking.words)
        if draft.old and refusal is Refusal.OUTDATED:
            theirs = changes(values_of(draft.new), values_of(draft.old))
            names = ", ".join(asking.words(f"setup.value.{each.key}") for each in theirs)
            notice += f"\n{asking.words('setup.differs', names=names)}" if names else ""
        return draft, notice


def expired(words: Words) -> Message:
    """The draft is another's, or too old, or saved already."""
    return Message(content=words("setup.expired"))
