"""Clicks on the admins' panel that are forged, of another server, or meet a slow or broken database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from simcord import ChannelHandle, GuildHandle, MemberActor, UserHandle
from simcord.results import ResponseMessage

from bot.adapters.database.decisions import SqlDecisions
from bot.adapters.database.drafts import SqlDrafts
from bot.errors import StoreError
from tests.support.answers import parts, shown
from tests.support.openapi import is_checked
from tests.support.posts import write_post
from tests.support.stage import Play, Stage, text_of

NOW = datetime(2024, 5, 4, 14, 0, tzinfo=UTC)
OVER = "이 화면은 더 쓸 수 없어요"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, now=NOW, settings={"news_channel_id": None})
    write_post(stage.content, "2024-05-04-a.md", "오늘의 소식", "새 모델이 나왔어요.")
    return stage


def ids(message: ResponseMessage) -> dict[str, str]:
    """The custom ids by their verbs."""
    return {part["custom_id"].split(":")[1]: part["custom_id"] for part in parts(message)}


def forge(message: ResponseMessage, verb: str, custom_id: str) -> None:
    """Another id in the control of that verb."""
    found = [part for row in message._message.components for part in row["components"]]
    next(part for part in found if part["custom_id"] == ids(message)[verb])["custom_id"] = custom_id


async def elsewhere(play: Play) -> tuple[MemberActor, ChannelHandle]:
    """The operator as the administrator of another server with the bot."""
    backend = play.env.backend
    guild = backend.create_guild("다른 서버", owner_id=play.operator.id)
    server = GuildHandle(play.env, guild)
    made = backend.create_channel(guild.id, "other")
    await play.env.settle()
    person = MemberActor(play.env, server, UserHandle(play.env, play.stage.users[1]))
    return person, ChannelHandle(play.env, server, made)


async def test_ids_that_nobody_made_are_answered_politely_and_change_nothing(stage: Stage) -> None:
    async with stage.play() as play:
        for custom_id in (
            "setup:",
            "setup:x\ny",
            "setup:save",
            "setup:save:zz",
            "setup:save:" + "f" * 80,
            "setup:constructor:1",
            "setup:pause:٣",
            "setup:remove_sure:0",
            "setup:edit",
        ):
            panel = await play.operator.slash(play.channel, "setup")
            forge(shown(panel), "save", custom_id)
            told = await play.operator.click(shown(panel), custom_id=custom_id)
            assert OVER in text_of(told) or "이미 없어졌어요" in text_of(told), custom_id
        assert await play.app.subscriptions.of_guild(stage.guild.id) == []


async def test_values_that_no_menu_offered_are_answered_politely(stage: Stage) -> None:
    async with stage.play() as play:
        for verb, value in (("time", "99:99"), ("zone", "../etc/passwd"), ("layout", "poster")):
            panel = await play.operator.slash(play.channel, "setup")
            message = shown(panel)
            menu = next(
                part
                for row in message._message.components
                for part in row["components"]
                if part["custom_id"] == ids(message)[verb]
            )
            menu["options"].append({"label": "x", "value": value})
            told = await play.operator.select(message, [value], custom_id=ids(message)[verb])
            assert OVER in text_of(told), verb


async def test_another_servers_draft_and_channels_are_out_of_reach(stage: Stage) -> None:
    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        token = ids(shown(panel))["save"]
        person, other = await elsewhere(play)
        theirs = await person.slash(other, "setup")
        forge(shown(theirs), "save", token)
        assert OVER in text_of(await person.click(shown(theirs), custom_id=token))
        assert await play.app.subscriptions.of_guild(stage.guild.id) == []
        await play.operator.click(shown(panel), custom_id=token)
        (mine,) = await play.app.subscriptions.of_guild(stage.guild.id)
        for verb in ("pause", "remove", "remove_sure", "resume", "edit"):
            theirs = await person.slash(other, "setup")
            forged = f"setup:{verb}:{mine.channel_id}"
            forge(shown(theirs), "save", forged)
            told = await person.click(shown(theirs), custom_id=forged)
            assert "이미 없어졌어요" in text_of(told), verb
        assert await play.app.subscriptions.of_guild(stage.guild.id) == [mine]


async def test_a_slow_database_is_no_silence(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    get = SqlDrafts.get

    async def slowly(drafts: SqlDrafts, *arguments: Any) -> Any:
        await asyncio.sleep(1.8)
        return await get(drafts, *arguments)

    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        more = await play.operator.click(shown(panel), custom_id=ids(shown(panel))["more"])
        monkeypatch.setattr(SqlDrafts, "get", slowly)
        told = await play.operator.click(shown(more), custom_id=ids(shown(more))["tags"])
        assert "데이터베이스가 느려서" in text_of(told)
        saved = await play.operator.click(shown(more), custom_id=ids(shown(more))["save"])
        assert "저장했어요" in text_of(saved)


async def test_a_database_that_fails_saves_nothing_and_leaves_the_panel(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def out_of_reach(*_: object) -> None:
        raise StoreError("the database does not answer")

    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        with monkeypatch.context() as patch:
            patch.setattr(SqlDecisions, "take", out_of_reach)
            told = await play.operator.click(shown(panel), custom_id=ids(shown(panel))["save"])
        assert "문제가" in "".join(message.content for message in told.followups) + text_of(told)
        assert await play.app.subscriptions.of_guild(stage.guild.id) == []
        saved = await play.operator.click(shown(panel), custom_id=ids(shown(panel))["save"])
        assert "저장했어요" in text_of(saved)


async def test_every_message_and_form_is_what_discords_api_takes(stage: Stage) -> None:
    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        form = await play.operator.select(shown(panel), ["search"], custom_id=ids(shown(panel))["zone"])
        assert form.modal is not None
        await play.operator.click(shown(panel), custom_id=ids(shown(panel))["preview"])
        more = await play.operator.click(shown(panel), custom_id=ids(shown(panel))["more"])
        for verb in ("tags", "minute", "silent", "language", "save"):
            more = await play.operator.click(shown(panel), custom_id=ids(shown(panel))[verb])
        listed = await play.operator.slash(play.channel, "setup")
        edit = await play.operator.select(
            shown(listed), [str(play.channel.id)], custom_id=ids(shown(listed))["edit"]
        )
        more = await play.operator.click(shown(edit), custom_id=ids(shown(edit))["more"])
        await play.operator.click(shown(more), custom_id=ids(shown(more))["remove"])
        requests = play.env.http_requests[play.before :]
        checked = [request for request in requests if is_checked(request)]
        assert sum(request.path.endswith("/callback") for request in checked) >= 12


async def test_the_preview_shows_the_messages_as_they_would_arrive_and_how_many(stage: Stage) -> None:
    long = "\n\n".join(f"## 부분 {number}\n\n" + f"{number}번째 이야기예요. " * 500 for number in range(5))
    write_post(stage.content, "2024-05-04-b.md", "긴 글", long)
    stage.now = NOW + timedelta(minutes=1)
    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        seen = await play.operator.click(shown(panel), custom_id=ids(shown(panel))["preview"])
        assert "3개를 보여 드려요" in text_of(seen)
        assert len(seen.followups) == 2
        assert all(message.ephemeral for message in seen.followups)
        assert play.posted() == []
