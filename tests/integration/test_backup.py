"""Backups from and into both kinds of database: nothing is lost, and a restore sends nothing twice."""

from __future__ import annotations

import asyncio
import gzip
import json
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.backup.file import TABLES, examine
from bot.adapters.backup.restoring import Restored, Way, restore
from bot.adapters.backup.saving import save
from bot.adapters.database.ledger import SqlLedger
from bot.adapters.database.seen import SqlPostsSeen
from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.database.tables import audit, deliveries, drafts, marks, metadata, posts_seen, steps
from bot.cli_operating import _said_of
from bot.delivery.models import DeliveryState, Subscription
from bot.delivery.timetable import Timetable
from bot.errors import BackupError, SendRefused, StoreError
from bot.posts.archive import Archive
from bot.replacing import replace
from tests.support.databases import Opened
from tests.support.delivering import CHANNEL, LONG_BODY, World, once
from tests.support.posts import post
from tests.support.subscribing import forget_subscription, save_subscription

NOW = datetime(2024, 5, 5, 0, 0, tzinfo=UTC)
OTHER = 200


@dataclass(frozen=True, slots=True)
class Bench:
    """Two databases: what was there, and what a backup is restored into."""

    old: AsyncEngine
    new: AsyncEngine
    file: Path

    async def save(self, now: datetime = NOW) -> None:
        await save(self.old, self.file, "1.2.3", now, lambda _done, _of: None)

    async def restore(
        self, now: datetime, *, moved: bool = False, into: AsyncEngine | None = None
    ) -> Restored:
        contents = examine(self.file)
        return await restore(into or self.new, contents, now, lambda _done, _of: None, moved=moved)


