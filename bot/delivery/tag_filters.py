"""What a channel's chosen tags leave of the posts: whether they gainsay each other, whether one passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from bot.delivery.models import Subscription
from bot.delivery.planning import is_wanted
from bot.posts.archive import Archive
from bot.posts.search.aliases import Aliases
from bot.posts.suggestions import nearest_tags
from bot.posts.tags import fold

RECENT: Final = 30
"""The newest posts, of which one at least should pass."""
_MOST_NEAREST: Final = 3


class Drought(Struct, frozen=True, kw_only=True):
    """None of the newest posts passes a channel's tags.

    Attributes:
        posts: how many of the newest ones were looked at, at least one.
        ever: whether an older post passes.
        nearest: tags that posts have, for those wanted that no post has.
    """

    posts: int
    ever: bool
    nearest: tuple[str, ...] = ()


def in_both(include: Iterable[str], exclude: Iterable[str], aliases: Aliases) -> tuple[str, ...]:
    """The wanted tags that are unwanted too, whatever their spelling: no post could have one and pass."""
    unwanted = tuple(exclude)
    return tuple(name for name in include if any(_is_same(name, other, aliases) for other in unwanted))


def is_dry(subscription: Subscription, archive: Archive) -> bool:
    """Whether none of the newest posts passes; no where there is no post at all."""
    newest = archive.latest(RECENT)
    return bool(newest) and not any(is_wanted(post, subscription) for post in newest)


def drought(subscription: Subscription, archive: Archive) -> Drought | None:
    """What is to be said where ``is_dry``; None elsewhere."""
    if not is_dry(subscription, archive):
        return None
    return Drought(
        posts=min(RECENT, len(archive)),
        ever=any(is_wanted(post, subscription) for post in archive.posts),
        nearest=tuple(dict.fromkeys(_meant(subscription, archive)))[:_MOST_NEAREST],
    )


def _is_same(one: str, other: str, aliases: Aliases) -> bool:
    """A word of several meanings has the spellings of them all, and is the same as none of them."""
    return fold(one) == fold(other) or aliases.spellings(one) == aliases.spellings(other)


def _meant(subscription: Subscription, archive: Archive) -> Iterator[str]:
    taken = {fold(name) for name in (*subscription.include, *subscription.exclude)}
    for name in sorted(subscription.include):
        for near in nearest_tags(archive, name, 1):
            if fold(near.name) not in taken:  # else it is spelt right, or just what is not wanted
                yield near.name
