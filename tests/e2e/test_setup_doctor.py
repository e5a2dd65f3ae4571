"""/setup and the doctor: after each save, on demand, and from the list of channels."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from simcord.backend.errors import SetupError

from tests.e2e.test_setup import NINE_IN_SEOUL, click, set_up
from tests.support.answers import buttons, shown
from tests.support.openapi import is_checked
from tests.support.servers import deny_bot, give_back, handle, subscribe
from tests.support.stage import Stage, text_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, now=NINE_IN_SEOUL - timedelta(hours=10), settings={"news_channel_id": None})


async def test_what_was_saved_comes_with_what_is_found_and_is_still_two_interactions(stage: Stage) -> None:
    async with stage.play() as play:
        saved = await set_up(play)
        assert "저장했어요" in text_of(saved)
        assert "모두 괜찮아요" in text_of(saved)
        assert {"테스트 글", "다시 점검"} <= set(buttons(shown(saved)))
        told = await play.operator.click(shown(saved), label="테스트 글")
        assert "테스트 글이 올라갔어요" in text_of(told)


async def test_a_right_that_is_missing_is_shown_below_what_was_saved(stage: Stage) -> None:
    async with stage.play() as play:
        deny_bot(play, stage.channel.id, "read_message_history")
        await play.env.settle()
        saved = await set_up(play)
        assert "저장했어요" in text_of(saved)
        assert "봇에게 ‘메시지 기록 보기’ 권한이 없어요" in text_of(saved)
        give_back(play, stage.channel.id)
        await play.env.settle()
        again = await play.operator.click(shown(saved), label="다시 점검")
        assert "모두 괜찮아요" in text_of(again)


@pytest.mark.parametrize("locale", ["ko", "en"])
async def test_the_doctor_can_be_asked_for_with_a_command_and_from_the_list(
    stage: Stage, locale: str
) -> None:
    other = stage.backend.create_channel(stage.guild.id, "second")
    async with stage.play(locale) as play:
        none = await play.operator.slash(play.channel, "setup", action="doctor")
        assert ("/설정" if locale == "ko" else "/setup") in text_of(none)
        await subscribe(play, stage.channel)
        one = await play.operator.slash(play.channel, "setup", action="doctor")
        assert one.ephemeral
        assert {"ko": "모두 괜찮아요", "en": "all is well"}[locale] in text_of(one)
        await subscribe(play, other)
        play.env.backend.delete_channel(other.id)
        await play.env.settle()
        both = await play.operator.slash(play.channel, "setup", action="doctor")
        assert f"⛔ <#{other.id}>" in text_of(both)
        assert f"✅ <#{stage.channel.id}>" in text_of(both)
        listed = await play.operator.slash(play.channel, "setup")
        same = await click(play, listed, "server")
        assert text_of(same) == text_of(both)
        requests = play.env.http_requests[play.before :]
        assert sum(is_checked(r) for r in requests if r.path.endswith("/callback")) == 5


async def test_a_member_without_the_right_cannot_ask_for_the_doctor(stage: Stage) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        with pytest.raises(SetupError):
            await play.reader.slash(play.channel, "setup", action="doctor")


async def test_an_operators_stop_is_said_in_the_report(stage: Stage) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        await play.app.publisher.ledger.pause_all(stage.now)
        report = await play.operator.slash(handle(play, stage.channel), "setup", action="doctor")
        assert "봇을 운영하는 사람이 잠시 멈춰 두었어요" in text_of(report)
