"""How loudly a post arrives: without a sound, as usual, or with the mention of one role."""

from __future__ import annotations

from collections.abc import Sequence

from bot.delivery.models import PostList, Subscription, importance_of
from bot.formatting.messages import Message
from bot.posts.models import Importance, Post
from bot.replacing import replace


def in_its_manner(
    messages: Sequence[Message], item: Post | PostList, subscription: Subscription
) -> tuple[Message, ...]:
    """The messages of a post, or of a list of posts, as this channel gets them.

    A quiet post, and any in a silent channel, notifies nobody. A major one mentions the channel's role, once,
    before everything else; no other mention is ever allowed.
    """
    importance = importance_of(item)
    if subscription.silent or importance is Importance.QUIET:
        return tuple(replace(message, silent=True) for message in messages)
    if importance is Importance.MAJOR and subscription.role_id is not None:
        first, *others = messages
        return (_mentioning(first, subscription.role_id), *others)
    return tuple(messages)


def _mentioning(message: Message, role_id: int) -> Message:
    content = f"<@&{role_id}>" + (f"\n{message.content}" if message.content else "")
    return replace(message, content=content, role_id=role_id)
