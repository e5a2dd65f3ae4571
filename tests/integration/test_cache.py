"""The cache of what was read: it saves work, and whatever becomes of it, no post is lost or wrong."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters import bulk, file_rows
from bot.adapters.bodies import KEPT, FileBodies
from bot.adapters.bulk import MANY, rows_of_many
from bot.adapters.cache import VERSION, PostCache
from bot.adapters.cache_file import sealed
from bot.adapters.file_rows import RowReader, row_of
from bot.adapters.files import FEW, ContentFolder
from bot.adapters.loaded import load_file, read_up_to
from bot.adapters.search_index import SearchIndex
from bot.adapters.snapshots import ContentSnapshot
from bot.errors import PostError
from bot.posts.archive import Archive
from bot.posts.models import FrontMatter, Importance, Post, TagKind
from bot.posts.problems import Problem, Severity
from bot.posts.stored import StoredPost
from tests.support.posts import write_post

NOW = datetime(2024, 6, 1, tzinfo=UTC)
RICH = """---
title: "제목: 하나"
date: 2024-05-04T09:30:00+09:00
updated: 2024-05-05
tags: [LLM, 추론]
companies: [OpenAI]
authors: [민가람, 차보름]
importance: major
lang: ko
url: https://example.com/a
colour: {deep: [1, 2.5, true, null]}
unknown_typo: x
---

## 첫째

본문이에요.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "content"
    root.mkdir()
    return root


def start(root: Path, *, cached: bool = True) -> ContentSnapshot:
    """What a bot that starts now knows."""
    file = root.parent / "cache" / "posts.db"
    return ContentFolder(root, cache_file=file if cached else None).scan(None, NOW)


def seen(snapshot: ContentSnapshot) -> list[object]:
    """Everything that is known of the posts, texts included."""
    posts = snapshot.archive.posts
    known = [(post.meta, post.body, post.path, post.body_line, post.content_hash) for post in posts]
    return [*known, snapshot.problems, snapshot.modified]


def many(root: Path, count: int) -> None:
    for number in range(count):
        write_post(root, f"2024-05-04-p{number:04}.md", f"글 {number}", f"본문 {number}", tags="[LLM]")


def test_a_warm_start_knows_what_a_cold_one_read_and_parses_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "2024-05-04-rich.md").write_text(RICH, "utf-8")
    write_post(root, "2024-05-05-b.md", date="2024-05-05")
    cold = start(root)
    monkeypatch.setattr("bot.adapters.loaded.parse_post", lambda *_, **__: pytest.fail("a file was parsed"))
    warm = start(root)
    assert seen(warm) == seen(cold)
    assert isinstance(warm.archive.posts[0], StoredPost)


def test_a_row_holds_all_that_is_known_of_a_file(root: Path) -> None:
    (root / "2024-05-04-rich.md").write_text(RICH, "utf-8")
    bodies = FileBodies(root)
    loaded = load_file(root, "2024-05-04-rich.md", None, NOW)
    again = RowReader(bodies).read(row_of(loaded))
    assert loaded.post
    assert again.post
    assert again.post.meta == loaded.post.meta
    assert again.post.body == loaded.post.body
    assert (again.fingerprint, again.modified, again.problems) == (
        loaded.fingerprint,
        loaded.modified,
        loaded.problems,
    )


@pytest.mark.parametrize(
    "row", [b"", b"{", b"[]", b"{}", b'{"fingerprint": [1, 2], "modified": "x"}', b"\xff"]
)
def test_what_is_no_row_is_refused(row: bytes, root: Path) -> None:
    for data in (row, sealed(row)):
        with pytest.raises(ValueError):  # noqa: PT011 - that and its kinds are what the cache catches
            RowReader(FileBodies(root)).read(data)


def test_rows_of_another_shape_have_another_version() -> None:
    structs = (file_rows._Row, FrontMatter, Problem)
    shape = repr(
        [
            *(one.__annotations__ for one in structs),
            *(list(map(str, one)) for one in (TagKind, Importance, Severity)),
        ]
    )
    # Whoever changes what a row holds raises VERSION, so that nobody reads older rows, and writes both here.
    assert (VERSION, hashlib.sha256(shape.encode()).hexdigest()[:8]) == (9, "b52c9af8")


