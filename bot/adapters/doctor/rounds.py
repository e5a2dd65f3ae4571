"""The daily check-up: a server hears that posts will not arrive before the first one fails to."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import discord
from msgspec import Struct, field

from bot.adapters.database.marks import SqlToldFindings
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.doctor.facts import asked_facts, facts_of, server_of
from bot.adapters.doctor.reports import checkup_of, id_of
from bot.adapters.notices import DiscordNotices
from bot.delivery.diagnosis import Finding, diagnose, stopping
from bot.delivery.models import Subscription
from bot.delivery.ports import Clock
from bot.delivery.shards import Shards
from bot.errors import StoreError
from bot.formatting.doctor import warning

FIRST_LOOK: Final = timedelta(minutes=10)
"""After the start: by then every server has come over the gateway."""
EVERY: Final = timedelta(days=1)

log = logging.getLogger(__name__)


class Rounds(Struct, frozen=True, kw_only=True):
    """Looks at the channels of this process's ``shards`` by what the gateway has told.

    Discord is asked only whether a channel that is new among the missing is gone indeed.

    Of each channel its server is told what stops posts when that is new; what is mended is forgotten.
    ``crashed`` is told of an error that nobody foresaw.
    """

    client: discord.Client
    subscriptions: SqlSubscriptions
    told: SqlToldFindings
    notices: DiscordNotices
    clock: Clock
    crashed: Callable[[Exception], Awaitable[None]]
    shards: Shards = field(default_factory=Shards)

    async def run(self, stop: asyncio.Event) -> None:
        """Look every day until ``stop`` is set."""
        wait = FIRST_LOOK
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait.total_seconds())
            if not stop.is_set():
                await self.look(stop)
            wait = EVERY

    async def look(self, stop: asyncio.Event) -> None:
        """One look at every channel that is served; errors end in the log."""
        try:
            told = await self.told.all(self.clock())
            for subscription in await self.subscriptions.active(self.clock()):
                if stop.is_set():
                    return
                # Of one that has stopped the server was told why.
                if self.shards.serve(subscription) and subscription.paused_because is None:
                    await self._look_at(subscription, told.get(subscription.channel_id))
                await asyncio.sleep(0)  # a member's command goes between two channels
        except StoreError as error:
            log.error("the daily check-up ended early: %s", error)
        except Exception as error:
            # The named boundary: one day's check-up. Deliveries go on, and so does the next one.
            log.exception("the daily check-up ended early")
            await self.crashed(error)

    async def _look_at(self, subscription: Subscription, known: str | None) -> None:
        guild = server_of(self.client, subscription)
        facts = facts_of(guild, subscription)
        if _name_of(stopping(diagnose(subscription, facts))) == known:
            return
        if facts.exists is False:  # or it is a thread in the archive: worth a request before it is told
            facts = await asked_facts(self.client, guild, subscription)
        found = checkup_of(guild, subscription, facts)
        what = _name_of(stopping(found.findings))
        if what == known or not found.known:
            return
        channel_id = subscription.channel_id
        if what is None:
            await self.told.forget(channel_id)
        elif await self.told.claim(channel_id, what, self.clock()):
            log.warning("channel %s: posts will not arrive (%s)", channel_id, _troubles(found.findings))
            words = self.notices.catalogues.words(subscription.locale)
            if await self.notices.post(subscription, warning(found, id_of(self.client), words)):
                await self.told.told(channel_id, what)
            else:
                await self.told.forget(channel_id)


def _troubles(findings: tuple[Finding, ...]) -> str:
    return ", ".join(finding.trouble for finding in findings)


def _name_of(findings: tuple[Finding, ...]) -> str | None:
    """A short name of a set of findings, None for none."""
    if not findings:
        return None
    named = sorted(f"{finding.trouble} {finding.about}" for finding in findings)
    return hashlib.sha256("\n".join(named).encode(errors="replace")).hexdigest()[:16]
