"""The doctor sees what the bot may do in a channel as Discord does, and its buttons work after restarts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.backend.models import Channel, Overwrite
from simcord.enums import ChannelType, OverwriteType
from simcord.results import ResponseMessage

from bot.adapters.doctor.facts import asked_facts, facts_of
from bot.adapters.doctor.reports import server_report
from bot.adapters.doctor.trials import remove_trial
from bot.adapters.embeds import reply_of
from bot.delivery.diagnosis import ChannelFacts, Permission, Trouble, diagnose
from bot.delivery.forum_tags import ForumTag
from bot.delivery.models import ChannelKind, Subscription
from bot.formatting.compose import Layout
from bot.replacing import replace
from tests.support.answers import buttons, kept, shown
from tests.support.openapi import is_checked
from tests.support.posts import write_post
from tests.support.servers import actor, deny_bot, give_back, handle, manager, rights, subscribe
from tests.support.stage import Play, Stage, text_of

REQUIRE_TAG = 1 << 4
"""https://discord.com/developers/docs/resources/channel#channel-object-channel-flags"""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, settings={"news_channel_id": None})


@pytest.fixture
def lobby(stage: Stage) -> Channel:
    """The server's system channel."""
    channel = stage.backend.create_channel(stage.guild.id, "general")
    stage.guild.system_channel_id = channel.id
    return channel


@dataclass
class Click:
    """What the removal looks at of an interaction."""

    client: discord.Client
    message: discord.Message | None


def seen(play: Play, subscription: Subscription) -> ChannelFacts:
    return facts_of(play.app.bot.get_guild(play.stage.guild.id), subscription)


def missing(play: Play, subscription: Subscription) -> set[Permission]:
    return set(Permission) - seen(play, subscription).granted


def messages(play: Play, channel_id: int) -> list[ResponseMessage]:
    """What everybody sees in a channel."""
    found = [ResponseMessage(play.env, one) for one in play.env.backend.messages[channel_id].values()]
    return [message for message in found if not message.ephemeral]


def update_of_the_bot(play: Play, **changes: object) -> None:
    """What Discord sends when the bot's own membership changes, whatever its intents are.

    Simcord sends it only with the members intent
    (https://discord.com/developers/docs/events/gateway#list-of-intents says otherwise).
    """
    me = play.env.backend.bot_user
    user = {"id": str(me.id), "username": me.name, "discriminator": "0", "avatar": None, "bot": True}
    joined = play.stage.guild.members[me.id].joined_at
    payload = {"guild_id": str(play.stage.guild.id), "user": user, "joined_at": joined, "flags": 0, **changes}
    parse: Any = play.app.bot._connection.parse_guild_member_update
    parse(payload)


async def report_in(play: Play, channel: Channel) -> ResponseMessage:
    """The doctor's report on the server, with its buttons, in a channel where it stays after a restart."""
    words = play.app.bot.catalogues.words("ko")
    message = await server_report(play.app.bot, play.stage.guild.id, words)
    target = play.app.bot.get_partial_messageable(channel.id)
    sent = await target.send(**reply_of(message))
    return ResponseMessage(play.env, play.env.backend.messages[channel.id][sent.id])


# What the bot may do


async def test_a_channels_overwrites_count_and_not_the_servers_rights_alone(stage: Stage) -> None:
    async with stage.play() as play:
        chosen = await subscribe(play, stage.channel)
        guild = play.app.bot.get_guild(stage.guild.id)
        assert guild is not None
        assert guild.me.guild_permissions.send_messages
        before = missing(play, chosen)
        deny_bot(play, stage.channel.id, "send_messages", "embed_links")
        await play.env.settle()
        assert guild.me.guild_permissions.send_messages, "the server still gives it"
        assert missing(play, chosen) == before | {Permission.SEND_MESSAGES, Permission.EMBED_LINKS}
        assert {one.trouble for one in diagnose(chosen, seen(play, chosen))} == {
            Trouble.NO_SEND,
            Trouble.NO_EMBEDS,
        }
        give_back(play, stage.channel.id)
        await play.env.settle()
        assert missing(play, chosen) == before


