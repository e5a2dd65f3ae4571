"""What a channel is owed in one pass: list cards, posts, and corrections of what it has."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.delivery.models import History, PostList, Subscription, is_list, list_of
from bot.delivery.planning import GRACE, MEMORY, blocking, is_interrupted, open_lists, plan
from bot.delivery.ports import Clock, Ledger, News
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.posts.order import order

MOST_CORRECTIONS = 3
"""Posts that are corrected in a channel in one pass; new posts never wait long behind old ones."""


class Work(Struct, frozen=True, kw_only=True):
    """What is to be done in a channel, in this order.

    Attributes:
        items: what to send; first what has stopped half-way, since nothing comes between a post's parts.
        half_corrected: slugs among them of which a part is there that says what the post said before.
        refused: slugs of which nothing is there, since Discord said no.
        corrections: posts that were sent and have changed since, the earliest sent first.
        more: whether something else is left for a later pass.
    """

    items: tuple[Post | PostList, ...] = ()
    half_corrected: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    corrections: tuple[Post | PostList, ...] = ()
    more: bool = False

    @property
    def is_none(self) -> bool:
        """Whether the channel has everything."""
        return not (self.items or self.corrections or self.more)


class Backlog(Struct, frozen=True, kw_only=True):
    """Compares the posts in service with the ledger."""

    ledger: Ledger
    news: News
    clock: Clock
    grace: timedelta = GRACE

    async def of(
        self,
        subscription: Subscription,
        posts: Sequence[Post],
        in_doubt: Container[str],
        outdated: Iterable[str] = (),
    ) -> Work:
        """The channel's work.

        ``posts`` are the recent ones, ``in_doubt`` slugs that are to be left alone, ``outdated`` those of
        posts that the channel has as of another content, of any age. While a part of a post is in doubt
        that was begun within a day, nothing is to be done: nothing comes between its parts.

        A post that was withdrawn half-way is ended in the ledger.

        Raises:
            StoreError: the database is out of reach.
        """
        now, channel_id = self.clock(), subscription.channel_id
        slugs = {*outdated, *(post.slug for post in posts)}
        known = await self.ledger.history(channel_id, now - MEMORY, slugs)
        history = {slug: progress for slug, progress in known.items() if slug not in in_doubt}
        await self._end_withdrawn(channel_id, history)
        doubtful = [slug for slug in known if slug not in history and self.news.archive.by_slug(slug)]
        if any(is_interrupted(known[slug], now) for slug in doubtful):
            return Work(more=True)
        wanted = [post for post in self._wanted(posts, known) if post.slug not in in_doubt]
        owed = plan(subscription, wanted, self.news.first_seen, known, now, self.grace)
        lists = [] if blocking(wanted, known, now) else await self._lists(channel_id, history, now)
        items: list[Post | PostList] = [*lists, *owed.posts]
        items.sort(key=lambda item: item.slug not in known or not known[item.slug].is_half_way)
        if owed.listed:
            items.append(list_of(owed.listed))
        stale = changed_since(history, self.news.archive)
        ready = [post for post in stale if (history[post.slug].retry_at or now) <= now][:MOST_CORRECTIONS]
        cards = await self._cards(channel_id, lists_changed(history, self.news.archive), in_doubt)
        return Work(
            items=tuple(items),
            half_corrected=frozenset(post.slug for post in owed.posts if is_half_stale(history, post)),
            refused=frozenset(slug for slug, progress in history.items() if progress.is_refused),
            corrections=(*ready, *cards),
            more=len(ready) < len(stale),
        )

    async def item(self, slug: str, channel_id: int) -> Post | PostList | None:
        """The post, or the list with those of its posts that are left; None where there is nothing."""
        if not is_list(slug):
            return self.news.archive.by_slug(slug)
        named = map(self.news.archive.by_slug, await self.ledger.listed(slug, channel_id))
        posts = tuple(sorted(filter(None, named), key=order))
        return PostList(slug=slug, posts=posts) if posts else None

    def _wanted(self, posts: Sequence[Post], history: History) -> list[Post]:
        """The recent posts, and before them older ones that stopped half-way."""
        slugs = {post.slug for post in posts}
        half_way = (slug for slug, progress in history.items() if not progress.complete and slug not in slugs)
        older = (self.news.archive.by_slug(slug) for slug in half_way)
        return [*filter(None, older), *posts]

    async def _lists(self, channel_id: int, history: History, now: datetime) -> list[PostList]:
        """List cards that were refused and may be tried again; one whose posts are all gone is ended."""
        lists = []
        for slug in open_lists(history, now):
            found = await self.item(slug, channel_id)
            if isinstance(found, PostList):
                lists.append(found)
            else:
                await self.ledger.end(slug, channel_id)
        return lists

    async def _cards(self, channel_id: int, slugs: Iterable[str], in_doubt: Container[str]) -> list[PostList]:
        """The list cards of these slugs that are to be corrected; one of which no post is left stays."""
        cards = []
        for slug in slugs:
            if slug in in_doubt:
                continue
            found = await self.item(slug, channel_id)
            if isinstance(found, PostList):
                cards.append(found)
            else:
                await self.ledger.relisted(slug, channel_id, {})
        return cards

    async def _end_withdrawn(self, channel_id: int, history: History) -> None:
        for slug, progress in history.items():
            if not (progress.complete or is_list(slug) or self.news.archive.by_slug(slug)):
                await self.ledger.end(slug, channel_id)


def _is_stale(history: History, post: Post) -> bool:
    progress = history.get(post.slug)
    return progress is not None and progress.content_hash not in (None, post.content_hash)


def is_half_stale(history: History, post: Post) -> bool:
    """Whether some of a post is there as of another content.

    Of one that was refused whole there is nothing to correct: it is sent as it is now.
    """
    return _is_stale(history, post) and history[post.slug].sent > 0


def changed_since(history: History, archive: Archive) -> list[Post]:
    """The posts that a channel has in full as of another content than the present one."""
    whole = (slug for slug, progress in history.items() if progress.complete and not progress.listed_in)
    complete = (archive.by_slug(slug) for slug in whole)
    return [post for post in complete if post is not None and _is_stale(history, post)]


def lists_changed(history: History, archive: Archive) -> list[str]:
    """The slugs of list cards that name a post as it was, or one that was withdrawn."""
    slugs = []
    for slug, progress in history.items():
        post = archive.by_slug(slug)
        if progress.listed_in and (_is_stale(history, post) if post else progress.content_hash):
            slugs.append(progress.listed_in)
    return list(dict.fromkeys(slugs))
