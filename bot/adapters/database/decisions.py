"""What a server decides about its channels, in SQL: all of it or nothing, and each is in the audit."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import and_, delete, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.database.alone import Turn, keep_others_out
from bot.adapters.database.engine import database_errors
from bot.adapters.database.subscriptions import ACTIVE, FROM_SERVER, save_row, subscription_of
from bot.adapters.database.tables import audit, subscriptions
from bot.delivery.causes import BY_HAND, BY_OPERATOR, BY_SERVER, NO_FAILURE, NOT_IN_SETTINGS
from bot.delivery.choices import MOST_SUBSCRIPTIONS, same, values_of
from bot.delivery.models import Subscription
from bot.replacing import replace


class Action(enum.StrEnum):
    """What was decided."""

    CREATE = "create"
    CHANGE = "change"
    MOVE = "move"
    REMOVE = "remove"
    PAUSE = "pause"
    RESUME = "resume"
    OPERATOR_PAUSE = "operator_pause"
    """By the bot's operator, whom the server need not know."""
    OPERATOR_RESUME = "operator_resume"


class Refusal(enum.StrEnum):
    """Why a decision was not taken; nothing of it was."""

    OUTDATED = "outdated"
    """Somebody changed the channel meanwhile."""
    TAKEN = "taken"
    """The channel has a subscription already."""
    FULL = "full"
    """The server has as many as it may."""
    OPERATOR_PAUSED = "operator_paused"
    """It would take away a channel that the operator paused, and with it the pause."""


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class By(Struct, frozen=True, kw_only=True):
    """Who decides, for which server, and when."""

    guild_id: int | None
    user_id: int
    at: datetime


class Decision(Struct, frozen=True, kw_only=True):
    """A channel's subscription as it was known to whoever decides, and as it is to be.

    ``old`` None makes one, ``new`` None removes it; another channel moves it.
    """

    old: Subscription | None
    new: Subscription | None


class Record(Struct, frozen=True, kw_only=True):
    """A line of the audit."""

    at: datetime
    user_id: int
    channel_id: int
    action: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


