"""What the gateway shows of a subscription's channel, as plain data; what it does not show can be asked."""

from __future__ import annotations

from typing import Any

import discord

from bot.adapters.channel_kinds import kind_in_use, kind_of
from bot.adapters.refusals import NO_ANSWER, NONSENSE
from bot.delivery.diagnosis import ChannelFacts, Permission
from bot.delivery.forum_tags import ForumTag
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.places import is_threaded
from bot.discord_codes import ErrorCode

Channel = discord.abc.GuildChannel | discord.Thread


def server_of(client: discord.Client, subscription: Subscription) -> discord.Guild | None:
    """The subscription's server, None where the gateway does not show it (yet, or any more)."""
    if subscription.guild_id is not None:
        return client.get_guild(subscription.guild_id)
    channel = client.get_channel(subscription.channel_id)
    return channel.guild if isinstance(channel, Channel) else None


def known_channel(guild: discord.Guild | None, subscription: Subscription) -> Channel | None:
    """The channel as the gateway keeps it; threads in the archive are not among them."""
    return guild.get_channel_or_thread(subscription.channel_id) if guild else None


def facts_of(guild: discord.Guild | None, subscription: Subscription) -> ChannelFacts:
    """What is known without asking Discord.

    A server's channels are all known, so one that is missing is gone; a thread may be in the archive.
    """
    if guild is None or guild.unavailable:
        return ChannelFacts(exists=None)
    channel = known_channel(guild, subscription)
    if channel is None:
        return ChannelFacts(exists=None if subscription.kind is ChannelKind.THREAD else False)
    return _facts(guild, channel, subscription)


async def asked_facts(
    client: discord.Client, guild: discord.Guild | None, subscription: Subscription
) -> ChannelFacts:
    """As ``facts_of``, but Discord is asked for what the gateway does not show: one request.

    It may be a thread in the archive, also where NEWS_CHANNEL_ID names it and nobody said that it is one.
    """
    facts = facts_of(guild, subscription)
    if facts.exists or guild is None or guild.unavailable:
        return facts
    try:
        channel: Any = await client.fetch_channel(subscription.channel_id)
    except discord.Forbidden:
        return ChannelFacts(kind=subscription.kind, granted=frozenset(Permission) - {Permission.VIEW_CHANNEL})
    except discord.NotFound as error:
        return ChannelFacts(exists=False if error.code == ErrorCode.UNKNOWN_CHANNEL else None)
    except (*NO_ANSWER, *NONSENSE):
        return facts
    return _facts(guild, channel, subscription)


def _facts(guild: discord.Guild, channel: Channel, subscription: Subscription) -> ChannelFacts:
    parent = channel.parent if isinstance(channel, discord.Thread) else channel
    if parent is None:
        return ChannelFacts(exists=None)
    forum = channel if isinstance(channel, discord.ForumChannel) else None
    role = guild.get_role(subscription.role_id) if subscription.role_id is not None else None
    return ChannelFacts(
        kind=kind_of(channel) if is_threaded(subscription) else kind_in_use(channel),
        parent_id=parent.id if parent is not channel else None,
        granted=_granted(guild.me, parent),
        timed_out=guild.me.is_timed_out() and not guild.me.guild_permissions.administrator,
        locked=isinstance(channel, discord.Thread) and channel.locked,
        requires_tag=forum is not None and forum.flags.require_tag,
        tags=tuple(map(_tag, forum.available_tags)) if forum else (),
        role_exists=role is not None,
        role_mentionable=role is not None and role.mentionable,
    )


def _granted(me: discord.Member, channel: discord.abc.GuildChannel) -> frozenset[Permission]:
    """What the overwrites leave, each permission by itself.

    A text channel's own ``permissions_for`` also takes away what follows from a missing one, so that an
    admin would mend one thing after another.
    """
    permissions = discord.abc.GuildChannel.permissions_for(channel, me)
    return frozenset(one for one in Permission if getattr(permissions, one))


def _tag(tag: discord.ForumTag) -> ForumTag:
    return ForumTag(id=tag.id, name=tag.name, moderated=tag.moderated)
