"""When delivery stops, the server hears it inside the server, once, and can try again with a button."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from simcord.results import ResponseMessage

from bot.delivery.causes import BY_OPERATOR, BY_SERVER
from tests.support.answers import buttons, kept, public, shown
from tests.support.openapi import is_checked
from tests.support.posts import write_post
from tests.support.servers import actor, deny_bot, give_back, handle, manager, subscribe
from tests.support.stage import Play, Stage, text_of

POSTED = datetime(2024, 5, 4, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, now=POSTED - timedelta(days=1), settings={"post_time": "immediately"})
    stage.guild.system_channel_id = stage.backend.create_channel(stage.guild.id, "general").id
    return stage


def in_system_channel(play: Play) -> list[ResponseMessage]:
    """What the bot says in the server's system channel."""
    messages = play.env.backend.messages[play.stage.guild.system_channel_id or 0].values()
    shown = [ResponseMessage(play.env, message) for message in messages]
    return [message for message in shown if not message.ephemeral]


async def stopped(play: Play, *names: str) -> None:
    """A post meets a channel where the bot lacks rights that the server gives it."""
    deny_bot(play, play.stage.channel.id, *(names or ("send_messages",)))
    await comes(play)
    await play.deliver()


async def comes(play: Play) -> None:
    """The day's post comes."""
    play.stage.now = POSTED
    write_post(play.stage.content, "2024-05-04-a.md", "막힌 글")
    await play.app.content_changed()


async def test_the_system_channel_hears_why_once_and_trying_again_brings_the_post(stage: Stage) -> None:
    async with stage.play() as play:
        await stopped(play)
        for _ in range(3):
            await play.deliver()
        (notice,) = in_system_channel(play)
        said = str(notice.embeds[0].to_dict())
        assert f"<#{stage.channel.id}>" in said
        assert "‘메시지 보내기’" in said
        assert buttons(notice) == ["다시 시도", "다시 점검"]
    stage.now += timedelta(hours=1)
    async with stage.play() as play:
        await play.deliver()
        (notice,) = in_system_channel(play)
        give_back(play, stage.channel.id)
        told = await play.operator.click(notice, label="다시 시도")
        assert told.ephemeral
        assert "다시 시작했어요" in text_of(told)
        await play.deliver()
        assert "막힌 글" in str([embed.to_dict() for m in public(play) for embed in m.embeds])
        assert len(in_system_channel(play)) == 1


async def test_trying_again_does_not_wait_for_the_next_look(stage: Stage) -> None:
    async with stage.play() as play:
        await stopped(play)
        give_back(play, stage.channel.id)
        await play.deliver()
        assert public(play) == [], "the next look is an hour away"
        (notice,) = in_system_channel(play)
        told = await play.operator.click(notice, label="다시 시도")
        assert "다시 시작했어요" in text_of(told)
        assert "아직 고칠 것이" not in text_of(told)
        assert play.app._wanted.is_set(), "a pass is asked for"
        await play.deliver()
        assert len(public(play)) == 1
        again = await play.operator.click(notice, label="다시 시도")
        assert "멈춰 있지 않아요" in text_of(again)


async def test_trying_again_in_vain_says_what_is_left_and_tells_anew(stage: Stage) -> None:
    async with stage.play() as play:
        await stopped(play)
        (notice,) = in_system_channel(play)
        told = await play.operator.click(notice, label="다시 시도")
        assert "아직 고칠 것이 보여요" in text_of(told)
        assert "봇에게 ‘메시지 보내기’ 권한이 없어요" in text_of(told)
        await play.deliver()
        assert len(in_system_channel(play)) == 2


async def test_a_channel_that_takes_text_but_no_cards_hears_it_itself(stage: Stage) -> None:
    async with stage.play() as play:
        path = f"/channels/{stage.channel.id}/messages"
        await comes(play)
        play.env.inject_error("POST", path, status=403, code=50013, times=2)
        await play.deliver()
        (notice,) = public(play)
        assert notice.embeds == []
        assert "‘링크 첨부’" in notice.content
        assert buttons(notice) == ["다시 시도", "다시 점검"]
        assert in_system_channel(play) == []


