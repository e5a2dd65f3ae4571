"""Corrections: what was sent says in every channel what the post says now."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.composer import CachedComposer
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.delivery.backlog import MOST_CORRECTIONS
from bot.delivery.causes import BY_SERVER, Ending
from bot.delivery.corrections import (
    AFTER_A_REFUSAL,
    AFTER_NO_ANSWER,
    AFTER_REMOVAL,
    AFTER_TOO_MANY,
)
from bot.delivery.courier import MOST_REFUSALS
from bot.delivery.models import ChannelKind, Delivery, DeliveryKey, DeliveryState, Subscription
from bot.delivery.outdated import AT_ONCE, Outdated
from bot.delivery.planning import MOST_A_SLOT
from bot.delivery.settling import ON_THE_WAY
from bot.delivery.withdrawing import Withdrawn, withdraw, withdraw_in_doubt
from bot.discord_codes import ErrorCode
from bot.errors import SendRefused, SendUncertain
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.delivering import CHANNEL, LONG_BODY, CrashError, World, once
from tests.support.discord_fake import MemoryPostbox
from tests.support.posts import post
from tests.support.subscribing import forget_subscription, save_subscription

SHORT_BODY = LONG_BODY.split("## 부분 1")[0]


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY, content_hash="1"))
    await world.publisher().deliver_due()
    return world


def correct(world: World, body: str, *, version: str = "2", updated: date | None = None) -> Post:
    """The post's file says something else now."""
    old = world.archive.by_slug("p")
    assert old is not None
    new = replace(old, body=body, content_hash=version, meta=replace(old.meta, updated=updated))
    world.archive = Archive.of([new, *(item for item in world.archive.posts if item.slug != "p")])
    return new


async def composed(item: Post, layout: Layout = Layout.FULL) -> list[Message]:
    return list(await CachedComposer(catalogues=load_catalogues()).messages(item, layout, "ko"))


def there(world: World) -> list[Message]:
    return [sent.message for sent in world.postbox.there()]


async def test_only_what_changed_is_edited_and_only_once(world: World) -> None:
    assert there(world) == await composed(world.archive.posts[0])
    new = correct(world, LONG_BODY.replace("## 부분 4", "## 부분 사"))
    for _ in range(3):
        await world.publisher().deliver_due()
    assert there(world) == await composed(new)
    assert world.postbox.edits == [world.postbox.sent[-1].id]
    assert len(world.nonces()) == len(there(world))


async def test_a_change_that_nobody_can_see_edits_nothing(world: World) -> None:
    correct(world, LONG_BODY + "\n")
    publisher = world.publisher()
    await publisher.deliver_due()
    assert world.postbox.edits == []
    (progress,) = (await SqlLedger(world.engine).history(CHANNEL, world.now - timedelta(1))).values()
    assert progress.content_hash == "2"


async def test_a_new_date_of_correction_is_said_on_the_cover(world: World) -> None:
    correct(world, LONG_BODY, updated=date(2024, 5, 5))
    await world.publisher().deliver_due()
    first, *others = there(world)
    assert first.content == "-# ✏️ 정정 · 2024-05-05"
    assert [message.content for message in others] == [None] * len(others)
    correct(world, LONG_BODY + "\n\n끝.", version="3", updated=date(2024, 5, 6))
    await world.publisher().deliver_due()
    assert there(world)[0].content == "-# ✏️ 정정 · 2024-05-06"


async def test_a_correction_later_on_the_same_day_is_said_too(engine: AsyncEngine) -> None:
    def updated(item: Post, at: datetime) -> Post:
        return replace(item, meta=replace(item.meta, updated=at.date(), updated_at=at))

    world = World(engine)
    begun = world.now
    await world.subscribe(updated(post("p"), begun))
    await world.publisher().deliver_due()
    for version, line in (("2", None), ("3", f"-# ✏️ 정정 · {begun.date()}")):
        world.now += timedelta(hours=1)
        new = correct(world, f"다른 말이에요. {version}", version=version)
        world.archive = Archive.of([updated(new, world.now if line else begun)])
        await world.publisher().deliver_due()
        assert [message.content for message in there(world)] == [line]
    assert world.now.date() == begun.date()
    assert len(world.postbox.edits) == 2


