"""The order of posts."""

from __future__ import annotations

import datetime as dt

from bot.posts.models import Post

_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


def order(post: Post) -> tuple[dt.date, dt.datetime, str]:
    """Day, instant, slug; a post without a time of day comes before those of its day that have one."""
    return post.date, post.published_at or _EARLIEST, post.slug
