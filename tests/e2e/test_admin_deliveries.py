"""What an operator does about deliveries: send now, pause, retry, settle what is in doubt, take back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from simcord.results import InteractionResult

from bot.adapters.database.decisions import Action, SqlDecisions
from bot.adapters.operating import posting, progress
from bot.delivery.causes import BY_OPERATOR, BY_SERVER
from tests.support.answers import buttons, kept, public, shown
from tests.support.operating import in_doubt, second_channel
from tests.support.posts import write_post
from tests.support.servers import deny_bot, give_back, handle, subscribe
from tests.support.stage import Play, Stage, text_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """It is nine in Seoul; the posts came after the subscription, which waits for noon."""
    stage = Stage(tmp_path, settings={"post_time": "12:00"}, settle_seconds=30)
    write_post(stage.content, "2024-05-03-a.md", "첫째", slug="a")
    write_post(stage.content, "2024-05-04-b.md", "둘째", slug="b", tags="[LLM]")
    return stage


async def admin(play: Play, command: str, **options: object) -> InteractionResult:
    return await play.operator.slash(play.channel, f"admin {command}", **options)


def texts(play: Play) -> str:
    """What everybody sees in the news channel."""
    return str([embed.to_dict() for message in public(play) for embed in message.embeds])


# post now


async def test_the_newest_post_goes_out_before_its_slot_and_never_twice(stage: Stage) -> None:
    async with stage.play() as play:
        await play.deliver()
        assert play.posted() == []
        asked = await admin(play, "post now")
        assert "**둘째** 글을 채널 1곳에 지금 보낼까요?" in text_of(asked)
        assert play.posted() == [], "it only asks"
        done = await play.operator.click(shown(asked), label="1곳에 보내기")
        assert "1곳에 보냈어요" in text_of(done)
        assert "둘째" in texts(play)
        again = await admin(play, "post now", post="b", channel=str(stage.channel.id))
        assert "1곳에는 이미 있거나 회수된 글이에요" in text_of(again)
        stage.now += timedelta(hours=4)
        await play.deliver()
        assert texts(play).count("둘째") == 1


async def test_the_question_can_be_answered_after_a_restart_or_not_at_all(stage: Stage) -> None:
    async with stage.play() as play:
        asked = shown(await admin(play, "post now", post="2024-05-03"))
    async with stage.play() as play:
        cancelled = await play.operator.click(kept(play, asked), label="그만두기")
        assert "아무것도 하지 않았어요" in text_of(cancelled)
        assert buttons(shown(cancelled)) == []
        again = shown(await admin(play, "post now", post="2024-05-03"))
    async with stage.play() as play:
        done = await play.operator.click(kept(play, again), label="1곳에 보내기")
        assert "1곳에 보냈어요" in text_of(done)
        assert "첫째" in texts(play)


async def test_a_tag_filter_holds_for_all_channels_and_not_for_one_that_is_named(stage: Stage) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel, exclude=frozenset({"LLM"}))
        asked = await admin(play, "post now", post="b")
        done = await play.operator.click(shown(asked), label="1곳에 보내기")
        assert "1곳은 태그 조건에 맞지 않아요" in text_of(done)
        assert play.posted() == []
        named = await admin(play, "post now", post="b", channel="#ai-news")
        assert "1곳에 보냈어요" in text_of(named)


async def test_each_channel_has_its_own_result(stage: Stage) -> None:
    second = second_channel(stage)
    async with stage.play() as play:
        await subscribe(play, stage.backend.channels[second])
        deny_bot(play, stage.channel.id, "send_messages")
        asked = await admin(play, "post now", post="b")
        done = text_of(await play.operator.click(shown(asked), label="2곳에 보내기"))
        assert "1곳에 보냈어요" in done
        assert "1곳에서 디스코드가 거절했어요" in done
        assert "거절됐어요" in text_of(await admin(play, "trace", post="b", channel=str(stage.channel.id)))


async def test_nothing_is_sent_at_once_to_a_deleted_or_unknown_or_paused_channel(stage: Stage) -> None:
    async with stage.play() as play:
        for channel in ("123", "#nowhere", "99999999999999999999"):
            told = await admin(play, "post now", post="b", channel=channel)
            assert "그런 구독 채널을 찾지 못했어요" in text_of(told)
        await play.app.subscriptions.pause(stage.channel.id, BY_SERVER)
        told = await admin(play, "post now", post="b", channel=str(stage.channel.id))
        assert "서버에서 멈췄어요" in text_of(told)
        await play.app.subscriptions.resume(stage.channel.id, BY_SERVER)
        stage.backend.delete_channel(stage.channel.id)
        second = second_channel(stage)
        here = handle(play, stage.backend.channels[second])
        told = await play.operator.slash(here, "admin post now", post="b", channel=str(stage.channel.id))
        assert "디스코드가 거절했어요" in text_of(told)


async def test_a_post_that_is_not_there_is_said_to_be_not_there(stage: Stage) -> None:
    async with stage.play() as play:
        for command in ("post now", "preview", "withdraw"):
            assert "그런 글을 찾지 못했어요" in text_of(await admin(play, command, post="zzz")), command


async def test_a_connection_that_breaks_while_progress_is_shown_loses_neither_the_work_nor_its_result(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, post = discord.Interaction.edit_original_response, posting.post_to_channel
    resets = [aiohttp.ClientOSError(104, "Connection reset by peer")]

    async def reset_once(interaction: Any, **changes: Any) -> Any:
        if resets:
            raise resets.pop()
        return await edit(interaction, **changes)

    async def slowly(room: Any, found: Any, typed: str, report: progress.Report, words: Any) -> Any:
        report(0, 1)
        await asyncio.sleep(0.3)
        return await post(room, found, typed, report, words)

    monkeypatch.setattr(progress, "EVERY", 0.01)
    monkeypatch.setattr(discord.Interaction, "edit_original_response", reset_once)
    monkeypatch.setattr(posting, "post_to_channel", slowly)
    async with stage.play() as play:
        done = await admin(play, "post now", post="b", channel=str(stage.channel.id))
        assert "1곳에 보냈어요" in text_of(done)
        assert not resets, "it was shown while the work went on"


# pause and resume


async def test_a_pause_of_everything_outlives_a_restart_and_is_said_everywhere(stage: Stage) -> None:
    async with stage.play() as play:
        assert "모든 전송을 멈췄어요" in text_of(await admin(play, "pause"))
    stage.now += timedelta(hours=4)
    async with stage.play() as play:
        await play.deliver()
        assert play.posted() == []
        assert "모든 전송이 멈춰 있어요" in text_of(await admin(play, "status"))
        assert "모든 전송이 멈춰 있어 보내지 않았어요" in text_of(
            await admin(play, "post now", post="b", channel=str(stage.channel.id))
        )
        trace = text_of(await admin(play, "trace", post="b", channel=str(stage.channel.id)))
        assert "모든 전송이 멈춰 있어요" in trace
        assert "전송을 다시 시작해요" in text_of(await admin(play, "resume"))
        assert "멈춰 있지 않았어요" in text_of(await admin(play, "resume"))
        await play.deliver()
        assert "둘째" in texts(play)


async def test_one_channel_is_paused_and_resumed_by_the_operator_alone(stage: Stage) -> None:
    channel = str(stage.channel.id)
    async with stage.play() as play:
        assert "멈췄어요" in text_of(await admin(play, "pause", channel=channel))
    stage.now += timedelta(hours=4)
    async with stage.play() as play:
        await play.deliver()
        assert play.posted() == []
        found = await play.app.subscriptions.of_channel(stage.channel.id)
        assert found is not None
        assert found.paused_because == BY_OPERATOR
        assert "운영자가 멈췄어요" in text_of(await admin(play, "trace", post="b", channel=channel))
        assert "#ai-news · 뉴스 서버" in text_of(await admin(play, "resume", channel=channel))
        assert "멈춰 있지 않았어요" in text_of(await admin(play, "resume", channel=channel))
        await play.deliver()
        assert "둘째" in texts(play)
        assert found.guild_id is not None
        done = await play.app.bot.services.room.decisions.history(found.guild_id, stage.channel.id, 5)
        assert [record.action for record in done] == [Action.OPERATOR_RESUME, Action.OPERATOR_PAUSE]
        assert {record.user_id for record in done} == {play.operator.id}


async def test_a_pause_or_resume_that_came_too_late_is_said_to_have_changed_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, release = str(stage.channel.id), SqlDecisions.release
    states: list[str | None] = ["send:50013", None]

    async def later(decisions: SqlDecisions, channel_id: int, known: str, *arguments: Any) -> bool:
        await play.app.subscriptions.resume(channel_id, known)
        if cause := states.pop(0):
            await play.app.subscriptions.pause(channel_id, cause)
        return await release(decisions, channel_id, known, *arguments)

    monkeypatch.setattr(SqlDecisions, "release", later)
    async with stage.play() as play:
        await admin(play, "pause", channel=channel)
        assert "이미 멈춰 두었어요" in text_of(await admin(play, "pause", channel=channel))
        told = text_of(await admin(play, "resume", channel=channel))
        assert "다시 시작하지 않았어요" in told
        assert "권한" in told, "why it is paused now"
        assert "멈춰 있지 않았어요" in text_of(await admin(play, "resume", channel=channel))


async def test_what_a_server_paused_or_left_is_not_the_operators_to_resume(stage: Stage) -> None:
    channel = str(stage.channel.id)
    async with stage.play() as play:
        await play.app.subscriptions.pause(stage.channel.id, BY_SERVER)
        assert "그 서버에서 직접 멈춘 채널" in text_of(await admin(play, "resume", channel=channel))
        assert "멈췄어요" in text_of(await admin(play, "pause", channel=channel))
        assert "그 전에 서버에서 직접 멈춰" in text_of(await admin(play, "resume", channel=channel))
        found = await play.app.subscriptions.of_channel(stage.channel.id)
        assert found is not None
        assert found.paused_because == BY_SERVER
        await play.app.subscriptions.resume(stage.channel.id, BY_SERVER)
        await play.app.subscriptions.leave(stage.guild.id)
        assert "다시 초대하면" in text_of(await admin(play, "resume", channel=channel))
        assert await play.app.subscriptions.abandoned()


# retry and what is in doubt


async def test_what_was_refused_is_tried_again_at_once(stage: Stage) -> None:
    stage.settings["post_time"] = "immediately"
    async with stage.play() as play:
        stage.now += timedelta(minutes=1)
        deny_bot(play, stage.channel.id, "send_messages")
        await play.deliver()
        give_back(play, stage.channel.id)
        await play.deliver()
        assert texts(play) == "[]", "it waits"
        told = text_of(await admin(play, "retry"))
        assert "기다리던 전송 1건과 멈췄던 채널 1곳" in told
        assert "확인하지 못한 전송이 없어요" in told
        await play.deliver()
        assert "둘째" in texts(play)
        assert "그런 구독 채널을" in text_of(await admin(play, "retry", channel="#nowhere"))


async def test_what_is_in_doubt_is_shown_and_sent_again_by_a_button(stage: Stage) -> None:
    async with stage.play() as play:
        deny_bot(play, stage.channel.id, "read_message_history")
        await in_doubt(play, "b")
        assert "보냈는지 확인하지 못한 메시지가 1건" in text_of(await admin(play, "status"))
        told = shown(await admin(play, "retry", channel=str(stage.channel.id)))
        assert buttons(told) == ["1 다시 보내기", "1 보낸 것으로", "새로 고침"]
        assert "둘째 · #ai-news · 뉴스 서버 · 1/1번째 메시지" in str(told.embeds[0].to_dict())
    async with stage.play() as play:
        done = await play.operator.click(kept(play, told), label="1 다시 보내기")
        assert "곧 다시 보내요" in text_of(done)
        await play.deliver()
        assert texts(play).count("둘째") == 1
        late = await play.operator.click(kept(play, told), label="새로 고침")
        assert "확인하지 못한 전송이 없어요" in text_of(late)


async def test_what_is_in_doubt_is_recorded_as_sent_by_a_button_once(stage: Stage) -> None:
    async with stage.play() as play:
        await in_doubt(play, "b")
        first = shown(await admin(play, "retry"))
        second = shown(await admin(play, "retry"))
        assert "보낸 것으로 기록했어요" in text_of(await play.operator.click(first, label="1 보낸 것으로"))
        assert "이미 정리된" in text_of(await play.operator.click(second, label="1 다시 보내기"))
        stage.now += timedelta(hours=4)
        await play.deliver()
        assert "둘째" not in texts(play)
        trace = text_of(await admin(play, "trace", post="b", channel=str(stage.channel.id)))
        assert "1번째 메시지를 운영자가 보낸 것으로 기록했어요" in trace


async def test_parts_are_marked_as_sent_by_a_command(stage: Stage) -> None:
    channel = str(stage.channel.id)
    async with stage.play() as play:
        for part in (0, 1):
            await in_doubt(play, "b", part=part)
        told = await admin(play, "mark sent", post="b", channel=channel, part=2)
        assert "메시지 1건을 보낸 것으로 기록했어요" in text_of(told)
        told = await admin(play, "mark sent", post="b", channel=channel)
        assert "메시지 1건을 보낸 것으로 기록했어요" in text_of(told)
        told = await admin(play, "mark sent", post="b", channel=channel)
        assert "바꾼 것이 없어요" in text_of(told)
        assert "그런 글을" in text_of(await admin(play, "mark sent", post="zzz", channel=channel))
        assert "그런 구독 채널을" in text_of(await admin(play, "mark sent", post="b", channel="#x"))


async def test_a_history_that_is_hidden_and_so_looks_empty_is_no_reason_to_send_again(stage: Stage) -> None:
    async with stage.play() as play:
        deny_bot(play, stage.channel.id, "read_message_history")
        await in_doubt(play, "b")
        stage.now += timedelta(hours=4)
        await play.deliver()
        assert "둘째" not in texts(play)
        assert buttons(shown(await admin(play, "retry"))) == ["1 다시 보내기", "1 보낸 것으로", "새로 고침"]
        give_back(play, stage.channel.id)
        await play.deliver()
        assert texts(play).count("둘째") == 1


# withdraw


async def test_a_post_is_taken_back_everywhere_after_a_question_that_counts(stage: Stage) -> None:
    second = second_channel(stage)
    stage.settings["post_time"] = "immediately"
    async with stage.play() as play:
        stage.now += timedelta(minutes=1)
        earlier = stage.now - timedelta(minutes=1)
        await subscribe(play, stage.backend.channels[second], created_at=earlier)
        await play.deliver()
        asked = shown(await admin(play, "withdraw", post="b"))
        assert buttons(asked) == ["메시지 2개 지우기 (채널 2곳)", "그만두기"]
    async with stage.play() as play:
        done = await play.operator.click(kept(play, asked), label="메시지 2개 지우기 (채널 2곳)")
        assert "메시지 2개를 지웠어요" in text_of(done)
        assert "둘째" not in texts(play)
        await play.deliver()
        assert "둘째" not in texts(play)
        assert "어느 채널에도" in text_of(await admin(play, "withdraw", post="b"))
        trace = text_of(await admin(play, "trace", post="b", channel=str(second)))
        assert "1번째 메시지를 운영자가 회수했어요" in trace
        assert "operator" not in trace


async def test_a_post_whose_file_is_gone_is_taken_back_as_well(stage: Stage) -> None:
    stage.settings["post_time"] = "immediately"
    async with stage.play() as play:
        stage.now += timedelta(minutes=1)
        await play.deliver()
        (stage.content / "2024-05-04-b.md").unlink()
        await play.app.content_changed()
        asked = shown(await admin(play, "withdraw", post="b"))
        done = await play.operator.click(asked, label="메시지 1개 지우기 (채널 1곳)")
        assert "메시지 1개를 지웠어요" in text_of(done)


async def test_what_may_be_in_a_channel_is_asked_for_and_counted_as_left(stage: Stage) -> None:
    async with stage.play() as play:
        deny_bot(play, stage.channel.id, "read_message_history")
        await in_doubt(play, "b")
        asked = shown(await admin(play, "withdraw", post="b"))
        done = text_of(await play.operator.click(asked, label="메시지 1개 지우기 (채널 1곳)"))
        assert "메시지 0개를 지웠어요" in done
        assert "1개는 아직 남아 있을 수 있어요" in done
        assert "찾는 대로 지워요" in done
        left = shown(await admin(play, "retry"))
        assert buttons(left) == ["1 보낸 것으로", "새로 고침"], "it is not to be sent again"
        give_back(play, stage.channel.id)
        await play.deliver()
        assert "둘째" not in texts(play)
        assert "어느 채널에도" in text_of(await admin(play, "withdraw", post="b"))


async def test_what_may_be_in_a_channel_that_is_paused_is_looked_for(stage: Stage) -> None:
    async with stage.play() as play:
        await in_doubt(play, "b")
        await play.app.subscriptions.pause(stage.channel.id, BY_SERVER)
        asked = shown(await admin(play, "withdraw", post="b"))
        done = text_of(await play.operator.click(asked, label="메시지 1개 지우기 (채널 1곳)"))
        assert "메시지 0개를 지웠어요" in done
        assert "남아 있을" not in done, "it never arrived"


# trace


async def test_a_trace_shows_every_step_and_then_what_is_the_matter_now(stage: Stage) -> None:
    channel = str(stage.channel.id)
    async with stage.play() as play:
        waiting = text_of(await admin(play, "trace", post="b", channel=channel))
        assert "기록된 단계가 없어요" in waiting
        assert "<t:1714791600:f>에 보낼 차례예요" in waiting
        stage.now += timedelta(hours=4)
        await play.deliver()
        sent = text_of(await admin(play, "trace", post="b", channel=channel))
        for said in ("1번째 메시지를 맡았어요", "1번째 메시지를 보냈어요", "채널에 있어요."):
            assert said in sent
        unknown = text_of(await admin(play, "trace", post="b", channel="5"))
        assert "이 채널은 구독하지 않아요" in unknown


async def test_a_trace_says_why_a_draft_does_not_go_out(stage: Stage) -> None:
    write_post(stage.content, "2024-05-04-c.md", "초안", slug="c", draft="true")
    async with stage.play() as play:
        told = text_of(await admin(play, "trace", post="c", channel=str(stage.channel.id)))
        assert "초안이에요" in told
