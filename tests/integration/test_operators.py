"""The operators' channel hears of what needs a person, once each, also across restarts."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.adapters.database.subscriptions import SqlSubscriptions
from bot.adapters.operators import SHARD_PATIENCE
from bot.adapters.readings.ahead import Ahead
from bot.app import open_app
from bot.background import App
from bot.delivery.causes import REFUSED_FOR_GOOD
from bot.delivery.crossposting import Crossposter
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.errors import SendRefused
from bot.formatting.messages import Button
from bot.formatting.operating import ids
from bot.replacing import replace
from bot.settings import Settings
from tests.support.databases import migrated_file
from tests.support.discord_fake import MemoryPostbox
from tests.support.git import Blog
from tests.support.git import post as file_of
from tests.support.posts import write_post

OPS = 123456789012345678
FRIDAY = datetime(2024, 5, 3, 1, 0, tzinfo=UTC)
"""Ten in the morning in Seoul."""


@dataclass
class Hosted:
    """A bot whose clock stands still, and may be restarted."""

    folder: Path
    now: datetime = FRIDAY
    locale: str = "en"
    git_url: str | None = None
    channel_id: int | None = OPS
    postbox: MemoryPostbox = field(init=False)

    def __post_init__(self) -> None:
        self.postbox = MemoryPostbox(lambda: self.now)
        (self.folder / "content").mkdir()

    @asynccontextmanager
    async def run(self) -> AsyncIterator[App]:
        values = {
            "_env_file": None,
            "ops_channel_id": self.channel_id,
            "alarm_at": time(10),
            "default_locale": self.locale,
            "content_dir": self.folder / "content",
            "database_url": migrated_file(self.folder / "state.db"),
        }
        if self.git_url:
            del values["content_dir"]
            values["content_git_url"] = self.git_url
        async with open_app(Settings(**values), clock=lambda: self.now) as app:  # type: ignore[arg-type]  # a test's words
            app.library.folder.settling.seconds = 0.0
            app.publisher = replace(app.publisher, postbox=self.postbox)
            yield app

    def told(self) -> Sequence[str]:
        cards = [sent.message.cards[0] for sent in self.postbox.sent if sent.channel_id == OPS]
        return [f"{card.title}: {card.description}" for card in cards]


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    return Hosted(tmp_path)


def today(hosted: Hosted) -> None:
    write_post(hosted.folder / "content", "2024-05-03-today.md")


async def test_a_missing_post_is_told_once_though_the_bot_starts_again(hosted: Hosted) -> None:
    hosted.now -= timedelta(minutes=1)
    async with hosted.run() as app:
        await app.tell_operators()
        assert not hosted.told()
        hosted.now += timedelta(minutes=1)
        await app.tell_operators()
        await app.tell_operators()
    hosted.now += timedelta(hours=1)
    async with hosted.run() as app:
        await app.tell_operators()
    assert len(hosted.told()) == 1
    assert hosted.told()[0].startswith("No post yet today: No new post came by 10:00.")


async def test_a_post_in_time_is_no_news(hosted: Hosted) -> None:
    today(hosted)
    async with hosted.run() as app:
        await app.tell_operators()
    assert not hosted.told()


async def test_a_refused_file_is_told_with_line_and_fix_once_a_version(hosted: Hosted) -> None:
    today(hosted)
    bad = hosted.folder / "content" / "2024-05-02-bad.md"
    bad.write_text("")
    async with hosted.run() as app:
        await app.tell_operators()
        await app.content_changed()
        await app.tell_operators()
        assert len(hosted.told()) == 1
        assert "2024-05-02-bad.md:1: error: The file is empty." in hosted.told()[0].replace("\\", "")
    async with hosted.run() as app:
        await app.tell_operators()
        assert len(hosted.told()) == 1
        bad.write_text("   ")
        await app.content_changed()
        await app.tell_operators()
        assert len(hosted.told()) == 2


async def test_a_slug_taken_twice_is_told_for_as_long_as_it_is_so(hosted: Hosted) -> None:
    write_post(hosted.folder / "content", "2024-05-03-first.md", slug="today")
    second = hosted.folder / "content" / "2024-05-03-second.md"
    text = "---\ntitle: Second\nslug: today\ndate: 2024-05-03\n---\nText.\n"
    second.write_text(text)
    async with hosted.run() as app:
        await app.tell_operators()
        await app.tell_operators()
    async with hosted.run() as app:
        await app.tell_operators()
        assert len(hosted.told()) == 1
        assert "has the slug today, which" in hosted.told()[0]
        second.unlink()
        await app.content_changed()
        await app.tell_operators()
        hosted.now += timedelta(hours=1)
        second.write_text(text)
        await app.content_changed()
        await app.tell_operators()
    assert len(hosted.told()) == 2


async def test_a_content_folder_that_vanishes_is_told_once(hosted: Hosted) -> None:
    today(hosted)
    async with hosted.run() as app:
        shutil.rmtree(hosted.folder / "content")
        await app.content_changed()
        await app.tell_operators()
        await app.tell_operators()
    (told,) = hosted.told()
    assert "does not exist" in told


async def test_a_push_that_is_not_taken_in_is_told_once_a_cause_and_again_after_it_was_mended(
    hosted: Hosted,
) -> None:
    blog = Blog(hosted.folder / "blog")
    good, bad = {"2024-05-03-a.md": file_of("가", "2024-05-03")}, {"2024-05-03-a.md": ""}
    blog.push(good)
    hosted.git_url = blog.url
    async with hosted.run() as app:
        await app._look()
        assert not hosted.told()
        blog.push(bad)
        await app._look()
        await app._look()
    async with hosted.run() as app:
        await app._look()
        assert len(hosted.told()) == 1
        assert "none of its 1 posts can be used" in hosted.told()[0]
        blog.remove_branch()
        await app._look()
        await app._look()
        assert len(hosted.told()) == 2
        blog.push(good)
        await app._look()
        hosted.now += timedelta(hours=1)
        blog.push(bad)
        await app._look()
    assert len(hosted.told()) == 3


async def test_many_refused_files_are_one_message_within_limits(hosted: Hosted) -> None:
    today(hosted)
    for number in range(40):
        (hosted.folder / "content" / f"{'x' * 150}-{number}.md").write_text("")
    async with hosted.run() as app:
        await app.tell_operators()
        await app.tell_operators()
    assert len(hosted.told()) == 1
    assert len(hosted.told()[0]) < 4096


async def test_a_crash_of_a_job_is_told_once_a_day_without_its_words(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("postgresql://user:s3cretword@db")

    today(hosted)
    async with hosted.run() as app:
        with monkeypatch.context() as patch:
            patch.setattr(SqlSubscriptions, "active", crash)
            await app.deliver()
            await app.deliver()
            assert len(hosted.told()) == 1
            assert "`delivery`" in hosted.told()[0]
            assert "`RuntimeError`" in hosted.told()[0]
            assert "s3cretword" not in hosted.told()[0]
            hosted.now += timedelta(days=1)
            await app.deliver()
        assert len(hosted.told()) == 2


async def test_a_crash_of_what_works_beside_the_deliveries_is_told(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError

    today(hosted)
    async with hosted.run() as app:
        monkeypatch.setattr(Ahead, "compose", crash)
        monkeypatch.setattr(Crossposter, "publish_due", crash)
        await app.begin()
        monkeypatch.setattr(SqlSubscriptions, "active", crash)
        await app.rounds.look(asyncio.Event())
        jobs = {"daily check-up", "publishing", "composing ahead"}
        async with asyncio.timeout(5):
            while not all(f"`{job}`" in "\n".join(hosted.told()) for job in jobs):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Shard:
    closed: bool = False
    latency: float = 0.1

    def is_closed(self) -> bool:
        return self.closed


@pytest.mark.parametrize("away", [Shard(closed=True), Shard(latency=float("inf"))])
async def test_a_shard_that_stays_away_is_told_once_and_one_that_comes_back_is_not(
    hosted: Hosted, away: Shard
) -> None:
    today(hosted)
    async with hosted.run() as app:
        app.operators.shards = lambda: {3: away, 4: Shard()}
        await app.tell_operators()
        app.operators.shards = lambda: {3: Shard(), 4: Shard()}
        hosted.now += SHARD_PATIENCE
        await app.tell_operators()
        app.operators.shards = lambda: {3: away, 4: Shard()}
        await app.tell_operators()
        assert not hosted.told()
        hosted.now += SHARD_PATIENCE
        await app.tell_operators()
        await app.tell_operators()
        assert len(hosted.told()) == 1
        assert "Shard 3 " in hosted.told()[0]


async def test_a_delivery_long_in_doubt_is_told_once(hosted: Hosted) -> None:
    today(hosted)
    claim = Delivery(
        key=DeliveryKey(slug="a", channel_id=1, part=0),
        state=DeliveryState.CLAIMED,
        parts=1,
        fingerprint="f",
        payload_hash="h",
        claimed_at=FRIDAY,
    )
    async with hosted.run() as app:
        await app.publisher.ledger.claim(claim)
        await app.tell_operators()
        assert not hosted.told()
        hosted.now += timedelta(minutes=31)
        await app.tell_operators()
        await app.tell_operators()
    assert len(hosted.told()) == 1
    assert "1 message" in hosted.told()[0]
    ((show,),) = hosted.postbox.sent[-1].message.rows
    assert isinstance(show, Button)
    assert re.fullmatch(ids.DOUBT, show.custom_id or ""), "who decides over it gets there in one tap"


async def test_a_channel_that_refuses_is_tried_again_later_and_then_hears(
    hosted: Hosted, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: int) -> None:
        raise SendRefused("no access", status=403, code=50001, permanent=True)

    async with hosted.run() as app:
        hosted.postbox.refuse = refuse
        await app.tell_operators()
        hosted.postbox.refuse = lambda _: None
        await app.tell_operators()
        assert not hosted.told()
        assert caplog.text.count("could not be told") == 1
        hosted.now += timedelta(minutes=10)
        await app.tell_operators()
    assert len(hosted.told()) == 1


async def test_without_a_channel_the_log_says_once_what_the_channel_would_have_heard(
    hosted: Hosted, caplog: pytest.LogCaptureFixture
) -> None:
    hosted.channel_id = None
    line = (
        "No post yet today: No new post came by 10:00. Check that its file was uploaded, is no draft"
        " (`draft: true`) and bears no later date or time."
    )
    for _ in range(2):
        async with hosted.run() as app:
            await app.tell_operators()
            await app.tell_operators()
    assert [record.levelname for record in caplog.records if record.message == line] == ["ERROR"]
    async with hosted.run() as app:
        app.operators.shards = lambda: {3: Shard(closed=True)}
        await app.tell_operators()
        hosted.now += SHARD_PATIENCE
        await app.tell_operators()
        await app.tell_operators()
    assert sum("Shard 3 " in said for said in caplog.messages) == 1
    assert not hosted.postbox.sent
    hosted.channel_id = OPS
    async with hosted.run() as app:
        await app.tell_operators()
    assert len(hosted.told()) == 1, "a channel that is set later hears it"


async def test_while_the_channel_is_a_wrong_one_the_log_says_so_once_and_every_alarm(
    hosted: Hosted, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: int) -> None:
        raise SendRefused("Unknown Channel", status=404, code=10003, permanent=True)

    hosted.postbox.refuse = refuse
    async with hosted.run() as app:
        app.operators.shards = lambda: {3: Shard(closed=True)}
        for _ in range(4):
            await app.tell_operators()
            hosted.now += timedelta(minutes=11)
    said = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert sum("OPS_CHANNEL_ID" in line and "Unknown Channel" in line for line in said) == 1
    assert sum(line.startswith("No post yet today: ") for line in said) == 1
    assert sum("Shard 3 " in line for line in said) == 1


async def test_a_refused_file_is_one_line_of_the_log_where_there_is_no_channel(
    hosted: Hosted, caplog: pytest.LogCaptureFixture
) -> None:
    hosted.channel_id = None
    today(hosted)
    (hosted.folder / "content" / "2024-05-02-bad.md").write_text("")
    async with hosted.run() as app:
        await app.tell_operators()
        await app.tell_operators()
    assert sum("The file is empty." in line for line in caplog.messages) == 1


async def test_it_speaks_korean_by_default(hosted: Hosted) -> None:
    hosted.locale = "ko"
    async with hosted.run() as app:
        await app.tell_operators()
    assert hosted.told()[0].startswith("오늘 글이 아직 없어요: 10:00까지")


async def test_a_post_that_discord_does_not_take_is_told_once_a_version(hosted: Hosted) -> None:
    today(hosted)
    async with hosted.run() as app:
        for channel_id in (11, 12):
            key = DeliveryKey(slug="bad_post", channel_id=channel_id, part=0)
            claim = Delivery(
                key=key,
                state=DeliveryState.CLAIMED,
                parts=1,
                fingerprint="",
                payload_hash="",
                claimed_at=hosted.now,
                content_hash="1",
            )
            await app.publisher.ledger.claim(claim)
            await app.publisher.ledger.give_up(key, f"{REFUSED_FOR_GOOD}Invalid Form *Body*")
        for _ in range(2):
            await app.tell_operators()
        (told,) = hosted.told()
        assert "`bad_post` was left out in 2 channels" in told
        assert r"Invalid Form \*Body\*" in told