class SqlDecisions(Struct, frozen=True):
    """Decisions about subscriptions over an engine. Every method raises StoreError."""

    engine: AsyncEngine

    async def take(self, decisions: Sequence[Decision], by: By) -> Refusal | None:
        """Store all of these, or none of them and why.

        A channel that was known keeps its beginning, so that it does not start over, and a pause by hand;
        any other pause ends, for what was saved may have mended it.
        """
        try:
            async with self._deciding() as connection:
                for decision in decisions:
                    await _take(connection, decision, by)
                await _check_room(connection, by.guild_id)
        except _RefusedError as refused:
            return refused.refusal
        return None

    async def pause(self, channel_id: int, cause: str, by: By) -> bool:
        """Stop a channel by hand; ``cause`` is one of ``causes.BY_HAND``. False where it was stopped so."""
        values = {"paused_because": cause, "retry_at": None}
        # The operator's word counts more than the server's.
        stronger = (BY_OPERATOR,) if cause == BY_OPERATOR else BY_HAND
        known = subscriptions.c.paused_because
        condition = or_(known.is_(None), known.not_in(stronger))
        action = Action.OPERATOR_PAUSE if cause == BY_OPERATOR else Action.PAUSE
        async with self._deciding() as connection:
            return await _set(connection, channel_id, condition, values, action, by)

    async def resume(self, channel_id: int, known: str, since: datetime, by: By) -> bool:
        """End the pause of the cause ``known``; posts that were out at ``since`` are past.

        A channel that the settings name no more is the server's own from then on. False where it is paused
        for another cause, or not at all.
        """
        values: dict[str, Any] = {**ACTIVE, "created_at": since}
        if known == NOT_IN_SETTINGS:
            values["origin"] = FROM_SERVER
        condition = subscriptions.c.paused_because == known
        async with self._deciding() as connection:
            return await _set(connection, channel_id, condition, values, Action.RESUME, by)

    async def release(self, channel_id: int, known: str, by: By) -> bool:
        """Let an operator end the pause of the cause ``known``; nothing that is owed is lost.

        Where the server had paused the channel before the operator did, that pause is left. False where it
        is paused for another cause, or not at all.
        """
        condition = subscriptions.c.paused_because == known
        async with self._deciding() as connection:
            left = await _below_operators(connection, channel_id) if known == BY_OPERATOR else None
            values = {**ACTIVE, "paused_because": left}
            return await _set(connection, channel_id, condition, values, Action.OPERATOR_RESUME, by)

    async def release_stopped(self, user_id: int, at: datetime, channel_id: int | None = None) -> int:
        """Let an operator have channels that Discord refused, all or one, served at once; how many.

        What a person paused stays so.
        """
        columns = subscriptions.c
        here = true() if channel_id is None else columns.channel_id == channel_id
        stopped = and_(here, columns.paused_because.not_in(NO_FAILURE))
        async with self._deciding() as connection:
            found = select(columns.channel_id, columns.guild_id, columns.paused_because).where(stopped)
            rows = (await connection.execute(found.with_for_update())).all()
            await connection.execute(update(subscriptions).where(stopped).values(**ACTIVE))
            lines = [
                _line(
                    row.channel_id,
                    Action.OPERATOR_RESUME,
                    {"paused": row.paused_because},
                    {"paused": None},
                    By(guild_id=row.guild_id, user_id=user_id, at=at),
                )
                for row in rows
            ]
            if lines:
                await connection.execute(insert(audit), lines)
        return len(rows)

    async def history(self, guild_id: int, channel_id: int, most: int) -> Sequence[Record]:
        """The last decisions about a channel, the latest first."""
        query = (
            select(audit)
            .where(audit.c.guild_id == guild_id, audit.c.channel_id == channel_id)
            .order_by(audit.c.id.desc())
            .limit(most)
        )
        with database_errors():
            async with self.engine.connect() as connection:
                rows = (await connection.execute(query)).all()
        return [
            Record(
                at=row.at,
                user_id=row.user_id,
                channel_id=row.channel_id,
                action=row.action,
                old=row.old,
                new=row.new,
            )
            for row in rows
        ]

    @asynccontextmanager
    async def _deciding(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of decisions, one after the other."""
        with database_errors():
            async with self.engine.begin() as connection:
                await connection.run_sync(keep_others_out, Turn.DECISIONS)
                yield connection


async def _set(
    connection: AsyncConnection,
    channel_id: int,
    condition: Any,
    values: Mapping[str, Any],
    action: Action,
    by: By,
) -> bool:
    before = await _find(connection, channel_id)
    statement = update(subscriptions).where(subscriptions.c.channel_id == channel_id, condition)
    done = (await connection.execute(statement.values(**values))).rowcount > 0
    if done and before:
        was, now_is = ({"paused": cause} for cause in (before.paused_because, values["paused_because"]))
        await _record(connection, channel_id, action, was, now_is, by)
    return done


async def _below_operators(connection: AsyncConnection, channel_id: int) -> str | None:
    """The server's own pause, if the channel had it when the operator paused it."""
    paused = audit.c.action == Action.OPERATOR_PAUSE
    last = select(audit.c.old).where(audit.c.channel_id == channel_id, paused)
    old = (await connection.execute(last.order_by(audit.c.id.desc()).limit(1))).scalar()
    return BY_SERVER if old == {"paused": BY_SERVER} else None


async def _take(connection: AsyncConnection, decision: Decision, by: By) -> None:
    old, new = decision.old, decision.new
    if old is not None:
        found = await _find(connection, old.channel_id)
        if not same(found, old):
            raise _RefusedError(Refusal.OUTDATED)
        old = found
    moves = old is not None and new is not None and old.channel_id != new.channel_id
    if new is not None and (old is None or moves) and await _find(connection, new.channel_id):
        raise _RefusedError(Refusal.TAKEN)
    if old is not None and (new is None or moves):
        if old.paused_because == BY_OPERATOR:
            raise _RefusedError(Refusal.OPERATOR_PAUSED)
        gone = delete(subscriptions).where(subscriptions.c.channel_id == old.channel_id)
        await connection.execute(gone)
    was = values_of(old) if old else None
    if new is None:
        if old is not None:
            await _record(connection, old.channel_id, Action.REMOVE, was, None, by)
        return
    paused = old.paused_because if old and old.paused_because in BY_HAND else None
    await save_row(connection, replace(new, paused_because=paused, failures=0, retry_at=None), FROM_SERVER)
    action = Action.MOVE if moves else Action.CHANGE if old else Action.CREATE
    await _record(connection, new.channel_id, action, was, values_of(new), by)
    if moves and old is not None:
        await _record(connection, old.channel_id, Action.MOVE, was, values_of(new), by)


async def _check_room(connection: AsyncConnection, guild_id: int | None) -> None:
    count = select(func.count()).where(subscriptions.c.guild_id == guild_id)
    if (await connection.execute(count)).scalar_one() > MOST_SUBSCRIPTIONS:
        raise _RefusedError(Refusal.FULL)


async def _find(connection: AsyncConnection, channel_id: int) -> Subscription | None:
    query = select(subscriptions).where(subscriptions.c.channel_id == channel_id)
    row = (await connection.execute(query)).one_or_none()
    return subscription_of(row) if row else None


async def _record(
    connection: AsyncConnection,
    channel_id: int,
    action: Action,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    by: By,
) -> None:
    await connection.execute(insert(audit), [_line(channel_id, action, old, new, by)])


def _line(
    channel_id: int, action: Action, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, by: By
) -> dict[str, Any]:
    """A row of the audit."""
    row = {"at": by.at, "guild_id": by.guild_id, "user_id": by.user_id, "channel_id": channel_id}
    return {**row, "action": action, "old": old, "new": new}
