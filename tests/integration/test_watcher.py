"""The watcher on a real folder: it tells of posts, and of nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from watchfiles import Change

from bot.adapters.watcher import watch_content
from tests.support.posts import write_post

PATIENCE = 20.0
"""Seconds until a change counts as not noticed; it takes one to three."""


class Calls:
    """Counts the watcher's calls, and waits for the next one."""

    def __init__(self) -> None:
        self.count = 0
        self._called = asyncio.Event()

    async def __call__(self) -> None:
        self.count += 1
        self._called.set()

    async def next(self) -> None:
        await asyncio.wait_for(self._called.wait(), PATIENCE)
        self._called.clear()

    async def settle(self) -> None:
        """Let pass what may still be told of changes made so far."""
        await asyncio.sleep(2.5)
        self._called.clear()

    async def none_for(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._called.wait(), seconds)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def watching(root: Path, *, there: bool = True) -> AsyncIterator[Calls]:
    """A running watch, after its first call (for what changed before it began) where the folder is there."""
    calls, stop = Calls(), asyncio.Event()
    task = asyncio.create_task(watch_content(root, calls, stop))
    try:
        if there:
            await calls.next()
        yield calls
    finally:
        stop.set()
        await asyncio.wait_for(task, PATIENCE)


@pytest.fixture(params=["notices", "polling"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "polling":
        monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


@pytest.fixture
def noticed(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


async def test_a_new_changed_and_removed_post_is_told(root: Path) -> None:
    async with watching(root) as calls:
        file = write_post(root, "2024-05-04-a.md")
        await calls.next()
        file.write_text("---\ntitle: changed and longer\n---\nx")
        await calls.next()
        file.unlink()
        await calls.next()


@pytest.mark.parametrize("name", ["2024", "2024.05", "v1.2"])
async def test_a_folder_moved_in_and_out_with_posts_is_told(root: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / name
    outside.mkdir()
    write_post(outside, "2024-05-04-a.md")
    async with watching(root) as calls:
        outside.rename(root / name)
        await calls.next()
        await calls.settle()
        (root / name).rename(outside)
        await calls.next()


async def test_editors_temporary_files_are_not_told(noticed: Path) -> None:
    async with watching(noticed) as calls:
        for name in (
            ".a.md.swp",
            "a.md~",
            "4913",
            ".#a.md",
            "#a.md#",
            "a.md.tmp",
            "~$a.md",
            "notes.txt",
            ".a.md",
        ):
            (noticed / name).write_text("x")
        assert await calls.none_for(2)


async def test_many_changes_at_once_are_few_calls(root: Path) -> None:
    async with watching(root) as calls:
        before = calls.count
        for number in range(50):
            write_post(root, f"2024-05-04-{number}.md")
        await calls.next()
        await calls.none_for(2)
        assert calls.count - before <= 3


async def test_an_editors_swap_of_the_file_is_told(noticed: Path) -> None:
    file = write_post(noticed, "2024-05-04-a.md")
    async with watching(noticed) as calls:
        fresh = noticed / ".a.md.tmp"
        fresh.write_text("---\ntitle: swapped\n---\nx")
        fresh.replace(file)
        await calls.next()


def swap_for_a_new_folder(noticed: Path, old: Path) -> None:
    noticed.rename(old)
    noticed.mkdir()


async def test_a_folder_that_is_replaced_is_watched_again(root: Path, tmp_path: Path) -> None:
    async with watching(root) as calls:
        swap_for_a_new_folder(root, tmp_path / "old")
        await calls.settle()
        write_post(root, "2024-05-04-a.md")
        await calls.next()


async def test_a_folder_that_is_made_later_is_told(tmp_path: Path) -> None:
    root = tmp_path / "later"
    async with watching(root, there=False) as calls:
        assert await calls.none_for(0.5)
        root.mkdir()
        await calls.next()


async def test_it_ends_soon_after_the_stop_and_leaves_the_callers_event_alone_when_cancelled(
    tmp_path: Path,
) -> None:
    calls, stop = Calls(), asyncio.Event()
    task = asyncio.create_task(watch_content(tmp_path, calls, stop))
    await calls.next()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, PATIENCE)
    assert not stop.is_set()
    again = asyncio.create_task(watch_content(tmp_path, calls, stop))
    await calls.next()
    stop.set()
    await asyncio.wait_for(again, 2)


async def test_where_the_systems_notices_fail_it_looks_every_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def limited(*_roots: Path, **_options: object) -> AsyncGenerator[set[tuple[Change, str]], None]:
        raise OSError(28, "OS file watch limit reached.")  # inotify's max_user_watches

    monkeypatch.setattr("bot.adapters.watcher.awatch", limited)
    async with watching(tmp_path) as calls:
        write_post(tmp_path, "2024-05-04-a.md")
        await calls.next()
    assert "watch limit" in caplog.text
