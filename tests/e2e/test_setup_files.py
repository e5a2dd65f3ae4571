"""Export and import of a server's channels: all of a file or nothing, and every mistake named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.delivery.choices import MOST_SUBSCRIPTIONS
from tests.support.answers import buttons, parts, shown
from tests.support.servers import deny_bot, subscribe
from tests.support.stage import Play, Stage, text_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, now=datetime(2024, 5, 4, 14, 0, tzinfo=UTC), settings={"news_channel_id": None})


def entry(channel_id: int, **values: Any) -> dict[str, Any]:
    return {"channel": str(channel_id), "time": "09:00", "timezone": "Asia/Seoul", "language": "ko", **values}


async def bring(play: Play, *entries: Any, **body: Any) -> InteractionResult:
    """Import these entries."""
    text = json.dumps({"version": 1, "subscriptions": list(entries), **body}, ensure_ascii=False)
    return await play.operator.slash(
        play.channel, "setup", action="import", file=("setup.json", text.encode())
    )


async def press(play: Play, result: InteractionResult, verb: str) -> InteractionResult:
    ids = [part["custom_id"] for part in parts(shown(result))]
    (found,) = [custom_id for custom_id in ids if custom_id.startswith(f"setup:{verb}:")]
    return await play.operator.click(shown(result), custom_id=found)


async def channels(play: Play) -> list[int]:
    return [each.channel_id for each in await play.app.subscriptions.of_guild(play.stage.guild.id)]


async def test_an_export_comes_back_as_it_was_after_a_change(stage: Stage) -> None:
    async with stage.play() as play:
        wanted = entry(
            play.channel.id, time="7:30", weekdays=["mon", "sat"], include=["LLM"], layout="digest"
        )
        page = await bring(play, wanted)
        assert page.ephemeral
        assert "아직 아무것도 바꾸지 않았어요" in text_of(page)
        assert "**요일** 월·토" in text_of(page)
        assert await channels(play) == []
        assert "새 채널 1개" in text_of(await press(play, page, "import"))
        result = await play.operator.slash(play.channel, "setup", action="export")
        file = shown(result).message.attachments[0]
        assert file.filename.endswith(".json")
        data = await file.read()
        exported = json.loads(data)
        assert exported["version"] == 1
        (kept,) = exported["subscriptions"]
        assert {**kept, **wanted, "time": "07:30"} == kept
        again = await play.operator.slash(play.channel, "setup", file=("x.json", data))
        assert "바뀐 것이 없어요" in text_of(again)


async def test_what_the_doctor_finds_stands_below_what_was_imported(stage: Stage) -> None:
    async with stage.play() as play:
        deny_bot(play, play.channel.id, "send_messages")
        await play.env.settle()
        told = await press(play, await bring(play, entry(play.channel.id)), "import")
        assert "‘메시지 보내기’ 권한이 없어요" in text_of(told)
        assert "테스트 글" in buttons(shown(told))
        other = play.env.backend.create_channel(stage.guild.id, "둘째")
        both = [entry(each, time="10:00") for each in (play.channel.id, other.id)]
        told = await press(play, await bring(play, *both), "import")
        assert f"⛔ <#{play.channel.id}>" in text_of(told)
        assert f"✅ <#{other.id}>" in text_of(told)


async def test_each_mistake_is_named_and_nothing_is_changed(stage: Stage) -> None:
    async with stage.play() as play:
        stranger = play.env.backend.create_guild("다른 서버")
        elsewhere = play.env.backend.create_channel(stranger.id, "비밀")
        voice = play.env.backend.create_channel(stage.guild.id, "음성", type=2)
        page = await bring(
            play,
            entry(play.channel.id, time="25:00", layout="poster", wekdays=["mon"]),
            entry(play.channel.id, role=7, language="fr", timezone="../../etc/passwd"),
            "@everyone",
        )
        text = text_of(page)
        for named in ("1번째 항목의 `wekdays`", "1번째 항목의 `time`", "1번째 항목의 `layout`"):
            assert named in text
        assert "2번째 항목의 `timezone`" in text
        assert "3번째" in text
        assert "@everyone" not in text.replace("@⁠everyone", "")
        for wrong in (elsewhere.id, voice.id, 1):
            assert "이 서버에 없거나 글을 올릴 수 없는 채널" in text_of(await bring(play, entry(wrong)))
        everybody = entry(play.channel.id, role=str(stage.guild.id))
        assert "부를 수 없는 역할" in text_of(await bring(play, everybody))
        twice = await bring(play, entry(play.channel.id), entry(play.channel.id))
        assert "같은 채널이 두 번" in text_of(twice)
        assert await channels(play) == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "JSON으로 읽을 수 없어요"),
        (b"\xff\xfe{", "JSON으로 읽을 수 없어요"),
        (b"[" * 60_000, "JSON으로 읽을 수 없어요"),
        (b'{"version": 2, "subscriptions": []}', "`version`은 1"),
        (b'{"version": 1, "subscriptions": []}', "목록이어야"),
        (b" " * 70_000, "너무 커요"),
        (b'{"version": 1, "version": 1, "subscriptions": []}', "`version`: 이 키가 한 항목 안에 두 번"),
        (b'{"version": 1, "subscriptions": [{"time": "9", "role": null, "time": "10"}]}', "`time`: 이 키가"),
    ],
)
async def test_what_is_no_file_of_ours_is_told(stage: Stage, data: bytes, told: str) -> None:
    async with stage.play() as play:
        page = await play.operator.slash(play.channel, "setup", file=("setup.json", data))
        assert told in text_of(page)


async def test_a_file_changes_its_channels_alone_and_no_more_than_a_server_may_have(stage: Stage) -> None:
    async with stage.play() as play:
        made = [
            play.env.backend.create_channel(stage.guild.id, f"c{number}").id
            for number in range(MOST_SUBSCRIPTIONS)
        ]
        await press(play, await bring(play, *map(entry, made)), "import")
        assert await channels(play) == sorted(made)
        page = await bring(play, entry(play.channel.id), entry(made[0], time="10:00"))
        assert "**시각** 09:00 → 10:00" in text_of(page)
        assert "25개가 넘어요" in text_of(await press(play, page, "import"))
        assert await channels(play) == sorted(made), "neither of the two"
        listed = await play.operator.slash(play.channel, "setup")
        assert "25개까지 정할 수 있어요" in text_of(listed)
        page = await bring(play, entry(made[0], time="10:00"))
        assert "바뀐 채널 1개" in text_of(await press(play, page, "import"))
        assert await channels(play) == sorted(made)


async def test_an_import_without_a_file_says_where_it_goes(stage: Stage) -> None:
    async with stage.play() as play:
        told = await play.operator.slash(play.channel, "setup", action="import")
        assert "가져올 파일이 없어요" in text_of(told)


async def test_an_import_that_is_not_what_was_shown_any_more_is_shown_anew(stage: Stage) -> None:
    async with stage.play() as play:
        await press(play, await bring(play, entry(play.channel.id)), "import")
        page = await bring(play, entry(play.channel.id, layout="digest"))
        other = await bring(play, entry(play.channel.id, time="10:00"))
        await press(play, other, "import")
        told = await press(play, page, "import")
        assert "그 사이에 다른 사람이 설정을 바꿨어요" in text_of(told)
        assert "**시각** 10:00 → 09:00" in text_of(told)
        (kept,) = await play.app.subscriptions.of_guild(stage.guild.id)
        assert kept.layout == "full"
        assert "바뀐 채널 1개" in text_of(await press(play, told, "import"))
        (kept,) = await play.app.subscriptions.of_guild(stage.guild.id)
        assert kept.layout == "digest"


@pytest.mark.parametrize("tag", ["\ud800x", "a\0b", "a\nb", "##  "])
async def test_a_tag_that_nobody_can_write_is_no_tag(stage: Stage, tag: str) -> None:
    async with stage.play() as play:
        wrong = entry(play.channel.id, include=[tag], exclude=[tag], forum_tags=[tag])
        text = json.dumps({"version": 1, "subscriptions": [wrong]})
        page = await play.operator.slash(
            play.channel, "setup", action="import", file=("setup.json", text.encode())
        )
        said = text_of(page).replace("\\", "")
        assert all(f"1번째 항목의 `{key}`" in said for key in ("include", "exclude", "forum_tags"))
        assert text_of(page).encode(), "it can be sent"


async def test_tags_of_a_file_are_kept_as_those_that_are_typed(stage: Stage) -> None:
    async with stage.play() as play:
        tags = ["#LLM", "LLM ", "두  낱말"]
        await press(play, await bring(play, entry(play.channel.id, include=tags, forum_tags=tags)), "import")
        (found,) = await play.app.subscriptions.of_guild(stage.guild.id)
        assert found.include == {"LLM", "두 낱말"}
        assert found.forum_tags == ("LLM", "두 낱말")


async def test_true_is_no_version(stage: Stage) -> None:
    async with stage.play() as play:
        page = await bring(play, entry(play.channel.id), version=True)
        assert "`version`은 1이어야" in text_of(page)


async def test_a_tag_that_is_kept_already_holds_up_no_export(stage: Stage) -> None:
    async with stage.play() as play:
        await subscribe(play, stage.channel, include=frozenset({"\ud800x"}))
        result = await play.operator.slash(play.channel, "setup", action="export")
        (kept,) = json.loads(await shown(result).message.attachments[0].read())["subscriptions"]
        assert kept["include"] == ["\ud800x"]


async def test_a_key_beside_the_entries_that_means_nothing_is_named_and_ignored(stage: Stage) -> None:
    async with stage.play() as play:
        page = await bring(play, entry(play.channel.id), subscription=[], note="`@everyone`")
        assert "모르는 키라서 무시해요: `subscription`, `note`" in text_of(page)
        assert "새 채널 1개" in text_of(await press(play, page, "import"))
        assert "무시해요" not in text_of(await bring(play, entry(play.channel.id)))


async def test_a_channel_that_was_deleted_is_left_out_of_the_servers_own_export(stage: Stage) -> None:
    async with stage.play() as play:
        lost = play.env.backend.create_channel(stage.guild.id, "지워질 곳")
        await press(play, await bring(play, entry(lost.id), entry(play.channel.id)), "import")
        exported = await play.operator.slash(play.channel, "setup", action="export")
        data = await shown(exported).message.attachments[0].read()
        play.env.backend.delete_channel(lost.id)
        await play.env.settle()
        page = await play.operator.slash(play.channel, "setup", file=("x.json", data))
        assert f"볼 수 없는 채널은 빼고 가져와요: `{lost.id}`" in text_of(page)
        assert "바뀐 것이 없어요" in text_of(page), "the other one"
        subscriptions = json.loads(data)["subscriptions"]
        page = await bring(play, *({**each, "time": "10:00"} for each in subscriptions))
        assert f"<#{play.channel.id}>" in text_of(page)
        await press(play, page, "import")
        times = {
            each.channel_id: each.timetable.at.hour if each.timetable.at else None
            for each in await play.app.subscriptions.of_guild(stage.guild.id)
        }
        assert times == {play.channel.id: 10, lost.id: 9}
        wrong = await bring(play, entry(lost.id), entry(1))
        assert "2번째 항목의 `channel`" in text_of(wrong), "as it stands in the file"


async def test_a_deleted_channel_that_is_not_set_up_any_more_is_left_out_of_an_older_export(
    stage: Stage,
) -> None:
    async with stage.play() as play:
        lost = play.env.backend.create_channel(stage.guild.id, "지워질 곳")
        await press(play, await bring(play, entry(lost.id)), "import")
        asked = await play.operator.slash(play.channel, "setup")
        asked = await play.operator.select(shown(asked), [str(lost.id)], custom_id="setup:edit")
        asked = await press(play, await press(play, asked, "more"), "remove")
        assert "삭제했어요" in text_of(await press(play, asked, "remove_sure"))
        play.env.backend.delete_channel(lost.id)
        await play.env.settle()
        page = await bring(play, entry(lost.id), entry(play.channel.id))
        assert f"빼고 가져와요: `{lost.id}`" in text_of(page)
        await press(play, page, "import")
        assert await channels(play) == [play.channel.id]
