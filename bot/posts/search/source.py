"""Picks from a post the text that is searched, place by place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.posts.models import Post

_NOT_READ = re.compile(
    r"\]\((?:[^)\s\]]|\](?!\())*+(?:\s\"[^\"]*\")?\)|</?[A-Za-z][^<>]*>|<?https?://[^\s)>\]]+>?"
)
"""Link targets, HTML tags and bare addresses: nobody looks for them, and they are most of some posts.

None of them goes on past the beginning of another: so each character is looked at once.
"""

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)


def fields_of(post: Post) -> Mapping[str, str]:
    """By field (``bot.posts.search.ranking.WEIGHTS``), what readers see of the post there."""
    body = _NOT_READ.sub(" ", post.body)
    return {
        "title": post.title,
        "description": _NOT_READ.sub(" ", post.meta.description),
        "tags": "\n".join(tag.name for tag in post.meta.tags),
        "headings": "\n".join(_HEADING.findall(body)),
        "body": body,
    }