@pytest.mark.parametrize("locale", ["ko", "en"])
async def test_without_any_channel_the_next_admin_hears_it_once_also_after_a_restart(
    stage: Stage, locale: str
) -> None:
    stage.guild.system_channel_id = None
    stage.settings["default_locale"] = locale
    someone = manager(stage)
    async with stage.play(locale) as play:
        await stopped(play)
        await play.deliver()
        nothing = await play.reader.slash(play.channel, "news latest")
        assert nothing.followups == [], "a member cannot mend it"
    async with stage.play(locale) as play:
        first = await actor(play, someone).slash(play.channel, "news latest")
        (notice,) = first.followups
        assert notice.ephemeral
        wording = {"ko": "‘메시지 보내기’", "en": "“Send Messages”"}[locale]
        assert wording in str(notice.embeds[0].to_dict())
        again = await play.operator.slash(play.channel, "news latest")
        assert again.followups == []
        give_back(play, stage.channel.id)
        retry = {"ko": "다시 시도", "en": "Try again"}[locale]
        await actor(play, someone).click(notice, label=retry)
        await play.deliver()
        assert len(public(play)) == 1
    async with stage.play(locale) as play:
        assert (await play.operator.slash(play.channel, "news latest")).followups == []


async def test_a_deleted_channel_is_told_in_the_server_that_had_it(stage: Stage) -> None:
    other = stage.backend.create_guild("다른 서버", preferred_locale="ko")
    place = stage.backend.create_channel(other.id, "lobby")
    stranger = manager(stage, other)
    talk = stage.backend.create_channel(stage.guild.id, "talk")
    stage.guild.system_channel_id = None
    async with stage.play() as play:
        play.env.backend.delete_channel(stage.channel.id)
        await play.env.settle()
        await comes(play)
        await play.deliver()
        elsewhere = await actor(play, stranger, other).slash(handle(play, place, other), "news latest")
        assert elsewhere.followups == []
        here = await play.operator.slash(handle(play, talk), "news latest")
        (notice,) = here.followups
        assert "채널이 없어졌어요" in str(notice.embeds[0].to_dict())


@pytest.mark.parametrize("cause", [BY_SERVER, BY_OPERATOR])
async def test_a_pause_on_purpose_is_not_told_and_not_undone_by_a_button(stage: Stage, cause: str) -> None:
    stage.guild.system_channel_id = None
    async with stage.play() as play:
        await stopped(play)
        first = await play.operator.slash(play.channel, "news latest")
        (notice,) = first.followups
        await play.app.subscriptions.pause(stage.channel.id, cause, None)
        assert (await play.operator.slash(play.channel, "news latest")).followups == []
        told = await play.operator.click(notice, label="다시 시도")
        assert "일부러 멈춰 둔" in text_of(told)
        (kept_back,) = await play.app.subscriptions.of_guild(stage.guild.id)
        assert kept_back.paused_because == cause


@pytest.mark.parametrize("label", ["다시 시도", "다시 점검"])
async def test_who_may_not_manage_the_server_is_refused(stage: Stage, label: str) -> None:
    async with stage.play() as play:
        await stopped(play)
    async with stage.play() as play:
        (notice,) = in_system_channel(play)
        await play.app.subscriptions.pause(stage.channel.id, "send:50013", None)
        told = await play.reader.click(kept(play, notice), label=label)
        assert told.ephemeral
        assert "‘서버 관리하기’ 권한이 있는 사람만" in text_of(told)
        (found,) = await play.app.subscriptions.of_guild(stage.guild.id)
        assert found.paused_because == "send:50013"


async def test_another_cause_is_told_again_and_the_same_is_not(stage: Stage) -> None:
    async with stage.play() as play:
        channel = play.env.backend.create_channel(stage.guild.id, "second")
        await play.env.settle()
        await subscribe(play, channel)
        deny_bot(play, channel.id, "send_messages")
        await comes(play)
        for hours in (0, 2, 5):
            stage.now = stage.now.replace(hour=hours)
            await play.deliver()
        assert len(in_system_channel(play)) == 1
        deny_bot(play, channel.id, "view_channel")
        stage.now = stage.now.replace(hour=12)
        await play.deliver()
        assert len(in_system_channel(play)) == 2


async def test_what_is_said_and_asked_is_valid_by_discords_api_description(stage: Stage) -> None:
    async with stage.play() as play:
        await stopped(play)
        (notice,) = in_system_channel(play)
        report = await play.operator.click(notice, label="다시 점검")
        await play.operator.click(shown(report), label="다시 점검")
        await play.operator.click(notice, label="다시 시도")
        requests = play.env.http_requests[play.before :]
    checked = [request for request in requests if is_checked(request)]
    assert sum(request.path.endswith("/callback") for request in checked) == 3
    assert any(request.path.endswith(f"{stage.guild.system_channel_id}/messages") for request in checked)
