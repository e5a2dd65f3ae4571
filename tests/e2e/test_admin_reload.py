"""/admin reload: content and cogs in place, the broken leave the running in service, operators only."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from simcord import SetupError

from tests.support.posts import write_post
from tests.support.stage import Stage, text_of

BROKEN = 'raise RuntimeError("이 코그는 깨졌어요")\n'


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def test_the_operator_takes_new_content_into_service(stage: Stage) -> None:
    write_post(stage.content, "2024-05-04-a.md", "첫째")
    async with stage.play() as play:
        write_post(stage.content, "2024-05-04-b.md", "둘째")
        (stage.content / "2024-05-06-c.md").write_bytes(b"\xff\xfe\x00broken")
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "추가 1" in report
        assert "거부 1" in report
        assert "2024-05-06-c.md" in report
        assert "✅ `cogs.admin`" in report
        assert "✅ `cogs.news`" in report
        assert "둘째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_broken_post_leaves_its_older_good_version_in_service(stage: Stage) -> None:
    path = write_post(stage.content, "2024-05-04-a.md", "첫째")
    async with stage.play() as play:
        path.write_bytes(b"\xff\xfe\x00broken")
        assert "거부 1" in text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_broken_cog_leaves_the_running_one_in_service(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-04-a.md", "첫째")
    async with stage.play() as play:
        original = SourceFileLoader.get_code

        def get_code(loader: SourceFileLoader, name: str) -> object:
            return compile(BROKEN, name, "exec") if name == "cogs.news" else original(loader, name)

        with monkeypatch.context() as patch:
            patch.setattr(SourceFileLoader, "get_code", get_code)
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "❌ `cogs.news` RuntimeError: 이 코그는 깨졌어요" in report
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))
        again = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "✅ `cogs.news`" in again


async def test_others_neither_see_nor_may_use_it(stage: Stage) -> None:
    stage.settings["owner_ids"] = (1,)
    async with stage.play() as play:
        assert "admin reload" not in play.reader.available_commands(play.channel)
        with pytest.raises(SetupError):
            await play.reader.slash(play.channel, "admin reload")
        refused = await play.operator.slash(
            play.channel, "admin reload"
        )  # sees it as the server's administrator
        assert "봇 운영자만" in text_of(refused)
        assert [type(error).__name__ for error in play.env.errors] == ["CheckFailure"]
