"""One reader's look at one snapshot of the archive: a page for each kind of place."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final, Protocol

from msgspec import Struct

from bot.adapters.search_index import SearchIndex
from bot.adapters.search_results import Match, SearchResult
from bot.adapters.second_tries import SecondTries
from bot.formatting import nothing
from bot.formatting.browsing import day_place, month_page, month_place, week_page
from bot.formatting.compose import Reading
from bot.formatting.controls import clamped
from bot.formatting.escaping import escape_line_starts, escape_text
from bot.formatting.findings import FINDINGS_A_PAGE, Finding, pages_for, search_page, topic_page
from bot.formatting.messages import Message
from bot.formatting.offers import places_within
from bot.formatting.pages import list_page, reading_page, tags_page, with_another
from bot.formatting.places import Place, post_parts
from bot.formatting.plain import about
from bot.i18n import Words
from bot.patterns import regex
from bot.posts.archive import Archive, TagCount
from bot.posts.date_words import either_day
from bot.posts.models import Post, Tag
from bot.posts.month_words import read_month
from bot.posts.near_days import near_day
from bot.posts.periods import week_from
from bot.posts.retrying import Dated, dated, days_asked, without_operators
from bot.posts.search.query import PostQuery, TagFilter, parse_query
from bot.posts.suggestions import nearest_days, nearest_tags
from bot.posts.tags import tag_key
from bot.posts.week_words import monday_of
from bot.replacing import replace

_KEY: Final = regex(r"[0-9a-f]{16}")
_SUMMARY: Final = 200
"""Characters of a description that stands for a sentence."""
_ONE_PAGE: Final = 50
"""Matches that a page of a timeline looks at: more than its days hold posts of one tag."""


class Composer(Protocol):
    """Composes posts away from the event loop."""

    async def reading(self, post: Post, locale: str) -> Reading:
        """The whole post, and what its menus offer."""

    async def section(self, post: Post, index: int, locale: str) -> tuple[Message, ...]:
        """One section of the post. Raises IndexError when it has no such section."""


class Visit(Struct, frozen=True, kw_only=True):
    """Makes the pages. What a place names may be gone since; the page then says so.

    Attributes:
        archive: the posts whose time has come.
        whole: all posts. Where a channel is ahead of the operator's clock a post is sent there earlier, and
            what was sent opens.
        hidden: the slugs of the posts that wait for their time.
    """

    archive: Archive
    whole: Archive
    hidden: Collection[str]
    search_index: SearchIndex
    composer: Composer
    today: date
    words: Words

    async def post(self, place: Place) -> Message:
        """A page of a post, or of one of its sections."""
        key, section = post_parts(place.what)
        if not key:
            return nothing.outdated(self.words)
        post = self.whole.by_key(key)
        return await self._reading(post, section, place.index) if post else nothing.gone(self.words)

    async def random(self, place: Place) -> Message:  # noqa: ARG002 - one shape for every kind
        """The first page of any post, with a button for another one."""
        return with_another(await self._reading(secrets.choice(self.archive.posts)), self.words)

    async def day(self, place: Place) -> Message:
        """The post of a day, or the list of its posts."""
        try:
            day = date.fromisoformat(place.what)
        except ValueError:
            return nothing.outdated(self.words)
        posts = self.archive.on(day)[::-1]
        if not posts:
            nearest = nearest_days(self.archive, day, nothing.MOST_OFFERED)
            return nothing.no_post_on(day, nearest, self.words)
        return await self._one_or_list(posts, self.words("list.day", day=self.words.date(day)), place)

    async def tag(self, place: Place) -> Message:
        """The posts under a tag, newest first."""
        tag = self._tag_named(place.what)
        if tag is None:
            return await self._no_such_tag(place)
        heading = self.words("list.tag", tag=tag.name)
        here = replace(place, what=tag_key(tag.name))
        return await self._one_or_list(self.archive.tagged(tag.name), heading, here)

    async def topic(self, place: Place) -> Message:
        """What happened about a tag, newest first."""
        tag = self._tag_named(place.what)
        if tag is None:
            return await self._no_such_tag(place)
        posts = self.archive.tagged(tag.name)
        index = clamped(place.index, pages_for(len(posts)))
        findings = await self._happened(posts[index * FINDINGS_A_PAGE : (index + 1) * FINDINGS_A_PAGE], tag)
        here = replace(place, what=tag_key(tag.name), index=index)
        heading = self.words("topic.heading", tag=tag.name)
        return topic_page(findings, len(posts), heading, here, self.words)

    async def search(self, place: Place) -> Message:
        """The results of a search, the best first."""
        query = parse_query(place.what, self.today, self.archive.tag_named)
        if query.is_empty:
            return nothing.nothing_asked(self.words, query.unread)
        index = place.index
        result = await self._page_of(query, index)
        if result.total and not result.matches:  # posts went since the page before was shown
            index = clamped(index, pages_for(result.total))
            result = await self._page_of(query, index)
        if not result.matches:
            return await self._not_found(place.what, query, result.pending)
        findings = _findings(result.matches)
        here = replace(place, index=index)
        return search_page(
            findings, result.total, here, self.words, unread=query.unread, pending=result.pending
        )

    async def _page_of(self, query: PostQuery, index: int) -> SearchResult:
        return await self.search_index.search(query, FINDINGS_A_PAGE, index * FINDINGS_A_PAGE, self.hidden)

    async def week(self, place: Place) -> Message:
        """The posts of a week, from Monday to Sunday."""
        try:
            week = week_from(monday_of(date.fromisoformat(place.what)))
        except ValueError:
            return nothing.outdated(self.words)
        posts = self.archive.between(*week)[::-1]
        if not posts:
            nearest = nearest_days(self.archive, week.first, nothing.MOST_OFFERED)
            return nothing.no_post_in_week(week, nearest, self.words)
        older = next(self.archive.days_before(week.first), None)
        newer = next((day for day in self.archive.days_from(week.last) if day > week.last), None)
        return week_page(posts, week, place.index, self.words, older=older, newer=newer)

    async def month(self, place: Place) -> Message:
        """The posts of a month, the newest one where the place names none."""
        months = self.archive.months()
        here = next((month for month in months if month_place(month).what == place.what), None)
        if here is None and place.what:
            return self._no_posts_in(place.what)
        here = here or months[0]
        posts = self.archive.month(here.year, here.month)[::-1]
        return month_page(posts, months, here, place.index, self.words)

    def _no_posts_in(self, code: str) -> Message:
        """A month of which a button or select knows posts, and the archive none any more."""
        month, near = read_month(code, self.today), near_day(code, self.today)
        if month is None or near is None:
            return nothing.outdated(self.words)
        return nothing.no_post_in(month, nearest_days(self.archive, near, nothing.MOST_OFFERED), self.words)

    async def tags(self, place: Place) -> Message:
        """All tags, the most used first."""
        tags = self.archive.tags()
        return tags_page(tags, place, self.words) if tags else Message(content=self.words("news.no_tags"))

    async def _reading(self, post: Post, section: int | None = None, index: int = 0) -> Message:
        """A page of the post; a section that is gone since falls back to the whole post."""
        reading = await self.composer.reading(post, self.words.locale)
        messages = reading.messages
        if section is not None and section >= len(reading.sections):
            section = None
        if section is not None:
            messages = await self.composer.section(post, section, self.words.locale)
        return reading_page(post, messages, reading.sections, index=index, section=section, words=self.words)

    async def _one_or_list(self, posts: Sequence[Post], heading: str, place: Place) -> Message:
        if len(posts) == 1:
            return await self._reading(posts[0])
        return list_page(posts, heading, place, self.words)

    async def _happened(self, posts: Sequence[Post], tag: Tag) -> tuple[Finding, ...]:
        """What each of the posts, the newest first, says about a tag; its summary where no sentence does."""
        first, last = posts[-1].date, posts[0].date
        after_last = last + timedelta(days=1) if last < date.max else None
        query = PostQuery(phrases=(tag.name,), tags=(TagFilter(tag.name),), after=first, before=after_last)
        result = await self.search_index.search(query, _ONE_PAGE, hidden=self.hidden)
        matches = {match.post.slug: match for match in result.matches}
        said = [match for post in posts if (match := matches.get(post.slug))]
        found = {finding.post.slug: finding for finding in _findings(said)}
        return tuple(found.get(post.slug) or _summary(post) for post in posts)

    def _tag_named(self, name: str) -> Tag | None:
        """The tag of a short key, of a name, or of what the aliases call the same."""
        if _KEY.fullmatch(name) and (tag := self.archive.tag_by_key(name)):
            return tag
        return self.archive.tag_named(name)

    async def _no_such_tag(self, place: Place) -> Message:
        """What lies nearest; the comparing with all tags is not for the event loop."""
        if _KEY.fullmatch(place.what):
            return nothing.no_tag_left(self.words)
        near = asyncio.to_thread(nearest_tags, self.archive, place.what, nothing.MOST_OFFERED)
        nearest, search = await asyncio.gather(near, self.finds(place.what))
        return nothing.no_such_tag(place.what, place.kind, nearest, self.words, search=search)

    async def finds(self, typed: str) -> bool:
        """Whether a search for what was typed finds anything."""
        query = parse_query(typed, self.today, self.archive.tag_named)
        return not query.is_empty and await self.search_index.count(query, self.hidden) > 0

    async def _not_found(self, typed: str, query: PostQuery, pending: int) -> Message:
        """What lies nearest and is there; the comparing with all tags is not for the event loop."""
        tries = SecondTries(self.archive, self.search_index, self.hidden)
        meant = dated(query, self.today)
        searches = await tries.of(query, meant.rest if meant and not meant.is_all else None)
        return nothing.nothing_found(
            unicodedata.normalize("NFC", typed),
            searches,
            await asyncio.to_thread(self._tags_like, without_operators(query)),
            self.words,
            places=self._days_meant(meant, searches) if meant else self._days_near(typed, query),
            unread=query.unread,
            pending=pending,
        )

    def _days_meant(self, meant: Dated, searches: Sequence[str]) -> tuple[Place, ...]:
        """Where the days are shown that were meant, unless a search within them is offered."""
        if any(parse_query(search, self.today).after for search in searches):
            return ()
        has_posts = self.archive.between(*meant.period)
        return places_within(self.archive, meant.period) if has_posts or meant.is_all else ()

    def _days_near(self, typed: str, query: PostQuery) -> tuple[Place, ...]:
        """The days with posts that ``5/4/2024`` can be, or the nearest to days alone that have none."""
        if (asked := days_asked(query)) and not self.archive.between(*asked):
            return places_within(self.archive, asked)
        return tuple(day_place(day) for day in either_day(typed, self.today) if self.archive.on(day))

    def _tags_like(self, query: PostQuery) -> tuple[TagCount, ...]:
        """Tags like those that are asked for and unknown, then like the words, together and each its own."""
        unknown = (tag.name for tag in query.tags if not self.archive.tagged(*tag))
        wanted = (*unknown, " ".join(query.terms), *query.phrases)
        alike = (nearest_tags(self.archive, name, nothing.MOST_OFFERED) for name in wanted)
        own = (nearest_tags(self.archive, word, 1) for word in query.terms if self.archive.tagged(word))
        return tuple({tag.name: tag for tags in (*alike, *own) for tag in tags}.values())


def _findings(matches: Sequence[Match]) -> list[Finding]:
    return [
        Finding(post=match.post, section=match.section, title=match.title, excerpt=match.excerpt)
        for match in matches
    ]


def _summary(post: Post) -> Finding:
    return Finding(post=post, excerpt=escape_line_starts(escape_text(about(post, _SUMMARY))))
