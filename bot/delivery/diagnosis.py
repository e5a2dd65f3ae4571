"""What keeps a channel from its posts, or from a part of what was chosen for it: one pure decision.

What each kind of channel takes of the bot (https://discord.com/developers/docs/topics/permissions and the
pages of the requests): to publish messages of its own it needs no more than to write them, in a forum "Send
Messages" is what starts a post, and slow mode holds no bot. So none of Manage Messages, Pin Messages and
Bypass Slowmode is ever asked for, and Manage Threads only for a locked thread or a moderators' tag.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.delivery.causes import BY_OPERATOR, BY_SERVER, NOT_IN_SETTINGS, is_failure
from bot.delivery.forum_tags import ForumPost, ForumTag, chosen_tags
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.places import is_threaded
from bot.delivery.tag_filters import Drought
from bot.posts.tags import fold


class Permission(enum.StrEnum):
    """What a server can let the bot do, as discord.py names it."""

    VIEW_CHANNEL = "view_channel"
    SEND_MESSAGES = "send_messages"
    EMBED_LINKS = "embed_links"
    READ_MESSAGE_HISTORY = "read_message_history"
    CREATE_PUBLIC_THREADS = "create_public_threads"
    SEND_MESSAGES_IN_THREADS = "send_messages_in_threads"
    MANAGE_THREADS = "manage_threads"
    MENTION_EVERYONE = "mention_everyone"


class Severity(enum.IntEnum):
    """What a finding means for the readers; the worst first."""

    STOPS = 0
    DEGRADES = 1
    ADVICE = 2


class Trouble(enum.StrEnum):
    """What was found; each has words of its own in the catalogues (``doctor.<trouble>.what``)."""

    STOPPED = "stopped"
    CHANNEL_GONE = "channel_gone"
    WRONG_KIND = "wrong_kind"
    TIMED_OUT = "timed_out"
    THREAD_LOCKED = "thread_locked"
    NO_VIEW = "no_view"
    NO_SEND = "no_send"
    NO_EMBEDS = "no_embeds"
    NO_POSTS = "no_posts"
    NO_THREADS = "no_threads"
    NO_THREAD_MESSAGES = "no_thread_messages"
    NO_POST_MESSAGES = "no_post_messages"
    NO_HISTORY = "no_history"
    TAG_REQUIRED = "tag_required"
    TAG_MODERATED = "tag_moderated"
    TAG_UNKNOWN = "tag_unknown"
    ZONE_UNKNOWN = "zone_unknown"
    NO_DAYS = "no_days"
    TAGS_TOO_NARROW = "tags_too_narrow"
    TAG_MISSPELT = "tag_misspelt"
    ROLE_GONE = "role_gone"
    ROLE_CLOSED = "role_closed"
    ROLE_SILENT = "role_silent"
    NOT_ANNOUNCING = "not_announcing"
    NOW_ANNOUNCING = "now_announcing"
    PAUSED_BY_SERVER = "paused_by_server"
    PAUSED_BY_OPERATOR = "paused_by_operator"


class ChannelFacts(Struct, frozen=True, kw_only=True):
    """A channel as the gateway shows it to the bot.

    Attributes:
        exists: None where nothing is known about it now; then the rest says nothing.
        kind: None for one that takes no messages.
        parent_id: of a thread, the channel that it belongs to, whose permissions it has.
        granted: what the bot may do in it, overwrites counted in.
        timed_out: a moderator has silenced the bot, which leaves it two permissions whatever it has.
        locked: only moderators may write in the thread.
        requires_tag: the forum takes no post without one of its ``tags``.
        role_exists: whether the subscription's role is there.
        role_mentionable: whether everybody may mention it.
        halted: the operator has stopped all deliveries, everywhere.
        drought: none of the newest posts passes the subscription's tags; None where one does.
    """

    exists: bool | None = True
    kind: ChannelKind | None = ChannelKind.TEXT
    parent_id: int | None = None
    granted: frozenset[Permission] = frozenset()
    timed_out: bool = False
    locked: bool = False
    requires_tag: bool = False
    tags: tuple[ForumTag, ...] = ()
    role_exists: bool = False
    role_mentionable: bool = False
    halted: bool = False
    drought: Drought | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong, or worth knowing; ``about`` is what it is about, such as a tag or a cause."""

    trouble: Trouble
    severity: Severity
    about: str = ""


