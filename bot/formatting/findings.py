"""The results of a search, and a topic's timeline: posts with the sentence that matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from bot.formatting.cards import shortened
from bot.formatting.controls import clamped
from bot.formatting.lines import post_entry, post_option
from bot.formatting.messages import Message, Option
from bot.formatting.nothing import not_read
from bot.formatting.pages import listing
from bot.formatting.places import Place
from bot.i18n import Words
from bot.posts.models import Post
from bot.posts.search.outline import Heading
from bot.posts.sections import Section
from bot.replacing import replace

FINDINGS_A_PAGE: Final = 5
_MOST_UNREAD, _UNREAD = 3, 60
"""Conditions that could not be read, and characters of each, that are named below what was found."""
LONGEST_SEARCH: Final = 200
"""Characters of a search; the card's author line, from which it is read back, has room for 256."""


class Finding(Struct, frozen=True, kw_only=True):
    """A post, the section in which something was found (None before the first), and the sentence there.

    ``excerpt`` is Discord Markdown; empty where no sentence stands out. ``title`` is what is shown of the
    title, in pieces, each with whether it is in bold; empty where none is.
    """

    post: Post
    section: Heading | Section | None = None
    excerpt: str = ""
    title: tuple[tuple[str, bool], ...] = ()


def pages_for(total: int) -> int:
    """How many pages that many findings fill."""
    return -(-total // FINDINGS_A_PAGE)


def search_page(
    findings: Sequence[Finding],
    total: int,
    place: Place,
    words: Words,
    *,
    unread: Sequence[tuple[str, str]] = (),
    pending: int = 0,
) -> Message:
    """The page of a search's results; ``findings`` are this page's, at least one.

    ``place.what`` is the search, shown as the card's author: plain text, nothing in it acts.
    """
    footer = words("search.count", count=words.number(total))
    for key, value in unread[:_MOST_UNREAD]:
        footer += "\n" + not_read(key, shortened(value, _UNREAD), words)
    if pending:
        footer += "\n" + words("search.pending", count=words.number(pending))
    return _findings(findings, total, words("search.heading"), footer, place, words, author=place.what)


def topic_page(findings: Sequence[Finding], total: int, heading: str, place: Place, words: Words) -> Message:
    """The page of a topic's timeline, the newest day first; ``findings`` are this page's, at least one."""
    footer = words("topic.count", count=words.number(total))
    return _findings(findings, total, heading, footer, place, words)


def _findings(
    findings: Sequence[Finding],
    total: int,
    heading: str,
    footer: str,
    place: Place,
    words: Words,
    author: str | None = None,
) -> Message:
    pages = max(1, pages_for(total))
    return listing(
        heading=heading,
        entries=[_entry(finding, words) for finding in findings],
        options=[_option(finding, words) for finding in findings],
        footer=footer,
        place=replace(place, index=clamped(place.index, pages)),
        pages=pages,
        words=words,
        separator="\n\n",
        author=author,
    )


def _entry(finding: Finding, words: Words) -> tuple[str, ...]:
    section = finding.section
    return post_entry(
        finding.post,
        words,
        section=section.title if section else "",
        anchor=section.anchor if section else "",
        title=finding.title,
        below=f"> {' '.join(finding.excerpt.split())}" if finding.excerpt else "",
    )


def _option(finding: Finding, words: Words) -> Option:
    if finding.section is None:
        return post_option(finding.post, words)
    return post_option(finding.post, words, section=finding.section.index, title=finding.section.title)