async def test_everybodys_overwrite_is_overruled_by_a_roles_and_that_by_the_bots_own(stage: Stage) -> None:
    """Discord's order (https://discord.com/developers/docs/topics/permissions#permission-overwrites)."""
    async with stage.play() as play:
        backend, bot_id = play.env.backend, play.env.backend.bot_user.id
        chosen = await subscribe(play, stage.channel)
        (role_id,) = stage.guild.members[bot_id].role_ids
        embed = rights("embed_links")

        async def allowed(target: int, kind: OverwriteType, *, allow: bool) -> bool:
            overwrite = Overwrite(target, kind, allow=embed * allow, deny=embed * (not allow))
            backend.set_overwrite(stage.channel.id, overwrite)
            await play.env.settle()
            computed = backend.compute_permissions(stage.guild.id, bot_id, stage.channel.id)
            ours = Permission.EMBED_LINKS in seen(play, chosen).granted
            assert ours == bool(computed & embed)
            return ours

        assert not await allowed(stage.guild.id, OverwriteType.ROLE, allow=False)
        assert await allowed(role_id, OverwriteType.ROLE, allow=True)
        assert not await allowed(bot_id, OverwriteType.MEMBER, allow=False)


async def test_changed_roles_are_seen_at_once_without_the_members_intent(stage: Stage) -> None:
    async with stage.play() as play:
        chosen = await subscribe(play, stage.channel)
        bot, backend = play.app.bot, play.env.backend
        guild = bot.get_guild(stage.guild.id)
        assert guild is not None
        assert [member.id for member in guild.members] == [backend.bot_user.id], "nobody else is kept"
        (role_id,) = stage.guild.members[backend.bot_user.id].role_ids
        for role in (role_id, stage.guild.id):
            backend.edit_role(stage.guild.id, role, {"permissions": rights("view_channel")})
        await play.env.settle()
        assert seen(play, chosen).granted == {Permission.VIEW_CHANNEL}
        giving = backend.create_role(stage.guild.id, "news", permissions=rights("send_messages"))
        await play.env.settle()
        update_of_the_bot(play, roles=[str(giving.id)])
        assert seen(play, chosen).granted == {Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES}
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        update_of_the_bot(play, roles=[str(giving.id)], communication_disabled_until=tomorrow.isoformat())
        assert [one.trouble for one in diagnose(chosen, seen(play, chosen))] == [
            Trouble.TIMED_OUT,
            Trouble.NO_HISTORY,
        ]


async def test_a_forums_tags_and_rule_are_seen(stage: Stage) -> None:
    tags: list[dict[str, Any]] = [
        {"id": "11", "name": "뉴스", "moderated": False, "emoji_id": None, "emoji_name": None},
        {"id": "12", "name": "공식", "moderated": True, "emoji_id": None, "emoji_name": None},
    ]
    forum = stage.backend.create_channel(stage.guild.id, "forum", type=ChannelType.FORUM, available_tags=tags)
    async with stage.play() as play:
        chosen = await subscribe(play, forum, kind=ChannelKind.FORUM, forum_tags=("새 소식",))
        facts = seen(play, chosen)
        assert facts.kind is ChannelKind.FORUM
        assert facts.tags == (ForumTag(id=11, name="뉴스"), ForumTag(id=12, name="공식", moderated=True))
        assert [one.trouble for one in diagnose(chosen, facts)] == [Trouble.TAG_UNKNOWN]
        channel = play.app.bot.get_channel(forum.id)
        channel._flags = REQUIRE_TAG  # type: ignore[union-attr]  # simcord has no such flag
        assert [one.trouble for one in diagnose(chosen, seen(play, chosen))] == [Trouble.TAG_REQUIRED]


