"""/admin reload takes the operator's own spellings into service, or says what is wrong with their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "spellings.txt"


@pytest.fixture
def stage(tmp_path: Path, own: Path) -> Stage:
    stage = Stage(tmp_path, settings={"search_aliases": own})
    write_post(stage.content, "2024-05-04-a.md", "오늘의 글", "달무리가 새 모델을 냈어요.", tags="[달무리]")
    return stage


def spell(own: Path, text: str) -> None:
    own.write_text(text, "utf-8")


def forget(own: Path) -> None:
    own.unlink()


async def test_spellings_that_were_added_find_from_the_next_search_on(stage: Stage, own: Path) -> None:
    spell(own, "# 아직 없어요\n")
    async with stage.play() as play:
        before = await play.reader.slash(play.channel, "news search", text="Moonhalo")
        assert "찾지 못했어요" in text_of(before)
        spell(own, "달무리, Moonhalo  # 연구소\n")
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "다시 불러왔어요" in report
        after = await play.reader.slash(play.channel, "news search", text="Moonhalo")
        assert "**달무리" in text_of(after)
        by_tag = await play.reader.slash(play.channel, "news tag", tag="moon halo")
        assert "오늘의 글" in text_of(by_tag)


async def test_a_bad_file_leaves_the_spellings_in_service_and_is_told_with_its_line(
    stage: Stage, own: Path
) -> None:
    spell(own, "달무리, Moonhalo\n")
    async with stage.play() as play:
        spell(own, "# 하나\n달무리\n")
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert "line 2: has one spelling alone" in report
        found = await play.reader.slash(play.channel, "news search", text="Moonhalo")
        assert "**달무리" in text_of(found)
        forget(own)
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "cannot be read" in report


async def test_a_start_without_the_file_says_which_setting_and_what_to_do(stage: Stage) -> None:
    with pytest.raises(SettingsError, match=r"SEARCH_ALIASES: .*spellings\.txt cannot be read .*leave"):
        async with stage.play():
            pass
