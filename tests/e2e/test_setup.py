"""/setup, end to end: a server's admin chooses a channel and what comes there, without a manual."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from simcord import ChannelHandle, RoleHandle
from simcord.backend.errors import SetupError
from simcord.backend.models import Role
from simcord.results import InteractionResult

from bot.adapters.database.decisions import SqlDecisions
from bot.adapters.database.drafts import Owner, SqlDrafts
from bot.adapters.setup.asking import Asking
from bot.adapters.setup.drafting import Drafting
from bot.delivery.causes import BY_OPERATOR
from bot.delivery.models import ChannelKind
from bot.delivery.publisher import Publisher
from bot.replacing import replace
from tests.support.answers import buttons, kept, options, parts, shown
from tests.support.posts import write_post
from tests.support.stage import Play, Stage, text_of
from tests.support.subscribing import save_subscription

NINE_IN_SEOUL = datetime(2024, 5, 5, 0, 0, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, now=NINE_IN_SEOUL - timedelta(hours=10), settings={"news_channel_id": None})
    write_post(stage.content, "2024-05-04-a.md", "오늘의 소식", "## 첫째\n\n새 모델이 나왔어요.")
    return stage


def item(result: InteractionResult, verb: str) -> str:
    """The id of the panel's control for a verb."""
    (found,) = [part["custom_id"] for part in parts(shown(result)) if part["custom_id"].split(":")[1] == verb]
    return str(found)


async def click(play: Play, result: InteractionResult, verb: str, who: Any = None) -> InteractionResult:
    return await (who or play.operator).click(shown(result), custom_id=item(result, verb))


async def choose(play: Play, result: InteractionResult, verb: str, *values: Any) -> InteractionResult:
    return await play.operator.select(shown(result), list(values), custom_id=item(result, verb))


async def set_up(play: Play) -> InteractionResult:
    """Save the panel as it opens."""
    return await click(play, await play.operator.slash(play.channel, "setup"), "save")


def channel(play: Play, name: str) -> ChannelHandle:
    """One more text channel."""
    made = play.env.backend.create_channel(play.stage.guild.id, name)
    return ChannelHandle(play.env, play.server, made)


async def stored(play: Play) -> Any:
    """The server's only subscription."""
    (found,) = await play.app.subscriptions.of_guild(play.stage.guild.id)
    return found


async def test_saving_takes_two_interactions_and_the_newest_post_comes_at_the_next_slot(stage: Stage) -> None:
    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        assert panel.ephemeral
        assert f"<#{play.channel.id}>" in text_of(panel)
        assert "매일 09:00 (서울)" in text_of(panel)
        assert "새 모델이 나왔어요" in text_of(panel), "the newest post as it would arrive"
        saved = await click(play, panel, "save")
        assert "저장했어요" in text_of(saved)
        assert "**시각** 09:00" in text_of(saved)
        stage.now = NINE_IN_SEOUL
        await play.deliver()
        assert len(play.posted()) == 1


async def test_another_channel_and_time_take_four_interactions(stage: Stage) -> None:
    async with stage.play() as play:
        other = channel(play, "소식")
        steps = [await play.operator.slash(play.channel, "setup")]
        steps.append(await choose(play, steps[-1], "channel", other))
        steps.append(await choose(play, steps[-1], "time", "18:00"))
        steps.append(await click(play, steps[-1], "save"))
        assert len(steps) <= 4
        assert "저장했어요" in text_of(steps[-1])
        found = await stored(play)
        assert found.channel_id == other.id
        assert str(found.timetable.at) == "18:00:00"


async def test_a_member_without_the_right_is_refused_also_with_a_forged_click(stage: Stage) -> None:
    async with stage.play() as play:
        assert "setup" not in play.reader.available_commands(play.channel)
        with pytest.raises(SetupError):
            await play.reader.slash(play.channel, "setup")
        panel = await play.operator.slash(play.channel, "setup")
        token = item(panel, "save").rpartition(":")[2]
        play.env.backend.messages[play.channel.id][shown(panel).id].flags = 0  # as if everybody saw it
        for verb in ("save", "more", "preview", "cancel"):
            told = await click(play, panel, verb, play.reader)
            assert told.ephemeral
            assert "서버를 관리할 수 있는 사람만" in text_of(told), verb
        assert await play.app.subscriptions.of_guild(stage.guild.id) == []
        assert await play.app.bot.services.desk.drafts.get(token, mine(play), stage.now) is not None


