"""The double's values in Discord's words (https://discord.com/developers/docs: resources, gateway events)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tests.support.discord_double.world import THREAD, Channel, Guild, Message
from tests.support.rest import APPLICATION, ME

_USER = {"public_flags": 0, "flags": 0, "global_name": None, "primary_guild": None}
BOT_USER = {**ME, **_USER}
READER = {
    **_USER,
    "id": "700000000000000001",
    "username": "reader",
    "discriminator": "0",
    "avatar": None,
}
EVERYTHING = str((1 << 50) - 1)
REQUIRE_TAG = 1 << 4
JOINED = "2024-01-01T00:00:00+00:00"
BOT = int(str(ME["id"]))


def channel_json(channel: Channel) -> dict[str, Any]:
    """A channel, or a thread."""
    if channel.kind == THREAD:
        return thread_json(channel)
    return {
        "id": str(channel.id),
        "guild_id": str(channel.guild_id),
        "type": channel.kind,
        "name": channel.name,
        "position": 0,
        "permission_overwrites": [],
        "parent_id": None,
        "nsfw": False,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "flags": REQUIRE_TAG if channel.requires_tag else 0,
        "available_tags": [_tag(number, name) for number, name in channel.tags.items()],
    }


def thread_json(thread: Channel) -> dict[str, Any]:
    """A thread that the bot has started."""
    return {
        "id": str(thread.id),
        "guild_id": str(thread.guild_id),
        "parent_id": str(thread.parent_id),
        "owner_id": ME["id"],
        "type": thread.kind,
        "name": thread.name,
        "last_message_id": None,
        "message_count": len(thread.messages),
        "member_count": 1,
        "rate_limit_per_user": 0,
        "flags": 0,
        "applied_tags": [str(tag) for tag in thread.applied],
        "thread_metadata": {
            "archived": thread.archived,
            "locked": thread.locked,
            "auto_archive_duration": 4320,
            "archive_timestamp": _time(thread.archived_at),
        },
    }


def _tag(number: int, name: str) -> dict[str, Any]:
    return {"id": str(number), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}


def message_json(message: Message) -> dict[str, Any]:
    """A message; what the bot sent comes back as Discord returns it."""
    body = message.body
    return {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author": BOT_USER if message.author_id == BOT else {**READER, "id": str(message.author_id)},
        "content": body.get("content") or "",
        "embeds": [_embed(embed) for embed in body.get("embeds") or ()],
        "components": _numbered(body.get("components") or (), itertools.count(1)),
        "nonce": body.get("nonce"),
        "flags": body.get("flags") or 0,
        "timestamp": _time(message.created),
        "edited_timestamp": _time(message.edited) if message.edited else None,
        "type": 0,
        "tts": False,
        "pinned": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "reactions": [],
    }


def guild_json(guild: Guild) -> dict[str, Any]:
    """A server as GUILD_CREATE brings it to a bot without the members intent: its channels and itself."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": READER["id"],
        "joined_at": JOINED,
        "member_count": 2,
        "large": False,
        "unavailable": False,
        "preferred_locale": "ko",
        "features": ["COMMUNITY"],
        "roles": [_everyone(guild)],
        "emojis": [],
        "stickers": [],
        "channels": [channel_json(channel) for channel in guild.channels],
        "threads": [],
        "members": [_member(ME)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
    }


def command_interaction(
    channel: Channel, data: dict[str, Any], *, interaction_id: int, locale: str
) -> dict[str, Any]:
    """A slash command of a member, as INTERACTION_CREATE brings it; its token is its id."""
    return {
        "id": str(interaction_id),
        "application_id": APPLICATION["id"],
        "type": 2,
        "token": f"token-{interaction_id}",
        "version": 1,
        "data": data,
        "guild_id": str(channel.guild_id),
        "channel_id": str(channel.id),
        "channel": {**channel_json(channel), "permissions": EVERYTHING},
        "member": {**_member(READER), "permissions": EVERYTHING},
        "app_permissions": EVERYTHING,
        "locale": locale,
        "guild_locale": locale,
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(channel.guild_id)},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }


def _embed(sent: dict[str, Any]) -> dict[str, Any]:
    fields = [{"inline": False, **part} for part in sent.get("fields") or ()]
    return {"type": "rich", **sent, **({"fields": fields} if fields else {})}


def _numbered(sent: Iterable[dict[str, Any]], numbers: Iterator[int]) -> list[dict[str, Any]]:
    """Components with the ids that Discord gives them, from the outside in."""
    numbered = []
    for component in sent:
        own = {"id": next(numbers), **component}
        if "components" in own:
            own["components"] = _numbered(own["components"], numbers)
        numbered.append(own)
    return numbered


def _everyone(guild: Guild) -> dict[str, Any]:
    return {
        "id": str(guild.id),
        "name": "@everyone",
        "permissions": EVERYTHING,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def _member(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": user,
        "roles": [],
        "joined_at": JOINED,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def _time(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()