async def test_a_post_that_was_corrected_before_it_was_sent_needs_no_such_line(engine: AsyncEngine) -> None:
    world = World(engine)
    old = post("p")
    await world.subscribe(replace(old, meta=replace(old.meta, updated=date(2024, 5, 5))))
    await world.publisher().deliver_due()
    correct(world, "다른 말이에요.", updated=date(2024, 5, 5))
    await world.publisher().deliver_due()
    assert [message.content for message in there(world)] == [None]
    assert there(world) == await composed(world.archive.posts[0])
    assert world.postbox.edits


@pytest.mark.parametrize("layout", [Layout.FULL, Layout.THREAD])
async def test_a_post_that_grew_gets_further_messages_that_follow_the_former_ones(
    engine: AsyncEngine, layout: Layout
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=SHORT_BODY, content_hash="1"))
    subscriptions = SqlSubscriptions(engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(engine, replace(known, layout=layout))
    await world.publisher().deliver_due()
    before = len(world.postbox.sent)
    new = correct(world, LONG_BODY)
    world.now += timedelta(hours=1)
    await world.publisher().deliver_due()
    assert there(world) == await composed(new, layout)
    further = world.postbox.sent[before:]
    assert further[0].reply_to == world.postbox.sent[before - 1].id
    assert {sent.reply_to for sent in further[1:]} <= {None}
    places = {sent.channel_id for sent in further}
    assert places == ({CHANNEL} if layout is Layout.FULL else {world.postbox.sent[0].id})


@pytest.mark.parametrize("is_followed", [True, False])
async def test_what_a_post_grows_by_soon_is_a_reply_where_another_post_stands_between(
    engine: AsyncEngine, *, is_followed: bool
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=SHORT_BODY, content_hash="1"))
    await world.publisher().deliver_due()
    before = world.postbox.sent[-1].id
    world.now += timedelta(minutes=1)
    if is_followed:
        world.archive = Archive.of([*world.archive.posts, post("q")])
        world.first_seen["q"] = world.now
        await world.publisher().deliver_due()
    world.now += timedelta(minutes=4)
    between = len(world.postbox.sent)
    correct(world, LONG_BODY)
    await world.publisher().deliver_due()
    first, *others = world.postbox.sent[between:]
    assert first.reply_to == (before if is_followed else None)
    assert {sent.reply_to for sent in others} <= {None}


async def test_a_post_that_shrank_loses_its_tail_and_may_grow_again(world: World) -> None:
    new = correct(world, SHORT_BODY)
    await world.publisher().deliver_due()
    assert there(world) == await composed(new)
    again = correct(world, LONG_BODY, version="3")
    await world.publisher().deliver_due()
    assert len(there(world)) == 1  # Discord may still remember the nonces of what was deleted
    world.now += AFTER_REMOVAL
    await world.publisher().deliver_due()
    assert there(world) == await composed(again)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3, 4])
@pytest.mark.parametrize("body", [SHORT_BODY, "처음이에요.\n\n" + LONG_BODY + LONG_BODY])
async def test_a_crash_in_the_midst_of_a_correction_is_made_up_for(
    world: World, moment: str, call: int, body: str
) -> None:
    new = correct(world, body)
    setattr(world.postbox, moment, once(CrashError(), call))
    with pytest.raises(BaseExceptionGroup):
        await world.publisher().deliver_due()
    for _ in range(3):
        world.now += timedelta(minutes=5)
        await world.publisher().deliver_due()
    assert there(world) == await composed(new)