@pytest.fixture(params=["sqlite-postgresql", "postgresql-sqlite"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path, opened: Opened) -> AsyncIterator[Bench]:
    """From one kind to the other."""
    kinds = request.param.split("-")
    async with AsyncExitStack() as stack:
        old, new = [
            await stack.enter_async_context(opened(kind, name))
            for kind, name in zip(kinds, ("old", "new"), strict=True)
        ]
        yield Bench(old, new, tmp_path / "state.gz")


@pytest.fixture
async def small(tmp_path: Path, opened: Opened) -> AsyncIterator[Bench]:
    """One pair, where the kind does not matter."""
    async with AsyncExitStack() as stack:
        old, new = [await stack.enter_async_context(opened("sqlite", name)) for name in ("old", "new")]
        yield Bench(old, new, tmp_path / "state.gz")


async def rows_of(engine: AsyncEngine, table: str) -> list[dict[str, Any]]:
    """A table's rows in order, without numbers that a database gives."""
    columns = [column for column in metadata.tables[table].columns if column.name != "id"]
    async with engine.connect() as connection:
        found = (await connection.execute(select(*columns))).mappings().all()
    return sorted((dict(row) for row in found), key=repr)


async def fill(engine: AsyncEngine) -> None:
    """Something in every table, with everything that JSON and SQL spell differently."""
    subscription = Subscription(
        channel_id=2**62,
        guild_id=2**62 + 1,
        timetable=Timetable(zone="America/St_Johns", weekdays=frozenset({0, 6})),
        created_at=NOW - timedelta(days=400),
        include=frozenset({"에이전트", 'quo"te\n', "\ud800x"}),
        forum_tags=("태그 🎉",),
        silent=True,
    )
    await save_subscription(engine, subscription)
    await SqlSubscriptions(engine).pause(2**62, "권한이 없어요", NOW)
    row = {
        "channel_id": 2**62,
        "part": 0,
        "parts": 1,
        "fingerprint": "f",
        "payload_hash": "p",
        "attempts": 3,
        "claimed_at": NOW - timedelta(microseconds=1),
        "updated_on": date(2024, 2, 29),
        "cause": "줄\n바꿈",
    }
    async with engine.begin() as connection:
        for state in DeliveryState:
            await connection.execute(insert(deliveries).values(**row, slug=f"글-{state}", state=state))
        await connection.execute(insert(posts_seen).values(slug="글", first_seen_at=NOW))
        await connection.execute(insert(marks).values(name="last_scan", at=NOW))
        step = {"at": NOW, "channel_id": 1, "slug": "글", "part": 0, "step": "sent"}
        await connection.execute(insert(steps).values(**step))
        change = {"at": NOW, "user_id": 1, "channel_id": 1, "action": "save", "new": {"zone": ["a", None]}}
        await connection.execute(insert(audit).values(**change))
        draft = {"id": "1", "guild_id": 1, "user_id": 1, "values": {}, "changed_at": NOW}
        await connection.execute(insert(drafts).values(**draft))


def test_every_table_is_kept_or_left_out_on_purpose() -> None:
    assert {*TABLES, "drafts"} == set(metadata.tables)


async def test_everything_moves_from_any_kind_of_database_to_any(bench: Bench) -> None:
    await fill(bench.old)
    before = {table: await rows_of(bench.old, table) for table in TABLES}
    await bench.save()
    done = await bench.restore(NOW, moved=True)
    assert done == Restored(way=Way.MOVED, subscriptions=1, deliveries=len(DeliveryState), unfinished=0)
    for table in TABLES:
        restored = await rows_of(bench.new, table)
        assert [row for row in restored if not row.get("name", "").startswith("backup:")] == before[table]
    assert await rows_of(bench.new, "drafts") == []
    await fill_more(bench.new)


async def fill_more(engine: AsyncEngine) -> None:
    """The next rows get numbers of their own."""
    async with engine.begin() as connection:
        step = {"at": NOW, "channel_id": 1, "slug": "b", "part": 0, "step": "sent"}
        await connection.execute(insert(steps).values(**step))
    timetable = Timetable()
    await save_subscription(engine, Subscription(channel_id=5, timetable=timetable, created_at=NOW))


async def lost_and_restored(bench: Bench) -> World:
    """A bot that sent "a" and a part of "c", was backed up, sent the rest and "b", and lost its database.

    OTHER had nothing yet.
    """
    world = World(bench.old)
    await world.subscribe(post("a"))
    await world.publisher().deliver_due()
    other = Subscription(channel_id=OTHER, timetable=Timetable(at=None), created_at=NOW - timedelta(days=9))
    world.now += timedelta(hours=1)
    long = post("c", body=LONG_BODY)
    world.archive = Archive.of([post("a"), long])
    world.first_seen["c"] = world.now
    world.postbox.before = once(SendRefused("slow", status=400, code=0, permanent=False), 2)
    await world.publisher().deliver_due()  # one part of "c" is there, the next was refused
    await save_subscription(bench.old, replace(other, created_at=world.now))
    await bench.save(world.now)

    world.now += timedelta(hours=1)
    world.archive = Archive.of([post("a"), long, post("b")])
    world.first_seen["b"] = world.now
    await world.publisher().deliver_due()
    world.now += timedelta(days=1)
    world.engine = bench.new
    return world


async def test_after_a_loss_nothing_that_may_have_been_sent_is_sent_again(bench: Bench) -> None:
    world = await lost_and_restored(bench)
    before = len(world.postbox.sent)
    assert before >= 5
    done = await bench.restore(world.now)
    assert (done.way, done.unfinished) == (Way.UNKNOWN, 1)
    for _ in range(40):
        await world.publisher().deliver_due()
        world.now += timedelta(days=1)
    assert len(world.postbox.sent) == before


async def test_after_a_loss_what_comes_out_next_goes_to_every_channel_once(bench: Bench) -> None:
    world = await lost_and_restored(bench)
    before = len(world.postbox.sent)
    await bench.restore(world.now)
    world.now += timedelta(minutes=1)
    world.archive = Archive.of([*world.archive.posts, post("d", "2024-05-06")])
    world.first_seen["d"] = world.now
    for _ in range(2):
        await world.publisher().deliver_due()
        world.now += timedelta(hours=1)
    assert sorted(sent.channel_id for sent in world.postbox.sent[before:]) == [CHANNEL, OTHER]


async def test_a_post_that_grew_between_backup_and_loss_does_not_grow_twice(bench: Bench) -> None:
    world = World(bench.old)
    await world.subscribe(post("a"))
    await world.publisher().deliver_due()
    await bench.save(world.now)
    world.archive = Archive.of([post("a", body=LONG_BODY)])
    await world.publisher().deliver_due()
    before = len(world.postbox.sent)
    assert before >= 3
    world.engine = bench.new
    await bench.restore(world.now)
    world.archive = Archive.of([post("a", body=LONG_BODY + "\n\n끝이에요.")])
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == before


async def test_posts_that_are_copied_to_a_new_host_after_the_restore_are_past_posts(small: Bench) -> None:
    seen = SqlPostsSeen(small.old)
    await seen.register({"a": NOW}, NOW)
    await small.save()
    later = NOW + timedelta(days=2)
    await small.restore(later)
    cloned = later + timedelta(minutes=5)
    first = await SqlPostsSeen(small.new).register({"a": cloned, "b": cloned}, cloned)
    assert first == {"a": NOW, "b": later}
    next_one = cloned + timedelta(hours=1)
    after = await SqlPostsSeen(small.new).register({"a": cloned, "b": cloned, "c": next_one}, next_one, first)
    assert after["c"] == next_one


async def test_a_database_that_went_on_from_the_backup_forgets_nothing(bench: Bench) -> None:
    world = World(bench.old)
    await world.subscribe(post("a"))
    mistake = Subscription(channel_id=OTHER, timetable=Timetable(at=None), created_at=NOW - timedelta(days=9))
    await save_subscription(bench.old, mistake)
    await world.publisher().deliver_due()
    await bench.save(world.now)
    await forget_subscription(bench.old, OTHER)
    world.now += timedelta(hours=1)
    world.archive = Archive.of([post("a"), post("b")])
    world.first_seen["b"] = world.now
    world.postbox.before = once(SendRefused("slow", status=400, code=0, permanent=False))
    await world.publisher().deliver_due()  # "b" was refused and is tried again

    done = await bench.restore(world.now, into=bench.old)
    assert (done.way, done.subscriptions) == (Way.CONTINUED, 2)
    before = len(world.postbox.sent)
    world.now += timedelta(hours=1)
    world.archive = Archive.of([post("a"), post("b"), post("c", "2024-05-05")])
    world.first_seen["c"] = world.now
    await world.publisher().deliver_due()
    sent = [(one.channel_id, one.message.cards[0].title) for one in world.postbox.sent[before:]]
    assert sorted(sent) == [(CHANNEL, "제목 b"), (CHANNEL, "제목 c"), (OTHER, "제목 c")]


async def test_a_move_keeps_what_was_pending_and_is_for_new_databases_alone(bench: Bench) -> None:
    world = World(bench.old)
    await world.subscribe(post("a"))
    world.postbox.before = once(SendRefused("slow", status=400, code=0, permanent=False))
    await world.publisher().deliver_due()
    await bench.save(world.now)
    await bench.restore(world.now, moved=True)
    world.engine = bench.new
    world.now += timedelta(hours=1)
    await world.publisher().deliver_due()
    assert len(world.postbox.sent) == 1
    with pytest.raises(BackupError, match="has been used"):
        await bench.restore(world.now, moved=True)


async def test_a_delivery_that_either_side_knows_to_be_sent_is_sent(bench: Bench) -> None:
    for engine, slug, refused in (
        (bench.old, "a", False),
        (bench.new, "a", True),
        (bench.old, "b", True),
        (bench.new, "b", False),
    ):
        world = World(engine)
        await world.subscribe(post(slug))
        if refused:
            world.postbox.before = once(SendRefused("slow", status=400, code=0, permanent=False))
        await world.publisher().deliver_due()
    await bench.save()
    await bench.restore(NOW)
    for slug in ("a", "b"):
        (row,) = await SqlLedger(bench.new).parts(slug, CHANNEL)
        assert (row.state, row.message_id is None) == (DeliveryState.SENT, False)


async def test_restoring_twice_is_as_good_as_once(small: Bench) -> None:
    world = await lost_and_restored(small)
    await small.restore(world.now)
    before = {table: await rows_of(small.new, table) for table in TABLES}
    again = await small.restore(world.now + timedelta(hours=1))
    assert again.way is Way.CONTINUED
    assert {table: await rows_of(small.new, table) for table in TABLES} == before


async def test_the_channel_of_the_settings_stays_what_the_settings_say(small: Bench) -> None:
    for engine, channel in ((small.old, 1), (small.new, 2)):
        subscription = Subscription(channel_id=channel, timetable=Timetable(), created_at=NOW)
        await SqlSubscriptions(engine).follow_settings(subscription)
    await small.save()
    await small.restore(NOW)
    active = await SqlSubscriptions(small.new).active(NOW)
    assert [subscription.channel_id for subscription in active] == [2]
    assert len(await rows_of(small.new, "subscriptions")) == 2


async def test_a_backup_shows_one_moment_though_the_bot_writes_meanwhile(bench: Bench) -> None:
    stop = asyncio.Event()

    async def write() -> None:
        """A post's two rows are always written together."""
        number = 0
        while not stop.is_set():
            number += 1
            row = {"channel_id": 1, "slug": f"{number:05}", "parts": 2, "state": "sent", "attempts": 1}
            more = {"fingerprint": "", "payload_hash": "", "claimed_at": NOW}
            async with bench.old.begin() as connection:
                for part in (0, 1):
                    await connection.execute(insert(deliveries).values(**row, **more, part=part))

    writer = asyncio.create_task(write())
    try:
        sizes = set()
        for _ in range(5):
            await asyncio.sleep(0.05)
            await bench.save()
            counts = examine(bench.file).counts
            sizes.add(counts["deliveries"])
            assert counts["deliveries"] % 2 == 0
        assert len(sizes) > 1
    finally:
        stop.set()
        await writer


async def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside(small: Bench) -> None:
    await fill(small.old)
    await small.save()
    await small.save()
    assert stat.S_IMODE(small.file.stat().st_mode) == 0o600
    assert [file.name for file in small.file.parent.glob("*state.gz*")] == ["state.gz"]
    assert [file.name for file in small.file.parent.glob(".*")] == []


async def test_what_is_no_backup_is_never_replaced(small: Bench) -> None:
    small.file.write_text("my thesis")
    with pytest.raises(BackupError, match="no backup"):
        await small.save()
    assert small.file.read_text() == "my thesis"


async def test_a_backup_that_fails_leaves_the_one_before(small: Bench) -> None:
    await fill(small.old)
    await small.save()
    before = small.file.read_bytes()

    def break_off(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await save(small.old, small.file, "1", NOW, break_off)
    assert small.file.read_bytes() == before
    assert [file.name for file in small.file.parent.glob(".*")] == []


def changed(file: Path, change: Callable[[list[Any]], None]) -> None:
    """The backup with its lines changed, packed as before."""
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]
    change(lines)
    file.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))


