"""From a place to its page: the entrance for the look-up commands, buttons and selects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bot.adapters.library import Library
from bot.adapters.visits import Composer, Visit
from bot.formatting import nothing
from bot.formatting.messages import Message
from bot.formatting.places import Kind, Place, post_place
from bot.i18n import Words
from bot.posts.date_words import read_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """Pages for readers, made from the posts in service.

    Attributes:
        today: the present day where the operator's clock stands.
    """

    library: Library
    composer: Composer
    today: Callable[[], date]

    async def at(self, place: Place, words: Words) -> Message:
        """The page at a place. Where nothing is found the message says so, and offers what lies nearest."""
        archive = self.library.archive
        if not archive.posts:
            return nothing.no_posts(words)
        visit = Visit(
            archive=archive,
            search_index=self.library.search,
            composer=self.composer,
            today=self.today(),
            words=words,
        )
        return await _PAGES[place.kind](visit, place)

    async def on_day(self, typed: str, words: Words) -> Message:
        """The posts of a day as somebody writes it."""
        day = read_day(typed, self.today())
        if day is None:
            newest = self.library.archive.days()[: nothing.MOST_OFFERED]
            return nothing.no_such_day(typed, newest, words)
        return await self.at(Place(kind=Kind.DAY, what=day.isoformat()), words)

    async def newest(self, words: Words) -> Message:
        """The newest post."""
        newest = self.library.archive.latest()
        return await self.at(post_place(newest[0].key), words) if newest else nothing.no_posts(words)


_PAGES: Mapping[Kind, Callable[[Visit, Place], Awaitable[Message]]] = MappingProxyType(
    {
        Kind.POST: Visit.post,
        Kind.RANDOM: Visit.random,
        Kind.DAY: Visit.day,
        Kind.TAG: Visit.tag,
        Kind.TOPIC: Visit.topic,
        Kind.SEARCH: Visit.search,
        Kind.MONTH: Visit.month,
        Kind.TAGS: Visit.tags,
    }
)
