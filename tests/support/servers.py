"""What happens in a server of the stage beside the bot: rights, roles, channels, subscriptions."""

from __future__ import annotations

from typing import Any

import discord
from simcord import ChannelHandle, GuildHandle, MemberActor, UserHandle
from simcord.backend.models import Channel, Guild, Overwrite, Role
from simcord.enums import OverwriteType

from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from tests.support.stage import Play, Stage
from tests.support.subscribing import save_subscription


def rights(*names: str) -> int:
    """Permissions by discord.py's names."""
    return discord.Permissions(**dict.fromkeys(names, True)).value


def deny_bot(play: Play, channel_id: int, *names: str) -> None:
    """Take rights from the bot in one channel, whatever the server gives it."""
    overwrite = Overwrite(
        target_id=play.env.backend.bot_user.id, type=OverwriteType.MEMBER, deny=rights(*names)
    )
    play.env.backend.set_overwrite(channel_id, overwrite)


def give_back(play: Play, channel_id: int) -> None:
    """Undo ``deny_bot``."""
    play.env.backend.delete_overwrite(channel_id, play.env.backend.bot_user.id)


def manager(stage: Stage, guild: Guild | None = None) -> int:
    """A new member who may manage the server and nothing else; gives the user's id."""
    guild = guild or stage.guild
    user = stage.backend.make_user("manager")
    stage.backend.add_member(guild.id, user.id)
    role = Role(id=stage.backend.snowflake(), name="manager", permissions=rights("manage_guild"), position=1)
    guild.roles[role.id] = role
    guild.members[user.id].role_ids.append(role.id)
    return user.id


def actor(play: Play, user_id: int, guild: Guild | None = None) -> MemberActor:
    """A person in a server, by default the stage's."""
    handle = GuildHandle(play.env, guild or play.stage.guild)
    return MemberActor(play.env, handle, UserHandle(play.env, play.env.backend.users[user_id]))


def handle(play: Play, channel: Channel, guild: Guild | None = None) -> ChannelHandle:
    """A channel of the backend, to act in."""
    return ChannelHandle(play.env, GuildHandle(play.env, guild or play.stage.guild), channel)


async def subscribe(play: Play, channel: Channel, **changes: Any) -> Subscription:
    """A server's own choice for a channel: posts as soon as they are out."""
    values = {
        "channel_id": channel.id,
        "guild_id": channel.guild_id,
        "kind": ChannelKind.TEXT,
        "timetable": Timetable(at=None),
        "created_at": play.stage.now,
    }
    return await save_subscription(play.app.subscriptions.engine, Subscription(**{**values, **changes}))
