"""What /setup shows of channels that get nothing though nobody paused them: gone, or all of them halted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from simcord.results import InteractionResult

from bot.delivery.timetable import Timetable
from tests.e2e.test_setup import NINE_IN_SEOUL, channel, choose, click, item, stored
from tests.support.answers import parts, shown
from tests.support.servers import subscribe
from tests.support.stage import Play, Stage, text_of

HALTED = "봇을 운영하는 사람이 모든 채널을 잠시 멈춰 두었어요"
GONE = "채널이 없어졌거나 제가 볼 수 없어서"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, now=NINE_IN_SEOUL - timedelta(hours=10), settings={"news_channel_id": None})


async def open_first(play: Play, listed: InteractionResult) -> InteractionResult:
    (option, *_) = next(each for each in parts(shown(listed)) if each["custom_id"] == "setup:edit")["options"]
    return await play.operator.select(shown(listed), [option["value"]], custom_id="setup:edit")


async def test_a_deleted_channel_is_shown_as_gone_and_can_be_given_another(stage: Stage) -> None:
    async with stage.play() as play:
        lost = channel(play, "지워질 곳")
        await subscribe(play, play.env.backend.channels[lost.id], timetable=Timetable())
        fine = await play.operator.slash(play.channel, "setup")
        assert f"🟢 <#{lost.id}>" in text_of(fine)
        assert "다음 글" in text_of(fine)
        play.env.backend.delete_channel(lost.id)
        await play.env.settle()
        listed = await play.operator.slash(play.channel, "setup")
        assert f"⛔ {GONE}" in text_of(listed)
        assert "🟢" not in text_of(listed)
        assert "다음 글" not in text_of(listed)
        panel = await open_first(play, listed)
        assert f"⛔ {GONE}" in text_of(panel)
        assert "다음 글" not in text_of(panel)
        (picker,) = [each for each in parts(shown(panel)) if each["custom_id"] == item(panel, "channel")]
        assert not picker.get("default_values"), "Discord knows no such channel"
        moved = await choose(play, panel, "channel", play.channel)
        assert GONE not in text_of(moved)
        assert "저장했어요" in text_of(await click(play, moved, "save"))
        assert (await stored(play)).channel_id == play.channel.id


async def test_an_operators_general_pause_is_shown_in_the_list_the_panel_and_when_saved(stage: Stage) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel, timetable=Timetable())
        await play.app.publisher.ledger.pause_all(stage.now)
        listed = await play.operator.slash(play.channel, "setup")
        panel = await open_first(play, listed)
        saved = await click(play, await choose(play, panel, "time", "18:00"), "save")
        for page in (listed, panel, saved):
            assert HALTED in text_of(page)
            assert "🟢" not in text_of(page)
            assert "다음 글" not in text_of(page)
        await play.app.publisher.ledger.resume_all()
        listed = await play.operator.slash(play.channel, "setup")
        assert HALTED not in text_of(listed)
        assert f"🟢 <#{stage.channel.id}>" in text_of(listed)
