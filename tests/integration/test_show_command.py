"""`ainews show` on real files: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.support.posts import write_post


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of the developer's, and a terminal of a known width."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("SITE_URL", "DEFAULT_LOCALE", "TIMEZONE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    posts = tmp_path / "posts"
    (posts / "2026").mkdir(parents=True)
    write_post(
        posts, "2026-11-22-a.md", "첫 글", "본문 **하나**예요. [글](/more)", url="https://blog.example/a"
    )
    write_post(posts / "2026", "2026-11-23-b.md", "둘째 글", "## 소식\n\n본문 둘이에요. [상대](/here)")
    return posts


def show(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["show", *(str(argument) for argument in arguments)])


def test_one_file_is_a_plain_list_of_request_bodies(folder: Path) -> None:
    result = show("--json", folder / "2026-11-22-a.md")
    (body,) = json.loads(result.stdout)
    assert body["embeds"][0]["title"] == "첫 글"
    assert body["allowed_mentions"] == {"parse": []}
    assert "**하나**" in json.dumps(body, ensure_ascii=False)


def test_a_folder_is_an_object_of_lists_by_path(folder: Path) -> None:
    result = show("--json", folder.name)
    bodies = json.loads(result.stdout)
    assert list(bodies) == ["posts/2026-11-22-a.md", "posts/2026/2026-11-23-b.md"]
    assert all(isinstance(messages, list) and messages for messages in bodies.values())


def test_a_file_named_twice_is_shown_once(folder: Path) -> None:
    result = show("--json", "posts", folder.name + "/2026-11-22-a.md")
    assert len(json.loads(result.stdout)) == 2


def test_with_out_each_post_gets_a_file_named_after_its_own(folder: Path, tmp_path: Path) -> None:
    result = show("--json", "--out", tmp_path / "new" / "out", folder)
    assert (result.exit_code, result.output) == (0, "")
    written = sorted((tmp_path / "new" / "out").iterdir())
    assert [path.name for path in written] == ["2026-11-22-a.json", "2026-11-23-b.json"]
    assert json.loads(written[0].read_text("utf-8")) == json.loads(
        show("--json", folder / "2026-11-22-a.md").stdout
    )


def test_a_post_that_cannot_be_loaded_is_reported_and_hides_no_other(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.md").write_bytes(b"---\ntitle: [\n---\n" + b"\xff\xfe")
    result = show("--json", "--out", tmp_path / "out", folder)
    assert result.exit_code == 1
    assert f"{folder.as_posix()}/bad.md:" in result.stderr
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_two_posts_of_the_same_stem_do_not_overwrite_each_other(folder: Path, tmp_path: Path) -> None:
    write_post(folder / "2026", "2026-11-22-a.md", "같은 이름")
    result = show("--json", "--out", tmp_path / "out", folder)
    assert result.exit_code == 1
    assert "has the same name" in result.stderr
    assert "첫 글" in (tmp_path / "out" / "2026-11-22-a.json").read_text("utf-8")


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = show(tmp_path / "empty")
    assert result.exit_code == 1
    assert "There is no post in this folder." in result.stderr


def test_the_terminal_gets_cards_with_their_counts(folder: Path) -> None:
    result = show(folder)
    assert result.exit_code == 0
    assert "▌ 첫 글" in result.stdout
    assert "▌ 본문 하나예요. 글" in result.stdout
    assert "title\u00a03/256" in result.stdout
    assert "**" not in result.stdout


def test_site_url_comes_from_the_environment_or_the_option(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "2026" / "2026-11-23-b.md"
    assert "/here" not in show("--json", file).stdout
    monkeypatch.setenv("SITE_URL", "https://env.example")
    assert "https://env.example/here" in show("--json", file).stdout
    assert (
        "https://option.example/here" in show("--json", "--site-url", "https://option.example", file).stdout
    )


def test_the_locale_decides_the_words_of_the_bot(folder: Path) -> None:
    file = folder / "2026-11-22-a.md"
    assert "2026년 11월 22일" in show("--json", file).stdout
    assert "Nov 22, 2026" in show("--json", "--locale", "en", file).stdout


def test_the_digest_has_a_menu_of_sections(folder: Path) -> None:
    result = show("--layout", "digest", folder / "2026" / "2026-11-23-b.md")
    assert "· 소식" in result.stdout


def test_the_page_is_written_in_one_file(folder: Path, tmp_path: Path) -> None:
    result = show("--html", tmp_path / "page.html", folder)
    assert (result.exit_code, result.output) == (0, "")
    html = (tmp_path / "page.html").read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert "<strong>하나</strong>" in html


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "x"], "--out goes with --json"),
        (["--html", "x.html", "--json"], "exclude each other"),
        (["--locale", "fr"], "--locale is ko or en"),
        (["--layout", "poster"], "poster"),
    ],
)
def test_options_that_make_no_sense_are_refused(folder: Path, options: list[str], words: str) -> None:
    result = show(*options, folder)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_page_that_cannot_be_written_is_said_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = show("--html", tmp_path / "file" / "page.html", folder)
    assert result.exit_code == 1
    assert "cannot be written" in str(result.exception)
