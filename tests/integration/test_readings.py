"""Posts that are composed ahead: as composed when asked, there after a restart, never out of date."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from bot.adapters import source_hash
from bot.adapters.composer import CachedComposer
from bot.adapters.files import ContentFolder
from bot.adapters.readings import ahead, store
from bot.adapters.readings.ahead import MANY, Ahead
from bot.adapters.readings.store import ReadingStore, key_of, reading_of, row_of
from bot.adapters.readings.worker import Job
from bot.formatting.compose import ComposeOptions, Layout, Reading, read
from bot.formatting.messages import Message
from bot.i18n import load_catalogues
from bot.posts.archive import Archive
from bot.posts.models import Post
from tests.support.posts import write_post

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
WORDS = load_catalogues().words("ko")
OPTIONS = ComposeOptions(words=WORDS, site_url="https://blog.example")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    for number in range(MANY):
        body = f"## 첫째\n\n**“굵게”**는 [길](/a) {number}\n\n## 둘째\n\n| 가 | 나 |\n|---|---|\n| 1 | 2 |"
        write_post(folder, f"2026-10-{number + 1:02}-x.md", f"글 {number}", body, tags="[LLM]")
    return folder


def scanned(content: Path) -> Archive:
    return ContentFolder(content).scan(None, NOW).archive


def opened(tmp_path: Path, manner: str = "") -> ReadingStore:
    return ReadingStore.at(tmp_path / "cache" / "readings.db", manner)


def filler(content: Path, kept: ReadingStore) -> Ahead:
    return Ahead(store=kept, root=content, zone="UTC", locale="ko", site_url="https://blog.example")


def composer_of(kept: ReadingStore) -> CachedComposer:
    return CachedComposer(catalogues=load_catalogues(), site_url="https://blog.example", store=kept)


async def test_what_is_composed_ahead_is_what_would_be_composed_now(content: Path, tmp_path: Path) -> None:
    archive, kept = scanned(content), opened(tmp_path)
    assert await filler(content, kept).compose(archive) == MANY
    again = opened(tmp_path)
    for post in archive.posts:
        assert again.get(key_of(post, "ko")) == read(post, OPTIONS)


async def test_it_is_composed_once(content: Path, tmp_path: Path) -> None:
    archive, kept = scanned(content), opened(tmp_path)
    await filler(content, kept).compose(archive)
    assert await filler(content, kept).compose(archive) == 0


async def test_a_few_posts_start_no_process(content: Path, tmp_path: Path) -> None:
    archive, kept = scanned(content), opened(tmp_path)
    post = archive.posts[0]
    kept.put({key_of(post, "ko"): row_of(read(post, OPTIONS))})
    assert await filler(content, kept).compose(archive) == 0


async def test_a_post_that_was_read_is_there_after_a_restart(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = scanned(content).posts[0]
    first = await composer_of(opened(tmp_path)).reading(post, "ko")
    monkeypatch.setattr("bot.adapters.composer.read", lambda *_: pytest.fail("it was composed again"))
    after = composer_of(opened(tmp_path))
    assert await after.reading(post, "ko") == first
    assert await after.messages(post, Layout.FULL, "ko") == first.messages


async def test_a_changed_post_reads_as_it_is_now(content: Path, tmp_path: Path) -> None:
    archive, kept = scanned(content), opened(tmp_path)
    await filler(content, kept).compose(archive)
    write_post(content, "2026-10-01-x.md", "글 0", "## 새로\n\n바뀐 글")
    changed = next(post for post in scanned(content).posts if post.path == "2026-10-01-x.md")
    assert "바뀐 글" in str(await composer_of(kept).reading(changed, "ko"))


async def test_posts_that_are_gone_are_forgotten(content: Path, tmp_path: Path) -> None:
    archive, kept = scanned(content), opened(tmp_path)
    await filler(content, kept).compose(archive)
    gone = archive.posts[0]
    (content / gone.path).unlink()
    await filler(content, kept).compose(scanned(content))
    assert kept.get(key_of(gone, "ko")) is None
    assert kept.get(key_of(archive.posts[1], "ko")) is not None


@pytest.mark.parametrize("what", ["code", "settings"])
def test_what_was_composed_otherwise_is_not_shown(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    post = scanned(content).posts[0]
    opened(tmp_path).put({key_of(post, "ko"): row_of(read(post, OPTIONS))})
    if what == "code":
        monkeypatch.setattr(store, "source_hash", lambda: "of other code")
    manner = "another site" if what == "settings" else ""
    assert opened(tmp_path, manner).get(key_of(post, "ko")) is None


def test_the_stamp_of_the_code_covers_code_words_and_aliases() -> None:
    names = {
        file.name
        for name in source_hash._SOURCES
        for file in source_hash._files(resources.files("bot") / name)
    }
    assert {"compose.py", "text.py", "news.po", "aliases.txt", "models.py"} <= names


async def test_a_harmed_file_costs_no_page(content: Path, tmp_path: Path) -> None:
    post, kept = scanned(content).posts[0], opened(tmp_path)
    kept.cache.file.parent.mkdir()
    kept.cache.file.write_bytes(b"no database" * 100)
    assert await composer_of(kept).reading(post, "ko") == read(post, OPTIONS)
    kept.put({key_of(post, "ko"): b"no row"})
    assert await composer_of(kept).reading(post, "ko") == read(post, OPTIONS)


def test_only_what_can_be_read_back_whole_is_kept(content: Path) -> None:
    reading = read(scanned(content).posts[0], OPTIONS)
    assert reading_of(row_of(reading)) == reading
    with pytest.raises(ValueError, match="nothing but cards"):
        row_of(Reading(messages=(Message(content="x"),), sections=()))


async def test_a_post_that_cannot_be_composed_stops_no_other(content: Path, tmp_path: Path) -> None:
    write_post(content, "2026-11-01-long.md", "긴 글")
    archive, kept = scanned(content), opened(tmp_path)
    assert len(archive.posts) == MANY + 1
    write_post(content, "2026-11-01-long.md", "너무 긴 글", "가 " * 600_000)
    assert await filler(content, kept).compose(archive) == MANY


async def test_a_process_that_dies_leaves_what_it_had_done(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_TOGETHER", 1)
    archive, kept = scanned(content), opened(tmp_path)
    put = ReadingStore.put
    started: list[int] = []
    start = Ahead._start

    async def starting(self: Ahead) -> asyncio.subprocess.Process:
        process = await start(self)
        started.append(process.pid)
        return process

    def dying(self: ReadingStore, rows: dict[str, bytes]) -> None:
        put(self, rows)
        os.kill(started[0], signal.SIGKILL)

    monkeypatch.setattr(Ahead, "_start", starting)
    monkeypatch.setattr(ReadingStore, "put", dying)
    assert 1 <= await filler(content, kept).compose(archive) < MANY
    newest: Post = archive.posts[-1]
    assert kept.get(key_of(newest, "ko")) is not None


def test_the_process_ends_with_the_bot(content: Path) -> None:
    """Its standard input is all that ties them, so a kill -9 of the bot ends it as well."""
    job = Job(root=str(content), zone="UTC", locale="ko")
    command = [sys.executable, "-m", "bot.adapters.readings.worker", msgspec.json.encode(job).decode()]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
    answers, _ = process.communicate(b'"2026-10-01-x.md"\n"no-such-file.md"\n', timeout=60)
    assert process.returncode == 0
    assert answers.endswith(bytes(4)), "of no file there is nothing"