async def test_a_role_that_is_closed_or_gone_is_seen(stage: Stage) -> None:
    async with stage.play() as play:
        backend = play.env.backend
        role = backend.create_role(stage.guild.id, "news")
        chosen = await subscribe(play, stage.channel, role_id=role.id)
        deny_bot(play, stage.channel.id, "mention_everyone")
        await play.env.settle()
        assert [one.trouble for one in diagnose(chosen, seen(play, chosen))] == [Trouble.ROLE_CLOSED]
        backend.edit_role(stage.guild.id, role.id, {"mentionable": True})
        await play.env.settle()
        assert diagnose(chosen, seen(play, chosen)) == ()
        backend.delete_role(stage.guild.id, role.id)
        await play.env.settle()
        assert [one.trouble for one in diagnose(chosen, seen(play, chosen))] == [Trouble.ROLE_GONE]


async def test_a_thread_has_its_channels_rights_and_one_in_the_archive_is_asked_for(stage: Stage) -> None:
    async with stage.play() as play:
        backend = play.env.backend
        thread = backend.create_thread(stage.channel.id, "news", backend.bot_user.id)
        await play.env.settle()
        chosen = await subscribe(play, thread, kind=ChannelKind.THREAD)
        deny_bot(play, stage.channel.id, "send_messages_in_threads", "manage_threads")
        await play.env.settle()
        facts = seen(play, chosen)
        assert (facts.kind, facts.parent_id) == (ChannelKind.THREAD, stage.channel.id)
        assert [one.trouble for one in diagnose(chosen, facts)] == [Trouble.NO_THREAD_MESSAGES]
        assert thread.thread_metadata is not None
        thread.thread_metadata.archived = thread.thread_metadata.locked = True
        guild = play.app.bot.get_guild(stage.guild.id)
        assert guild is not None
        guild._remove_thread(play.app.bot.get_channel(thread.id))  # type: ignore[arg-type]  # as discord.py does then
        assert seen(play, chosen).exists is None, "perhaps it is in the archive"
        asked = await asked_facts(play.app.bot, guild, chosen)
        assert asked.locked
        assert [one.trouble for one in diagnose(chosen, asked)] == [
            Trouble.THREAD_LOCKED,
            Trouble.NO_THREAD_MESSAGES,
        ]
        play.env.inject_error("GET", f"/channels/{thread.id}", status=403, code=50001)
        closed = await asked_facts(play.app.bot, guild, chosen)
        assert [one.trouble for one in diagnose(chosen, closed)] == [Trouble.NO_VIEW]
        play.env.inject_error("GET", f"/channels/{thread.id}", status=400, code=0)
        assert (await asked_facts(play.app.bot, guild, chosen)).exists is None, "no answer that says anything"
        unsaid = replace(chosen, kind=ChannelKind.TEXT)
        assert seen(play, unsaid).exists is False
        assert (await asked_facts(play.app.bot, guild, unsaid)).kind is ChannelKind.THREAD
        backend.delete_channel(thread.id)
        gone = await asked_facts(play.app.bot, guild, chosen)
        assert [one.trouble for one in diagnose(chosen, gone)] == [Trouble.CHANNEL_GONE]


async def test_a_channel_that_became_an_announcement_channel_is_seen(stage: Stage) -> None:
    stage.channel.type = ChannelType.NEWS
    async with stage.play() as play:
        chosen = await subscribe(play, stage.channel, publish=True)
        assert [one.trouble for one in diagnose(chosen, seen(play, chosen))] == [Trouble.NOW_ANNOUNCING]


# The report and its buttons


async def test_the_report_says_where_to_click_and_checks_again_in_place_after_a_restart(
    stage: Stage, lobby: Channel
) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        deny_bot(play, stage.channel.id, "embed_links")
        await play.env.settle()
        report = await report_in(play, lobby)
        said = str(report.embeds[0].to_dict())
        assert "봇에게 ‘링크 첨부’ 권한이 없어요" in said
        assert "고급 권한" in said
    async with stage.play() as play:
        own = await play.operator.click(kept(play, report), label="다시 점검")
        assert own.ephemeral
        assert "링크 첨부" in text_of(own)
        give_back(play, stage.channel.id)
        await play.env.settle()
        again = await play.operator.click(shown(own), label="다시 점검")
        assert shown(again).id == shown(own).id
        assert "모두 괜찮아요" in text_of(again)


