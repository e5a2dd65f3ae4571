"""Why a post is, or is not yet, in a channel: put together from the very rules that the planning follows."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.delivery.models import Delivery, DeliveryState, History, Subscription
from bot.delivery.planning import blocking, is_news, is_wanted, out_since, plan, recent, was_before
from bot.posts.archive import Archive
from bot.posts.models import Post

_A_WEEK: Final = 7
_A_MOMENT: Final = timedelta(seconds=1)


class Why(enum.StrEnum):
    """One reason; what it needs beside its name stands in the ``Reason``."""

    SENT = "sent"
    LISTED = "listed"
    """Only named in a list card, whose slug is the detail."""
    GONE = "gone"
    """Taken back, removed by the server, or marked as sent: it is never sent again."""
    CHANGED = "changed"
    """The channel has an older version, which is to be corrected."""
    IN_DOUBT = "in_doubt"
    RETRY = "retry"
    """Refused, and tried again at an instant."""
    HALF_WAY = "half_way"
    """Begun, and the rest goes out with the next pass."""
    NO_POST = "no_post"
    DRAFT = "draft"
    NO_SUBSCRIPTION = "no_subscription"
    ALL_PAUSED = "all_paused"
    PAUSED = "paused"
    """The channel is paused, for the detail; tried at an instant, or by hand alone."""
    HELD = "held"
    """Discord gave this process no answer; it looks again at an instant."""
    TAGS = "tags"
    OLD = "old"
    """Out for too long, or dated long before it came."""
    PAST = "past"
    """Out before the channel subscribed."""
    RESTORED = "restored"
    """Out when the state came from a backup, which cannot know whether it was sent."""
    NOT_OUT = "not_out"
    """Its own time has not come."""
    BEHIND = "behind"
    """Another post, whose slug is the detail, has stopped half-way and goes on first."""
    SLOT = "slot"
    NEVER = "never"
    """The timetable has no day."""
    DUE = "due"
    DUE_IN_LIST = "due_in_list"


class Reason(Struct, frozen=True, kw_only=True):
    """Why, since or until when (aware), and a cause or a slug."""

    why: Why
    at: datetime | None = None
    detail: str | None = None


class Situation(Struct, frozen=True, kw_only=True):
    """Everything that decides over one post in one channel at one moment.

    Attributes:
        post: None where its file is no more, or cannot be used.
        rows: the post's deliveries in the channel.
        history: what the channel has had, as for ``plan``.
        paused_since: since when all deliveries are paused.
        held_until: until when this process leaves the channel alone.
    """

    post: Post | None
    subscription: Subscription | None
    now: datetime
    archive: Archive = field(default_factory=Archive)
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    rows: Sequence[Delivery] = ()
    history: History = field(default_factory=dict)
    is_draft: bool = False
    paused_since: datetime | None = None
    held_until: datetime | None = None


def explain(situation: Situation) -> tuple[Reason, ...]:
    """The reasons, the most telling first; never none."""
    known = tuple(_in_ledger(situation))
    if known and all(reason.why in _SETTLED for reason in known):
        return known
    obstacles = tuple(_obstacles(situation))
    if known:
        return (*known, *obstacles)
    if situation.post is None or situation.subscription is None:
        return obstacles
    planned = _planned(situation.post, situation.subscription, situation)
    return obstacles if obstacles and planned.why in _GOING else (*obstacles, planned)


_SETTLED = frozenset({Why.SENT, Why.LISTED, Why.GONE})
_GOING = frozenset({Why.DUE, Why.DUE_IN_LIST, Why.SLOT})
"""That it goes out is not said where something keeps it from going."""


def _in_ledger(situation: Situation) -> Iterator[Reason]:
    """What the channel's deliveries of the post say."""
    rows, now = situation.rows, situation.now
    if not rows:
        return
    by_state = {row.state: row for row in reversed(rows)}
    if doubtful := by_state.get(DeliveryState.CLAIMED):
        yield Reason(why=Why.IN_DOUBT, at=doubtful.claimed_at)
    waits = [row for row in rows if row.state is DeliveryState.FAILED and row.retry_at and row.retry_at > now]
    if waits:
        yield Reason(why=Why.RETRY, at=waits[0].retry_at, detail=waits[0].cause)
    there = [row for row in rows if row.state in _THERE]
    if not waits and not doubtful and len(there) < rows[-1].parts:
        failed = by_state.get(DeliveryState.FAILED)
        yield Reason(why=Why.HALF_WAY, detail=failed.cause if failed else None)
    if sent := by_state.get(DeliveryState.SENT):
        is_old = situation.post is not None and sent.content_hash not in (None, situation.post.content_hash)
        yield Reason(why=Why.CHANGED if is_old else Why.SENT, detail=sent.cause if is_old else None)
    elif listed := by_state.get(DeliveryState.LISTED):
        yield Reason(why=Why.LISTED, detail=listed.listed_in)
    if gone := by_state.get(DeliveryState.GONE):
        yield Reason(why=Why.GONE, detail=gone.cause)