def mine(play: Play) -> Owner:
    """The operator's drafts in this server."""
    return Owner(guild_id=play.stage.guild.id, user_id=play.operator.id)


def admin_role(stage: Stage) -> Role:
    """The operator's role."""
    (found,) = [role for role in stage.guild.roles.values() if role.name == "admin"]
    return found


async def test_everything_else_is_chosen_on_the_second_page(stage: Stage) -> None:
    async with stage.play() as play:
        role = RoleHandle(play.env, play.server, admin_role(stage))
        page = await click(play, await play.operator.slash(play.channel, "setup"), "more")
        page = await choose(play, page, "days", "mon", "fri")
        assert "월·금 09:00" in text_of(page)
        page = await choose(play, page, "role", role)
        page = await click(play, page, "silent")
        page = await click(play, page, "language")
        form = await click(play, page, "tags")
        assert form.modal is not None
        page = await play.operator.submit_modal(
            form, {"include": "LLM, #오픈AI", "exclude": "", "forum_tags": ""}
        )
        form = await click(play, page, "minute")
        page = await play.operator.submit_modal(form, {"time": "18시 30분"})
        assert "월·금 18:30" in text_of(page)
        told = await play.operator.submit_modal(await click(play, page, "minute"), {"time": "나중에"})
        assert "18:30, 저녁 7시 반, 정오처럼" in text_of(told)
        page = await play.operator.submit_modal(await click(play, told, "minute"), {"time": "저녁 6시 반"})
        assert "월·금 18:30" in text_of(page)
        await click(play, page, "save")
        found = await stored(play)
        assert found.timetable.weekdays == {0, 4}
        assert found.role_id == role.id
        assert found.silent
        assert found.locale == "en"
        assert found.include == {"LLM", "오픈AI"}


async def test_a_time_zone_is_found_by_its_korean_name(stage: Stage) -> None:
    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        zones = options(shown(panel), item(panel, "zone"))
        assert next(iter(zones)) == "Asia/Seoul"
        assert len(zones) == 25
        form = await choose(play, panel, "zone", "search")
        page = await play.operator.submit_modal(form, {"zone": "베를린"})
        assert "매일 09:00 (베를린)" in text_of(page)
        form = await choose(play, page, "zone", "search")
        page = await play.operator.submit_modal(form, {"zone": "없는 곳"})
        assert "그런 시간대를 찾지 못했어요" in text_of(page)
        assert "베를린" in text_of(page)
        page = await play.operator.submit_modal(await choose(play, page, "zone", "search"), {"zone": "사카"})
        assert "베를린" in text_of(page), "a guess is offered and not chosen"
        assert "Africa/Lusaka" in options(shown(page), item(page, "zone"))


async def test_the_panel_goes_on_after_a_restart_and_ends_after_a_day(stage: Stage) -> None:
    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        time, form = item(panel, "time"), await choose(play, panel, "zone", "search")
    async with stage.play() as play:
        page = await play.operator.select(kept(play, shown(panel)), ["07:00"], custom_id=time)
        assert "매일 07:00" in text_of(page)
        found = await play.operator.submit_modal(await choose(play, page, "zone", "search"), {"zone": "+1"})
        assert "UTC" in str(options(shown(found), item(found, "zone")))
        stage.now += timedelta(days=1, minutes=1)
        over = await click(play, found, "save")
        assert "이 화면은 더 쓸 수 없어요" in text_of(over)
        assert form.modal is not None
    assert "저장" not in buttons(shown(over))


def asking(play: Play) -> Asking:
    """The operator's request without a click."""
    guild = play.app.bot.get_guild(play.stage.guild.id)
    assert guild is not None
    words = play.app.bot.catalogues.words("ko")
    return Asking(guild=guild, user_id=play.stage.users[1].id, words=words, locale="ko", channel=None)


async def test_two_quick_choices_are_both_kept(stage: Stage) -> None:
    async with stage.play() as play:
        token = item(await play.operator.slash(play.channel, "setup"), "time").split(":")[2]
        desk, who = play.app.bot.services.desk, asking(play)
        drafting = Drafting(desk)
        await asyncio.gather(
            drafting.change(token, who, lambda draft: draft.at(zone="Asia/Tokyo")),
            drafting.change(token, who, lambda draft: draft.with_(silent=True)),
        )
        draft = await drafting.draft(token, who)
        assert draft is not None
        assert (draft.new.timetable.zone, draft.new.silent) == ("Asia/Tokyo", True)
        assert not desk.turns, "nothing is kept of panels that nobody is at"