def _set(table: str, column: str, value: object) -> Callable[[list[Any]], None]:
    def change(lines: list[Any]) -> None:
        row = next(line[1] for line in lines if isinstance(line, list) and line[0] == table)
        row[column] = value

    return change


def _of(key: str, value: object) -> Callable[[list[Any]], None]:
    return lambda lines: lines[0]["ainews_backup"].update({key: value})


BROKEN: list[tuple[Callable[[list[Any]], None], str]] = [
    (lambda lines: lines.pop(), "cut off"),
    (lambda lines: lines.pop(1), "cut off or changed"),
    (lambda lines: lines.pop(0), "no backup of ainews"),
    (lambda lines: lines.insert(1, "x"), "cut off or changed"),
    (_of("format", 99), "newer version"),
    (_of("revision", "9999"), "newer version"),
    (_of("surprise", 1), "cut off or changed"),
    (_of("taken_at", "not a date"), "cut off or changed"),
    (_of("taken_at", "2024-05-05T00:00:00"), "cut off or changed"),
    (_of("revision", 4), "cut off or changed"),
    (_of("program", None), "cut off or changed"),
    (_set("deliveries", "state", "lost"), "cannot use this deliveries.state"),
    (_set("deliveries", "part", "0"), "cannot use this deliveries.part"),
    (_set("deliveries", "channel_id", 2**63), "cannot use this deliveries.channel_id"),
    (_set("deliveries", "claimed_at", "2024-05-05T00:00:00"), "cannot use this deliveries.claimed_at"),
    (_set("deliveries", "slug", None), "needs deliveries.slug"),
    (_set("deliveries", "slug", "x" * 513), "cannot use this deliveries.slug"),
    (_set("deliveries", "updated_on", "2024-02-30"), "cannot use this deliveries.updated_on"),
    (_set("subscriptions", "timezone", "../../etc/passwd"), "cannot use this subscriptions.timezone"),
    (_set("subscriptions", "weekdays", "07"), "cannot use this subscriptions.weekdays"),
    (_set("subscriptions", "include_tags", "ai"), "cannot use this subscriptions.include_tags"),
    (_set("subscriptions", "kind", "voice"), "cannot use this subscriptions.kind"),
    (_set("subscriptions", "silent", 1), "cannot use this subscriptions.silent"),
    (_set("subscriptions", "x; DROP TABLE deliveries", 1), "no column"),
]


