"""What admins do to the channels that get posts already: a click each, answered with the list of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from weakref import WeakValueDictionary

from msgspec import Struct, field

from bot.adapters.composer import CachedComposer
from bot.adapters.database.decisions import Decision, Refusal, SqlDecisions
from bot.adapters.database.drafts import SqlDrafts
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.library import Library
from bot.adapters.lookups import Lookups
from bot.adapters.scheduler import DeliverySchedule
from bot.adapters.setup.asking import Asking
from bot.delivery.causes import BY_OPERATOR, BY_SERVER, is_failure
from bot.delivery.choices import MOST_SUBSCRIPTIONS
from bot.delivery.models import Subscription
from bot.delivery.planning import going_on_since
from bot.delivery.ports import Clock
from bot.delivery.publisher import Publisher
from bot.delivery.tag_filters import is_dry
from bot.formatting.messages import Message
from bot.formatting.setup.pages import list_page, remove_page
from bot.formatting.setup.standing import Hold
from bot.i18n import Words


class Desk(Struct, frozen=True, kw_only=True):
    """What admins do to their server's subscriptions; a draft of one is ``Drafting``'s. All raise StoreError.

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
    """By the token of a draft, while somebody is at it; see ``turn``."""

    async def overview(self, asking: Asking, notice: str | None = None) -> Message:
        """All channels of the server."""
        halted = await self.is_halted()
        known = await self.of_server(asking)
        channels = [asking.named(each, self.hold(each, asking, halted=halted)) for each in known]
        return list_page(channels, self.clock(), asking.words, notice=notice)

    async def of_server(self, asking: Asking) -> Sequence[Subscription]:
        """The server's subscriptions."""
        return await self.subscriptions.of_guild(asking.guild.id)

    async def pause(self, channel_id: int, asking: Asking) -> Message:
        """Stop a channel until somebody of the server resumes it."""
        if await self.mine(channel_id, asking) is None:
            return await self.overview(asking, asking.words("setup.gone"))
        if not await self.decisions.pause(channel_id, BY_SERVER, asking.by(self.clock())):
            found = await self.mine(channel_id, asking)
            if found is None or found.paused_because != BY_SERVER:
                return await self._meanwhile(found, asking)
        return await self.overview(asking, asking.words("setup.did_pause", channel=f"<#{channel_id}>"))

    async def resume(self, channel_id: int, asking: Asking) -> Message:
        """Let a channel go on; of the posts that came meanwhile it gets the newest."""
        found = await self.mine(channel_id, asking)
        if found is None:
            return await self.overview(asking, asking.words("setup.gone"))
        if found.paused_because == BY_OPERATOR:
            return await self.overview(asking, asking.words("setup.operator_paused"))
        if is_failure(found.paused_because):
            await self.publisher.try_again(channel_id, found.paused_because)
            found = await self.mine(channel_id, asking)
            if found is None or found.paused_because is not None:
                return await self._meanwhile(found, asking)
            await self.wake()
            return await self.overview(asking, asking.words("retry.done", channel=f"<#{channel_id}>"))
        if found.paused_because is not None:
            since, by = self.going_on_since(found), asking.by(self.clock())
            if not await self.decisions.resume(channel_id, found.paused_because, since, by):
                return await self._meanwhile(await self.mine(channel_id, asking), asking)
            await self.follow()
        return await self.overview(asking, asking.words("setup.did_resume", channel=f"<#{channel_id}>"))

    async def ask_to_remove(self, channel_id: int, asking: Asking) -> Message:
        """Ask once more."""
        found = await self.mine(channel_id, asking)
        if found is None:
            return await self.overview(asking, asking.words("setup.gone"))
        return remove_page(found, self.clock(), asking.words)

    async def remove(self, channel_id: int, asking: Asking) -> Message:
        """Forget a channel's subscription."""
        found = await self.mine(channel_id, asking)
        if found is None:
            return await self.overview(asking, asking.words("setup.gone"))
        refusal = await self.decisions.take([Decision(old=found, new=None)], asking.by(self.clock()))
        if refusal is not None:
            if refusal is Refusal.OPERATOR_PAUSED:
                return await self.overview(asking, refused(refusal, asking.words))
            return await self._meanwhile(await self.mine(channel_id, asking), asking)
        await self.follow()
        return await self.overview(asking, asking.words("setup.did_remove", channel=f"<#{channel_id}>"))

    def going_on_since(self, subscription: Subscription) -> datetime:
        """The instant at which posts are past for a channel that goes on now."""
        return going_on_since(subscription, self.library.archive.posts, self.library.first_seen, self.clock())

    async def follow(self) -> None:
        """Take what was decided into service at once: its times of day, and what is due."""
        self.schedule.follow(await self.subscriptions.timetables())
        await self.wake()

    async def mine(self, channel_id: int, asking: Asking) -> Subscription | None:
        """The channel's subscription, if it is this server's."""
        return next((each for each in await self.of_server(asking) if each.channel_id == channel_id), None)

    async def is_halted(self) -> bool:
        """Whether the operator has paused everything."""
        return await self.publisher.ledger.paused_since() is not None

    def hold(self, subscription: Subscription, asking: Asking, *, halted: bool) -> Hold | None:
        """What keeps posts from the channel beside a pause of its own."""
        if asking.is_gone(subscription):
            return Hold.GONE
        if halted:
            return Hold.HALTED
        return Hold.DRY if is_dry(subscription, self.lookups.archive) else None

    def turn(self, token: str) -> asyncio.Lock:
        """Of quick clicks on a panel each must build on the one before it, not on what was before both."""
        return self.turns.setdefault(token, asyncio.Lock())

    async def _meanwhile(self, now_is: Subscription | None, asking: Asking) -> Message:
        """All channels, where somebody was quicker and nothing was done; ``now_is`` is what they left."""
        if now_is is None:
            return await self.overview(asking, asking.words("setup.gone"))
        is_operators = now_is.paused_because == BY_OPERATOR
        return await self.overview(
            asking, asking.words("setup.operator_paused" if is_operators else "setup.meanwhile")
        )


def refused(refusal: Refusal, words: Words) -> str:
    """Why a decision was not taken."""
    return words(
        f"setup.refused.{refusal}", **({"most": MOST_SUBSCRIPTIONS} if refusal is Refusal.FULL else {})
    )