_THERE = frozenset({DeliveryState.SENT, DeliveryState.LISTED, DeliveryState.GONE, DeliveryState.REMOVED})


def _obstacles(situation: Situation) -> Iterator[Reason]:
    """What keeps any post, or this one everywhere, from the channel."""
    subscription = situation.subscription
    if situation.post is None:
        yield Reason(why=Why.DRAFT if situation.is_draft else Why.NO_POST)
    if subscription is None:
        yield Reason(why=Why.NO_SUBSCRIPTION)
    if situation.paused_since:
        yield Reason(why=Why.ALL_PAUSED, at=situation.paused_since)
    if subscription is not None and subscription.paused_because is not None:
        yield Reason(why=Why.PAUSED, at=subscription.retry_at, detail=subscription.paused_because)
    if situation.held_until and situation.held_until > situation.now:
        yield Reason(why=Why.HELD, at=situation.held_until)


def _planned(post: Post, subscription: Subscription, situation: Situation) -> Reason:
    """What ``plan`` makes of a post that was not begun: now, and at the next slot."""
    now, first_seen, history = situation.now, situation.first_seen, situation.history
    posts = recent(situation.archive.posts, first_seen, now)
    if early := _never_planned(post, posts, subscription, situation):
        return early
    owed = plan(subscription, posts, first_seen, history, now)
    if post in owed.posts or post in owed.listed:
        return Reason(why=Why.DUE if post in owed.posts else Why.DUE_IN_LIST)
    if other := blocking(posts, history, now):
        return Reason(why=Why.BEHIND, detail=other.slug)
    return _at_the_next_slot(post, posts, subscription, situation)


def _at_the_next_slot(
    post: Post, posts: Sequence[Post], subscription: Subscription, situation: Situation
) -> Reason:
    """Of a post that is not owed now."""
    now, first_seen, history = situation.now, situation.first_seen, situation.history
    slots = _next_slots(subscription, now)
    if not slots:
        return Reason(why=Why.NEVER)
    for slot in slots:
        then = plan(subscription, posts, first_seen, history, slot)
        if post in then.posts or post in then.listed:
            return Reason(why=Why.SLOT, at=slot)
    if not is_news(post, first_seen, now):
        return Reason(why=Why.OLD)
    if was_before(out_since(post, first_seen, subscription, now), subscription):
        return Reason(why=Why.RESTORED, at=subscription.restored_at)
    return Reason(why=Why.PAST, at=subscription.created_at)


def _next_slots(subscription: Subscription, now: datetime) -> Sequence[datetime]:
    """The next slot; where posts go out as soon as they are out, the beginnings of the next chosen days."""
    timetable = subscription.timetable
    if timetable.at is not None:
        slot = timetable.next_after(now)
        return [slot] if slot else []
    today = now.astimezone(ZoneInfo(timetable.zone)).date()
    days = [today + timedelta(days=days) for days in range(1, _A_WEEK + 1)]
    return [timetable.midnight(day) + _A_MOMENT for day in days if day.weekday() in timetable.weekdays]


def _never_planned(
    post: Post, posts: Sequence[Post], subscription: Subscription, situation: Situation
) -> Reason | None:
    if not is_wanted(post, subscription):
        return Reason(why=Why.TAGS)
    if post not in posts:
        return Reason(why=Why.OLD)
    out = out_since(post, situation.first_seen, subscription, situation.now)
    return Reason(why=Why.NOT_OUT, at=out) if out > situation.now else None