async def test_a_server_with_several_channels_chooses_one_from_a_list(stage: Stage, lobby: Channel) -> None:
    second = stage.backend.create_channel(stage.guild.id, "second")
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        await subscribe(play, second)
        deny_bot(play, second.id, "send_messages")
        await play.env.settle()
        report = await report_in(play, lobby)
    async with stage.play(locale="en") as play:
        chosen = await play.operator.select(kept(play, report), [str(second.id)], custom_id="doctor:pick")
        assert "The bot lacks “Send Messages”" in text_of(chosen)
        assert buttons(shown(chosen)) == ["Test post", "Check again"]
        refused = await play.reader.select(kept(play, report), [str(second.id)], custom_id="doctor:pick")
        assert "manage the server" in text_of(refused)


async def test_a_server_without_subscriptions_is_told_what_to_do(stage: Stage) -> None:
    async with stage.play() as play:
        words = play.app.bot.catalogues.words("ko")
        message = await server_report(play.app.bot, stage.guild.id, words)
        assert "/설정" in (message.content or "")


@pytest.mark.parametrize("label", ["다시 시도", "테스트 글", "다시 점검"])
async def test_buttons_of_another_servers_channel_are_refused(stage: Stage, label: str) -> None:
    other = stage.backend.create_guild("다른 서버", preferred_locale="ko")
    place = stage.backend.create_channel(other.id, "lobby")
    stranger = manager(stage, other)
    async with stage.play() as play:
        chosen = await subscribe(play, stage.channel)
        await play.app.subscriptions.pause(chosen.channel_id, "send:50013", None)
        forged = await report_in(play, place)
        told = await actor(play, stranger, other).click(forged, label=label)
        assert "이 서버에는 그 채널의 구독이 없어요" in text_of(told)
        assert messages(play, stage.channel.id) == []
        (kept_back,) = await play.app.subscriptions.of_guild(stage.guild.id)
        assert kept_back.paused_because == "send:50013"


@pytest.mark.parametrize("label", ["테스트 글", "다시 점검"])
async def test_members_without_the_permission_are_refused(stage: Stage, lobby: Channel, label: str) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        report = await report_in(play, lobby)
        told = await play.reader.click(report, label=label)
        assert told.ephemeral
        assert "‘서버 관리하기’ 권한이 있는 사람만" in text_of(told)
        assert messages(play, stage.channel.id) == []


async def test_a_failing_database_is_told_in_a_sentence(
    stage: Stage, lobby: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        report = await report_in(play, lobby)
        await play.app.subscriptions.engine.dispose()

        def broken(*_: object, **__: object) -> None:
            raise OSError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(type(play.app.subscriptions.engine), "connect", broken)
            told = await play.operator.click(report, label="다시 점검")
        assert told.ephemeral
        assert "disk" not in text_of(told)


# Test posts


async def test_a_test_post_arrives_silently_and_is_removed_after_a_restart(
    stage: Stage, lobby: Channel
) -> None:
    someone = manager(stage)
    async with stage.play() as play:
        await subscribe(play, stage.channel, publish=True)
        report = await report_in(play, lobby)
        told = await actor(play, someone).click(report, label="테스트 글")
        assert "테스트 글이 올라갔어요" in text_of(told)
        assert "게시는 시험하지 않았어요" in text_of(told)
        (test,) = messages(play, stage.channel.id)
        assert f"/{stage.guild.id}/{stage.channel.id}/{test.id}" in text_of(told)
        assert "테스트" in (test.embeds[0].title or "")
        assert test.flags.suppress_notifications
        posts = [r for r in play.env.http_requests if r.path == f"/channels/{stage.channel.id}/messages"]
        assert all(is_checked(request) for request in posts if request.method == "POST")
    async with stage.play() as play:
        (test,) = messages(play, stage.channel.id)
        refused = await play.reader.click(test, label="테스트 글 지우기")
        assert "‘서버 관리하기’" in text_of(refused)
        assert len(messages(play, stage.channel.id)) == 1
        await actor(play, someone).click(test, label="테스트 글 지우기")
        assert messages(play, stage.channel.id) == []


async def test_a_test_post_that_discord_refuses_says_why(stage: Stage, lobby: Channel) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        deny_bot(play, stage.channel.id, "send_messages")
        await play.env.settle()
        report = await report_in(play, lobby)
        told = await play.operator.click(report, label="테스트 글")
        assert "받아 주지 않았어요" in text_of(told)
        assert "‘메시지 보내기’와 ‘링크 첨부’를 허용" in text_of(told)


@pytest.mark.parametrize("may_delete_threads", [True, False])
async def test_a_test_of_the_thread_layout_opens_a_thread_and_cleans_up(
    stage: Stage, lobby: Channel, *, may_delete_threads: bool
) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel, layout=Layout.THREAD)
        report = await report_in(play, lobby)
        told = await play.operator.click(report, label="테스트 글")
        assert "테스트 글이 올라갔어요" in text_of(told)
        (thread_id,) = stage.guild.thread_ids
        (rest,) = messages(play, thread_id)
        assert "나머지" in (rest.embeds[0].description or "")
        (test,) = [one for one in messages(play, stage.channel.id) if one.embeds]
        assert test.id == thread_id
        if not may_delete_threads:  # simcord lets whoever opened a thread delete it
            play.env.inject_error("DELETE", f"/channels/{thread_id}", status=403, code=50013)
        removed = await play.operator.click(test, label="테스트 글 지우기")
        assert not [one for one in messages(play, stage.channel.id) if one.embeds]
        if may_delete_threads:
            assert "테스트 글을 지웠어요" in text_of(removed)
            assert thread_id not in play.env.backend.channels
        else:
            assert "스레드를 닫았어요" in text_of(removed)
            closed = play.env.backend.channels[thread_id].thread_metadata
            assert closed is not None
            assert closed.archived