@pytest.mark.parametrize(("change", "said"), BROKEN, ids=range(len(BROKEN)))
async def test_a_backup_that_was_changed_is_refused_before_anything_happens(
    small: Bench, change: Callable[[list[Any]], None], said: str
) -> None:
    await fill(small.old)
    await small.save()
    changed(small.file, change)
    with pytest.raises(BackupError, match=said):
        examine(small.file)


@pytest.mark.parametrize("keep", [0, 1, 10, 100, -1])
async def test_a_file_that_was_cut_off_anywhere_is_refused(small: Bench, keep: int) -> None:
    await fill(small.old)
    await small.save()
    small.file.write_bytes(small.file.read_bytes()[:keep])
    with pytest.raises(BackupError):
        examine(small.file)


async def test_a_flipped_bit_is_noticed(small: Bench) -> None:
    await fill(small.old)
    await small.save()
    data = bytearray(small.file.read_bytes())
    for at in range(80, len(data), 37):
        broken = bytearray(data)
        broken[at] ^= 4
        small.file.write_bytes(broken)
        with pytest.raises(BackupError):
            examine(small.file)


async def test_a_backup_whose_checksum_is_wrong_is_said_to_be_damaged(small: Bench) -> None:
    await fill(small.old)
    await small.save()
    data = bytearray(small.file.read_bytes())
    data[-8] ^= 4
    small.file.write_bytes(data)
    with pytest.raises(BackupError, match="cut off or changed"):
        examine(small.file)


async def test_what_a_backup_says_of_itself_commands_no_terminal(small: Bench) -> None:
    await fill(small.old)
    await small.save()
    changed(small.file, _of("program", "1\x1b[31m"))
    assert "version 1\\u001b[31m: " in _said_of(examine(small.file))


async def test_a_restore_that_fails_half_way_changes_nothing(bench: Bench) -> None:
    await fill(bench.old)
    await bench.save()

    def twice(lines: list[Any]) -> None:
        lines.insert(-1, next(line for line in lines if "posts_seen" in line))
        lines[-1]["end"]["posts_seen"] += 1

    changed(bench.file, twice)
    world = World(bench.new)
    await world.subscribe(post("kept"))
    before = {table: await rows_of(bench.new, table) for table in TABLES}
    with pytest.raises(StoreError) as caught:
        await bench.restore(NOW)
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert {table: await rows_of(bench.new, table) for table in TABLES} == before
