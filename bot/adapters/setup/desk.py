"""Where a server's channels are set up: each method is one click, and gives the message that answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

from bot.adapters.channel_kinds import kind_of
from bot.adapters.composer import CachedComposer
from bot.adapters.database.decisions import Decision, Refusal, SqlDecisions
from bot.adapters.database.drafts import SqlDrafts
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.library import Library
from bot.adapters.lookups import Lookups
from bot.adapters.scheduler import DeliverySchedule
from bot.adapters.setup.asking import Asking
from bot.delivery.causes import BY_OPERATOR, BY_SERVER, is_failure
from bot.delivery.choices import MOST_SUBSCRIPTIONS, changes, values_of
from bot.delivery.drafts import Draft, edited, first_draft
from bot.delivery.models import Subscription
from bot.delivery.places import layout_of
from bot.delivery.planning import going_on_since, is_wanted
from bot.delivery.ports import Clock
from bot.delivery.publisher import Publisher
from bot.delivery.tag_filters import drought, is_dry
from bot.formatting.messages import Message
from bot.formatting.setup.pages import (
    MOST_SHOWN,
    Remembered,
    history_lines,
    list_page,
    remove_page,
    saved_page,
)
from bot.formatting.setup.panel import Panel, panel_page
from bot.formatting.setup.standing import Hold
from bot.i18n import Words
from bot.i18n.zones import find_zones, is_called

MOST_FOUND: Final = 23
"""Time zones that a search offers: a menu's 25 options without the present one and the search."""

