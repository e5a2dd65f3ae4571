"""Puts what is looked for into tantivy's queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

import tantivy
from msgspec import Struct
from tantivy import FieldType, Occur, Query

from bot.posts.search.plan import Plan, Way, Wish
from bot.posts.search.query import PostQuery
from bot.posts.search.ranking import IN_LONGER, TIERS
from bot.posts.search.words import last_hangul

Tags = Sequence[Sequence[str]]
"""Tags that a post must all have, each in the folded spellings it goes by."""


class Queries(Struct, frozen=True):
    """Makes queries over an index with this schema, whose fields are those of ``search_engine``."""

    schema: tantivy.Schema

    def all_of(
        self, plan: Plan, query: PostQuery, tags: Tags, without: Tags, hidden: Collection[str]
    ) -> Query:
        """What asks for all of that at once; the arguments are those of ``SearchEngine.find``."""
        parts = [(Occur.Must, self._wish(wish)) for wish in plan.required]
        parts += [(Occur.Must, Query.const_score_query(part, 0.0)) for part in self._filters(query, tags)]
        parts += [(Occur.MustNot, self._any_of(wish, field)) for wish in plan.excluded for field in TIERS]
        parts += [(Occur.MustNot, part) for part in self._unwanted(query, without)]
        if hidden:
            parts.append((Occur.MustNot, Query.term_set_query(self.schema, "slug", sorted(hidden))))
        if not plan.required:
            parts.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(parts)

    def _filters(self, query: PostQuery, tags: Tags) -> Iterator[Query]:
        for names in tags:
            yield Query.term_set_query(self.schema, "tag", names)
        if query.langs:
            yield Query.term_set_query(self.schema, "lang", query.langs)
        if query.after or query.before:
            first = (query.after or dt.date.min).toordinal()
            last = (query.before or dt.date.max).toordinal() - (1 if query.before else 0)
            yield Query.range_query(self.schema, "day", FieldType.Integer, first, last)

    def _unwanted(self, query: PostQuery, without: Tags) -> Iterator[Query]:
        for names in without:
            yield Query.term_set_query(self.schema, "tag", names)
        for lang in query.without_langs:
            yield Query.term_query(self.schema, "lang", lang)

    def _wish(self, wish: Wish) -> Query:
        """What a wish counts is its best place alone, so that nothing but the day orders equals."""
        alike: dict[float, list[Way]] = {}
        for way in wish:
            alike.setdefault(way.weight, []).append(way)
        longer = [way for way in wish if _may_be_longer(way)]
        places = []
        for field, tier in TIERS.items():
            for weight, ways in alike.items():
                places.append(Query.const_score_query(self._any_of(ways, field), tier * weight))
            if longer:
                begun = Query.boolean_query([(Occur.Should, self._row(way.words, field)) for way in longer])
                places.append(Query.const_score_query(begun, tier * IN_LONGER))
        return Query.disjunction_max_query(places)

    def _any_of(self, ways: Iterable[Way], field: str) -> Query:
        """One of the ways as words of their own, with their particles."""
        wholes = (self._whole(way, field) for way in ways if not _is_part(way))
        return Query.boolean_query([(Occur.Should, whole) for whole in wholes])

    def _whole(self, way: Way, field: str) -> Query:
        last = last_hangul(way.words)
        if not last:
            return self._row(way.words, field)
        ends = Query.term_query(self.schema, wholes(field), last, "basic")
        if len(last) == len(way.words):
            return ends
        return Query.boolean_query([(Occur.Must, self._row(way.words, field)), (Occur.Must, ends)])

    def _row(self, words: Sequence[str], field: str) -> Query:
        if len(words) == 1:
            return Query.term_query(self.schema, field, words[0], "basic")
        return Query.phrase_query(self.schema, field, list(words))


def wholes(field: str) -> str:
    """The field that holds another one's Hangul words whole."""
    return f"{field}_whole"


def _is_part(way: Way) -> bool:
    """Whether it begins within a Hangul word."""
    return "가" <= way.words[0][0] <= "힣"


def _may_be_longer(way: Way) -> bool:
    return _is_part(way) or (way.goes_on and last_hangul(way.words) != "")
