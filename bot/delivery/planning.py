"""Which posts a channel is owed now: one pure decision.

The rules: a post belongs to the first slot after it is out; a slot missed by less than the grace is made up
for, else the next slot takes its posts; a post that stopped half-way goes on first; a new subscription starts
with the newest post, not with the archive, and a file that is dated long before it came is archive as well;
several posts go oldest first, at most MOST_A_SLOT a slot in full, and the rest of them in one card.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.delivery.models import History, Owed, Progress, Subscription, is_list
from bot.delivery.timetable import MOMENT
from bot.posts.models import Post
from bot.posts.tags import fold

GRACE = timedelta(hours=6)
"""How late a slot is still made up for, unless the operator sets another (LATE_HOURS)."""
MEMORY = timedelta(days=30)
"""Posts that came out longer ago and were not sent by then are past posts."""
NEWEST = 10
"""The newest posts, of which a new subscription gets one, count however old they are."""
LONGEST_DOUBT = timedelta(days=1)
"""How long a channel's other posts wait for what nobody can tell about a message in it."""
BACKDATED = timedelta(days=7)
"""A post that is dated longer than that before it came is a past post: somebody has filled up the archive."""
_EXCUSED = 2
_LONGEST_OUTAGE_WAIT = 10
MOST_A_SLOT = 5
"""How many posts go out in full at once; the others are named in one card."""


def recent(posts: Sequence[Post], first_seen: Mapping[str, datetime], now: datetime) -> tuple[Post, ...]:
    """The posts that some channel may be owed: of the last days, or among the newest ones.

    ``posts`` are in the archive's order, oldest first; ``now`` is aware.
    """
    since = now - MEMORY
    day = since.date()
    newest = len(posts) - NEWEST
    return tuple(
        post
        for number, post in enumerate(posts)
        if number >= newest
        or (is_news(post, first_seen, now) and (post.date >= day or first_seen.get(post.slug, since) > since))
    )


def plan(
    subscription: Subscription,
    posts: Sequence[Post],
    first_seen: Mapping[str, datetime],
    history: History,
    now: datetime,
    grace: timedelta = GRACE,
) -> Owed:
    """What to send to the subscription's channel now.

    ``posts`` are in the archive's order, oldest first; ``history`` must know every one of them that the
    channel has had, however long ago; ``now`` is aware.
    """
    if blocking(posts, history, now):
        return Owed()
    ready = [post for post in posts if _may_be_tried(history, post, now)]
    unfinished = [post for post in ready if post.slug in history]
    slot, due = due_posts(subscription, posts, first_seen, now, grace)
    waiting = [post for post in due if post.slug not in history]
    fresh = [
        post
        for post in waiting
        if is_news(post, first_seen, now)
        and out_since(post, first_seen, subscription, now) > subscription.created_at
    ]
    if not fresh and _has_just_begun(subscription, history, now):
        fresh = [post for post in due[-1:] if post.slug not in history]
    room = max(0, MOST_A_SLOT - _begun(history, subscription, slot))
    return Owed(posts=(*unfinished, *fresh[:room]), listed=tuple(fresh[room:]))


def blocking(posts: Iterable[Post], history: History, now: datetime) -> Post | None:
    """A post that stopped half-way and must wait: nothing may come between the parts of a post."""
    half_way = (post for post in posts if post.slug in history and history[post.slug].is_half_way)
    return next((post for post in half_way if not _may_be_tried(history, post, now)), None)


def is_interrupted(progress: Progress, now: datetime) -> bool:
    """Whether another post would come between the parts of one that was begun not long ago."""
    return progress.is_half_way and progress.begun_at is not None and now - progress.begun_at < LONGEST_DOUBT


def due_posts(
    subscription: Subscription,
    posts: Iterable[Post],
    first_seen: Mapping[str, datetime],
    now: datetime,
    grace: timedelta = GRACE,
) -> tuple[datetime | None, tuple[Post, ...]]:
    """The slot to be served now, and this channel's posts that were out by then; None, () between slots."""
    slot = subscription.timetable.last_until(now, after=max(now - grace, subscription.created_at))
    if slot is None:
        return None, ()
    wanted = (post for post in posts if is_wanted(post, subscription))
    out = ((post, out_since(post, first_seen, subscription, now)) for post in wanted)
    return slot, tuple(post for post, since in out if since <= slot and not was_before(since, subscription))


def was_before(out: datetime, subscription: Subscription) -> bool:
    """Whether a post was out when the state came from a backup, which cannot know whether it was sent."""
    return subscription.restored_at is not None and out <= subscription.restored_at