async def test_a_test_in_a_thread_that_may_not_be_written_in_says_so(stage: Stage, lobby: Channel) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel, layout=Layout.THREAD)
        deny_bot(play, stage.channel.id, "send_messages_in_threads")
        await play.env.settle()
        report = await report_in(play, lobby)
        told = await play.operator.click(report, label="테스트 글")
        assert "‘스레드에서 메시지 보내기’를 허용" in text_of(told)
        assert f"/{stage.channel.id}/" in text_of(told), "what arrived is shown"


async def test_a_test_in_a_forum_is_a_post_of_its_own(stage: Stage, lobby: Channel) -> None:
    forum = stage.backend.create_channel(stage.guild.id, "forum", type=ChannelType.FORUM)
    async with stage.play() as play:
        await subscribe(play, forum, kind=ChannelKind.FORUM)
        report = await report_in(play, lobby)
        told = await play.operator.click(report, label="테스트 글")
        assert "테스트 글이 올라갔어요" in text_of(told)
        (thread_id,) = stage.guild.thread_ids
        test, rest = messages(play, thread_id)
        assert "나머지" in (rest.embeds[0].description or "")
        # On Discord a forum's thread has the id of its first message.
        stored = play.env.backend.messages[thread_id].pop(test.id)
        stored.id = thread_id
        play.env.backend.messages[thread_id][thread_id] = stored
        thread = play.env.backend.channels[thread_id]
        assert thread.name == "테스트 글"
        await play.operator.click(test, label="테스트 글 지우기")
        assert thread_id not in play.env.backend.channels


async def test_the_button_of_a_test_post_removes_nothing_else(stage: Stage) -> None:
    """A click whose message is another one, as only a forged interaction has it."""
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        words = play.app.bot.catalogues.words("ko")
        target = play.app.bot.get_partial_messageable(stage.channel.id)
        real = await target.send("소식")
        for message in (None, real):
            told = await remove_trial(Click(play.app.bot, message), words)  # type: ignore[arg-type]  # as much of it as counts
            assert told.content == words("trial.not_removed")
        assert len(messages(play, stage.channel.id)) == 1


# Every day


