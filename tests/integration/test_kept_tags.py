"""The index of tags on the disk: a start that finds the posts that were there makes none, others do."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters import kept_tags
from bot.adapters.database.seen import SqlPostsSeen
from bot.adapters.file_rows import RowReader
from bot.adapters.files import ContentFolder
from bot.adapters.library import Library
from bot.posts.archive import Archive
from bot.posts.models import TagKind
from bot.posts.search.aliases import Aliases
from bot.posts.tag_index import TagIndex
from tests.support.databases import Opened
from tests.support.posts import write_post

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ALIASES = Aliases.parse("OpenAI, 오픈AI, 오픈에이아이")


@pytest.fixture(autouse=True)
def _few_posts_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_tags, "_FEW", 0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "content"
    root.mkdir()
    write_post(root, "2024-05-04-a.md", "가", "글", tags="[LLM, 오픈AI]", companies="[Anthropic]")
    write_post(root, "2024-05-05-b.md", "나", "글", tags="[llm, 라마]", date="2024-05-05")
    write_post(root, "2024-05-06-c.md", "다", "글", companies="[OpenAI]", date="2024-05-06")
    return root


def folder(root: Path, aliases: Aliases = ALIASES) -> ContentFolder:
    return ContentFolder(root, aliases=aliases, cache_file=root.parent / "cache" / "posts.db")


def start(root: Path, aliases: Aliases = ALIASES) -> Archive:
    return folder(root, aliases).scan(None, NOW).archive


def stop(root: Path, archive: Archive) -> None:
    folder(root).keep_tags(archive)


@pytest.fixture
def no_index_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TagIndex, "of", lambda *_: pytest.fail("an index was made"))


def everything(archive: Archive) -> list[object]:
    """All that the index says."""
    index = archive.tag_index
    tags = [(tally, [post.slug for post in archive.tagged(tally.name)]) for tally in archive.tags()]
    typed = [archive.matching_tags(text, 9) for text in ("", "ㅇㅍ", "오픈에이아이", "l", "anth")]
    companies = [post.slug for post in archive.tagged("openai", TagKind.COMPANY)]
    return [tags, typed, companies, index.folded, index.spelt, list(index.letters), index.initials]


def test_a_start_takes_the_index_that_the_last_one_left(root: Path, request: pytest.FixtureRequest) -> None:
    made = start(root)
    stop(root, made)
    request.getfixturevalue("no_index_is_made")
    assert everything(start(root)) == everything(made)


def test_such_a_start_reads_no_front_matter(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop(root, start(root))
    monkeypatch.setattr(RowReader, "_meta_of", lambda *_: pytest.fail("a front matter was read"))
    archive = start(root)
    assert [post.title for post in archive.tagged("라마")] == ["나"]
    assert [tally.name for tally in archive.matching_tags("ㅇㅍ", 9)] == ["OpenAI"]
    assert [post.title for post in archive.tagged("anthropic", TagKind.COMPANY)] == ["가"]
    assert archive.tagged("anthropic", TagKind.PERSON) == ()
    assert [(post.date.day, post.lang) for post in archive.latest(3)] == [(6, "ko"), (5, "ko"), (4, "ko")]


def test_a_file_that_changed_while_the_bot_was_away_is_all_that_is_indexed(
    root: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(root, start(root))
    write_post(root, "2024-05-07-d.md", "라", "글", tags="[llm]", date="2024-05-07")
    (root / "2024-05-04-a.md").unlink()
    write_post(root, "2024-05-05-b.md", "나", "글", tags="[칩]", date="2024-05-05")
    with monkeypatch.context() as patch:
        patch.setattr(TagIndex, "of", lambda *_: pytest.fail("an index was made"))
        archive = start(root)
    assert everything(archive) == everything(ContentFolder(root, aliases=ALIASES).scan(None, NOW).archive)
    stop(root, archive)
    request.getfixturevalue("no_index_is_made")
    assert everything(start(root)) == everything(archive)


def test_a_post_that_moved_to_another_day_by_its_files_name_is_of_that_day(root: Path) -> None:
    (root / "2024-05-08-e.md").write_text("---\ntitle: 마\nslug: e\ntags: [칩]\n---\n글\n", "utf-8")
    stop(root, start(root))
    (root / "2024-05-08-e.md").rename(root / "2024-05-20-e.md")
    (chips,) = start(root).matching_tags("칩", 9)
    assert chips.latest.isoformat() == "2024-05-20"


def test_a_post_that_changed_meanwhile_is_found_by_its_new_tag(root: Path) -> None:
    stop(root, start(root))
    write_post(root, "2024-05-05-b.md", "나", "글", tags="[칩]", date="2024-05-05")
    archive = start(root)
    assert [post.slug for post in archive.tagged("칩")] == ["2024-05-05-b"]
    assert archive.tagged("라마") == ()


def test_other_aliases_make_another_index(root: Path) -> None:
    stop(root, start(root))
    assert [post.slug for post in start(root).tagged("openai")] == ["2024-05-06-c", "2024-05-04-a"]
    assert [post.slug for post in start(root, Aliases()).tagged("openai")] == ["2024-05-06-c"]


def test_a_reload_goes_on_from_the_index_that_was_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop(root, start(root))
    reloaded = folder(root)
    with monkeypatch.context() as patch:
        patch.setattr(TagIndex, "of", lambda *_: pytest.fail("an index was made"))
        first = reloaded.scan(None, NOW)
    write_post(root, "2024-05-07-d.md", "라", "글", tags="[llm]", date="2024-05-07")
    (root / "2024-05-04-a.md").unlink()
    archive = reloaded.scan(first, NOW).archive
    assert everything(archive) == everything(start(root))
    assert [post.slug for post in archive.tagged("LLM")] == ["2024-05-07-d", "2024-05-05-b"]


async def test_a_bot_that_ends_leaves_its_index_to_the_next(
    root: Path, tmp_path: Path, opened: Opened, request: pytest.FixtureRequest
) -> None:
    async with opened("sqlite") as engine:
        cache = tmp_path / "cache"
        async with Library.open(folder(root), SqlPostsSeen(engine), lambda: NOW, cache) as library:
            write_post(root, "2024-05-07-d.md", "라", "글", tags="[llm]", date="2024-05-07")
            await library.reload()
            known = everything(library.archive)
    request.getfixturevalue("no_index_is_made")
    assert everything(start(root)) == known


def _garbage(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


def _another_row(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE rows SET row = x'c1'")


def _one_bit(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        (row,) = connection.execute("SELECT row FROM rows").fetchone()
        connection.execute("UPDATE rows SET row = ?", (row[:-1] + bytes([row[-1] ^ 1]),))


@pytest.mark.parametrize("harm", [_garbage, _another_row, _one_bit])
def test_an_index_that_is_damaged_is_made_anew_and_the_log_says_so(
    root: Path, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    made = start(root)
    stop(root, made)
    harm(root.parent / "cache" / "tags.db")
    with caplog.at_level(logging.WARNING):
        assert everything(start(root)) == everything(made)
    assert "the tags are indexed anew" in caplog.text


def test_one_that_cannot_be_written_ends_no_program(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    archive = start(root)
    (root.parent / "cache" / "tags.db").unlink(missing_ok=True)
    (root.parent / "cache" / "tags.db").mkdir()
    stop(root, archive)
    assert "was not written" in caplog.text
