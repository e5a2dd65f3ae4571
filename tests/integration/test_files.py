"""The content folder on a real disk."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.files import ContentFolder
from bot.adapters.snapshots import ContentSnapshot
from bot.posts.decoding import MAX_BYTES
from bot.posts.lengths import MAX_CHARACTERS
from tests.support.posts import write_post

NOW = datetime(2024, 6, 1, tzinfo=UTC)
BROKEN = "---\ntitle: a\n  date: b\n---\nx\n"


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    root = tmp_path / "content"
    root.mkdir()
    return ContentFolder(root)


def scan(folder: ContentFolder, previous: ContentSnapshot | None = None) -> ContentSnapshot:
    return folder.scan(previous, NOW)


def slugs(snapshot: ContentSnapshot) -> list[str]:
    return [post.slug for post in snapshot.archive.posts]


def codes(snapshot: ContentSnapshot) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in snapshot.problems]


def test_posts_are_found_in_sub_folders_and_nothing_else_is(folder: ContentFolder) -> None:
    (folder.root / "2024" / "05").mkdir(parents=True)
    (folder.root / ".obsidian").mkdir()
    write_post(folder.root, "2024-05-04-a.md")
    write_post(folder.root / "2024" / "05", "2024-05-05-b.markdown")
    for name in (".hidden.md", "x.md~", ".2024-05-04-a.md.swp", "~$x.md", "notes.txt", ".obsidian/c.md"):
        (folder.root / name).write_text("no post")
    snapshot = scan(folder)
    assert slugs(snapshot) == ["2024-05-04-a", "2024-05-05-b"]
    assert [post.path for post in snapshot.archive.posts] == [
        "2024-05-04-a.md",
        "2024/05/2024-05-05-b.markdown",
    ]
    assert snapshot.problems == ()


def test_a_bad_file_is_reported_and_hides_no_good_one(folder: ContentFolder) -> None:
    write_post(folder.root, "2024-05-04-good.md")
    (folder.root / "2024-05-05-bad.md").write_text(BROKEN)
    (folder.root / "2024-05-06-bytes.md").write_bytes(b"\xff\xfe\0")
    snapshot = scan(folder)
    assert slugs(snapshot) == ["2024-05-04-good"]
    assert codes(snapshot) == [
        ("2024-05-05-bad.md", "front-matter-invalid"),
        ("2024-05-06-bytes.md", "not-utf-8"),
    ]
    assert snapshot.difference(None).refused == ("2024-05-05-bad.md", "2024-05-06-bytes.md")


def test_a_post_that_grew_too_long_to_be_shown_is_refused_and_its_older_version_stays(
    folder: ContentFolder,
) -> None:
    file = write_post(folder.root, "2024-05-04-a.md")
    before = scan(folder)
    file.write_text("---\ntitle: a\n---\n\n" + "x" * (MAX_CHARACTERS + 1))
    after = scan(folder, before)
    assert after.archive.posts == before.archive.posts
    (problem,) = after.problems
    assert (problem.path, problem.line, problem.code) == ("2024-05-04-a.md", 5, "post-too-long")
    assert "1,000,000" in problem.cause


def test_the_older_good_version_stays_until_the_file_is_mended(folder: ContentFolder) -> None:
    file = write_post(folder.root, "2024-05-04-a.md", title="하나")
    good = scan(folder)
    file.write_text(BROKEN)
    broken = scan(folder, good)
    assert [post.title for post in broken.archive.posts] == ["하나"]
    assert codes(broken) == [("2024-05-04-a.md", "front-matter-invalid")]
    assert broken.modified == good.modified
    still = scan(folder, broken)
    assert [post.title for post in still.archive.posts] == ["하나"]
    assert not still.difference(broken)
    write_post(folder.root, "2024-05-04-a.md", title="둘")
    mended = scan(folder, still)
    assert [post.title for post in mended.archive.posts] == ["둘"]
    assert mended.problems == ()
    assert mended.difference(still).changed == ("2024-05-04-a",)


def test_a_file_that_is_cut_to_nothing_for_a_moment_keeps_its_post(folder: ContentFolder) -> None:
    file = write_post(folder.root, "2024-05-04-a.md")
    good = scan(folder)
    file.write_bytes(b"")
    assert slugs(scan(folder, good)) == ["2024-05-04-a"]


def test_the_difference_names_what_changed(folder: ContentFolder) -> None:
    for name in ("2024-05-01-stays.md", "2024-05-02-changes.md", "2024-05-03-goes.md"):
        write_post(folder.root, name)
    before = scan(folder)
    assert before.difference(None).added == ("2024-05-01-stays", "2024-05-02-changes", "2024-05-03-goes")
    write_post(folder.root, "2024-05-02-changes.md", body="다른 본문")
    (folder.root / "2024-05-03-goes.md").unlink()
    write_post(folder.root, "2024-05-04-comes.md")
    (folder.root / "2024-05-05-bad.md").write_text(BROKEN)
    difference = scan(folder, before).difference(before)
    assert difference.added == ("2024-05-04-comes",)
    assert difference.changed == ("2024-05-02-changes",)
    assert difference.removed == ("2024-05-03-goes",)
    assert difference.refused == ("2024-05-05-bad.md",)
    assert [problem.code for problem in difference.problems] == ["front-matter-invalid"]


def test_nothing_changed_is_no_difference_and_the_archive_is_the_same(folder: ContentFolder) -> None:
    write_post(folder.root, "2024-05-04-a.md")
    before = scan(folder)
    after = scan(folder, before)
    assert after.archive is before.archive
    assert not after.difference(before)


def test_a_file_that_did_not_change_is_not_read_again(folder: ContentFolder) -> None:
    write_post(folder.root, "2024-05-04-a.md")
    before = scan(folder)
    after = scan(folder, before)
    assert after.files["2024-05-04-a.md"] is before.files["2024-05-04-a.md"]


def test_an_edit_that_keeps_size_and_time_of_change_is_noticed(folder: ContentFolder) -> None:
    file = write_post(folder.root, "2024-05-04-a.md", title="one")
    before = scan(folder)
    status = file.stat()
    write_post(folder.root, "2024-05-04-a.md", title="two")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert scan(folder, before).archive.posts[0].title == "two"


def test_of_two_files_with_a_slug_the_first_by_path_is_used_and_the_other_reported(
    folder: ContentFolder,
) -> None:
    write_post(folder.root, "2024-05-04-b.md", title="b", slug="same")
    write_post(folder.root, "2024-05-05-a.md", title="a", slug="same")
    snapshot = scan(folder)
    assert [post.title for post in snapshot.archive.posts] == ["b"]
    (problem,) = snapshot.problems
    assert (problem.path, problem.code) == ("2024-05-05-a.md", "duplicate-slug")
    assert "2024-05-04-b.md" in problem.cause
    (folder.root / "2024-05-04-b.md").unlink()
    assert [post.title for post in scan(folder, snapshot).archive.posts] == ["a"]


def test_a_new_file_never_takes_the_place_of_a_post_in_service(folder: ContentFolder) -> None:
    write_post(folder.root, "2024-05-05-b.md", title="b", slug="same")
    before = scan(folder)
    write_post(folder.root, "2024-05-04-a.md", title="a", slug="same")
    after = scan(folder, before)
    assert [post.title for post in after.archive.posts] == ["b"]
    assert [(problem.path, problem.code) for problem in after.problems] == [
        ("2024-05-04-a.md", "duplicate-slug")
    ]
    (folder.root / "2024-05-05-b.md").unlink()
    left = scan(folder, after)
    assert [post.title for post in left.archive.posts] == ["a"]
    assert left.problems == ()


def test_a_draft_hides_no_post_of_its_slug(folder: ContentFolder) -> None:
    write_post(folder.root, "2024-05-04-a.md", title="draft", slug="same", draft="true")
    write_post(folder.root, "2024-05-05-b.md", title="b", slug="same")
    snapshot = scan(folder)
    assert [post.title for post in snapshot.archive.posts] == ["b"]
    assert [problem.path for problem in snapshot.problems] == ["2024-05-04-a.md"]


def test_a_draft_is_kept_apart_until_it_is_published(folder: ContentFolder) -> None:
    write_post(folder.root, "2024-05-04-a.md", draft="true")
    before = scan(folder)
    assert slugs(before) == []
    assert [post.slug for post in before.drafts] == ["2024-05-04-a"]
    assert before.modified == {}
    write_post(folder.root, "2024-05-04-a.md", draft="false")
    after = scan(folder, before)
    assert after.difference(before).added == ("2024-05-04-a",)


def test_the_time_of_change_is_known_by_slug(folder: ContentFolder) -> None:
    file = write_post(folder.root, "2024-05-04-a.md", slug="my-slug")
    os.utime(file, (0, 1_700_000_000))
    assert scan(folder).modified == {"my-slug": datetime.fromtimestamp(1_700_000_000, UTC)}


def test_a_folder_that_is_away_takes_no_post_out_of_service(folder: ContentFolder, tmp_path: Path) -> None:
    write_post(folder.root, "2024-05-04-a.md")
    before = scan(folder)
    folder.root.rename(tmp_path / "elsewhere")
    away = scan(folder, before)
    assert slugs(away) == ["2024-05-04-a"]
    assert [problem.code for problem in away.problems] == ["no-folder"]
    (tmp_path / "elsewhere").rename(folder.root)
    back = scan(folder, away)
    assert slugs(back) == ["2024-05-04-a"]
    assert back.problems == ()


def test_an_absent_folder_is_an_empty_archive_and_a_problem(tmp_path: Path) -> None:
    snapshot = ContentFolder(tmp_path / "none").scan(None, NOW)
    assert len(snapshot.archive) == 0
    assert [problem.code for problem in snapshot.problems] == ["no-folder"]


def test_a_file_too_large_is_refused_unread(folder: ContentFolder) -> None:
    with (folder.root / "2024-05-04-a.md").open("wb") as file:
        file.truncate(MAX_BYTES * 1000)
    assert codes(scan(folder)) == [("2024-05-04-a.md", "file-too-large")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_does_not_hang_the_scan(folder: ContentFolder) -> None:
    os.mkfifo(folder.root / "2024-05-04-a.md")
    assert codes(scan(folder)) == [("2024-05-04-a.md", "not-a-file")]


def test_a_link_to_a_file_is_followed_and_a_dead_one_reported(folder: ContentFolder, tmp_path: Path) -> None:
    target = write_post(tmp_path, "target.md", date="2024-05-04")
    (folder.root / "2024-05-04-a.md").symlink_to(target)
    (folder.root / "2024-05-05-b.md").symlink_to(tmp_path / "nowhere")
    (folder.root / "loop").symlink_to(folder.root)
    snapshot = scan(folder)
    assert slugs(snapshot) == ["2024-05-04-a"]
    assert codes(snapshot) == [("2024-05-05-b.md", "unreadable")]


def test_a_file_name_that_is_no_utf8_is_read_and_shown(folder: ContentFolder) -> None:
    name = os.fsdecode(b"2024-05-04-\xff.md")
    try:
        write_post(folder.root, name)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    snapshot = scan(folder)
    assert slugs(snapshot) == ["2024-05-04-?"]
    assert scan(folder, snapshot).archive is snapshot.archive


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_listed_keeps_what_is_known_from_inside(folder: ContentFolder) -> None:
    inside = folder.root / "inside"
    inside.mkdir()
    write_post(inside, "2024-05-04-a.md")
    before = scan(folder)
    inside.chmod(0)
    try:
        closed = scan(folder, before)
    finally:
        inside.chmod(0o755)
    assert slugs(closed) == ["2024-05-04-a"]
    assert codes(closed) == [("inside", "unreadable")]


def test_a_time_without_a_zone_is_the_folders_and_so_is_today(folder: ContentFolder) -> None:
    seoul = ContentFolder(folder.root, zone=ZoneInfo("Asia/Seoul"))
    write_post(folder.root, "2024-06-02-a.md", date="2024-06-02 08:00:00")
    evening = datetime(2024, 6, 1, 16, tzinfo=UTC)  # 2 June in Seoul
    snapshot = seoul.scan(None, evening)
    (post,) = snapshot.archive.posts
    assert post.meta.published_at == datetime(2024, 6, 1, 23, tzinfo=UTC)
    assert snapshot.problems == ()
    (problem,) = folder.scan(None, evening).problems
    assert problem.code == "future-date"
