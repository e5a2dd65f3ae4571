"""Which channels get posts, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, case, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.database.engine import database_errors
from bot.adapters.database.marks import RESTORED
from bot.adapters.database.tables import audit, marks, subscriptions
from bot.adapters.database.telling import TELLING, TOLD
from bot.delivery.causes import BY_HAND, LEFT, NOT_IN_SETTINGS, is_failure
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout
from bot.replacing import replace

FROM_SETTINGS = "settings"
FROM_SERVER = "server"
OVER_SETTINGS: Final = ("create", "change", "move", "remove")
"""Actions of the audit after which the settings say nothing about a channel any more."""

_PAGE = 50
"""Rows that are read at a time, so that a member's command need not wait for thousands of them."""

ACTIVE: Final = MappingProxyType({"paused_because": None, "retry_at": None, "failures": 0, "told_at": None})
"""Of a channel that is served."""
_OUT_OF_SETTINGS: Final = MappingProxyType({"paused_because": NOT_IN_SETTINGS, "retry_at": None})
_UNSAID: Final = ("paused_because", "retry_at", "failures", "guild_id", "kind")
"""What the settings do not say of a channel."""


class KnownChannel(Struct, frozen=True):
    """What is known of a channel without asking Discord."""

    channel_id: int
    guild_id: int | None
    paused_because: str | None


