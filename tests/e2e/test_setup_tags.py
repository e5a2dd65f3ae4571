"""Tags that let no post through: refused where they gainsay each other, and told wherever an admin looks."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from simcord.results import InteractionResult

from tests.e2e.test_setup import NINE_IN_SEOUL, click, stored
from tests.support.answers import shown
from tests.support.posts import write_post
from tests.support.servers import subscribe
from tests.support.stage import Play, Stage, text_of

NOTHING_PASSES = "지금까지 나온 글이 모두 이 태그에 걸러져요"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, now=NINE_IN_SEOUL - timedelta(hours=10), settings={"news_channel_id": None})
    for day in (3, 4):
        body = "새 모델이 나왔어요."
        write_post(stage.content, f"2024-05-0{day}-a.md", body=body, tags="[Robotics, OpenAI]")
    return stage


async def with_tags(play: Play, include: str, exclude: str = "") -> InteractionResult:
    """The second page of a new panel after its form of tags."""
    page = await click(play, await play.operator.slash(play.channel, "setup"), "more")
    given = {"include": include, "exclude": exclude, "forum_tags": ""}
    return await play.operator.submit_modal(await click(play, page, "tags"), given)


async def test_tags_that_no_post_has_are_told_in_the_panel_when_saved_and_by_the_doctor(stage: Stage) -> None:
    async with stage.play() as play:
        page = await with_tags(play, "없는태그")
        assert NOTHING_PASSES in text_of(page)
        assert "다음 글" not in text_of(page)
        assert "새 모델이 나왔어요" not in text_of(page)
        saved = await click(play, page, "save")
        assert "모두 괜찮아요" not in text_of(saved)
        assert "다음 글" not in text_of(saved)
        told = await play.operator.slash(play.channel, "setup", action="doctor")
        assert "⚠️ **최근 글이 모두 고른 태그에 걸러져요**" in text_of(told)


async def test_the_tag_that_was_meant_is_offered(stage: Stage) -> None:
    async with stage.play() as play:
        page = await with_tags(play, "Robotic")
        assert "이 태그를 찾으셨나요? **Robotics**" in text_of(page)
        saved = await click(play, page, "save")
        assert "글에 붙는 비슷한 태그: Robotics" in text_of(saved)


async def test_tags_that_a_post_has_are_as_healthy_as_none(stage: Stage) -> None:
    async with stage.play() as play:
        page = await with_tags(play, "robotics")
        assert "새 모델이 나왔어요" in text_of(page)
        assert "다음 글" in text_of(page)
        assert "모두 괜찮아요" in text_of(await click(play, page, "save"))


async def test_the_preview_button_says_that_no_post_passes(stage: Stage) -> None:
    async with stage.play() as play:
        await with_tags(play, "없는태그")
        panel = await play.operator.slash(play.channel, "setup")
        assert "👀" in text_of(await click(play, panel, "preview"))
        await subscribe(play, stage.channel, include=frozenset({"없는태그"}))
        listed = await play.operator.slash(play.channel, "setup")
        assert "🟢" not in text_of(listed)
        assert "고른 태그에 맞는 글이 아직 없어요" in text_of(listed)
        panel = await play.operator.select(shown(listed), [str(stage.channel.id)], custom_id="setup:edit")
        assert NOTHING_PASSES in text_of(panel)
        assert text_of(await click(play, panel, "preview")) == "고른 태그에 맞는 글이 아직 없어요."


@pytest.mark.parametrize("exclude", ["Open-AI", "오픈ai"])
async def test_a_tag_both_wanted_and_unwanted_is_refused_in_the_form_and_in_a_file(
    stage: Stage, exclude: str
) -> None:
    async with stage.play() as play:
        page = await with_tags(play, "OpenAI, Robotics", exclude)
        assert "태그를 바꾸지 않았어요" in text_of(page)
        assert "OpenAI. 한쪽에서" in text_of(page)
        await click(play, page, "save")
        assert (await stored(play)).include == frozenset()
        entry = {"channel": str(play.channel.id), "time": "09:00", "timezone": "Asia/Seoul", "language": "ko"}
        tags = {"include": ["OpenAI", "Robotics"], "exclude": [exclude]}
        body = json.dumps({"version": 1, "subscriptions": [{**entry, **tags}]}).encode()
        told = await play.operator.slash(play.channel, "setup", action="import", file=("a.json", body))
        assert "1번째 항목의 `exclude`: OpenAI — 받을 태그(include)에도 있어서" in text_of(told)
