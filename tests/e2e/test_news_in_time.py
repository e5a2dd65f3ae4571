"""No interaction stays unanswered: slow disks, errors, forgotten interactions, buttons of former versions."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.adapters.answers import LONGEST, PATIENCE
from bot.adapters.visits import Composer
from bot.formatting.compose import Reading
from bot.formatting.messages import Message
from bot.formatting.places import Kind, Place
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.answers import buttons, shown
from tests.support.posts import write_post
from tests.support.stage import Play, Stage, text_of

DISCORDS_PATIENCE = 3.0
SLOW = 20.0


@dataclass
class SlowDisk:
    """A composer that takes SLOW simulated seconds to read a post, or to fail at it."""

    composer: Composer
    seconds: float
    error: OSError | None = None

    async def reading(self, post: Post, locale: str) -> Reading:
        await self._read()
        return await self.composer.reading(post, locale)

    async def section(self, post: Post, index: int, locale: str) -> tuple[Message, ...]:
        await self._read()
        return await self.composer.section(post, index, locale)

    async def _read(self) -> None:
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    long = "\n\n".join(f"## 부분 {n}\n\n" + f"{n}번째 이야기예요. " * 700 for n in (1, 2, 3))
    write_post(stage.content, "2024-05-04-a.md", "오늘의 글", long, tags="[LLM]")
    return stage


def slow(play: Play, seconds: float = SLOW, error: OSError | None = None) -> None:
    """From now on posts are read slowly, and perhaps not at all."""
    lookups = play.app.bot.lookups
    slow = replace(lookups, composer=SlowDisk(lookups.composer, seconds, error))
    play.app.bot.services = replace(play.app.bot.services, lookups=slow)


async def in_time(asking: Awaitable[InteractionResult]) -> InteractionResult:
    """What the reader sees as long as Discord waits, in real seconds; the disk is still reading."""
    started = time.monotonic()
    result = await asking
    assert time.monotonic() - started < DISCORDS_PATIENCE
    return result


async def test_a_command_on_a_slow_disk_gets_a_sentence_in_time_and_then_its_answer(stage: Stage) -> None:
    assert PATIENCE <= DISCORDS_PATIENCE / 2
    async with stage.play() as play:
        slow(play)
        answer = await in_time(play.reader.slash(play.channel, "news latest"))
        assert answer.ephemeral
        assert text_of(answer) == "⏳ 찾고 있어요. 조금만 기다려 주세요…"
        await play.env.advance_time(SLOW)
        assert "오늘의 글" in text_of(answer)
        assert "찾고 있어요" not in text_of(answer)
        assert "다음" in buttons(shown(answer))


async def test_a_command_in_flight_keeps_the_posts_of_its_beginning_while_a_reload_swaps_them(
    stage: Stage,
) -> None:
    async with stage.play() as play:
        quick = play.app.bot.services
        slow(play)
        answer = await in_time(play.reader.slash(play.channel, "news tag", tag="LLM"))
        (stage.content / "2024-05-04-a.md").unlink()
        write_post(stage.content, "2024-05-03-b.md", "어제의 글", tags="[LLM]")
        report = await play.app.library.reload()
        assert (report.added, report.removed) == (("2024-05-03-b",), ("2024-05-04-a",))
        await play.env.advance_time(SLOW)
        assert "오늘의 글" in text_of(answer)
        assert "어제의 글" not in text_of(answer)
        play.app.bot.services = quick
        assert "어제의 글" in text_of(await play.reader.slash(play.channel, "news tag", tag="LLM"))


async def test_a_page_on_a_slow_disk_says_so_and_then_turns(stage: Stage) -> None:
    async with stage.play() as play:
        first = shown(await play.reader.slash(play.channel, "news latest"))
        slow(play)
        turned = await in_time(play.reader.click(first, label="다음"))
        assert "찾고 있어요" in text_of(turned)
        await play.env.advance_time(SLOW)
        assert shown(turned).id == first.id
        assert "찾고 있어요" not in text_of(turned)
        assert "2 / " in str(shown(turned).components)


async def test_a_slow_disk_that_fails_at_last_leaves_the_page_and_tells_a_number(stage: Stage) -> None:
    async with stage.play() as play:
        first = shown(await play.reader.slash(play.channel, "news latest"))
        page = str(first.components)
        slow(play, error=OSError("the disk is gone"))
        failed = await in_time(play.reader.click(first, label="다음"))
        await play.env.advance_time(SLOW)
        (followup,) = failed.followups
        assert "문제가 생겨 답하지 못했어요" in followup.content
        assert followup.ephemeral
        assert first.content == ""
        assert str(first.components) == page


async def test_a_disk_that_never_answers_is_given_up(stage: Stage) -> None:
    async with stage.play() as play:
        slow(play, seconds=100 * LONGEST)
        answer = await in_time(play.reader.slash(play.channel, "news latest"))
        await play.env.advance_time(LONGEST)
        assert "문제가 생겨 답하지 못했어요" in text_of(answer)


async def test_a_disk_that_fails_at_once_is_told_with_a_number(stage: Stage) -> None:
    async with stage.play() as play:
        slow(play, seconds=0, error=OSError("the disk is gone"))
        answer = await in_time(play.reader.slash(play.channel, "news latest"))
        assert answer.ephemeral
        assert "운영자에게 이 번호를 알려 주세요" in text_of(answer)


async def test_an_answer_that_discord_refuses_is_told_in_a_sentence(stage: Stage) -> None:
    async with stage.play() as play:
        play.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035)
        answer = await play.reader.slash(play.channel, "news latest")
        assert "문제가 생겨 답하지 못했어요" in text_of(answer)
        assert [type(error).__name__ for error in play.env.errors] == ["CommandInvokeError"]


async def test_an_interaction_that_discord_forgot_is_only_logged(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stage.play() as play:
        play.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062, times=None)
        answer = await play.reader.slash(play.channel, "news latest")
        assert not answer.acknowledged
        assert "came too late" in capsys.readouterr().out
        assert [type(error).__name__ for error in play.env.errors] == ["CommandInvokeError"]


async def test_an_autocompletion_that_fails_offers_nothing(stage: Stage) -> None:
    async with stage.play() as play:

        def broken() -> Any:
            raise OSError("no clock")

        lookups = replace(play.app.bot.lookups, now=broken)
        play.app.bot.services = replace(play.app.bot.services, lookups=lookups)
        assert await play.reader.autocomplete(play.channel, "news date", "day", "어제") == []


async def test_buttons_and_menus_of_a_former_version_lead_on(stage: Stage) -> None:
    async with stage.play() as play:
        latest = shown(await play.reader.slash(play.channel, "news latest"))
        parts = [part for row in latest._message.components for part in row["components"]]
        for number, part in enumerate(parts):
            part["custom_id"] = f"news:page:{'0' * 16}:all:{number}:next"
        button = await play.reader.click(latest, label="다음")
        assert "오래되어서 이제 열 수 없어요" in text_of(button)
        menu = next(part for row in latest.components for part in row["components"] if part["type"] == 3)
        chosen = await play.reader.select(latest, ["0"], custom_id=menu["custom_id"])
        assert "오래되어서 이제 열 수 없어요" in text_of(chosen)
        on = await play.reader.click(shown(chosen), label="최근 글 둘러보기")
        assert "오늘의 글" in text_of(on)


@pytest.mark.parametrize(
    "place",
    [
        Place(kind=Kind.SEARCH, what="반딧불"),
        Place(kind=Kind.TOPIC, what="숲"),
        Place(kind=Kind.TAG, what="숲"),
        Place(kind=Kind.DAY, what="2024-05-01"),
    ],
    ids=lambda place: place.kind,
)
async def test_a_disk_that_really_blocks_leaves_the_bot_free_to_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    """Simulated seconds do not pass while a thread blocks: what is told meanwhile is tested above."""
    stage = Stage(tmp_path)
    write_post(stage.content, "2024-05-01-a.md", "그날의 글", "반딧불과 숲 이야기예요.", tags="[숲]")
    for number in range(60):  # of so many posts the texts stay on the disk, and the oldest dozen in memory
        write_post(stage.content, f"{date(2024, 2, 1) + timedelta(days=number)}-b.md", f"글 {number}")
    async with stage.play() as play:
        await play.app.library.search.settled()
        opened, blocked, may_read = Path.open, threading.Event(), threading.Event()

        def blocking(path: Path, *args: Any, **keys: Any) -> Any:
            if path.name == "2024-05-01-a.md":
                blocked.set()
                may_read.wait(4 * DISCORDS_PATIENCE)
            return opened(path, *args, **keys)

        monkeypatch.setattr(Path, "open", blocking)
        started = time.monotonic()
        making = asyncio.create_task(play.app.bot.lookups.at(place, play.app.bot.catalogues.words("ko")))
        while not blocked.is_set():
            assert time.monotonic() - started < DISCORDS_PATIENCE
            await asyncio.sleep(0.01)
        assert not making.done()
        assert time.monotonic() - started < DISCORDS_PATIENCE
        may_read.set()
        assert "그날의 글" in str(await making)
