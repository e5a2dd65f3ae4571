"""Keeps the posts' words in tantivy and finds posts by them; everything here blocks.

tantivy, not SQLite's FTS5, by measurement over 10,000 posts (400 MB, the same words on both sides): the
slowest of 24 queries took 5 ms against FTS5's 46 ms with bm25, before excerpts and aliases multiply the work.
It ranks without visiting every match, deletes single posts (FTS5 without contents needs SQLite 3.43 for it),
and builds its index outside Python's lock. FTS5's trigrams found none of the right posts for two-syllable
words and aliases, and 22 % for words with particles (``grep -r``: 100, 0 and 22 %); this finds 99 % and more.
benchmarks/lookup.md has the figures, ``python -m benchmarks.lookup`` makes them anew.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
import tantivy
from tantivy import Document, Query

from bot.adapters.search_queries import Queries, Tags, wholes
from bot.posts.models import Post
from bot.posts.search.plan import Plan
from bot.posts.search.query import PostQuery
from bot.posts.search.ranking import TIERS, freshness
from bot.posts.search.source import fields_of, whole_words
from bot.posts.search.words import spaced
from bot.posts.tags import filed_under, fold

log = logging.getLogger(__name__)

VERSION = 9
"""Raised whenever what is indexed changes: older indexes are then made anew."""

_HEAP_BYTES = 48_000_000
"""Words that wait in memory before they are written; tantivy needs 15 MB."""

_WORDS = "words"


class SearchEngine:
    """An index in a folder, or in memory for ``None``. One process may write to a folder.

    Raises:
        OSError: the folder cannot be written, or another process is using it.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / f"search-{VERSION}" if folder else None
        self._schema = _schema()
        self._queries = Queries(self._schema)
        try:
            self._open()
        except ValueError as error:  # tantivy's errors are ValueErrors, whatever the cause
            raise OSError(f"the search index cannot be used: {error}") from error

    def _open(self) -> None:
        try:
            self._index = self._made()
        except ValueError as error:
            self._clear(error)
            self._index = self._made()
        # Whoever holds the writer holds the folder: only then may anything be thrown away.
        self._writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        try:
            self._try()
            self._stamps = self._read_stamps()
        except ValueError as error:
            self._writer.wait_merging_threads()
            self._clear(error)
            self._index, self._stamps = self._made(), {}
            self._writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        self._forget_older_versions()

    def _clear(self, reason: ValueError) -> None:
        log.warning("the search index is made anew: %s", reason)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _forget_older_versions(self) -> None:
        for other in self._folder.parent.glob("search-*") if self._folder else ():
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)

    def _made(self) -> tantivy.Index:
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(self._schema, path=str(self._folder) if self._folder else None)
        splitter = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        index.register_tokenizer(_WORDS, splitter.filter(tantivy.Filter.lowercase()).build())
        return index

    @property
    def stamps(self) -> dict[str, str]:
        """By slug, which version of a post is indexed."""
        return self._stamps

    def replace(self, posts: Iterable[tuple[str, Post]], gone: Iterable[str] = ()) -> None:
        """Take in posts with their stamps, drop others by slug, and show it to searches from now on.

        Raises:
            OSError: it cannot be written; searches go on in what was there, a new engine may do better.
        """
        try:
            self._replace(posts, gone)
        except ValueError as error:  # tantivy's errors are ValueErrors, whatever the cause
            raise OSError(f"the search index cannot be written: {error}") from error

    def _replace(self, posts: Iterable[tuple[str, Post]], gone: Iterable[str]) -> None:
        stamps = dict(self._stamps)
        for slug in gone:
            self._writer.delete_documents_by_term("slug", slug)
            stamps.pop(slug, None)
        for stamp, post in posts:
            self._writer.delete_documents_by_term("slug", post.slug)
            self._writer.add_document(_document(post))
            stamps[post.slug] = stamp
        self._writer.commit()
        self._stamps = stamps
        self._write_stamps()
        self._index.reload()

    def find(
        self,
        plan: Plan,
        query: PostQuery,
        tags: Tags,
        limit: int,
        offset: int,
        hidden: Collection[str] = (),
        without: Tags = (),
    ) -> tuple[int, list[tuple[float, str]]]:
        """How many posts match, and score and key of ``limit`` of them after ``offset``, the best first.

        Of ``query`` only the days and the language are looked at; ``tags`` are its tags, folded,
        ``without`` those that no post may have; ``hidden`` are slugs of posts that do not count.
        """
        searcher = self._index.searcher()
        found = searcher.search(
            self._queries.all_of(plan, query, tags, without, hidden),
            limit,
            count=True,
            offset=offset,
            weight_by_field="freshness",
        )
        # A number in a column, not the stored slug: beside that lies the whole text, to be unpacked with it.
        numbers = searcher.fast_field_values("number", [address for _, address in found.hits])
        pairs = zip(found.hits, numbers, strict=True)
        hits = [(score, f"{int(number or 0):016x}") for (score, _), number in pairs]
        return int(found.count), hits  # type: ignore[attr-defined]  # the library's stub lacks it

    def body(self, slug: str, content_hash: str) -> str | None:
        """The text of a post as it was indexed; None where another version is, or none."""
        if not self._stamps.get(slug, "").startswith(content_hash):
            return None
        searcher = self._index.searcher()
        found = searcher.search(Query.term_query(self._schema, "slug", slug), 1).hits
        return bytes(searcher.doc(found[0][1])["source"][0]).decode() if found else None

    def close(self) -> None:
        """Finish what is being written, and let go of the folder."""
        with suppress(ValueError):  # what could not be written is indexed again at the next start
            self._writer.wait_merging_threads()

    def _try(self) -> None:
        """Look into every field, so that a file that is harmed shows now and not to a reader."""
        searcher = self._index.searcher()
        for field in TIERS:
            searcher.search(Query.term_query(self._schema, wholes(field), "a", "basic"), 1)
            searcher.search(Query.phrase_query(self._schema, field, ["a", "b"]), 1)

    def _read_stamps(self) -> dict[str, str]:
        if self._stamps_file is None or not self._stamps_file.exists():
            if self._index.searcher().num_docs:
                raise ValueError("it does not say what it holds")
            return {}
        stamps = msgspec.json.decode(self._stamps_file.read_bytes(), type=dict[str, str])
        if len(stamps) > self._index.searcher().num_docs:
            raise ValueError("it lacks posts that it says it holds")
        return stamps

    def _write_stamps(self) -> None:
        """After the commit: where it is not reached, posts are only indexed once more."""
        if self._stamps_file:
            waiting = self._stamps_file.with_suffix(".new")
            waiting.write_bytes(msgspec.json.encode(self._stamps))
            waiting.replace(self._stamps_file)

    @property
    def _stamps_file(self) -> Path | None:
        return self._folder / "posts.json" if self._folder else None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_text_field("slug", tokenizer_name="raw", index_option="basic")
    for field in TIERS:
        builder = builder.add_text_field(field, tokenizer_name=_WORDS)
        builder = builder.add_text_field(wholes(field), tokenizer_name=_WORDS, index_option="basic")
    for name in ("lang", "tag"):
        builder = builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder = builder.add_integer_field("day", indexed=True, fast=True)
    builder = builder.add_unsigned_field("number", fast=True)
    return builder.add_float_field("freshness", fast=True).add_bytes_field("source", stored=True).build()


def _document(post: Post) -> Document:
    document = Document()
    for field, text in fields_of(post).items():
        document.add_text(field, spaced(text))
        document.add_text(wholes(field), whole_words(text))
    document.add_text("slug", post.slug)
    document.add_unsigned("number", int(post.key, 16))
    document.add_text("lang", post.lang)
    for tag in post.meta.tags:
        for kind in (None, tag.kind):
            document.add_text("tag", filed_under(fold(tag.name), kind))
    document.add_integer("day", post.date.toordinal())
    document.add_float("freshness", freshness(post.date))
    document.add_bytes("source", post.body.encode())
    return document
