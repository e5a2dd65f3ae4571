"""A server's channels as the doctor reports them, for whoever may manage the server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import discord

from bot.adapters.doctor.facts import asked_facts, known_channel, server_of
from bot.delivery.causes import is_failure
from bot.delivery.diagnosis import ChannelFacts, diagnose, stopping
from bot.delivery.models import Subscription
from bot.delivery.tag_filters import drought
from bot.formatting.doctor import Checkup, overview, report, under
from bot.formatting.messages import Message
from bot.formatting.operating.choosing import LARGEST_ID
from bot.i18n import Words
from bot.replacing import replace

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot

_AT_ONCE: Final = 5
"""Channels of a server that are looked at together: some take a request."""


async def server_report(bot: NewsBot, guild_id: int, words: Words) -> Message:
    """Every channel of a server; the findings themselves where there is only one.

    Raises:
        StoreError: the database is out of reach.
    """
    subscriptions = await bot.services.subscriptions.of_guild(guild_id)
    if not subscriptions:
        return Message(content=words("doctor.none"))
    checkups = await _checkups(bot, subscriptions)
    if len(checkups) == 1:
        return report(checkups[0], id_of(bot), words)
    return overview(checkups, words)


async def _checkups(bot: NewsBot, subscriptions: Sequence[Subscription]) -> Sequence[Checkup]:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(subscription: Subscription) -> Checkup:
        async with turns:
            return await checkup(bot, subscription)

    return await asyncio.gather(*map(in_turn, subscriptions))


async def channel_report(bot: NewsBot, guild_id: int, channel_id: int, words: Words) -> Message:
    """The findings of one channel of the server.

    Raises:
        StoreError: the database is out of reach.
    """
    subscription = await subscription_of(bot, guild_id, channel_id)
    if subscription is None:
        return Message(content=words("doctor.foreign"))
    return report(await checkup(bot, subscription), id_of(bot), words)


async def try_again(bot: NewsBot, guild_id: int, channel_id: int, words: Words) -> Message:
    """Let a channel that stopped be served at once, and say so, and what still looks wrong.

    Raises:
        StoreError: the database is out of reach.
    """
    subscription = await subscription_of(bot, guild_id, channel_id)
    if subscription is None:
        return Message(content=words("doctor.foreign"))
    channel = f"<#{channel_id}>"
    cause = subscription.paused_because
    if cause is not None and not is_failure(cause):
        return Message(content=words("retry.on_purpose", channel=channel))
    await bot.services.publisher.try_again(channel_id, cause)
    await bot.services.wake()
    done = words("retry.done" if cause else "retry.active", channel=channel)
    found = await checkup(bot, replace(subscription, paused_because=None))
    if not stopping(found.findings):
        return Message(content=done)
    told = report(found, id_of(bot), words)
    return replace(told, content=f"{done}\n{words('retry.but')}")


async def with_findings(
    bot: NewsBot, page: Message, subscriptions: Sequence[Subscription], words: Words
) -> Message:
    """A page about subscriptions, with what is found in their channels below.

    Raises:
        StoreError: the database is out of reach.
    """
    return under(page, await _checkups(bot, subscriptions), id_of(bot), words)


async def checkup(bot: NewsBot, subscription: Subscription) -> Checkup:
    """What is wrong with a subscription's channel; Discord is asked at most once.

    Raises:
        StoreError: the database is out of reach.
    """
    guild = server_of(bot, subscription)
    facts = await asked_facts(bot, guild, subscription)
    halted = await bot.services.publisher.ledger.paused_since() is not None
    dry = drought(subscription, bot.services.lookups.archive)
    return checkup_of(guild, subscription, replace(facts, halted=halted, drought=dry))


def checkup_of(guild: discord.Guild | None, subscription: Subscription, facts: ChannelFacts) -> Checkup:
    """The findings, with what it takes to put them into words."""
    channel = known_channel(guild, subscription)
    return Checkup(
        channel_id=subscription.channel_id,
        name=channel.name if channel else "",
        parent_id=facts.parent_id,
        role_id=subscription.role_id,
        cause=subscription.paused_because,
        known=facts.exists is not None,
        findings=diagnose(subscription, facts),
    )


async def subscription_of(bot: NewsBot, guild_id: int, channel_id: int) -> Subscription | None:
    """The channel's subscription, if it is the server's own: ids in buttons may be anything.

    Raises:
        StoreError: the database is out of reach.
    """
    if channel_id > LARGEST_ID:
        return None
    found = await bot.services.subscriptions.of_channel(channel_id)
    return found if found is not None and found.guild_id == guild_id else None


def id_of(bot: discord.Client) -> int:
    """The bot's own id, once it is logged in."""
    return bot.user.id if bot.user else 0
