"""Where each part of a post goes: into the channel itself, or into the thread that carries the rest.

A thread that was started from a message has that message's id, and so has a forum post's thread and its first
message (https://discord.com/developers/docs/resources/channel#start-thread-from-message). Hence the thread of
a delivery is the id of its part 0, which the ledger knows.
"""

from __future__ import annotations

from bot.delivery.models import ChannelKind, Subscription
from bot.formatting.compose import Layout
from bot.formatting.plain import plain_line

LONGEST_NAME = 100
"""Characters of a thread's name (https://discord.com/developers/docs/resources/channel#channel-object)."""
_NAMELESS = "AI news"
_WITH_THREADS = frozenset({ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT})


def is_threaded(subscription: Subscription) -> bool:
    """Whether the parts after the first go into a thread; a thread itself can hold none."""
    if subscription.kind is ChannelKind.FORUM:
        return True
    return subscription.layout is Layout.THREAD and subscription.kind in _WITH_THREADS


def layout_of(subscription: Subscription) -> Layout:
    """How posts are composed for the channel: in a thread ``thread`` is ``full``."""
    if subscription.kind is ChannelKind.THREAD and subscription.layout is Layout.THREAD:
        return Layout.FULL
    return subscription.layout


def place_of(subscription: Subscription, part: int, first_message_id: int | None) -> int:
    """The id of the channel or thread where a part is sent, looked for and edited.

    ``first_message_id`` is part 0's. In a forum everything lies in the thread; part 0 is what starts it, so
    without a ``first_message_id`` the place is the forum.

    Raises:
        ValueError: a later part of a threaded post, whose first part is nowhere.
    """
    if not is_threaded(subscription):
        return subscription.channel_id
    if part == 0 and (subscription.kind is not ChannelKind.FORUM or first_message_id is None):
        return subscription.channel_id
    if first_message_id is None:
        raise ValueError(f"part {part} in channel {subscription.channel_id} has no thread to go to")
    return first_message_id


def thread_name(title: str) -> str:
    """A post's title as a thread's name: one line, not empty, within LONGEST_NAME characters."""
    said = plain_line(title) or title
    name = " ".join("".join(char if char.isprintable() else " " for char in said).split())
    if len(name) <= LONGEST_NAME:
        return name or _NAMELESS
    cut = name[: LONGEST_NAME - 1]
    space = cut.rfind(" ")
    return f"{cut[:space] if space > LONGEST_NAME // 2 else cut}…"