def is_wanted(post: Post, subscription: Subscription) -> bool:
    """Whether the channel takes posts with these tags; they are compared as ``bot.posts.tags.fold`` does."""
    if not subscription.include and not subscription.exclude:
        return True
    tags = {fold(tag.name) for tag in post.meta.tags}
    if not tags.isdisjoint(map(fold, subscription.exclude)):
        return False
    return not subscription.include or not tags.isdisjoint(map(fold, subscription.include))


def out_since(
    post: Post, first_seen: Mapping[str, datetime], subscription: Subscription, now: datetime
) -> datetime:
    """The instant from which a post may be sent: found in the folder, and its own time has come."""
    own = post.published_at or subscription.timetable.midnight(post.date)
    seen = _sighting(post, first_seen, now)
    return max(own, seen) if seen else own


def is_news(post: Post, first_seen: Mapping[str, datetime], now: datetime) -> bool:
    """Whether a post came at about its own date, or before it; a past post otherwise."""
    seen = _sighting(post, first_seen, now)
    return seen is None or post.date >= (seen - BACKDATED).date()


def _sighting(post: Post, first_seen: Mapping[str, datetime], now: datetime) -> datetime | None:
    """When a post was first found; None where that is not known, as of a clock that was ahead."""
    seen = first_seen.get(post.slug)
    return seen if seen and seen <= now else None


def going_on_since(
    subscription: Subscription, posts: Sequence[Post], first_seen: Mapping[str, datetime], now: datetime
) -> datetime:
    """Until when posts are past posts for a channel that goes on after somebody had paused it.

    Of what came out meanwhile only the newest post is not past: nobody wants the whole pause at once.
    """
    wanted = (post for post in posts if is_wanted(post, subscription) and is_news(post, first_seen, now))
    out = (out_since(post, first_seen, subscription, now) for post in wanted)
    newest = max((instant for instant in out if instant <= now), default=subscription.created_at)
    return max(subscription.created_at, newest - MOMENT)


def arrived_at(
    modified: datetime, last_scan: datetime | None, now: datetime, restored_at: datetime | None = None
) -> datetime:
    """When a file that was just found for the first time came into the folder.

    Its time of change says so, but only within what is known: after the last look, and not in the future
    (copies often keep an old time of change). What the first look of all finds is there now, or was before
    the state came from a backup (``restored_at``), for posts that are copied after it are no news.
    """
    return min(max(modified, last_scan), now) if last_scan else restored_at or now


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts: 1, 2, 4 ... minutes, an hour at most."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), timedelta(hours=1))


def outage_delay(failures: int, channel_id: int) -> timedelta:
    """How long a channel is left alone after so many passes in a row without an answer from Discord.

    None after the first two, which a lost connection explains; then 1, 2, 4, 8, 10 ... minutes, each a fifth
    more or less, differently for each channel, so that an outage's end does not meet all at once.
    """
    if failures <= _EXCUSED:
        return timedelta(0)
    minutes = min(2 ** min(failures - _EXCUSED - 1, 10), _LONGEST_OUTAGE_WAIT)
    digest = hashlib.sha256(f"{channel_id}/{failures}".encode()).digest()
    return timedelta(minutes=minutes) * (0.8 + 0.4 * digest[0] / 255)


def recheck_delay(failures: int) -> timedelta:
    """When to see whether what stopped a channel was mended: after 1, 2, 4 ... hours, a day at most."""
    return min(timedelta(hours=2 ** min(failures, 10)), timedelta(days=1))


def open_lists(history: History, now: datetime) -> tuple[str, ...]:
    """The slugs of list cards that were begun and may be tried now, the earliest first."""
    return tuple(
        slug
        for slug, progress in history.items()
        if is_list(slug) and not progress.complete and (progress.retry_at is None or progress.retry_at <= now)
    )


def _has_just_begun(subscription: Subscription, history: History, now: datetime) -> bool:
    """Whether the subscription has sent nothing yet, as far as ``history`` reaches back."""
    since = subscription.created_at
    begun = (progress.begun_at for progress in history.values() if progress.begun_at)
    return since > now - MEMORY and not any(at >= since for at in begun)


def _begun(history: History, subscription: Subscription, slot: datetime | None) -> int:
    """How many posts were begun in this slot already, as after a restart between two of them."""
    if slot is None or subscription.timetable.at is None:
        return 0
    full = (progress for slug, progress in history.items() if not is_list(slug))
    return sum(progress.begun_at is not None and progress.begun_at >= slot for progress in full)


def _may_be_tried(history: History, post: Post, now: datetime) -> bool:
    progress = history.get(post.slug)
    if progress is None:
        return True
    return not progress.complete and (progress.retry_at is None or progress.retry_at <= now)
