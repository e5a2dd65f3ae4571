"""Which posts wait for their time: until then they are neither sent nor shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.posts.models import Post

_APART = dt.timedelta(days=2)
"""More than a post's day and its instant can differ by, whatever their zones."""


def waiting_posts(posts: Sequence[Post], now: dt.datetime) -> Iterator[Post]:
    """The posts whose day or instant has not come, the newest first.

    ``posts`` are in the archive's order, oldest first; ``now`` is aware, its zone says when a day begins.
    """
    today = now.date()
    for post in reversed(posts):
        if post.date < today - _APART:
            return
        own = post.published_at
        if post.date > today if own is None else own > now:
            yield post