def _garbage(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _bad_row(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE rows SET row = ?", (b'{"path": 3}',))


def _text_row(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE rows SET row = 'text'")


def _one_byte(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = connection.execute("SELECT key, row FROM rows").fetchall()
        assert all(b'"importance":"normal"' in row for _, row in rows)
        harmed = [(row.replace(b'"normal"', b'"nornal"'), key) for key, row in rows]
        connection.executemany("UPDATE rows SET row = ? WHERE key = ?", harmed)


def _other_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE about SET text = '0 of long ago'")
        connection.execute("UPDATE rows SET row = ?", (b"another way to write rows",))


def _other_tables(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE about (other INTEGER)")


HARMS = (_garbage, _cut, _empty, _folder, _bad_row, _text_row, _one_byte, _other_version, _other_tables)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__.strip("_"))
def test_a_harmed_cache_costs_no_post_and_mends_itself(root: Path, harm: Callable[[Path], None]) -> None:
    many(root, 30)
    before = start(root)
    harm(root.parent / "cache" / "posts.db")
    after = start(root)
    assert seen(after) == seen(before) == seen(start(root, cached=False))
    assert seen(start(root)) == seen(before)


def test_a_cache_that_another_process_holds_is_done_without(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.cache_file._BUSY_SECONDS", 0.01)
    many(root, 3)
    before = start(root)
    with closing(sqlite3.connect(root.parent / "cache" / "posts.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert seen(start(root)) == seen(before)
    assert "cannot be used" in caplog.text


def test_a_cache_of_another_folder_is_not_believed(root: Path, tmp_path: Path) -> None:
    write_post(root, "2024-05-04-a.md", "여기")
    start(root)
    other = tmp_path / "other"
    other.mkdir()
    write_post(other, "2024-05-04-b.md", "저기")
    folder = ContentFolder(other, cache_file=tmp_path / "cache" / "posts.db")
    assert [post.title for post in folder.scan(None, NOW).archive.posts] == ["저기"]


def test_files_that_changed_or_went_while_the_bot_was_down_are_noticed(root: Path) -> None:
    many(root, 4)
    start(root)
    write_post(root, "2024-05-04-p0001.md", "바뀐 글")
    (root / "2024-05-04-p0002.md").unlink()
    assert seen(start(root)) == seen(start(root, cached=False))


def test_of_many_files_the_texts_stay_on_the_disk(root: Path) -> None:
    many(root, FEW + 5)
    snapshot = start(root)
    assert all(isinstance(post, StoredPost) for post in snapshot.archive.posts)
    assert [post.body for post in snapshot.archive.posts][3] == "본문 3\n"


def test_very_many_files_are_read_in_processes_as_if_one_by_one(root: Path) -> None:
    many(root, MANY + 1)
    (root / "2024-05-05-bad.md").write_bytes(b"\xff\xfe\0")
    assert seen(start(root)) == seen(start(root, cached=False))


def test_without_processes_the_files_are_read_one_by_one(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    write_post(root, "2024-05-04-a.md")
    monkeypatch.setattr(bulk, "ProcessPoolExecutor", refuse)
    assert rows_of_many(root, ["2024-05-04-a.md"], NOW) == {}
    assert "one by one: no more processes" in caplog.text
    monkeypatch.setattr("bot.adapters.files.MANY", 1)
    assert [post.slug for post in start(root).archive.posts] == ["2024-05-04-a"]


def stored(root: Path) -> tuple[Post, FileBodies]:
    """A post whose text stays in its file."""
    many(root, 1)
    folder = ContentFolder(root, cache_file=root.parent / "cache" / "posts.db")
    folder.scan(None, NOW)
    again = ContentFolder(root, cache_file=root.parent / "cache" / "posts.db")
    return again.scan(None, NOW).archive.posts[0], again.bodies


@pytest.mark.parametrize(
    "harm", [_garbage, _empty, Path.unlink, _folder], ids=["other", "empty", "gone", "folder"]
)
def test_a_text_whose_file_changed_is_never_another_posts(root: Path, harm: Callable[[Path], None]) -> None:
    post, bodies = stored(root)
    harm(root / post.path)
    with pytest.raises(PostError, match="no copy of this version"):
        _ = post.body
    bodies.copy = lambda asked: f"copy of {asked.slug}"
    assert post.body == f"copy of {post.slug}"
    assert isinstance(post, StoredPost)
    assert post.loaded().body == post.body


async def test_the_search_index_holds_the_copy_until_the_next_reload(root: Path, tmp_path: Path) -> None:
    post, bodies = stored(root)
    index = SearchIndex(tmp_path / "search")
    await index.update(Archive.of([post]))
    bodies.copy = index.body
    write_post(root, Path(post.path).name, body="새 본문")
    fresh = FileBodies(root, bodies.copy)
    assert fresh.body(post) == "본문 0\n"
    await index.close()


def test_texts_that_were_asked_for_are_kept_for_a_while_and_no_longer(root: Path) -> None:
    many(root, KEPT + 1)
    start(root)
    posts = start(root).archive.posts
    assert posts[0].body == "본문 0\n"
    (root / posts[0].path).unlink()
    assert posts[0].body == "본문 0\n"
    for post in posts[1:]:
        assert post.body
    with pytest.raises(PostError):
        _ = posts[0].body


def test_stored_posts_are_equal_by_their_bytes(root: Path) -> None:
    post, bodies = stored(root)
    assert isinstance(post, StoredPost)
    twin = StoredPost(
        post.meta,
        post.meta,
        bodies,
        path=post.path,
        body_line=1,
        content_hash=hashlib.sha256((root / post.path).read_bytes()).hexdigest(),
    )
    assert twin == post
    assert hash(twin) == hash(post)
    assert repr(post) == f"StoredPost({post.path!r})"
    assert post != post.loaded()


def test_a_cache_that_cannot_be_written_is_told_and_the_posts_are_there(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    many(root, 2)
    (root.parent / "cache").write_text("in the way")
    assert len(start(root).archive) == 2
    assert "was not written" in caplog.text


def test_a_path_that_is_no_text_is_left_out_of_the_cache(root: Path) -> None:
    many(root, 1)
    cache = PostCache(root.parent / "c.db", "here")
    loaded = load_file(root, "2024-05-04-p0000.md", None, NOW)
    cache.save({"a.md": loaded, "\udcff.md": loaded}, (), {})
    assert list(cache.load(FileBodies(root))) == ["a.md"]
    cache.save({}, ["a.md"], {})
    assert cache.load(FileBodies(root)) == {}


def test_a_file_that_grows_while_it_is_read_is_read_whole_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"0123456789")
    assert read_up_to(file, 100) == b"0123456789"
    assert read_up_to(file, 10) == b"0123456789"
    assert read_up_to(file, 4) == b"0123"
    without_size = Path("/proc/self/status")  # has bytes, and a size of none, as if it had grown
    if without_size.exists():
        assert read_up_to(without_size, 100_000).endswith(b"\n")
        assert len(read_up_to(without_size, 100)) == 100