async def test_the_daily_check_up_tells_what_is_new_once_also_after_a_restart(
    stage: Stage, lobby: Channel
) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        await play.app.rounds.look(asyncio.Event())
        assert messages(play, lobby.id) == []
        deny_bot(play, stage.channel.id, "send_messages")
        await play.env.settle()
        before = len(play.env.http_requests)
        await play.app.rounds.look(asyncio.Event())
        asked = [(r.method, r.path.split("/")[-1]) for r in play.env.http_requests[before:]]
        assert asked == [("POST", "messages")] * len(asked), "nothing is asked of Discord"
        (warned,) = messages(play, lobby.id)
        assert "매일 하는 점검" in str(warned.embeds[0].to_dict())
        assert "메시지 보내기" in str(warned.embeds[0].to_dict())
        assert buttons(warned) == ["테스트 글", "다시 점검"]
    async with stage.play() as play:
        await play.app.rounds.look(asyncio.Event())
        assert len(messages(play, lobby.id)) == 1
        deny_bot(play, stage.channel.id, "send_messages", "embed_links")
        await play.env.settle()
        await play.app.rounds.look(asyncio.Event())
        await play.app.rounds.look(asyncio.Event())
        assert len(messages(play, lobby.id)) == 2, "a new set of findings"
        give_back(play, stage.channel.id)
        await play.env.settle()
        await play.app.rounds.look(asyncio.Event())
        deny_bot(play, stage.channel.id, "send_messages", "embed_links")
        await play.env.settle()
        await play.app.rounds.look(asyncio.Event())
        assert len(messages(play, lobby.id)) == 3, "it was mended in between"


async def test_the_daily_check_up_is_silent_on_what_only_degrades_and_on_pauses(
    stage: Stage, lobby: Channel
) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        deny_bot(play, stage.channel.id, "read_message_history")
        await play.env.settle()
        await play.app.rounds.look(asyncio.Event())
        deny_bot(play, stage.channel.id, "send_messages")
        await play.env.settle()
        await play.app.subscriptions.pause(stage.channel.id, "send:50013", stage.now)
        await play.app.rounds.look(asyncio.Event())
        assert messages(play, lobby.id) == []


async def test_a_deleted_channel_is_told_by_the_daily_check_up_in_the_servers_language(
    stage: Stage, lobby: Channel
) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel, locale="en")
        play.env.backend.delete_channel(stage.channel.id)
        await play.env.settle()
        await play.app.rounds.look(asyncio.Event())
        (warned,) = messages(play, lobby.id)
        assert "The channel is gone" in str(warned.embeds[0].to_dict())
        own = await play.operator.click(warned, label="Check again")
        assert "채널이 없어졌어요" in text_of(own), "the admin's own language"


async def test_where_nobody_can_be_told_the_next_day_tries_again(stage: Stage, lobby: Channel) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel)
        deny_bot(play, stage.channel.id, "send_messages")
        deny_bot(play, lobby.id, "send_messages")
        await play.env.settle()
        await play.app.rounds.look(asyncio.Event())
        give_back(play, lobby.id)
        await play.app.rounds.look(asyncio.Event())
        assert len(messages(play, lobby.id)) == 1
        assert handle(play, lobby).id == lobby.id


@pytest.mark.parametrize("kind", [ChannelType.VOICE, ChannelType.STAGE_VOICE])
async def test_the_chat_of_a_voice_channel_that_the_settings_name_is_served_and_found_well(
    tmp_path: Path, kind: ChannelType
) -> None:
    stage = Stage(tmp_path, settings={"post_time": "immediately"})
    voice = stage.backend.create_channel(stage.guild.id, "lounge", type=kind)
    stage.settings["news_channel_id"] = voice.id
    write_post(stage.content, "2024-05-04-a.md")
    async with stage.play() as play:
        await play.app.bot.on_ready()
        stage.now += timedelta(minutes=1)
        await play.deliver()
        assert len(messages(play, voice.id)) == 1
        (known,) = await play.app.subscriptions.of_guild(stage.guild.id)
        assert known.kind is ChannelKind.TEXT
        assert not diagnose(known, seen(play, known))
        in_a_thread = replace(known, layout=Layout.THREAD)
        assert [each.trouble for each in diagnose(in_a_thread, seen(play, in_a_thread))] == [
            Trouble.WRONG_KIND
        ]
