"""What a search finds: the posts, and the sentence of each that says why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from bot.adapters.search_engine import SearchEngine
from bot.errors import PostError
from bot.formatting.escaping import escape_line_starts, escape_text
from bot.formatting.lines import shown_title
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.search.excerpt import Finder
from bot.posts.search.outline import Heading
from bot.posts.search.plan import Plan
from bot.posts.search.query import PostQuery, TagFilter
from bot.posts.tags import filed_under, fold


class Match(Struct, frozen=True, kw_only=True):
    """A post that was found.

    Attributes:
        section: the heading under which the matching sentence stands; None before the first.
        excerpt: the matching sentence as Discord Markdown, the words in bold, everything else escaped;
            at most 220 code points of text before escaping, behind the tags that match if nothing else does.
        title: what a list shows of the title, in pieces, each with whether it is one of the words.
        score: higher is better; only comparable within one result.
    """

    post: Post
    section: Heading | None
    excerpt: str
    title: tuple[tuple[str, bool], ...]
    score: float


class SearchResult(Struct, frozen=True, kw_only=True):
    """A page of what was found: ``total`` posts in all, ``matches`` the best first.

    ``pending`` posts have not been looked at, since their index is still being made.
    """

    total: int
    matches: tuple[Match, ...] = ()
    pending: int = 0


def found_in(
    archive: Archive,
    engine: SearchEngine | None,
    query: PostQuery,
    wished: Plan,
    limit: int,
    offset: int,
    hidden: Collection[str],
) -> tuple[int, list[tuple[Post, float]]]:
    """How many posts match, and ``limit`` of them after ``offset`` with their scores."""
    if engine is None or not (wished.required or wished.excluded):
        allowed = archive.select(query) if not query.has_words else ()
        posts = [post for post in allowed if post.slug not in hidden] if hidden else allowed
        return len(posts), [(post, 0.0) for post in posts[offset : offset + limit]]
    total, hits = engine.find(
        wished,
        query,
        _tags(query.tags, archive),
        limit,
        offset,
        hidden,
        _tags(query.without_tags, archive),
    )
    found = ((archive.by_key(key), score) for score, key in hits)
    return total, [(post, score) for post, score in found if post]


def _tags(tags: Iterable[TagFilter], archive: Archive) -> tuple[tuple[str, ...], ...]:
    """For each tag, what it is filed under: each folded name that it goes by."""
    return tuple(tuple(dict.fromkeys(_filed(tag, archive))) for tag in tags)


def _filed(tag: TagFilter, archive: Archive) -> Iterator[str]:
    meant = archive.tag_named(tag.name)
    for name in (tag.name, meant.name) if meant else (tag.name,):
        for spelling in (name, *archive.aliases.spellings(name)):
            yield filed_under(fold(spelling), tag.kind)


def match_of(post: Post, score: float, finder: Finder) -> Match:
    """A post with the sentence that holds the words of ``finder``; blocks on the disk."""
    try:
        body = post.body
    except PostError:
        body = ""  # gone since the search began: the description stands for it
    shown = shown_title(post)
    excerpt, title = finder.excerpt(body, post.meta.description, shown), finder.mark(shown)
    pieces = excerpt.pieces
    if not any(is_word for _, is_word in (*pieces, *title)):
        pieces = (*_tag_pieces(post, finder), *pieces)
    return Match(post=post, section=excerpt.section, excerpt=_markdown(pieces), title=title, score=score)


def _tag_pieces(post: Post, finder: Finder) -> Iterator[tuple[str, bool]]:
    """Those of a post's tags that hold the words, for a reader who sees them nowhere else."""
    for tag in post.meta.tags:
        pieces = finder.mark(tag.name)
        if any(is_word for _, is_word in pieces):
            yield "#", False
            yield from pieces
            yield " · ", False


def _markdown(pieces: Iterable[tuple[str, bool]]) -> str:
    shown = (f"**{escape_text(text)}**" if is_word else escape_text(text) for text, is_word in pieces)
    return escape_line_starts("".join(shown))