_LEFT_WHEN_SILENCED: Final = frozenset({Permission.VIEW_CHANNEL, Permission.READ_MESSAGE_HISTORY})
"""https://discord.com/developers/docs/topics/permissions#permissions-for-timed-out-members"""


def diagnose(subscription: Subscription, facts: ChannelFacts) -> tuple[Finding, ...]:
    """Everything that is to be said about a channel, the worst first; empty where all is well."""
    findings = [*_of_pauses(subscription, halted=facts.halted), *_of_times(subscription)]
    if facts.drought:
        findings.append(_of_drought(facts.drought))
    if facts.exists:
        findings += _of_channel(subscription, facts)
    elif facts.exists is False:
        findings.append(_stops(Trouble.CHANNEL_GONE))
    return tuple(sorted(findings, key=lambda finding: finding.severity))


def stopping(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those of the findings with which nothing arrives."""
    return tuple(finding for finding in findings if finding.severity is Severity.STOPS)


def _of_channel(subscription: Subscription, facts: ChannelFacts) -> Iterator[Finding]:
    if not _is_served_as(subscription, facts.kind):
        yield _stops(Trouble.WRONG_KIND)
        return
    if facts.timed_out:
        yield _stops(Trouble.TIMED_OUT)
    if facts.locked and Permission.MANAGE_THREADS not in facts.granted:
        yield _stops(Trouble.THREAD_LOCKED)
    for permission, trouble, severity in _needed(subscription, facts.kind):
        if permission in facts.granted or (facts.timed_out and permission not in _LEFT_WHEN_SILENCED):
            continue
        yield Finding(trouble=trouble, severity=severity, about=permission)
    if facts.kind is ChannelKind.FORUM:
        yield from _of_tags(subscription, facts)
    yield from _of_role(subscription, facts)
    yield from _of_publishing(subscription, facts.kind)


def _is_served_as(subscription: Subscription, kind: ChannelKind | None) -> bool:
    """Whether posts can be brought in the way that was right for the channel when it was chosen."""
    if kind is None or (kind is ChannelKind.FORUM) != (subscription.kind is ChannelKind.FORUM):
        return False
    return kind is not ChannelKind.THREAD or not is_threaded(subscription)


_Need = tuple[Permission, Trouble, Severity]
_VIEW: Final[_Need] = (Permission.VIEW_CHANNEL, Trouble.NO_VIEW, Severity.STOPS)
_SEND: Final[_Need] = (Permission.SEND_MESSAGES, Trouble.NO_SEND, Severity.STOPS)
_START_A_POST: Final[_Need] = (Permission.SEND_MESSAGES, Trouble.NO_POSTS, Severity.STOPS)
_OPEN_THREADS: Final[_Need] = (Permission.CREATE_PUBLIC_THREADS, Trouble.NO_THREADS, Severity.STOPS)
_SEND_IN_THREADS: Final[_Need] = (
    Permission.SEND_MESSAGES_IN_THREADS,
    Trouble.NO_THREAD_MESSAGES,
    Severity.STOPS,
)
_SEND_IN_POSTS: Final[_Need] = (
    Permission.SEND_MESSAGES_IN_THREADS,
    Trouble.NO_POST_MESSAGES,
    Severity.STOPS,
)
_EMBED: Final[_Need] = (Permission.EMBED_LINKS, Trouble.NO_EMBEDS, Severity.STOPS)
_READ: Final[_Need] = (Permission.READ_MESSAGE_HISTORY, Trouble.NO_HISTORY, Severity.DEGRADES)


def _needed(subscription: Subscription, kind: ChannelKind | None) -> tuple[_Need, ...]:
    if kind is ChannelKind.FORUM:
        return (_VIEW, _START_A_POST, _SEND_IN_POSTS, _EMBED, _READ)
    if kind is ChannelKind.THREAD:
        return (_VIEW, _SEND_IN_THREADS, _EMBED, _READ)
    threads = (_OPEN_THREADS, _SEND_IN_THREADS) if is_threaded(subscription) else ()
    return (_VIEW, _SEND, *threads, _EMBED, _READ)


def _of_tags(subscription: Subscription, facts: ChannelFacts) -> Iterator[Finding]:
    offered = {fold(tag.name) for tag in facts.tags}
    unknown = [name for name in subscription.forum_tags if fold(name) not in offered]
    chosen = chosen_tags(facts.tags, ForumPost(name="", tags=subscription.forum_tags))
    if facts.requires_tag and not chosen:
        yield _stops(Trouble.TAG_REQUIRED)
    elif unknown:
        yield Finding(trouble=Trouble.TAG_UNKNOWN, severity=Severity.DEGRADES, about=", ".join(unknown))
    moderated = [tag.name for tag in facts.tags if tag.moderated and tag.id in chosen]
    if moderated and Permission.MANAGE_THREADS not in facts.granted and not facts.timed_out:
        yield Finding(trouble=Trouble.TAG_MODERATED, severity=Severity.STOPS, about=", ".join(moderated))


def _of_role(subscription: Subscription, facts: ChannelFacts) -> Iterator[Finding]:
    if subscription.role_id is None:
        return
    may_mention = facts.role_mentionable or Permission.MENTION_EVERYONE in facts.granted
    if not facts.role_exists:
        yield Finding(trouble=Trouble.ROLE_GONE, severity=Severity.DEGRADES)
    elif subscription.silent:
        yield Finding(trouble=Trouble.ROLE_SILENT, severity=Severity.ADVICE)
    elif not may_mention and not facts.timed_out:
        yield Finding(trouble=Trouble.ROLE_CLOSED, severity=Severity.DEGRADES)


def _of_publishing(subscription: Subscription, kind: ChannelKind | None) -> Iterator[Finding]:
    if not subscription.publish:
        return
    if kind is not ChannelKind.ANNOUNCEMENT:
        yield Finding(trouble=Trouble.NOT_ANNOUNCING, severity=Severity.DEGRADES)
    elif subscription.kind is not ChannelKind.ANNOUNCEMENT:
        yield Finding(trouble=Trouble.NOW_ANNOUNCING, severity=Severity.DEGRADES)


def _of_pauses(subscription: Subscription, *, halted: bool) -> Iterator[Finding]:
    cause = subscription.paused_because
    if is_failure(cause):
        yield Finding(trouble=Trouble.STOPPED, severity=Severity.STOPS, about=str(cause))
    elif cause == BY_SERVER:
        yield Finding(trouble=Trouble.PAUSED_BY_SERVER, severity=Severity.ADVICE)
    if halted or cause in (BY_OPERATOR, NOT_IN_SETTINGS):
        yield Finding(trouble=Trouble.PAUSED_BY_OPERATOR, severity=Severity.ADVICE)


def _of_times(subscription: Subscription) -> Iterator[Finding]:
    timetable = subscription.timetable
    if not _is_zone(timetable.zone):
        yield Finding(trouble=Trouble.ZONE_UNKNOWN, severity=Severity.STOPS, about=timetable.zone)
    if timetable.at is not None and not timetable.weekdays:
        yield _stops(Trouble.NO_DAYS)


def _of_drought(drought: Drought) -> Finding:
    """Only advice where posts used to pass: there may just be none about it now."""
    severity = Severity.ADVICE if drought.ever else Severity.DEGRADES
    if not drought.nearest:
        return Finding(trouble=Trouble.TAGS_TOO_NARROW, severity=severity)
    return Finding(trouble=Trouble.TAG_MISSPELT, severity=severity, about=", ".join(drought.nearest))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, no zone's name, a folder of zones
        return False
    return True


def _stops(trouble: Trouble) -> Finding:
    return Finding(trouble=trouble, severity=Severity.STOPS)
