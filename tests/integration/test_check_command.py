"""``ainews check`` and ``ainews new``, run as an editor runs them."""

from __future__ import annotations

import datetime as dt
import json
import stat
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app, main
from bot.errors import PostError
from bot.posts.parsing import parse_post
from tests.support.corpus import corpus
from tests.support.posts import write_post

BROKEN_TITLE = "AI 분야의 최신 동향: $100k Kaggle 대회"
KAGGLE = f"---\ntitle: {BROKEN_TITLE}\ndate: 2024-05-04  # 날짜\n---\n\n본문이에요.\n"
UNUSABLE = "---\ntitle: a\n  date: b\n---\nx\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with nothing set."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONTENT_DIR", "SITE_URL", "TIMEZONE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "content").mkdir()
    return tmp_path


def ainews(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_good_posts_are_counted_and_the_exit_is_zero(here: Path) -> None:
    write_post(here / "content", "2024-05-04-a.md")
    result = ainews("check")
    assert (result.exit_code, result.stdout) == (0, "1 post, no problems\n")


def test_a_problem_is_shown_with_file_line_cause_and_fix(here: Path) -> None:
    (here / "content" / "2024-05-04-kaggle.md").write_text(KAGGLE, encoding="utf-8")
    result = ainews("check")
    assert result.exit_code == 0
    text = " ".join(result.stdout.replace("│", " ").split())
    assert "content/2024-05-04-kaggle.md:2 warning" in text
    assert "`title`" in text
    assert "ainews check --fix" in text
    assert "1 post usable, 0 errors, 1 warning" in text


def test_strict_lets_a_warning_fail(here: Path) -> None:
    (here / "content" / "2024-05-04-kaggle.md").write_text(KAGGLE, encoding="utf-8")
    assert ainews("check", "--strict").exit_code == 1
    write_post(here / "content", "2024-05-04-kaggle.md")
    assert ainews("check", "--strict").exit_code == 0


def test_a_post_that_cannot_be_used_fails(here: Path) -> None:
    write_post(here / "content", "2024-05-04-a.md")
    (here / "content" / "2024-05-05-b.md").write_text(UNUSABLE, encoding="utf-8")
    result = ainews("check")
    assert result.exit_code == 1
    assert "content/2024-05-05-b.md:3" in result.stdout
    assert "1 post usable, 1 error, 0 warnings" in result.stdout


def test_json_lists_the_problems_as_objects(here: Path) -> None:
    file = here / "2024-05-04-kaggle.md"
    file.write_text(KAGGLE, encoding="utf-8")
    (here / "content" / "2024-05-05-b.md").write_text(UNUSABLE, encoding="utf-8")
    result = ainews("check", "--json", file, "content")
    assert result.exit_code == 1
    kaggle, unusable = json.loads(result.stdout)
    assert set(kaggle) == {"path", "line", "code", "cause", "fix", "severity", "fixable"}
    assert (kaggle["path"], kaggle["line"], kaggle["severity"]) == (file.as_posix(), 2, "warning")
    assert kaggle["fixable"] is True
    assert (unusable["path"], unusable["severity"]) == ("content/2024-05-05-b.md", "error")


def test_json_of_no_problems_is_an_empty_list() -> None:
    result = ainews("check", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_fix_quotes_the_value_and_changes_no_other_byte(here: Path) -> None:
    file = here / "content" / "2024-05-04-kaggle.md"
    file.write_bytes(b"\xef\xbb\xbf" + KAGGLE.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    result = ainews("check", "--fix", "--strict")
    assert result.exit_code == 0
    assert "Fixed content/2024-05-04-kaggle.md" in result.stdout
    quoted = KAGGLE.replace(BROKEN_TITLE, f'"{BROKEN_TITLE}"').replace("\n", "\r\n")
    assert file.read_bytes() == b"\xef\xbb\xbf" + quoted.encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_fix_leaves_files_alone_that_need_none_or_cannot_be_mended(here: Path) -> None:
    good = write_post(here / "content", "2024-05-04-a.md")
    bad = here / "content" / "2024-05-05-b.md"
    bad.write_text(UNUSABLE, encoding="utf-8")
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in (good, bad)]
    result = ainews("check", "--fix")
    assert result.exit_code == 1
    assert "Fixed" not in result.stdout
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in (good, bad)] == before


def test_fix_writes_through_a_link(here: Path) -> None:
    target = here / "target.md"
    target.write_text(KAGGLE, encoding="utf-8")
    link = here / "content" / "2024-05-04-kaggle.md"
    link.symlink_to(target)
    assert ainews("check", "--fix", "--strict").exit_code == 0
    assert link.is_symlink()
    assert f'title: "{BROKEN_TITLE}"' in target.read_text(encoding="utf-8")


def test_a_path_that_does_not_exist_is_a_usage_error() -> None:
    assert ainews("check", "nowhere").exit_code == 2


@pytest.mark.parametrize("command", [["check"], ["check", "--json"], ["new", "제목"]])
@pytest.mark.parametrize("said", ["does not exist", "is no folder"])
def test_a_content_folder_that_is_none_is_one_line_and_exit_2(
    here: Path,
    command: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if said == "is no folder":
        (here / "posts").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("CONTENT_DIR", "posts")
    monkeypatch.setattr(sys, "argv", ["ainews", *command])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"CONTENT_DIR: posts {said}. ")
    assert not (here / "posts").is_dir()


def test_an_empty_folder_is_said_to_be_empty(here: Path) -> None:
    result = ainews("check")
    said = 'There are no posts in content: `ainews new "A title"` begins one.\n'
    assert (result.exit_code, result.stdout) == (0, said)
    (here / "empty").mkdir()
    assert "no posts in content, empty:" in ainews("check", "content", "empty").stdout


def test_the_content_folder_comes_from_the_environment(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = here / "posts"
    elsewhere.mkdir()
    write_post(elsewhere, "2024-05-04-a.md")
    write_post(elsewhere, "2024-05-05-b.md")
    monkeypatch.setenv("CONTENT_DIR", str(elsewhere))
    assert ainews("check").stdout == "2 posts, no problems\n"


def test_a_relative_image_is_fine_where_the_site_is_known(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(here / "content", "2024-05-04-a.md", image="/a.png")
    assert "SITE_URL" in ainews("check").stdout
    monkeypatch.setenv("SITE_URL", "https://example.com")
    assert ainews("check").stdout == "1 post, no problems\n"


def test_a_file_named_alone_is_checked_whatever_its_name_is(here: Path) -> None:
    file = here / "post.txt"
    file.write_text("---\ntitle: T\n---\nx", encoding="utf-8")
    result = ainews("check", file)
    assert result.exit_code == 1
    assert "no date" in result.stdout


def test_the_real_post_with_invalid_yaml_is_explained_and_mended(here: Path) -> None:
    original = corpus("ko/2024-05-04-kaggle-lmsys.md").read_bytes()
    file = here / "2024-05-04-kaggle-lmsys.md"
    file.write_bytes(original)
    problems = json.loads(ainews("check", "--json", file).stdout)
    assert [(problem["line"], problem["fixable"]) for problem in problems] == [(2, True), (3, True)]
    assert ainews("check", "--fix", "--strict", file).exit_code == 0
    pairs = zip(original.splitlines(keepends=True), file.read_bytes().splitlines(keepends=True), strict=True)
    changed = [(old.decode(), new.decode()) for old, new in pairs if old != new]
    value = "AI 분야의 최신 동향: $100k Kaggle 대회와 LLM의 인간 선호 예측"
    assert changed == [
        (f"title: {value}\n", f'title: "{value}"\n'),
        (f"description: {value}\n", f'description: "{value}"\n'),
    ]


def created(result: Result) -> Path:
    assert result.exit_code == 0, result.output
    return Path(result.stdout.strip())


def test_new_writes_a_draft_that_checks_without_problems(here: Path) -> None:
    path = created(ainews("new", "오늘의 AI: GPT-6 출시!", "--date", "2024-05-04", "--tags", "LLM, 오픈소스"))
    assert path == Path("content/2024-05-04-오늘의-ai-gpt-6-출시.md")
    post = parse_post((here / path).read_bytes(), path.name, today=parse_day("2024-05-04")).post
    assert post.title == "오늘의 AI: GPT-6 출시!"
    assert [tag.name for tag in post.meta.tags] == ["LLM", "오픈소스"]
    assert (post.meta.draft, post.meta.lang) == (True, "ko")
    assert ainews("check", "--strict").stdout == "1 post, no problems\n"


def parse_day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_new_never_overwrites(here: Path) -> None:
    path = here / created(ainews("new", "제목", "--date", "2024-05-04"))
    path.write_text("mine", encoding="utf-8")
    result = ainews("new", "제목", "--date", "2024-05-04")
    assert isinstance(result.exception, PostError)
    assert "exists already" in str(result.exception)
    assert path.read_text(encoding="utf-8") == "mine"


def test_new_publishes_at_once_when_told(here: Path) -> None:
    result = ainews("new", "제목", "--publish")
    post = here / created(result)
    assert "draft" not in post.read_text(encoding="utf-8") + result.stderr


def test_new_dates_the_post_by_the_operators_clock(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", "Pacific/Kiritimati")
    path = created(ainews("new", "A title", "--lang", "en"))
    zone = dt.timezone(dt.timedelta(hours=14))
    assert dt.date.fromisoformat(path.name[:10]) - dt.datetime.now(zone).date() in {
        dt.timedelta(0),
        dt.timedelta(days=-1),
    }
    assert "lang: en" in (here / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments", [("new", "  "), ("new", "T", "--lang", "x y"), ("new", "T", "--date", "soon")]
)
def test_new_says_what_is_wrong_with_its_options(here: Path, arguments: tuple[str, ...]) -> None:
    assert ainews(*arguments).exit_code == 2
    assert not list((here / "content").iterdir())


@pytest.mark.parametrize("command", [("check",), ("check", "--json"), ("show",), ("show", "--json")])
def test_a_files_name_commands_no_terminal(here: Path, command: tuple[str, ...]) -> None:
    for name in ("e\x1b[31mvil.md", "e\x9b31mvil.md"):
        (here / "content" / name).write_text(UNUSABLE, encoding="utf-8")
    write_post(here / "content", "2024-05-04-\x1b[31m\x9b.md", title="bad\u202e: title")
    result = ainews(*command, "content")
    assert "\\u001b[31mvil.md" in result.output
    assert "\\u009b31mvil.md" in result.output
    assert not set(result.output) & {"\x1b", "\x9b", "\u202e"}


def test_an_error_of_a_command_commands_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTENT_DIR", "no\x1b[31mwhere")
    monkeypatch.setattr(sys, "argv", ["ainews", "check"])
    with pytest.raises(SystemExit):
        main()
    assert "CONTENT_DIR: no\\u001b[31mwhere" in capsys.readouterr().err
