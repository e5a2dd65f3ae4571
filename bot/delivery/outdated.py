"""Which channels show a post as it was, however long ago they got it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from bot.delivery.ports import Ledger
from bot.posts.archive import Archive

AT_ONCE = 20
"""Posts that are looked at in one pass; the next pass looks at the next ones."""


class Outdated(Struct):
    """Asks the ledger after a change of the archive, and again until no channel is behind it."""

    _current: Archive | None = None
    _turns: int = 0

    async def by_channel(self, ledger: Ledger, archive: Archive) -> Mapping[int, frozenset[str]]:
        """By channel, slugs of posts that it has as of another content, of AT_ONCE posts at most.

        Raises:
            StoreError: the database is out of reach.
        """
        if self._current is archive:
            return MappingProxyType({})
        contents = {post.slug: post.content_hash for post in archive.posts}
        slugs = sorted(await ledger.outdated(contents))
        if not slugs:
            self._current = archive
            return MappingProxyType({})
        # In turns: posts that cannot be corrected, as in channels that are closed, hold up no others.
        start = self._turns * AT_ONCE % len(slugs)
        self._turns += 1
        return await ledger.channels_of({slug: contents[slug] for slug in slugs[start : start + AT_ONCE]})
