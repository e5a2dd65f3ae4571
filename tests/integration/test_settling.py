"""A new file is no post while it is being written, whatever its times say; nothing else waits for that."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.files import ContentFolder
from bot.adapters.snapshots import ContentSnapshot
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of

NOW = datetime(2024, 5, 4, tzinfo=UTC)
REST = 3.0


class Watched:
    """A folder with one post in service, and two clocks that a test moves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ahead = 0.0
        write_post(root, "2024-05-01-known.md", "아는 글")
        self.folder = ContentFolder(root, settle_seconds=REST)
        self.folder.settling.wall = lambda: time.time() + self.ahead
        self.folder.settling.steady = lambda: self.ahead
        self.snapshot: ContentSnapshot | None = None
        self.look()

    def look(self) -> list[str]:
        """The titles in service after another scan."""
        self.snapshot = self.folder.scan(self.snapshot, NOW)
        return [post.title for post in self.snapshot.archive.posts]

    @property
    def writing(self) -> list[str]:
        assert self.snapshot is not None
        return list(self.snapshot.writing)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_file_that_grows_while_it_is_looked_at_is_no_post_before_it_rests(watched: Watched) -> None:
    file = write_post(watched.root, "2024-05-02-new.md", "새 글", "한 줄")
    assert watched.look() == ["아는 글"]
    assert watched.writing == ["2024-05-02-new.md"]
    watched.ahead += 2.5
    with file.open("a", encoding="utf-8") as open_file:
        open_file.write("두 줄\n")
    os.utime(file, (time.time() + watched.ahead,) * 2)  # this machine's clock did not move with the test's
    assert watched.look() == ["아는 글"]
    watched.ahead += 2.5
    assert watched.look() == ["아는 글"]
    watched.ahead += 1
    assert watched.look() == ["아는 글", "새 글"]
    assert watched.writing == []
    assert watched.snapshot is not None
    assert "두 줄" in watched.snapshot.archive.latest()[0].body


@pytest.mark.parametrize("away", [timedelta(days=400), timedelta(days=-400)], ids=["future", "past"])
def test_times_of_another_clock_neither_hold_a_file_for_ever_nor_let_a_copy_pass(
    watched: Watched, away: timedelta
) -> None:
    file = write_post(watched.root, "2024-05-02-new.md", "새 글")
    os.utime(file, (time.time() + away.total_seconds(),) * 2)  # as "cp -p" leaves it
    assert watched.look() == ["아는 글"]
    watched.ahead += REST
    assert watched.look() == ["아는 글", "새 글"]


def test_what_is_known_changes_at_once_and_what_moves_stays(watched: Watched) -> None:
    known = write_post(watched.root, "2024-05-01-known.md", "아는 글, 고침")
    assert watched.look() == ["아는 글, 고침"]
    (watched.root / "2024").mkdir()
    known.rename(watched.root / "2024" / "2024-05-01-known.md")
    assert watched.look() == ["아는 글, 고침"]
    assert watched.writing == []


def test_a_file_that_is_refused_half_written_is_looked_at_when_it_rests(watched: Watched) -> None:
    file = watched.root / "2024-05-02-new.md"
    file.write_bytes(b"\xff\xfe\x00")
    watched.look()
    watched.ahead += REST
    watched.look()
    assert watched.snapshot is not None
    assert watched.snapshot.problems
    write_post(watched.root, file.name, "새 글")
    os.utime(file, (time.time() + watched.ahead,) * 2)
    assert watched.look() == ["아는 글"]
    watched.ahead += REST
    assert watched.look() == ["아는 글", "새 글"]


def test_the_first_look_of_a_start_waits_for_nothing(tmp_path: Path) -> None:
    write_post(tmp_path, "2024-05-02-new.md", "새 글")
    snapshot = ContentFolder(tmp_path, settle_seconds=REST).scan(None, NOW)
    assert [post.title for post in snapshot.archive.posts] == ["새 글"]


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - the library tells nobody
            await asyncio.sleep(0.05)


async def test_a_reload_names_the_file_and_the_bot_looks_again_by_itself(tmp_path: Path) -> None:
    stage = Stage(tmp_path, rest_seconds=REST)
    write_post(stage.content, "2024-05-01-known.md", "아는 글")
    async with stage.play() as play:
        write_post(stage.content, "2024-05-02-new.md", "새 글")
        report = text_of(await play.operator.slash(play.channel, "admin reload", what="content"))
        assert "아직 쓰고 있는 파일 - 2024-05-02-new.md" in report
        assert "추가 0" in report
        play.app.library.folder.settling.seconds = 0.3
        looking = asyncio.create_task(play.app._look_when_asked())
        write_post(stage.content, "2024-05-03-other.md", "또 새 글")
        await play.app.content_changed()
        assert len(play.app.library.archive) < 3
        await until(lambda: len(play.app.library.archive) == 3)
        looking.cancel()