class SqlSubscriptions(Struct, frozen=True):
    """``bot.delivery.ports.Subscriptions`` over an engine."""

    engine: AsyncEngine

    async def active(self, now: datetime) -> Sequence[Subscription]:
        """Those that are not paused, or whose pause is due for another look; by their channels.

        One that was made by a clock that was ahead begins now, since until then everything would be past.
        """
        columns = subscriptions.c
        active = or_(columns.paused_because.is_(None), columns.retry_at <= now)
        found = await self._where(active)
        if all(subscription.created_at <= now for subscription in found):
            return found
        with database_errors():
            async with self.engine.begin() as connection:
                ahead = update(subscriptions).where(columns.created_at > now)
                await connection.execute(ahead.values(created_at=now))
        return await self._where(active)

    async def publishing(self) -> Sequence[Subscription]:
        """Those of announcement channels whose messages are to be handed on."""
        columns = subscriptions.c
        return await self._where(columns.publish & (columns.kind == ChannelKind.ANNOUNCEMENT))

    async def of_guild(self, guild_id: int) -> Sequence[Subscription]:
        """A server's subscriptions, paused ones as well, by their channels."""
        return await self._where(subscriptions.c.guild_id == guild_id)

    async def of_channel(self, channel_id: int) -> Subscription | None:
        """The channel's subscription, paused or not."""
        return next(iter(await self._where(subscriptions.c.channel_id == channel_id)), None)

    async def channels(self) -> Sequence[KnownChannel]:
        """Every channel that ever subscribed, by its id."""
        columns = subscriptions.c
        query = select(columns.channel_id, columns.guild_id, columns.paused_because).order_by(
            columns.channel_id
        )
        with database_errors():
            async with self.engine.connect() as connection:
                return [KnownChannel(*row) for row in await connection.execute(query)]

    async def causes(self) -> Mapping[str, int]:
        """Why channels are paused, and how many for each cause."""
        cause = subscriptions.c.paused_because
        query = select(cause, func.count()).where(cause.is_not(None)).group_by(cause)
        with database_errors():
            async with self.engine.connect() as connection:
                return {str(because): number for because, number in await connection.execute(query)}

    async def timetables(self) -> Mapping[Timetable, int]:
        """The timetables of the channels that are not paused, and how many have each."""
        columns = subscriptions.c
        timetable = (columns.post_time, columns.timezone, columns.weekdays)
        query = select(*timetable, func.count()).where(columns.paused_because.is_(None)).group_by(*timetable)
        with database_errors():
            async with self.engine.connect() as connection:
                return {_timetable(*row[:3]): row[3] for row in await connection.execute(query)}

    async def pause(self, channel_id: int, cause: str, retry_at: datetime | None = None) -> None:
        """Stop delivering to the channel for a cause, until it is mended.

        Once ``retry_at`` has come it is active again for a pass, which finds out. What a person paused
        stays so whatever Discord refuses.
        """
        columns = subscriptions.c
        told_at = case((columns.paused_because == cause, columns.told_at), else_=None)
        here = columns.channel_id == channel_id
        if cause not in BY_HAND:
            here = and_(here, _not_by_hand())
        await self._set(
            here,
            paused_because=cause,
            retry_at=retry_at,
            failures=columns.failures + 1,
            told_at=told_at,  # of another cause the server has not heard
        )

    async def resume(self, channel_id: int, cause: str) -> None:
        """Deliver again, where the channel is paused for this cause."""
        columns = subscriptions.c
        here = and_(columns.channel_id == channel_id, columns.paused_because == cause)
        await self._set(here, **ACTIVE)

    async def untold(self, guild_id: int, now: datetime) -> Sequence[Subscription]:
        """A server's subscriptions that stopped though nobody wanted that, and of which it has not heard."""
        found = await self._where((subscriptions.c.guild_id == guild_id) & _is_unheard(now))
        return [subscription for subscription in found if is_failure(subscription.paused_because)]

    async def claim_notice(self, channel_id: int, now: datetime) -> bool:
        """Take it on to tell the server why a channel stopped; False where that is done or being done.

        Whoever has told it says so with ``notice_told``, else somebody else may tell it after a while.
        """
        columns = subscriptions.c
        mine = (
            update(subscriptions)
            .where(columns.channel_id == channel_id, _is_unheard(now))
            .values(told_at=now + TELLING)
            .returning(columns.id)
        )
        with database_errors():
            async with self.engine.begin() as connection:
                return (await connection.execute(mine)).scalar() is not None

    async def notice_told(self, channel_id: int, cause: str) -> None:
        """The server knows that the channel stopped for this cause."""
        columns = subscriptions.c
        here = and_(columns.channel_id == channel_id, columns.paused_because == cause)
        await self._set(here, told_at=TOLD)

    async def give_notice_back(self, channel_id: int) -> None:
        """Nobody could be told: someone else may."""
        await self._set(subscriptions.c.channel_id == channel_id, told_at=None)

    async def learn_channel(self, channel_id: int, guild_id: int, kind: ChannelKind) -> None:
        """Record of which server and kind a channel is of which the settings say no more than its id."""
        columns = subscriptions.c
        ours = (columns.channel_id == channel_id) & (columns.origin == FROM_SETTINGS)
        with database_errors():
            async with self.engine.begin() as connection:
                found = update(subscriptions).where(ours)
                await connection.execute(found.values(guild_id=guild_id, kind=kind))

    async def leave(self, guild_id: int) -> None:
        """The bot was removed from the server: nothing is tried there until it is back."""
        columns = subscriptions.c
        elsewhere = columns.paused_because.is_distinct_from(NOT_IN_SETTINGS)
        here = and_(columns.guild_id == guild_id, _not_by_hand(), elsewhere)
        await self._set(here, paused_because=LEFT, retry_at=None)

    async def abandoned(self) -> Sequence[Subscription]:
        """Those of servers that the bot was removed from."""
        return await self._where(subscriptions.c.paused_because == LEFT)

    async def come_back(self, channel_id: int, since: datetime) -> None:
        """The bot is in the channel's server again; posts that were out at ``since`` are past posts."""
        here = and_(subscriptions.c.channel_id == channel_id, _not_by_hand())
        await self._set(here, **ACTIVE, created_at=since)

    async def follow_settings(self, wanted: Subscription | None) -> None:
        """Make the subscription of the settings the only one of its origin.

        A known channel keeps the instant of its creation, also while it is out of the settings, so that it
        does not start over. One that stopped is tried at once, since a restart is how a single-server
        operator says "mended"; that its server was told stays known, and a pause on purpose stays.
        What a server has decided about the channel counts more than the settings.
        """
        columns = subscriptions.c
        channel_id = wanted.channel_id if wanted else 0
        others = (columns.origin == FROM_SETTINGS) & (columns.channel_id != channel_id)
        back = (columns.channel_id == channel_id) & (columns.paused_because == NOT_IN_SETTINGS)
        with database_errors():
            async with self.engine.begin() as connection:
                out = update(subscriptions).where(others, _not_by_hand()).values(**_OUT_OF_SETTINGS)
                await connection.execute(out)
                if wanted is None or await _is_decided(connection, channel_id):
                    return
                await connection.execute(update(subscriptions).where(back).values(**ACTIVE))
                found = await save_row(connection, wanted, FROM_SETTINGS, keep=_UNSAID)
                if is_failure(found.paused_because):
                    same = update(subscriptions).where(columns.channel_id == channel_id)
                    await connection.execute(same.values(retry_at=wanted.created_at))

    async def _where(self, condition: ColumnElement[bool]) -> Sequence[Subscription]:
        restored = select(marks.c.at).where(marks.c.name == RESTORED).scalar_subquery().label("restored_at")
        query = select(subscriptions, restored).where(condition).order_by(subscriptions.c.channel_id)
        with database_errors():
            async with self.engine.connect() as connection:
                pages = (await connection.stream(query)).partitions(_PAGE)
                return [subscription_of(row, row.restored_at) async for page in pages for row in page]

    async def _set(self, condition: ColumnElement[bool], **values: object) -> None:
        statement = update(subscriptions).where(condition)
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.execute(statement.values(**values))


