"""Which of a forum's tags a post gets, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from bot.posts.tags import fold

MOST = 5
"""Tags a post (https://discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel)."""


class ForumTag(Struct, frozen=True, kw_only=True):
    """A tag that a forum offers; only moderators may use a ``moderated`` one."""

    id: int
    name: str
    moderated: bool = False


class ForumPost(Struct, frozen=True, kw_only=True):
    """A post as a forum takes it.

    Attributes:
        name: its thread's name.
        tags: names that the server wants on every post, most wanted first.
        own_tags: names of the post's own tags.
    """

    name: str
    tags: Sequence[str] = ()
    own_tags: Sequence[str] = ()


def chosen_tags(offered: Iterable[ForumTag], post: ForumPost) -> tuple[int, ...]:
    """The ids of the tags that the forum has, MOST at most: the server's first, then the post's own.

    Names are compared as ``fold`` does. A moderated tag is taken only where the server asks for it.
    """
    by_name: dict[str, ForumTag] = {}
    for tag in offered:
        by_name.setdefault(fold(tag.name), tag)
    wanted = [by_name.get(fold(name)) for name in post.tags]
    own = [by_name.get(fold(name)) for name in post.own_tags]
    fitting = [*filter(None, wanted), *(tag for tag in own if tag and not tag.moderated)]
    return tuple(dict.fromkeys(tag.id for tag in fitting))[:MOST]