async def test_a_choice_while_a_save_is_refused_is_kept_as_well(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, begun = SqlDecisions.take, asyncio.Event()

    async def slowly(decisions: SqlDecisions, *arguments: Any) -> Any:
        begun.set()
        await asyncio.sleep(0.2)
        return await take(decisions, *arguments)

    async with stage.play() as play:
        panel = await choose(play, await click(play, await set_up(play), "edit"), "time", "18:00")
        token = item(panel, "time").split(":")[2]
        await save_subscription(play.app.subscriptions.engine, replace(await stored(play), locale="en"))
        drafting, who = Drafting(play.app.bot.services.desk), asking(play)
        monkeypatch.setattr(SqlDecisions, "take", slowly)
        saving = asyncio.create_task(drafting.save(token, who))
        await begun.wait()
        await drafting.change(token, who, lambda draft: draft.with_(silent=True))
        assert "다른 사람이 이 채널의 설정을 바꿨어요" in ((await saving).content or "")
        draft = await drafting.draft(token, who)
        assert draft is not None
        assert draft.new.silent
        assert draft.old is not None
        assert draft.old.locale == "en"


async def test_a_panel_waits_for_no_other_one(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    change, begun, may_go_on = SqlDrafts.change, asyncio.Event(), asyncio.Event()

    async def slowly(drafts: SqlDrafts, token: str, *arguments: Any) -> None:
        if token == first:
            begun.set()
            await may_go_on.wait()
        await change(drafts, token, *arguments)

    async with stage.play() as play:
        first, second = [
            item(await play.operator.slash(play.channel, "setup"), "time").split(":")[2] for _ in range(2)
        ]
        drafting, who = Drafting(play.app.bot.services.desk), asking(play)
        monkeypatch.setattr(SqlDrafts, "change", slowly)
        slow = asyncio.create_task(drafting.change(first, who, lambda draft: draft.with_(silent=True)))
        await begun.wait()
        async with asyncio.timeout(5):
            await drafting.change(second, who, lambda draft: draft.with_(silent=True))
        assert not slow.done()
        may_go_on.set()
        await slow


async def test_a_draft_is_its_owners_alone(stage: Stage) -> None:
    async with stage.play() as play:
        stage.guild.members[stage.users[0].id].role_ids.append(admin_role(stage).id)
        panel = await play.operator.slash(play.channel, "setup")
        play.env.backend.messages[play.channel.id][shown(panel).id].flags = 0
        for verb in ("save", "more", "cancel", "preview"):
            told = await click(play, panel, verb, play.reader)
            assert "이 화면은 더 쓸 수 없어요" in text_of(told), verb
        assert await play.app.subscriptions.of_guild(stage.guild.id) == []


async def test_a_change_shows_old_and_new_and_is_remembered(stage: Stage) -> None:
    async with stage.play() as play:
        saved = await set_up(play)
        panel = await click(play, saved, "edit")
        panel = await choose(play, panel, "time", "18:00")
        panel = await choose(play, panel, "layout", "digest")
        saved = await click(play, panel, "save")
        assert "**시각** 09:00 → 18:00" in text_of(saved)
        assert "**모양** 전체 → 요약" in text_of(saved)
        again = await click(play, saved, "edit")
        assert "최근 변경" in text_of(again)
        assert "09:00 → 18:00" in text_of(again)
        assert f"<@{play.operator.id}>" in text_of(again)
        jobs = [job.name for job in play.app.schedule._scheduler.get_jobs()]
        assert ["18, 0" in name for name in jobs] == [True], "the old time of day is not waited for any more"


async def test_what_is_paused_stays_so_and_goes_on_with_the_newest_post_alone(stage: Stage) -> None:
    async with stage.play() as play:
        await set_up(play)
        stage.now = NINE_IN_SEOUL
        await play.deliver()
        page = await play.operator.slash(play.channel, "setup")
        page = await choose(play, page, "edit", str(play.channel.id))
        page = await click(play, page, "pause")
        assert "이 서버에서 멈춰 두었어요" in text_of(page)
        for day in (5, 6, 7):
            write_post(stage.content, f"2024-05-{day:02}-x.md", f"글 {day}")
        await play.app.content_changed()
        stage.now += timedelta(days=3)
        await play.deliver()
        assert len(play.posted()) == 1
    async with stage.play() as play:
        await play.deliver()
        assert play.posted() == [], "also after a restart"
        page = await play.operator.slash(play.channel, "setup")
        page = await choose(play, page, "edit", str(play.channel.id))
        page = await click(play, page, "resume")
        assert "다시 글을 올려요" in text_of(page)
        stage.now += timedelta(days=1)
        await play.deliver()
        titles = [embed.get("title") for body in play.posted() for embed in body["embeds"]]
        assert [title for title in titles if title] == ["글 7"]


async def test_a_removal_is_asked_for_twice(stage: Stage) -> None:
    async with stage.play() as play:
        page = await click(play, await set_up(play), "edit")
        page = await click(play, await click(play, page, "more"), "remove")
        assert "정말 삭제할까요" in text_of(page)
        assert await play.app.subscriptions.of_guild(stage.guild.id)
        page = await click(play, page, "remove_sure")
        assert "삭제했어요" in text_of(page)
        assert await play.app.subscriptions.of_guild(stage.guild.id) == []


async def test_of_two_admins_at_once_the_second_is_told_and_decides(stage: Stage) -> None:
    async with stage.play() as play:
        saved = await set_up(play)
        mine = await choose(play, await click(play, saved, "edit"), "time", "07:00")
        listed = await play.operator.slash(play.channel, "setup")
        theirs = await choose(play, listed, "edit", str(play.channel.id))
        theirs = await choose(play, theirs, "layout", "digest")
        await click(play, theirs, "save")
        told = await click(play, mine, "save")
        assert "다른 사람이 이 채널의 설정을 바꿨어요" in text_of(told)
        assert "모양" in shown(told).content
        assert str((await stored(play)).timetable.at) == "09:00:00"
        await click(play, told, "save")
        assert str((await stored(play)).timetable.at) == "07:00:00"


async def test_a_channel_that_was_deleted_meanwhile_is_not_saved(stage: Stage) -> None:
    async with stage.play() as play:
        other = channel(play, "잠깐")
        panel = await choose(play, await play.operator.slash(play.channel, "setup"), "channel", other)
        play.env.backend.delete_channel(other.id)
        await play.env.settle()
        told = await click(play, panel, "save")
        assert "저장하지 못했어요" in text_of(told)
        assert await play.app.subscriptions.of_guild(stage.guild.id) == []


async def test_the_settings_own_channel_is_shown_and_what_the_server_chose_outlives_a_restart(
    stage: Stage,
) -> None:
    stage.settings["news_channel_id"] = stage.channel.id
    async with stage.play() as play:
        page = await play.operator.slash(play.channel, "setup")
        assert f"<#{play.channel.id}> 매일 09:00" in text_of(page)
        panel = await choose(play, page, "edit", str(play.channel.id))
        await click(play, await choose(play, panel, "time", "20:00"), "save")
    async with stage.play() as play:
        assert str((await stored(play)).timetable.at) == "20:00:00"
        page = await choose(
            play, await play.operator.slash(play.channel, "setup"), "edit", str(play.channel.id)
        )
        page = await click(play, await click(play, page, "more"), "remove")
        await click(play, page, "remove_sure")
    async with stage.play() as play:
        assert await play.app.subscriptions.active(stage.now) == []


async def test_english_admins_get_english(stage: Stage) -> None:
    async with stage.play(locale="en-GB") as play:
        panel = await play.operator.slash(play.channel, "setup")
        assert "every day at 09:00 (London)" in text_of(panel)
        assert "Saved" in text_of(await click(play, panel, "save"))
        assert (await stored(play)).locale == "en"


async def test_a_channel_that_left_the_settings_goes_on_when_the_server_wants_it(stage: Stage) -> None:
    stage.settings["news_channel_id"] = stage.channel.id
    async with stage.play():
        pass
    stage.settings["news_channel_id"] = None
    async with stage.play() as play:
        await play.app.subscriptions.learn_channel(stage.channel.id, stage.guild.id, ChannelKind.TEXT)
        page = await play.operator.slash(play.channel, "setup")
        assert "NEWS\\_CHANNEL\\_ID" in text_of(page)
        page = await choose(play, page, "edit", str(play.channel.id))
        await click(play, page, "resume")
    async with stage.play() as play:
        assert [each.channel_id for each in await play.app.subscriptions.active(stage.now)] == [
            stage.channel.id
        ]


async def test_an_operators_pause_is_not_the_servers_to_end(stage: Stage) -> None:
    async with stage.play() as play:
        await set_up(play)
        await play.app.subscriptions.pause(play.channel.id, BY_OPERATOR)
        page = await play.operator.slash(play.channel, "setup")
        page = await choose(play, page, "edit", str(play.channel.id))
        told = await click(play, page, "resume")
        assert "봇을 운영하는 사람이 멈춰 둔 채널" in text_of(told)
        assert (await stored(play)).paused_because == BY_OPERATOR


async def test_a_channel_that_the_operator_paused_is_neither_removed_nor_moved(stage: Stage) -> None:
    async with stage.play() as play:
        await set_up(play)
        await play.app.subscriptions.pause(play.channel.id, BY_OPERATOR)
        page = await play.operator.slash(play.channel, "setup")
        panel = await choose(play, page, "edit", str(play.channel.id))
        moved = await choose(play, panel, "channel", channel(play, "다른곳"))
        assert "운영하는 사람이 멈춰 둔" in text_of(await click(play, moved, "save"))
        page = await click(play, await click(play, moved, "more"), "remove")
        assert "운영하는 사람이 멈춰 둔" in text_of(await click(play, page, "remove_sure"))
        found = await stored(play)
        assert (found.channel_id, found.paused_because) == (play.channel.id, BY_OPERATOR)


async def test_a_pause_where_the_operator_was_quicker_says_whose_it_is(stage: Stage) -> None:
    async with stage.play() as play:
        page = await click(play, await set_up(play), "edit")
        await play.app.subscriptions.pause(play.channel.id, BY_OPERATOR)
        assert "봇을 운영하는 사람이 멈춰 둔 채널" in text_of(await click(play, page, "pause"))


@pytest.mark.parametrize(
    ("cause", "said"),
    [(BY_OPERATOR, "봇을 운영하는 사람이 멈춰 둔 채널"), ("send:50013", "바로 그때 다른 사람이")],
)
async def test_who_resumes_a_channel_that_stops_anew_at_that_moment_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, cause: str, said: str
) -> None:
    resume = SqlDecisions.resume

    async def later(decisions: SqlDecisions, channel_id: int, known: str, *arguments: Any) -> bool:
        await play.app.subscriptions.resume(channel_id, known)
        await play.app.subscriptions.pause(channel_id, cause)
        return await resume(decisions, channel_id, known, *arguments)

    monkeypatch.setattr(SqlDecisions, "resume", later)
    async with stage.play() as play:
        page = await click(play, await click(play, await set_up(play), "edit"), "pause")
        page = await choose(play, page, "edit", str(play.channel.id))
        told = text_of(await click(play, page, "resume"))
        assert said in told
        assert "다시 글을 올려요" not in told
        assert (await stored(play)).paused_because == cause


async def test_a_try_again_that_the_operators_pause_meets_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_again = Publisher.try_again

    async def later(publisher: Publisher, channel_id: int, cause: str | None) -> None:
        await play.app.subscriptions.pause(channel_id, BY_OPERATOR)
        await try_again(publisher, channel_id, cause)

    monkeypatch.setattr(Publisher, "try_again", later)
    async with stage.play() as play:
        await set_up(play)
        await play.app.subscriptions.pause(play.channel.id, "send:50013")
        page = await choose(
            play, await play.operator.slash(play.channel, "setup"), "edit", str(play.channel.id)
        )
        assert "봇을 운영하는 사람이 멈춰 둔 채널" in text_of(await click(play, page, "resume"))


async def test_a_removal_of_what_somebody_changed_meanwhile_removes_nothing_and_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = SqlDecisions.take

    async def later(decisions: SqlDecisions, *arguments: Any) -> Any:
        await save_subscription(play.app.subscriptions.engine, replace(await stored(play), locale="en"))
        return await take(decisions, *arguments)

    async with stage.play() as play:
        page = await click(play, await set_up(play), "edit")
        page = await click(play, await click(play, page, "more"), "remove")
        monkeypatch.setattr(SqlDecisions, "take", later)
        assert "바로 그때 다른 사람이" in text_of(await click(play, page, "remove_sure"))
        assert (await stored(play)).locale == "en"