def _is_unheard(now: datetime) -> ColumnElement[bool]:
    """Of channels that stopped: the server was not told why, and nobody is about to tell it."""
    columns = subscriptions.c
    is_free = or_(columns.told_at.is_(None), columns.told_at <= now)
    return and_(columns.paused_because.is_not(None), is_free)


def _not_by_hand() -> ColumnElement[bool]:
    cause = subscriptions.c.paused_because
    return or_(cause.is_(None), cause.not_in(BY_HAND))


async def _is_decided(connection: AsyncConnection, channel_id: int) -> bool:
    """Whether somebody in a server made, changed, moved or removed the channel's subscription."""
    columns = subscriptions.c
    decided = select(audit.c.id).where(audit.c.channel_id == channel_id, audit.c.action.in_(OVER_SETTINGS))
    saved = select(columns.id).where(columns.channel_id == channel_id, columns.origin == FROM_SERVER)
    return bool((await connection.execute(select(or_(exists(decided), exists(saved))))).scalar())


async def save_row(
    connection: AsyncConnection, subscription: Subscription, origin: str, keep: Sequence[str] = ()
) -> Subscription:
    """Write a channel's subscription, but for the columns to ``keep`` where it has one already.

    A channel keeps the instant of its first subscription, so that it does not start over.
    """
    row = {**_row(subscription), "origin": origin}
    known_row = {name: value for name, value in row.items() if name not in keep}
    same = subscriptions.c.channel_id == subscription.channel_id
    known = (
        await connection.execute(
            update(subscriptions).where(same).values(**known_row).returning(subscriptions)
        )
    ).one_or_none()
    if known:
        return subscription_of(known)
    new = insert(subscriptions).values(**row, created_at=subscription.created_at)
    number = (await connection.execute(new.returning(subscriptions.c.id))).scalar_one()
    return replace(subscription, id=number)


def _row(subscription: Subscription) -> dict[str, object]:
    """Every column but the id, the origin and the creation."""
    timetable = subscription.timetable
    return {
        "channel_id": subscription.channel_id,
        "guild_id": subscription.guild_id,
        "kind": subscription.kind,
        "post_time": timetable.at.strftime("%H:%M") if timetable.at else None,
        "timezone": timetable.zone,
        "weekdays": "".join(map(str, sorted(timetable.weekdays))),
        "layout": subscription.layout,
        "locale": subscription.locale,
        "include_tags": sorted(subscription.include),
        "exclude_tags": sorted(subscription.exclude),
        "role_id": subscription.role_id,
        "silent": subscription.silent,
        "publish": subscription.publish,
        "forum_tags": list(subscription.forum_tags),
        "paused_because": subscription.paused_because,
        "failures": subscription.failures,
        "retry_at": subscription.retry_at,
    }


def subscription_of(row: Row[tuple[object, ...]], restored_at: datetime | None = None) -> Subscription:
    """A whole row."""
    return Subscription(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        kind=ChannelKind(row.kind),
        timetable=_timetable(row.post_time, row.timezone, row.weekdays),
        layout=Layout(row.layout),
        locale=row.locale,
        include=frozenset(row.include_tags),
        exclude=frozenset(row.exclude_tags),
        role_id=row.role_id,
        silent=row.silent,
        publish=row.publish,
        forum_tags=tuple(row.forum_tags),
        created_at=row.created_at,
        paused_because=row.paused_because,
        failures=row.failures,
        retry_at=row.retry_at,
        restored_at=restored_at,
    )


@lru_cache(maxsize=1_024)  # thousands of channels share a few
def _timetable(post_time: str | None, zone: str, weekdays: str) -> Timetable:
    at = time.fromisoformat(post_time) if post_time else None
    return Timetable(at=at, zone=zone, weekdays=frozenset(map(int, weekdays)))
