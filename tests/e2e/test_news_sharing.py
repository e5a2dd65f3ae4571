"""Sharing an answer to the channel, and what others may do with what was shared."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from tests.support.answers import buttons, kept, options, public, shown
from tests.support.posts import write_post
from tests.support.stage import Play, Stage, text_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    for day in range(1, 13):
        body = f"## 하나\n\n첫 부분 {day}\n\n## 둘\n\n둘째 부분 {day}"
        write_post(stage.content, f"2024-04-{day:02}-p.md", f"글 {day}", body, tags="[LLM]")
    return stage


def deny(stage: Stage, target_id: int, *names: str) -> None:
    """Take rights from a member in the news channel."""
    rights = discord.Permissions(**dict.fromkeys(names, True)).value
    overwrite = Overwrite(target_id=target_id, type=OverwriteType.MEMBER, deny=rights)
    stage.backend.set_overwrite(stage.channel.id, overwrite)


async def test_a_shared_page_is_public_names_who_shared_it_and_mentions_nobody(stage: Stage) -> None:
    async with stage.play() as play:
        listed = await play.reader.slash(play.channel, "news tag", tag="LLM")
        told = await play.reader.click(shown(listed), label="채널에 공유")
        assert told.ephemeral
        assert "채널에 공유했어요" in text_of(told)
        (message,) = public(play)
        assert message.content == f"📣 {play.reader.mention} 님이 공유했어요"
        assert message.embeds[0].to_dict()["description"] == shown(listed).embeds[0].description
        assert "채널에 공유" not in buttons(message)
        (body,) = play.posted()
        assert body["allowed_mentions"]["parse"] == []
        assert "users" not in body["allowed_mentions"]


async def test_a_second_tap_carries_the_same_nonce_and_another_page_another_one(stage: Stage) -> None:
    async with stage.play() as play:
        listed = await play.reader.slash(play.channel, "news tag", tag="LLM")
        await play.reader.click(shown(listed), label="채널에 공유")
        await play.reader.click(shown(listed), label="채널에 공유")
        await play.reader.click(shown(listed), label="다음")
        await play.reader.click(shown(listed), label="채널에 공유")
        nonces = [body["nonce"] for body in play.posted()]
        assert nonces[0] == nonces[1] != nonces[2]
        assert all(len(nonce) <= 25 for nonce in nonces)
        assert all(body["enforce_nonce"] for body in play.posted())


async def test_clicks_on_a_shared_page_give_everybody_a_page_of_their_own_also_after_a_restart(
    stage: Stage,
) -> None:
    async with stage.play() as play:
        listed = await play.reader.slash(play.channel, "news tag", tag="LLM")
        await play.reader.click(shown(listed), label="채널에 공유")
    async with stage.play() as play:
        (message,) = public(play)
        before = str(message.embeds[0].to_dict())
        for person in (play.operator, play.reader):
            own = await person.click(message, label="다음")
            assert own.ephemeral
            assert "모두가 보는 메시지는 그대로 두고" in text_of(own)
            assert "글 2" in text_of(own)
            back = await person.click(shown(own), label="이전")
            assert shown(back).id == shown(own).id
            assert "모두가 보는" not in text_of(back)
        value = next(iter(options(message, "news:open")))
        opened = await play.operator.select(message, [value], custom_id="news:open")
        assert opened.ephemeral
        assert "첫 부분 12" in text_of(opened)
        assert str(kept(play, message).embeds[0].to_dict()) == before


async def test_a_shared_post_opens_its_sections_for_whoever_asks(stage: Stage) -> None:
    async with stage.play() as play:
        newest = await play.reader.slash(play.channel, "news latest")
        await play.reader.click(shown(newest), label="채널에 공유")
        (message,) = public(play)
        key = play.app.library.archive.latest()[0].key
        section = await play.operator.select(message, ["1"], custom_id=f"news:goto:{key}")
        assert section.ephemeral
        assert "둘째 부분 12" in text_of(section)
        assert "첫 부분 12" in str(public(play)[0].embeds[0].description) + str(
            [embed.description for embed in public(play)[0].embeds]
        )


@pytest.mark.parametrize("right", ["send_messages", "embed_links"])
async def test_a_member_who_may_not_post_may_not_share(stage: Stage, right: str) -> None:
    deny(stage, stage.users[0].id, right)
    async with stage.play() as play:
        newest = await play.reader.slash(play.channel, "news latest")
        told = await play.reader.click(shown(newest), label="채널에 공유")
        assert "권한이 없어서 공유할 수 없어요" in text_of(told)
        assert public(play) == []


async def test_a_bot_that_may_not_post_says_which_right_is_missing(stage: Stage) -> None:
    async with stage.play() as play:
        deny(stage, play.env.backend.bot_user.id, "send_messages")
        newest = await play.reader.slash(play.channel, "news latest")
        told = await play.reader.click(shown(newest), label="채널에 공유")
        assert "제게 이 채널의 권한이 없어서" in text_of(told)
        assert "메시지 보내기" in text_of(told)
        assert public(play) == []


async def test_a_refusal_by_discord_is_told(stage: Stage) -> None:
    async with stage.play() as play:
        newest = await play.reader.slash(play.channel, "news latest")
        play.env.inject_error(
            "POST", "/channels/*/messages", status=403, code=50001, message="Missing Access"
        )
        told = await play.reader.click(shown(newest), label="채널에 공유")
        assert "디스코드가 이 채널에 올리는 것을 막았어요" in text_of(told)


def thread_of(play: Play) -> ChannelHandle:
    """A thread below the news channel."""
    thread = play.env.backend.create_thread(play.stage.channel.id, "이야기", play.reader.id)
    return ChannelHandle(play.env, play.server, thread)


async def test_in_a_thread_its_own_right_counts(stage: Stage) -> None:
    async with stage.play() as play:
        thread = thread_of(play)
        newest = await play.reader.slash(thread, "news latest")
        await play.reader.click(shown(newest), label="채널에 공유")
        deny(stage, stage.users[0].id, "send_messages_in_threads")
        told = await play.reader.click(shown(newest), label="채널에 공유")
        assert "권한이 없어서 공유할 수 없어요" in text_of(told)
        messages = play.env.backend.messages[thread.id].values()
        assert sum("공유했어요" in message.content and not message.flags & 64 for message in messages) == 1


async def test_in_a_private_conversation_look_ups_work_and_sharing_says_where_it_does(stage: Stage) -> None:
    async with stage.play() as play:
        await play.reader.send_dm("안녕하세요")
        newest = await play.reader.user.slash("news latest")
        assert "글 12" in text_of(newest)
        told = await play.reader.user.click(shown(newest), label="채널에 공유")
        assert "공유는 서버의 채널에서만 할 수 있어요" in text_of(told)
