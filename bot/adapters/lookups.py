"""From a place to its page: the entrance for the look-up commands, buttons and selects."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from time import perf_counter
from types import MappingProxyType

from msgspec import Struct, field

from bot.adapters.library import Library
from bot.adapters.visits import Composer, Visit
from bot.formatting import nothing
from bot.formatting.messages import Message
from bot.formatting.offers import days_holding, place_meant
from bot.formatting.places import Kind, Place, post_place
from bot.i18n import Words
from bot.posts.archive import Archive
from bot.posts.date_words import either_day
from bot.posts.month_words import read_month, read_year
from bot.posts.near_days import near_day
from bot.posts.suggestions import nearest_days, nearest_months
from bot.posts.waiting import waiting_posts


class _Shown(Struct, frozen=True):
    """What readers see of an archive: without the posts that wait for their time."""

    whole: Archive
    hidden: frozenset[str]
    archive: Archive


class Lookups(Struct, kw_only=True):
    """Pages for readers, made from the posts in service whose time has come.

    Attributes:
        now: the present instant, aware, where the operator's clock stands.
        timed: told what kind of place was looked up, and the seconds it took.
    """

    library: Library
    composer: Composer
    now: Callable[[], datetime]
    timed: Callable[[str, float], None] = lambda _kind, _seconds: None
    _shown: _Shown = field(default_factory=lambda: _Shown(Archive(), frozenset(), Archive()))

    def today(self) -> date:
        """The present day where the operator's clock stands."""
        return self.now().date()

    @property
    def archive(self) -> Archive:
        """The posts that readers may see now."""
        return self._visible().archive

    def _visible(self) -> _Shown:
        whole = self.library.archive
        waiting = tuple(waiting_posts(whole.posts, self.now()))
        hidden = frozenset(post.slug for post in waiting)
        shown = self._shown
        if shown.whole is not whole or shown.hidden != hidden:
            shown = self._shown = _Shown(whole, hidden, whole.without(waiting))
        return shown

    async def at(self, place: Place, words: Words) -> Message:
        """The page at a place. Where nothing is found the message says so, and offers what lies nearest."""
        shown = self._visible()
        if not shown.archive.posts:
            return nothing.no_posts(words)
        began = perf_counter()
        page = await _PAGES[place.kind](self._visit(shown, words), place)
        self.timed(place.kind.value, perf_counter() - began)
        return page

    def _visit(self, shown: _Shown, words: Words) -> Visit:
        return Visit(
            archive=shown.archive,
            whole=shown.whole,
            hidden=shown.hidden,
            search_index=self.library.search,
            composer=self.composer,
            today=self.today(),
            words=words,
        )

    async def on_day(self, typed: str, words: Words) -> Message:
        """The posts of a day as somebody writes it, of a week, a month or a year."""
        typed = " ".join(unicodedata.normalize("NFC", typed).split())
        place = place_meant(self.archive, typed, self.today())
        return await self.at(place, words) if place else await self._no_day(typed, words)

    async def _no_day(self, typed: str, words: Words) -> Message:
        """What was typed is no one day, week, month or year with posts: says so, and offers what is near."""
        today, archive = self.today(), self.archive
        if days := either_day(typed, today):
            return nothing.either_day(typed, days, words)
        near = nearest_days(archive, near_day(typed, today) or today, nothing.MOST_OFFERED)
        if near and (month := read_month(typed, today)):
            return nothing.no_post_in(month, near, words)
        if near and (year := read_year(typed, today)):
            return nothing.no_post_in_year(year, nearest_months(archive, year, nothing.MOST_OFFERED), words)
        if typed and (titled := days_holding(archive, typed)):
            search = await self._visit(self._visible(), words).finds(typed)
            return nothing.titled_days(typed, titled, words, search=search)
        return nothing.no_such_day(typed, near, words)

    async def newest(self, words: Words) -> Message:
        """The newest post."""
        newest = self.archive.latest()
        return await self.at(post_place(newest[0].key), words) if newest else nothing.no_posts(words)


_PAGES: Mapping[Kind, Callable[[Visit, Place], Awaitable[Message]]] = MappingProxyType(
    {
        Kind.POST: Visit.post,
        Kind.RANDOM: Visit.random,
        Kind.DAY: Visit.day,
        Kind.TAG: Visit.tag,
        Kind.TOPIC: Visit.topic,
        Kind.SEARCH: Visit.search,
        Kind.WEEK: Visit.week,
        Kind.MONTH: Visit.month,
        Kind.TAGS: Visit.tags,
    }
)
