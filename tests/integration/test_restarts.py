"""What readers knew when the bot ended they know when it starts again, whatever became of the files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.seen import SqlPostsSeen
from bot.adapters.files import ContentFolder
from bot.adapters.library import Library
from bot.posts.search.query import parse_query
from tests.support.databases import Opened
from tests.support.posts import write_post

NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
async def engine(opened: Opened) -> AsyncIterator[AsyncEngine]:
    async with opened("sqlite") as one:
        yield one


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "content"
    root.mkdir()
    return root


def library(root: Path, engine: AsyncEngine) -> AbstractAsyncContextManager[Library]:
    cache = root.parent / "cache"
    folder = ContentFolder(root, cache_file=cache / "posts.db")

    @asynccontextmanager
    async def opened() -> AsyncIterator[Library]:
        async with Library.open(folder, SqlPostsSeen(engine), lambda: NOW, cache) as one:
            await one.search.settled()
            yield one

    return opened()


async def found(one: Library, words: str) -> list[str]:
    result = await one.search.search(parse_query(words, NOW.date()), 9)
    return [match.post.title for match in result.matches]


async def test_the_older_good_version_of_a_broken_file_outlives_a_restart(
    root: Path, engine: AsyncEngine
) -> None:
    file = write_post(root, "2024-05-04-a.md", "쓸 만한 글", "다람쥐가 왔어요.")
    async with library(root, engine) as one:
        file.write_text("제목도 없는 깨진 글", "utf-8")
        assert (await one.reload()).refused == ("2024-05-04-a.md",)
    for _ in range(2):
        async with library(root, engine) as one:
            assert [post.body for post in one.archive.posts] == ["다람쥐가 왔어요.\n"]
            assert await found(one, "다람쥐") == ["쓸 만한 글"]


async def test_of_two_files_with_a_slug_a_restart_serves_the_one_that_readers_knew(
    root: Path, engine: AsyncEngine
) -> None:
    write_post(root, "2024-05-05-z.md", "먼저 온 글", "수달이 왔어요.", slug="same")
    async with library(root, engine) as one:
        write_post(root, "2024-05-04-a.md", "나중에 온 글", slug="same")
        await one.reload()
        assert [post.title for post in one.archive.posts] == ["먼저 온 글"]
    for _ in range(2):
        async with library(root, engine) as one:
            assert [post.title for post in one.archive.posts] == ["먼저 온 글"]
            assert [problem.path for problem in one.snapshot.problems] == ["2024-05-04-a.md"]
            assert await found(one, "수달") == ["먼저 온 글"]


async def test_a_file_whose_name_says_another_day_now_is_a_changed_post(
    root: Path, engine: AsyncEngine
) -> None:
    file = write_post(root, "2024-05-04-s.md", slug="s")
    async with library(root, engine) as one:
        file.rename(root / "2024-05-05-s.md")
        assert (await one.reload()).changed == ("s",)


async def test_a_file_that_stays_refused_is_named_by_each_reload(root: Path, engine: AsyncEngine) -> None:
    (root / "2024-05-04-bad.md").write_text("깨진 글", "utf-8")
    async with library(root, engine) as one:
        again = await one.reload()
        assert (again.refused, again.problems) == (("2024-05-04-bad.md",), ())
        assert [problem.path for problem in again.standing] == ["2024-05-04-bad.md"]