async def test_too_many_edits_are_waited_for_without_stopping_the_channel(world: World) -> None:
    calls = 0

    def limited(_channel_id: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise SendRefused("too many", status=429, code=ErrorCode.TOO_MANY_EDITS, permanent=False)

    world.postbox.refuse_edit = limited
    new = correct(world, LONG_BODY.replace("긴 문장", "짧지 않은 문장"))
    world.archive = Archive.of([*world.archive.posts, post("next")])
    world.first_seen["next"] = world.now
    publisher = world.publisher()
    await publisher.deliver_due()
    await publisher.deliver_due()
    assert calls == 2
    assert world.postbox.sent[-1].message.cards[0].title == "제목 next"
    world.now += AFTER_TOO_MANY
    await publisher.deliver_due()
    assert there(world)[:-1] == await composed(new)
    assert len(await SqlSubscriptions(world.engine).active(world.now)) == 1


async def test_a_message_that_a_moderator_deleted_stays_deleted(world: World) -> None:
    world.postbox.sent[1].is_removed = True
    new = correct(world, LONG_BODY.replace("긴 문장", "짧지 않은 문장"))
    for _ in range(2):
        await world.publisher().deliver_due()
    expected = await composed(new)
    assert there(world) == [expected[0], *expected[2:]]
    states = [row.state for row in await SqlLedger(world.engine).parts("p", CHANNEL)]
    assert states[:3] == [DeliveryState.SENT, DeliveryState.GONE, DeliveryState.SENT]


async def threaded(engine: AsyncEngine) -> World:
    """A channel with a post whose rest is in a thread."""
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY, content_hash="1"))
    subscriptions = SqlSubscriptions(engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(engine, replace(known, layout=Layout.THREAD))
    await world.publisher().deliver_due()
    return world


@pytest.mark.parametrize("body", [LONG_BODY.replace("긴 문장", "짧지 않은 문장"), SHORT_BODY])
async def test_a_thread_that_is_locked_is_corrected_once_it_is_open(engine: AsyncEngine, body: str) -> None:
    world = await threaded(engine)
    world.postbox.locked.add(world.postbox.sent[0].id)
    new = correct(world, body)
    for _ in range(3):
        await world.publisher().deliver_due()
    assert len(await SqlSubscriptions(engine).active(world.now)) == 1
    world.postbox.locked.clear()
    world.now += AFTER_A_REFUSAL
    await world.publisher().deliver_due()
    assert there(world) == await composed(new, Layout.THREAD)


async def test_what_lies_in_a_locked_thread_counts_as_left_when_a_post_is_withdrawn(
    engine: AsyncEngine,
) -> None:
    world = await threaded(engine)
    count = len(there(world))
    world.postbox.locked.add(world.postbox.sent[0].id)
    done = await withdraw("p", SqlLedger(engine), world.postbox)
    assert (done.removed, done.left) == (1, count - 1)
    world.postbox.locked.clear()
    assert (await withdraw("p", SqlLedger(engine), world.postbox)).left == 0
    assert there(world) == []


async def test_a_message_whose_edit_is_refused_holds_up_no_other_and_is_tried_ever_more_seldom(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    tries = 0
    first = world.postbox.sent[0].id

    def blocked(message_id: int) -> None:
        nonlocal tries
        if message_id == first:
            tries += 1
            raise SendRefused("a rule", status=400, code=200000, permanent=True)

    world.postbox.refuse_edit_of = blocked
    new = correct(world, "처음이에요.\n\n" + LONG_BODY.replace("긴 문장", "짧지 않은 문장"))
    for _ in range(72):
        await world.publisher().deliver_due()
        world.now += timedelta(hours=1)
    assert there(world)[1:] == (await composed(new))[1:]
    assert tries <= 1 + 1 + 3  # at once, after an hour, and then daily
    assert len([line for line in caplog.records if "corrected later" in line.message]) == 1
    assert len(await SqlSubscriptions(world.engine).active(world.now)) == 1


async def test_an_edit_in_a_channel_that_is_closed_stops_it_and_one_that_succeeds_opens_it_again(
    world: World,
) -> None:
    told: list[str] = []

    async def tell(_subscription: Subscription, cause: str) -> None:
        told.append(cause)

    def closed(_channel_id: int) -> None:
        raise SendRefused("no access", status=403, code=50001, permanent=True)

    world.postbox.refuse_edit = closed
    new = correct(world, LONG_BODY.replace("긴 문장", "짧지 않은 문장"))
    for _ in range(2):
        await replace(world.publisher(), tell=tell).deliver_due()
    assert told == ["send:50001"]
    assert await SqlSubscriptions(world.engine).active(world.now) == []
    world.postbox.refuse_edit = lambda _channel_id: None
    world.now += timedelta(days=1)
    await world.publisher().deliver_due()
    (known,) = await SqlSubscriptions(world.engine).active(world.now)
    assert known.paused_because is None
    assert there(world) == await composed(new)


async def test_an_edit_without_an_answer_is_made_again(world: World) -> None:
    act = once(SendUncertain("time-out"))
    world.postbox.refuse_edit = lambda _channel_id: act()
    new = correct(world, LONG_BODY.replace("긴 문장", "짧지 않은 문장"))
    world.archive = Archive.of([*world.archive.posts, post("next")])
    world.first_seen["next"] = world.now
    await world.publisher().deliver_due()
    assert there(world)[-1].cards[0].title == "제목 next"  # which nothing keeps waiting
    world.now += AFTER_NO_ANSWER
    await world.publisher().deliver_due()
    assert there(world)[:-1] == await composed(new)


async def test_a_layout_that_changed_since_hides_no_message_from_its_correction(world: World) -> None:
    subscriptions = SqlSubscriptions(world.engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(world.engine, replace(known, layout=Layout.THREAD))
    new = correct(world, LONG_BODY)
    await world.publisher().deliver_due()
    assert {sent.channel_id for sent in world.postbox.sent[:-1]} == {CHANNEL}
    assert there(world) == await composed(new, Layout.THREAD)


async def test_many_corrections_are_spread_over_passes(engine: AsyncEngine) -> None:
    world = World(engine)
    names = [f"p{number}" for number in range(MOST_CORRECTIONS + 1)]
    await world.subscribe(*(post(name) for name in names))
    publisher = world.publisher()
    await publisher.deliver_due()
    world.archive = Archive.of(post(name, body="새 말이에요.") for name in names)
    await publisher.deliver_due()
    assert len(world.postbox.edits) == MOST_CORRECTIONS
    await publisher.deliver_due()
    assert len(world.postbox.edits) == len(names)


async def test_a_post_withdrawn_half_way_is_not_continued_until_it_comes_back(engine: AsyncEngine) -> None:
    world = World(engine)
    long = replace(post("p"), body=LONG_BODY, content_hash="1")
    await world.subscribe(long)
    world.postbox.before = once(SendRefused("no", status=400, code=50035, permanent=False), 2)
    await world.publisher().deliver_due()
    world.archive = Archive()
    for _ in range(2):
        world.now += timedelta(minutes=5)
        await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1
    assert await SqlLedger(engine).unfinished() == frozenset()
    world.archive = Archive.of([long])
    await world.publisher().deliver_due()
    assert there(world) == await composed(long)


REFUSED = SendRefused("no", status=500, code=0, permanent=False)


@pytest.mark.parametrize("error", [REFUSED, SendUncertain("time-out")])
async def test_no_more_arrives_of_a_post_that_is_withdrawn_half_way(
    engine: AsyncEngine, error: Exception
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY, content_hash="1"))
    world.postbox.before = once(error, at=3)
    await world.publisher().deliver_due()
    assert len(there(world)) == 2
    assert (await withdraw("p", SqlLedger(engine), world.postbox)).removed == 2
    for _ in range(4):
        world.now += timedelta(minutes=30)
        await world.publisher().deliver_due()
    assert there(world) == []


class WithdrawnMeanwhile(MemoryPostbox):
    """A Discord where an operator withdraws the post while its second message is on the way."""

    engine: AsyncEngine

    async def send(self, channel_id: int, message: Message, nonce: str, reply_to: int | None = None) -> int:
        if len(self.sent) == 1:
            await withdraw("p", SqlLedger(self.engine), self)
        return await super().send(channel_id, message, nonce, reply_to)


async def test_a_withdrawal_while_a_post_is_being_sent_ends_it_and_takes_all_of_it_back(
    engine: AsyncEngine,
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY, content_hash="1"))
    world.postbox = WithdrawnMeanwhile(lambda: world.now)
    world.postbox.engine = engine
    for _ in range(4):
        await world.publisher().deliver_due()
        world.now += timedelta(minutes=30)
    assert len(world.postbox.sent) == 2
    assert there(world) == []


async def passes(world: World, wait: timedelta = timedelta(minutes=1), count: int = 3) -> None:
    for _ in range(count):
        world.now += wait
        await world.publisher().deliver_due()


@pytest.mark.parametrize("kind", [ChannelKind.TEXT, ChannelKind.FORUM])
async def test_what_was_in_doubt_when_its_post_was_withdrawn_is_deleted_once_it_is_found(
    engine: AsyncEngine, kind: ChannelKind
) -> None:
    world = World(engine)
    await world.subscribe(post("p"))
    subscriptions = SqlSubscriptions(engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(engine, replace(known, kind=kind))
    world.postbox.after = once(SendUncertain("time-out"))
    await world.publisher().deliver_due()
    world.postbox.history_is_readable = False
    done = await withdraw("p", SqlLedger(engine), world.postbox)
    assert (done.removed, done.left) == (0, 1)
    await passes(world, timedelta(seconds=10))
    assert len(world.postbox.sent) == 1, "it is not sent again, though Discord would know its nonce"
    assert len(there(world)) == 1
    world.postbox.history_is_readable = True
    await passes(world, timedelta(hours=1))
    assert len(world.postbox.sent) == 1
    assert there(world) == []
    assert await SqlLedger(engine).unfinished() == frozenset()


@pytest.mark.parametrize("is_subscribed", [True, False])
@pytest.mark.parametrize("layout", Layout)
async def test_what_was_in_doubt_is_deleted_also_where_nothing_goes_out_any_more(
    engine: AsyncEngine, layout: Layout, *, is_subscribed: bool
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY, content_hash="1"))
    subscriptions, ledger = SqlSubscriptions(engine), SqlLedger(engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(engine, replace(known, layout=layout))
    world.postbox.after = once(SendUncertain("time-out"), at=2 if layout is Layout.THREAD else 1)
    await world.publisher().deliver_due()
    count = len(there(world))
    if is_subscribed:
        await subscriptions.pause(CHANNEL, BY_SERVER)
    else:
        await forget_subscription(engine, CHANNEL)
    removed = (await withdraw("p", ledger, world.postbox)).removed
    world.now += timedelta(hours=1)
    world.postbox.history_is_readable = False
    left = await withdraw_in_doubt("p", world.publisher(), subscriptions.of_channel)
    assert left == Withdrawn(removed=0, left=1)
    world.postbox.history_is_readable = True
    done = await withdraw_in_doubt("p", world.publisher(), subscriptions.of_channel)
    assert done == Withdrawn(removed=1, left=0)
    assert removed + done.removed == count
    assert there(world) == []


async def test_what_was_in_doubt_and_never_arrived_is_not_counted_as_deleted(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.subscribe(post("p"))
    world.postbox.before = once(SendUncertain("time-out"))
    await world.publisher().deliver_due()
    assert (await withdraw("p", SqlLedger(engine), world.postbox)).left == 1
    of_channel = SqlSubscriptions(engine).of_channel
    assert await withdraw_in_doubt("p", world.publisher(), of_channel) == Withdrawn(removed=0, left=1)
    world.now += ON_THE_WAY
    assert await withdraw_in_doubt("p", world.publisher(), of_channel) == Withdrawn(removed=0, left=0)


async def test_what_is_not_there_of_a_withdrawn_post_is_given_up_once_it_cannot_be_on_its_way(
    engine: AsyncEngine,
) -> None:
    world = World(engine)
    await world.subscribe(post("p"))
    world.postbox.before = once(SendUncertain("time-out"))
    await world.publisher().deliver_due()
    ledger = SqlLedger(engine)
    assert (await withdraw("p", ledger, world.postbox)).left == 1
    await passes(world, ON_THE_WAY / 2, count=1)
    assert len(await ledger.claimed(CHANNEL)) == 1
    await passes(world, ON_THE_WAY / 2, count=1)
    (row,) = await ledger.parts("p", CHANNEL)
    assert (row.state, row.cause) == (DeliveryState.GONE, Ending.WITHDRAWN)
    await passes(world)
    assert world.postbox.sent == []


async def test_a_withdrawal_while_a_message_is_sent_whose_answer_is_lost_deletes_it_as_well(
    engine: AsyncEngine,
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY, content_hash="1"))
    world.postbox = WithdrawnMeanwhile(lambda: world.now)
    world.postbox.engine = engine
    world.postbox.after = once(SendUncertain("time-out"), at=3)  # the second is the removal of the first
    await world.publisher().deliver_due()
    assert len(there(world)) == 1
    await passes(world)
    assert len(world.postbox.sent) == 2
    assert there(world) == []


async def test_a_message_that_was_left_out_does_not_come_back_with_a_correction_once_its_post_is_withdrawn(
    engine: AsyncEngine,
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=LONG_BODY, content_hash="1"))
    is_poisoned = True

    def poisoned() -> None:
        if len(world.postbox.sent) == 1 and is_poisoned:
            raise SendRefused("Invalid Form Body", status=400, code=50035, permanent=False)

    world.postbox.before = poisoned
    await passes(world, timedelta(hours=1), MOST_REFUSALS + 1)
    is_poisoned = False
    assert (await withdraw("p", SqlLedger(engine), world.postbox)).removed == 1
    (_, left_out, *_) = await SqlLedger(engine).parts("p", CHANNEL)
    assert left_out.cause == Ending.WITHDRAWN
    correct(world, LONG_BODY.replace("긴 문장", "짧지 않은 문장"))
    await passes(world)
    assert there(world) == []


async def test_a_withdrawn_post_that_grows_later_does_not_come_back_with_what_it_grew_by(
    engine: AsyncEngine,
) -> None:
    world = World(engine)
    await world.subscribe(replace(post("p"), body=SHORT_BODY, content_hash="1"))
    await world.publisher().deliver_due()
    assert (await withdraw("p", SqlLedger(engine), world.postbox)).left == 0
    correct(world, LONG_BODY)
    await passes(world)
    assert there(world) == []
    assert len(world.postbox.sent) == 1


async def test_a_withdrawn_post_is_taken_back_everywhere_and_never_sent_again(world: World) -> None:
    forum = CHANNEL + 1
    subscriptions = SqlSubscriptions(world.engine)
    (known,) = await subscriptions.active(world.now)
    await save_subscription(world.engine, replace(known, id=None, channel_id=forum, kind=ChannelKind.FORUM))
    await world.publisher().deliver_due()
    count = len(world.postbox.sent)
    seen: list[tuple[int, int]] = []
    world.postbox.before = once(SendUncertain("time-out"))
    ledger = SqlLedger(world.engine)
    done = await withdraw("p", ledger, world.postbox, lambda now, of: seen.append((now, of)))
    assert (done.removed, done.left) == (count - 1, 1)
    assert seen[-1] == (count, count)
    assert (await withdraw("p", ledger, world.postbox)).removed == 1
    assert there(world) == []
    world.now += timedelta(hours=1)
    await world.publisher().deliver_due()
    assert there(world) == []


@pytest.mark.parametrize("error", [SendUncertain("the answer is lost"), CrashError()])
@pytest.mark.parametrize("call", [2, 3, 4])
async def test_what_was_deleted_without_an_answer_comes_back_in_order_when_the_post_grows_again(
    world: World, error: BaseException, call: int
) -> None:
    correct(world, SHORT_BODY)
    # The first call is an edit, then the tail goes, the last part first.
    world.postbox.after = once(error, call)
    with suppress(BaseExceptionGroup):
        await world.publisher().deliver_due()
    new = correct(world, LONG_BODY, version="3")
    for _ in range(3):
        world.now += AFTER_REMOVAL
        await world.publisher().deliver_due()
    assert there(world) == await composed(new)


async def test_a_post_of_long_ago_is_corrected_too(world: World) -> None:
    publisher = world.publisher()
    await publisher.deliver_due()
    world.now += timedelta(days=400)
    newer = [post(f"new{number:02}", str(world.now.date())) for number in range(12)]
    world.archive = Archive.of([*world.archive.posts, *newer])
    world.first_seen |= {item.slug: world.now - timedelta(minutes=1) for item in newer}
    await publisher.deliver_due()
    world.now += timedelta(hours=1)
    world.archive = Archive.of([replace(post("p"), body="이제 맞아요.", content_hash="2"), *newer])
    await publisher.deliver_due()
    said = [card.description or "" for sent in world.postbox.there() for card in sent.message.cards]
    assert any("이제 맞아요." in text for text in said)


async def test_old_posts_that_cannot_be_corrected_hold_up_no_others(world: World) -> None:
    old = [replace(post(f"p{number:02}", "2024-05-04"), content_hash="1") for number in range(AT_ONCE + 5)]
    ledger = SqlLedger(world.engine)
    for number, item in enumerate(old):  # all but the last one lie in a channel that is not subscribed
        key = DeliveryKey(slug=item.slug, channel_id=CHANNEL if item is old[-1] else 1, part=0)
        claim = Delivery(
            key=key,
            state=DeliveryState.CLAIMED,
            parts=1,
            fingerprint="f",
            payload_hash="p",
            claimed_at=world.now,
            content_hash="1",
        )
        await ledger.claim(claim)
        await ledger.confirm(key, 10_000 + number, world.now)
    outdated = Outdated()
    archive = Archive.of([replace(item, content_hash="2") for item in old])
    looks = [await outdated.by_channel(ledger, archive) for _ in range(2)]
    assert any(CHANNEL in look for look in looks)
    assert all(sum(map(len, look.values())) <= AT_ONCE for look in looks)


async def test_a_list_card_is_corrected_as_its_posts_are(world: World) -> None:
    posts = [post(f"n{number}") for number in range(MOST_A_SLOT + 3)]
    await world.subscribe(*posts)
    publisher = world.publisher()
    await publisher.deliver_due()
    card = world.postbox.sent[-1]
    *full, same, renamed, withdrawn = posts
    new = replace(renamed, content_hash="2", meta=replace(renamed.meta, title="나아진 제목"))
    world.archive = Archive.of([*full, same, new])
    for _ in range(2):
        world.now += timedelta(days=1)
        await publisher.deliver_due()
    said = card.message.cards[0].description or ""
    assert (same.title in said, "나아진 제목" in said, withdrawn.title in said) == (True, True, False)
    assert world.postbox.edits == [card.id]
    world.now += timedelta(days=60)
    world.archive = Archive.of([*full, same, new, withdrawn])
    await publisher.deliver_due()
    assert withdrawn.title in (card.message.cards[0].description or "")
    assert world.postbox.sent[-1] is card
    world.archive = Archive.of(full)  # nothing of the card is left: it stays as it is
    world.now += timedelta(hours=1)
    await publisher.deliver_due()
    assert withdrawn.title in (card.message.cards[0].description or ""), (
        "a card of which nothing is left stays"
    )