Page = Callable[[Panel, Words], Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What admins do to their server's subscriptions. Every method raises StoreError.

    ``examine`` puts what the doctor finds in channels below what was saved for them.
    """

    drafts: SqlDrafts
    decisions: SqlDecisions
    subscriptions: SqlSubscriptions
    library: Library
    lookups: Lookups
    composer: CachedComposer
    schedule: DeliverySchedule
    publisher: Publisher
    wake: Callable[[], Awaitable[None]]
    examine: Callable[[Message, Sequence[Subscription], Words], Awaitable[Message]]
    clock: Clock
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """By the token of a draft, while somebody is at it; see ``_turn``."""

    async def open(self, asking: Asking) -> Message:
        """All channels of the server, or the panel for its first one."""
        if await self.of_server(asking):
            return await self.overview(asking)
        return await self.add(asking)

    async def overview(self, asking: Asking, notice: str | None = None) -> Message:
        """All channels of the server."""
        halted = await self._is_halted()
        known = await self.of_server(asking)
        channels = [asking.named(each, self._hold(each, asking, halted=halted)) for each in known]
        return list_page(channels, self.clock(), asking.words, notice=notice)

    async def of_server(self, asking: Asking) -> Sequence[Subscription]:
        """The server's subscriptions."""
        return await self.subscriptions.of_guild(asking.guild.id)

    async def add(self, asking: Asking) -> Message:
        """The panel for one more channel."""
        known = await self.of_server(asking)
        if len(known) >= MOST_SUBSCRIPTIONS:
            return await self.overview(asking, _refused(Refusal.FULL, asking.words))
        taken = {each.channel_id for each in known}
        channel = asking.channel if asking.channel and asking.channel[0] not in taken else None
        draft = first_draft(
            guild_id=asking.guild.id,
            channel=channel,
            locale=asking.locale,
            language=self.composer.catalogues.words(asking.locale).locale,
            now=self.clock(),
        )
        return await self._begin(draft, asking)

    async def edit(self, channel_id: int, asking: Asking) -> Message:
        """The panel of a channel that gets posts."""
        found = await self._mine(channel_id, asking)
        if found is None:
            return await self.overview(asking, asking.words("setup.gone"))
        channel = asking.guild.get_channel_or_thread(channel_id)
        draft = edited(found, asking.locale).with_(kind=kind_of(channel) or found.kind)
        return await self._begin(draft, asking)

    async def change(
        self, token: str, asking: Asking, change: Callable[[Draft], Draft | str], page: Page = panel_page
    ) -> Message:
        """The panel after a choice; where that is not possible ``change`` gives the sentence that says so."""
        async with self._turn(token):
            draft = await self.draft(token, asking)
            changed = change(draft) if draft else None
            if isinstance(changed, Draft) and changed != draft:
                await self.drafts.change(token, changed.to_values(), self.clock())
        if draft is None:
            return expired(asking.words)
        if isinstance(changed, str):
            return await self._panel(token, draft, asking, page, changed)
        return await self._panel(token, changed or draft, asking, page)

    async def search_zone(self, token: str, text: str, asking: Asking) -> Message:
        """The panel with the time zones that were looked for; the likeliest chosen unless it is a guess."""
        found = await asyncio.to_thread(find_zones, text, asking.words.locale, self.clock(), MOST_FOUND)
        if not found:
            return await self.change(token, asking, lambda _: asking.words("setup.no_zone"))
        names = tuple(zone.id for zone in found)
        chosen = {"zone": names[0]} if is_called(text, found[0]) else {}
        return await self.change(token, asking, lambda draft: replace(draft.at(**chosen), zones=names))

    async def draft(self, token: str, asking: Asking) -> Draft | None:
        """The admin's own draft; None where there is none, or its day is over."""
        values = await self.drafts.get(token, asking.owner, self.clock())
        if values is None or "new" not in values:
            return None
        return Draft.read(values, asking.guild.id, self.clock())

    async def save(self, token: str, asking: Asking) -> Message:
        """Store the draft and tell what changed; or why not, with the panel as it was."""
        now = self.clock()
        async with self._turn(token):
            draft = await self.draft(token, asking)
            if draft is None:
                return expired(asking.words)
            draft, why_not = await self._store(token, draft, asking)
            if why_not is None:
                await self.drafts.drop(token)
        if why_not is not None:
            return await self._panel(token, draft, asking, panel_page, why_not)
        await self.follow()
        saved = await self.subscriptions.of_channel(draft.new.channel_id) or draft.new
        hold = self._hold(saved, asking, halted=await self._is_halted())
        page = saved_page(saved, draft.changes, now, asking.words, hold=hold)
        return await self.examine(page, [saved], asking.words)

    async def cancel(self, token: str, asking: Asking) -> Message:
        """Forget the draft."""
        if await self.drafts.get(token, asking.owner, self.clock()) is None:
            return expired(asking.words)
        await self.drafts.drop(token)
        return await self.overview(asking, asking.words("setup.cancelled"))

    async def pause(self, channel_id: int, asking: Asking) -> Message:
        """Stop a channel until somebody of the server resumes it."""
        if await self._mine(channel_id, asking) is None:
            return await self.overview(asking, asking.words("setup.gone"))
        if not await self.decisions.pause(channel_id, BY_SERVER, asking.by(self.clock())):
            found = await self._mine(channel_id, asking)
            if found is None or found.paused_because != BY_SERVER:
                return await self._meanwhile(found, asking)
        return await self.overview(asking, asking.words("setup.did_pause", channel=f"<#{channel_id}>"))

    async def resume(self, channel_id: int, asking: Asking) -> Message:
        """Let a channel go on; of the posts that came meanwhile it gets the newest."""
        found = await self._mine(channel_id, asking)
        if found is None:
            return await self.overview(asking, asking.words("setup.gone"))
        if found.paused_because == BY_OPERATOR:
            return await self.overview(asking, asking.words("setup.operator_paused"))
        if is_failure(found.paused_because):
            await self.publisher.try_again(channel_id, found.paused_because)
            found = await self._mine(channel_id, asking)
            if found is None or found.paused_because is not None:
                return await self._meanwhile(found, asking)
            await self.wake()
            return await self.overview(asking, asking.words("retry.done", channel=f"<#{channel_id}>"))
        if found.paused_because is not None:
            since, by = self.going_on_since(found), asking.by(self.clock())
            if not await self.decisions.resume(channel_id, found.paused_because, since, by):
                return await self._meanwhile(await self._mine(channel_id, asking), asking)
            await self.follow()
        return await self.overview(asking, asking.words("setup.did_resume", channel=f"<#{channel_id}>"))

    async def ask_to_remove(self, channel_id: int, asking: Asking) -> Message:
        """Ask once more."""
        found = await self._mine(channel_id, asking)
        if found is None:
            return await self.overview(asking, asking.words("setup.gone"))
        return remove_page(found, self.clock(), asking.words)

    async def remove(self, channel_id: int, asking: Asking) -> Message:
        """Forget a channel's subscription."""
        found = await self._mine(channel_id, asking)
        if found is None:
            return await self.overview(asking, asking.words("setup.gone"))
        refusal = await self.decisions.take([Decision(old=found, new=None)], asking.by(self.clock()))
        if refusal is not None:
            if refusal is Refusal.OPERATOR_PAUSED:
                return await self.overview(asking, _refused(refusal, asking.words))
            return await self._meanwhile(await self._mine(channel_id, asking), asking)
        await self.follow()
        return await self.overview(asking, asking.words("setup.did_remove", channel=f"<#{channel_id}>"))

    async def preview(self, draft: Draft) -> Sequence[Message]:
        """The newest post that the channel would take, as it would get it; empty where there is none."""
        new = draft.new
        newest = next((post for post in reversed(self.lookups.archive.posts) if is_wanted(post, new)), None)
        if newest is None:
            return ()
        return await self.composer.messages(newest, layout_of(new), new.locale)

    def going_on_since(self, subscription: Subscription) -> datetime:
        """The instant at which posts are past for a channel that goes on now."""
        return going_on_since(subscription, self.library.archive.posts, self.library.first_seen, self.clock())

    async def follow(self) -> None:
        """Take what was decided into service at once: its times of day, and what is due."""
        self.schedule.follow(await self.subscriptions.timetables())
        await self.wake()

    async def _mine(self, channel_id: int, asking: Asking) -> Subscription | None:
        """The channel's subscription, if it is this server's."""
        return next((each for each in await self.of_server(asking) if each.channel_id == channel_id), None)

    async def _meanwhile(self, now_is: Subscription | None, asking: Asking) -> Message:
        """All channels, where somebody was quicker and nothing was done; ``now_is`` is what they left."""
        if now_is is None:
            return await self.overview(asking, asking.words("setup.gone"))
        is_operators = now_is.paused_because == BY_OPERATOR
        return await self.overview(
            asking, asking.words("setup.operator_paused" if is_operators else "setup.meanwhile")
        )

    async def _is_halted(self) -> bool:
        """Whether the operator has paused everything."""
        return await self.publisher.ledger.paused_since() is not None

    def _hold(self, subscription: Subscription, asking: Asking, *, halted: bool) -> Hold | None:
        """What keeps posts from the channel beside a pause of its own."""
        if asking.is_gone(subscription):
            return Hold.GONE
        if halted:
            return Hold.HALTED
        return Hold.DRY if is_dry(subscription, self.lookups.archive) else None

    async def _begin(self, draft: Draft, asking: Asking) -> Message:
        token = await self.drafts.keep(asking.owner, draft.to_values(), self.clock())
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
            now_is = await self.subscriptions.of_channel(draft.old.channel_id)
            paused = now_is.paused_because if now_is else None
            history = await self._history(draft.old.channel_id, asking)
        dry = drought(draft.new, self.lookups.archive)
        halted = await self._is_halted()
        panel = Panel(
            token=token,
            draft=draft,
            now=self.clock(),
            preview=() if dry else await self.preview(draft),
            drought=dry,
            hold=self._hold(draft.new, asking, halted=halted) if draft.has_channel else None,
            notice=notice,
            history=history,
            paused_because=paused,
        )
        return page(panel, asking.words)

    async def _history(self, channel_id: int, asking: Asking) -> list[str]:
        records = await self.decisions.history(asking.guild.id, channel_id, MOST_SHOWN)
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
        return history_lines(remembered, self.clock(), asking.words)

    def _turn(self, token: str) -> asyncio.Lock:
        """Of quick clicks on a panel each must build on the one before it, not on what was before both."""
        return self.turns.setdefault(token, asyncio.Lock())

    async def _store(self, token: str, draft: Draft, asking: Asking) -> tuple[Draft, str | None]:
        """Decide what the draft says: the draft as it is then, and why nothing was stored, if so."""
        is_other = draft.old is None or draft.old.channel_id != draft.new.channel_id
        if is_other and asking.guild.get_channel_or_thread(draft.new.channel_id) is None:
            return draft, asking.words("setup.channel_gone")
        if not draft.changes:
            return draft, None
        decision = Decision(old=draft.old, new=draft.new)
        refusal = await self.decisions.take([decision], asking.by(self.clock()))
        return (draft, None) if refusal is None else await self._refuse(token, draft, refusal, asking)

    async def _refuse(self, token: str, draft: Draft, refusal: Refusal, asking: Asking) -> tuple[Draft, str]:
        """The draft over what the channel has become meanwhile, where that is the reason; and the reason."""
        found = await self.subscriptions.of_channel((draft.old or draft.new).channel_id)
        mine = found is not None and found.guild_id in (None, asking.guild.id)
        first_came = refusal is Refusal.TAKEN and draft.old is None
        if mine and (refusal is Refusal.OUTDATED or first_came):
            draft = replace(draft, old=found)
            await self.drafts.change(token, draft.to_values(), self.clock())
            refusal = Refusal.OUTDATED
        elif refusal is Refusal.OUTDATED:
            draft = replace(draft, old=None)
            await self.drafts.change(token, draft.to_values(), self.clock())
        notice = _refused(refusal, asking.words)
        if draft.old and refusal is Refusal.OUTDATED:
            theirs = changes(values_of(draft.new), values_of(draft.old))
            names = ", ".join(asking.words(f"setup.value.{each.key}") for each in theirs)
            notice += f"\n{asking.words('setup.differs', names=names)}" if names else ""
        return draft, notice


def expired(words: Words) -> Message:
    """The draft is another's, or too old, or saved already."""
    return Message(content=words("setup.expired"))


def _refused(refusal: Refusal, words: Words) -> str:
    return words(
        f"setup.refused.{refusal}", **({"most": MOST_SUBSCRIPTIONS} if refusal is Refusal.FULL else {})
    )
