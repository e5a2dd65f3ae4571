"""Every click is answered: ids and values that no message of ours holds, what is gone, and other people's."""

from __future__ import annotations

from pathlib import Path

import pytest
from simcord import SetupError
from simcord.results import ResponseMessage

from tests.support.answers import buttons, options, parts, shown
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of

OLD = "오래되어서 이제 열 수 없어요"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    for day in range(1, 13):
        body = f"## 하나\n\n반딧불 {day}\n\n## 둘\n\n수박 {day}"
        write_post(stage.content, f"2024-04-{day:02}-z.md", f"글 {day}", body, tags="[과일]")
    return stage


def forge(message: ResponseMessage, label: str, custom_id: str) -> None:
    """Another id in the button of that label."""
    found = [part for row in message._message.components for part in row["components"]]
    next(part for part in found if part.get("label") == label)["custom_id"] = custom_id


async def test_an_id_that_leads_nowhere_is_answered_politely(stage: Stage) -> None:
    async with stage.play() as play:
        for custom_id in (
            "news:",
            "news:x\ny",
            "news:position",
            "news:to::x",
            "news:to:next:",
            "news:to:next:bogus:0:x",
            "news:to:next:day:0:notaday",
            "news:to:next:day:0:2024-13-45",
            "news:to:next:post:0:zzz",
            "news:goto:zz",
        ):
            listed = shown(await play.reader.slash(play.channel, "news tag", tag="과일"))
            forge(listed, "다음", custom_id)
            answer = await play.reader.click(listed, label="다음")
            assert OLD in text_of(answer), custom_id
            on = await play.reader.click(shown(answer), label="최근 글 둘러보기")
            assert "글 12" in text_of(on), custom_id


async def test_a_section_that_is_no_number_is_answered_politely(stage: Stage) -> None:
    async with stage.play() as play:
        key = play.app.library.archive.latest()[0].key
        for custom_id in (f"news:goto:{key}", f"news:section:{key}"):
            for value in ("x", "-1", "1.2", "999999", ""):
                newest = shown(await play.reader.slash(play.channel, "news latest"))
                rows = [part for row in newest._message.components for part in row["components"]]
                menu = next(part for part in rows if part["type"] == 3)
                menu["custom_id"], menu["options"][0]["value"] = custom_id, value
                answer = await play.reader.select(newest, [value], custom_id=custom_id)
                assert OLD in text_of(answer), (custom_id, value)


async def test_the_whole_post_opens_from_a_public_menu_too(stage: Stage) -> None:
    async with stage.play() as play:
        newest = shown(await play.reader.slash(play.channel, "news latest"))
        key = play.app.library.archive.latest()[0].key
        rows = [part for row in newest._message.components for part in row["components"]]
        menu = next(part for part in rows if part["type"] == 3)
        menu["custom_id"] = f"news:section:{key}"
        answer = await play.reader.select(newest, ["all"], custom_id=menu["custom_id"])
        assert "수박 12" in text_of(answer)
        assert "반딧불 12" in text_of(answer)


async def test_a_tag_with_a_line_end_is_one_line_and_its_buttons_answer(stage: Stage) -> None:
    async with stage.play() as play:
        wrong = await play.reader.slash(play.channel, "news tag", tag="반딧불\n 3")
        forge(shown(wrong), "모든 태그", "news:to:all:find:0:반딧불\n3")
        older = await play.reader.click(shown(wrong), label="모든 태그")
        assert "글 **3**" in text_of(older)
        wrong = await play.reader.slash(play.channel, "news tag", tag="반딧불\n 3")
        older = await play.reader.click(shown(wrong), label="본문에서 찾기")
        assert "글 **3**" in text_of(older)


async def test_what_went_since_is_named_as_what_it_was(stage: Stage) -> None:
    write_post(stage.content, "2024-05-01-q.md", "딴 달", tags="[씨앗, 과일]")
    async with stage.play() as play:
        month = shown(await play.reader.slash(play.channel, "news browse"))
        tags = shown(await play.reader.slash(play.channel, "news tags"))
        listed = shown(await play.reader.slash(play.channel, "news tag", tag="과일"))
        (of_may, *_) = options(month, "news:jump")
        (seed,) = [value for value, label in options(tags, "news:open").items() if "씨앗" in label]
        (post, *_) = options(listed, "news:open")
        (stage.content / "2024-05-01-q.md").unlink()
        await play.app.library.reload()
        gone = await play.reader.select(listed, [post], custom_id="news:open")
        assert "이 글은 더 이상 제공되지 않아요" in text_of(gone)
        no_tag = await play.reader.select(tags, [seed], custom_id="news:open")
        assert "이 태그가 달린 글은 이제 없어요" in text_of(no_tag)
        assert buttons(shown(no_tag)) == ["모든 태그"]
        no_month = await play.reader.select(month, [of_may], custom_id="news:jump")
        assert "2024년 5월에는 글이 없어요" in text_of(no_month)
        on = await play.reader.click(shown(no_month), label="2024년 4월 12일 (금)")
        assert "반딧불 12" in text_of(on)


async def test_nobody_else_may_click_on_an_own_page_and_one_that_could_gets_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.play() as play:
        listed = shown(await play.reader.slash(play.channel, "news tag", tag="과일"))
        before = str(listed.embeds[0].to_dict())
        with pytest.raises(SetupError):
            await play.operator.click(listed, label="다음")
        monkeypatch.setattr("simcord.actors.can_access_message", lambda *_: True)  # as if Discord let it pass
        own = await play.operator.click(listed, label="다음")
        assert shown(own).id != listed.id
        assert "2 / 2" in str(parts(shown(own)))
        assert str(listed.embeds[0].to_dict()) == before
        assert "1 / 2" in str(parts(listed))
