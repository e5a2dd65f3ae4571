"""Posts of a git repository: what is pushed is taken in, what is broken leaves the last good state."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dulwich.repo import Repo
from pydantic import SecretStr

from bot.adapters.content_git.fetching import Remote
from bot.adapters.content_git.source import GitContent
from bot.errors import SettingsError
from tests.support.git import FILE, FOLDER, LINK, Blog, post, served

TOKEN = "ghp_a-token-that-nobody-may-read"


@asynccontextmanager
async def alone() -> AsyncIterator[None]:
    yield


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    return Blog(tmp_path / "blog.git")


def content(
    folder: Path, url: str, branch: str | None = None, path: str = "", seconds: float = 30
) -> GitContent:
    return GitContent(
        remote=Remote(url=url, branch=branch, token=None), root=folder / "state", path=path, seconds=seconds
    )


def files_in(git: GitContent) -> dict[str, str]:
    return {
        file.relative_to(git.posts).as_posix(): file.read_text("utf-8")
        for file in sorted(git.posts.rglob("*"))
        if file.is_file()
    }


def posts_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.md"))


@pytest.mark.parametrize("over_http", [False, True])
async def test_pushes_are_taken_in_also_forced_ones(tmp_path: Path, blog: Blog, *, over_http: bool) -> None:
    blog.push(
        {"posts/2024-05-04-a.md": post("a"), "posts/b.md": post("b"), "logo.png": "x", "README.md": "r"}
    )
    with served(blog) as there:
        git = content(tmp_path, there.url if over_http else blog.url, path="posts")
        await git.open()
        assert set(files_in(git)) == {"2024-05-04-a.md", "b.md"}
        blog.push({"posts/2024-05-04-a.md": post("a, corrected"), "posts/more/c.md": post("c")})
        assert await git.pull(alone) is None
        assert files_in(git) == {"2024-05-04-a.md": post("a, corrected"), "more/c.md": post("c")}
        blog.push({"posts/d.md": post("d")}, force=True)
        assert await git.pull(alone) is None
        assert files_in(git) == {"d.md": post("d")}
        assert [path.name for path in git.posts.iterdir()] == ["d.md"]


async def test_only_the_newest_commit_is_fetched(tmp_path: Path, blog: Blog) -> None:
    for number in range(3):
        blog.push({"a.md": post(str(number))})
    with served(blog) as there:
        git = content(tmp_path, there.url)
        await git.open()
    with Repo(str(tmp_path / "state" / "repository.git")) as repository:
        assert blog.commits[2] in repository.object_store
        assert blog.commits[1] not in repository.object_store


async def test_files_that_did_not_change_are_never_touched(tmp_path: Path, blog: Blog) -> None:
    blog.push({"a.md": post("a"), "b.md": post("b")})
    git = content(tmp_path, blog.url)
    await git.open()
    before = (git.posts / "a.md").stat()
    blog.push({"a.md": post("a"), "b.md": post("b, corrected"), "c.md": post("c")}, force=True)
    assert await git.pull(alone) is None
    assert files_in(git)["b.md"] == post("b, corrected")
    after = (git.posts / "a.md").stat()
    # The cache of posts knows a file again by all of these.
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_ino) == (
        before.st_mtime_ns,
        before.st_ctime_ns,
        before.st_ino,
    )


async def test_a_file_may_become_a_folder_and_a_folder_a_file(tmp_path: Path, blog: Blog) -> None:
    blog.push({"a.md": post("a"), "b.md/index.md": post("b")})
    git = content(tmp_path, blog.url)
    await git.open()
    blog.push({"a.md/index.md": post("a"), "b.md": post("b")})
    assert await git.pull(alone) is None
    assert set(files_in(git)) == {"a.md/index.md", "b.md"}


async def test_another_branch_and_only_that(tmp_path: Path, blog: Blog) -> None:
    blog.push({"a.md": post("main")})
    blog.push({"a.md": post("live")}, "live")
    git = content(tmp_path, blog.url, branch="live")
    await git.open()
    blog.push({"a.md": post("main again")})
    assert await git.pull(alone) is None
    assert files_in(git) == {"a.md": post("live")}


def _branch_gone(blog: Blog) -> None:
    blog.remove_branch()


def _folder_gone(blog: Blog) -> None:
    blog.push({"elsewhere/a.md": post("a")})


def _folder_is_a_file(blog: Blog) -> None:
    blog.push({"posts": "no folder"})


def _folder_is_a_link(blog: Blog) -> None:
    blog.push_entries([(b"posts", LINK, b"/etc"), (b"a.md", FILE, b"x")])


def _no_posts(blog: Blog) -> None:
    blog.push({"posts/notes.txt": "nothing here"})


def _all_broken(blog: Blog) -> None:
    blog.push({"posts/a.md": "", "posts/b.md": "---\ntitle: [\n---\n"})


def _away(blog: Blog) -> None:
    blog.folder.rename(blog.folder.with_name("away"))


@pytest.mark.parametrize(
    ("mishap", "cause"),
    [
        (_branch_gone, "has no branch main"),
        (_folder_gone, "there is no folder 'posts' in it: see CONTENT_GIT_PATH"),
        (_folder_is_a_file, "there is no folder 'posts' in it"),
        (_folder_is_a_link, "there is no folder 'posts' in it"),
        (_no_posts, "there is no post in it any more"),
        (_all_broken, "none of its 2 posts can be used; the first: a.md"),
        (_away, "is no git repository"),
    ],
)
async def test_a_mishap_leaves_the_last_good_state_and_is_said_once(
    tmp_path: Path, blog: Blog, mishap: Callable[[Blog], None], cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    blog.push({"posts/a.md": post("a")})
    git = content(tmp_path, blog.url, branch="main", path="posts")
    await git.open()
    mishap(blog)
    for _ in range(3):
        said = await git.pull(alone)
        assert said is not None
        assert cause in said
    assert caplog.text.count("the posts stay as they are") == 1
    assert files_in(git) == {"a.md": post("a")}
    again = content(tmp_path, blog.url, branch="main", path="posts")
    await again.open()  # a restart
    assert files_in(again) == {"a.md": post("a")}


async def test_after_a_mishap_the_next_good_push_is_taken_in_and_said(
    tmp_path: Path, blog: Blog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    blog.push({"a.md": post("a")})
    git = content(tmp_path, blog.url)
    await git.open()
    blog.push({"a.md": ""})
    await git.pull(alone)
    blog.push({"a.md": post("mended"), "b.md": ""})
    assert await git.pull(alone) is None
    assert files_in(git) == {"a.md": post("mended"), "b.md": ""}  # the library names what is wrong with b.md
    assert "the posts' repository is fine again" in caplog.text
    blog.push({"a.md": ""})
    await git.pull(alone)
    assert caplog.text.count("the posts stay as they are") == 2


async def test_links_and_ways_out_of_the_folder_are_left_out(
    tmp_path: Path, blog: Blog, caplog: pytest.LogCaptureFixture
) -> None:
    text = post("x").encode()
    hostile: list[tuple[bytes, int, bytes]] = [
        (b"link.md", LINK, b"/etc/passwd"),
        (b"up.md", LINK, b"../../secret.md"),
        (b"module.md", 0o160000, text),
        (b"pipe.md", 0o010644, text),
        (b"..", FOLDER, text),
        (b".", FOLDER, text),
        (b".git", FOLDER, text),
        (b"../out.md", FILE, text),
        (b"/abs.md", FILE, text),
        (b"a/b.md", FILE, text),
        (b"back\\slash.md", FILE, text),
        (b"C:drive.md", FILE, text),
        (b"line\nbreak.md", FILE, text),
        (b"\x1b[31mred.md", FILE, text),
        ("bidi\u202e.md".encode(), FILE, text),
        (b"\xff.md", FILE, text),
        (b"x" * 300 + b".md", FILE, text),
        (b"dot.", FOLDER, text),
        (b"good.md", FILE, text),
    ]
    blog.push_entries(hostile)
    git = content(tmp_path, blog.url)
    await git.open()
    assert list(files_in(git)) == ["good.md"]
    assert [path.name for path in posts_below(tmp_path)] == ["good.md"]
    assert "link.md: links are not followed" in caplog.text
    assert not [record for record in caplog.records if not record.getMessage().isprintable()]


async def test_trees_that_name_each_other_into_billions_are_refused(tmp_path: Path, blog: Blog) -> None:
    from dulwich.objects import Blob, Commit, Tree  # noqa: PLC0415 - for this test alone
    from dulwich.refs import Ref  # noqa: PLC0415

    with Repo(str(blog.folder)) as repository:
        blob = Blob.from_string(post("x").encode())
        repository.object_store.add_object(blob)
        inner, mode = blob.id, FILE
        for _ in range(10):
            tree = Tree()
            for number in range(10):
                tree.add(b"%d%s" % (number, b".md" if mode == FILE else b""), mode, inner)
            repository.object_store.add_object(tree)
            inner, mode = tree.id, FOLDER
        commit = Commit()
        commit.tree = inner
        commit.author = commit.committer = b"a <a@b>"
        commit.author_time = commit.commit_time = commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"bomb"
        repository.object_store.add_object(commit)
        repository.refs[Ref(b"refs/heads/main")] = commit.id
    git = content(tmp_path, blog.url)
    with pytest.raises(SettingsError, match="there are more than 200000 files in it"):
        await git.open()


async def test_a_first_start_without_the_repository_says_so(tmp_path: Path) -> None:
    git = content(tmp_path, "http://127.0.0.1:1/blog.git")
    with pytest.raises(
        SettingsError, match=r"^CONTENT_GIT_URL: http://127\.0\.0\.1:1/blog\.git could not be fetched"
    ):
        await git.open()


async def test_a_later_start_needs_no_network(tmp_path: Path, blog: Blog) -> None:
    blog.push({"a.md": post("a")})
    with served(blog) as there:
        await content(tmp_path, there.url).open()
    git = content(tmp_path, there.url)
    await git.open()
    assert files_in(git) == {"a.md": post("a")}
    said = await git.pull(alone)
    assert said is not None
    assert "could not be fetched" in said
    assert files_in(git) == {"a.md": post("a")}


async def test_the_state_of_another_source_is_not_taken_for_this_ones(tmp_path: Path, blog: Blog) -> None:
    blog.push({"a.md": post("a"), "posts/b.md": post("b")})
    await content(tmp_path, blog.url).open()
    git = content(tmp_path, blog.url, path="posts")
    await git.open()
    assert files_in(git) == {"b.md": post("b")}


async def test_what_a_crash_tore_apart_is_ended_at_the_next_start_without_a_network(
    tmp_path: Path, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.push({"a.md": post("a"), "b.md": post("b"), "c.md": post("c")})
    git = content(tmp_path, blog.url)
    await git.open()
    blog.push({"a.md": post("a2"), "b.md": post("b2"), "d.md": post("d")})
    replace, moved = Path.replace, []

    def crash_after_one(file: Path, target: Path) -> Path:
        if target.suffix == ".md":
            moved.append(target.name)
            if len(moved) == 2:
                raise KeyboardInterrupt  # nothing may catch it, as nothing catches a power cut
        return replace(file, target)

    ready = git._fetched()
    assert ready is not None
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash_after_one)
        with pytest.raises(KeyboardInterrupt):
            git._take_in(ready)
    assert files_in(git) == {"a.md": post("a2"), "b.md": post("b")}
    _away(blog)
    again = content(tmp_path, blog.url)
    await again.open()
    assert files_in(again) == {"a.md": post("a2"), "b.md": post("b2"), "d.md": post("d")}


async def test_readers_are_kept_away_while_files_change_and_only_then(tmp_path: Path, blog: Blog) -> None:
    blog.push({"a.md": post("a")})
    git = content(tmp_path, blog.url)
    await git.open()
    seen: list[dict[str, str]] = []

    @asynccontextmanager
    async def watched() -> AsyncIterator[None]:
        seen.append(files_in(git))
        yield
        seen.append(files_in(git))

    assert await git.pull(watched) is None
    assert not seen  # nothing was new
    blog.push({"b.md": post("b")})
    assert await git.pull(watched) is None
    assert seen == [{"a.md": post("a")}, {"b.md": post("b")}]


async def test_a_repository_that_broke_on_the_disk_is_fetched_anew(tmp_path: Path, blog: Blog) -> None:
    blog.push({"a.md": post("a")})
    git = content(tmp_path, blog.url)
    await git.open()
    blog.push({"a.md": post("a2")})
    assert await git.pull(alone) is None
    for pack in (tmp_path / "state" / "repository.git" / "objects").rglob("*.*"):
        if pack.is_file():
            pack.chmod(0o600)
            pack.write_bytes(b"broken")
    blog.push({"a.md": post("a3")})
    for _ in range(2):
        await git.pull(alone)
    assert files_in(git) == {"a.md": post("a3")}


async def test_a_token_is_sent_and_is_nowhere_else(
    tmp_path: Path, blog: Blog, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    blog.push({"a.md": post("a")})
    with served(blog, TOKEN) as there:
        for token in (None, "wrong-" + TOKEN):
            with pytest.raises(SettingsError, match="wants another CONTENT_GIT_TOKEN") as refusal:
                await _with_token(tmp_path, there.url, token).open()
            assert TOKEN not in str(refusal.value)
        git = _with_token(tmp_path, there.url, TOKEN)
        assert TOKEN not in repr(git)
        await git.open()
        assert files_in(git) == {"a.md": post("a")}
        user_and_token = _with_token(tmp_path, there.url, f"reader:{TOKEN}")
        assert await user_and_token.pull(alone) is None
    assert await git.pull(alone)
    shown = caplog.text + "".join(capfd.readouterr())
    for hidden in (TOKEN, *(asked.split()[1] for asked in there.asked_with if asked)):
        assert hidden not in shown
        kept = [file for file in (tmp_path / "state").rglob("*") if file.is_file()]
        assert kept
        assert not [file for file in kept if hidden.encode() in file.read_bytes()]


def _with_token(folder: Path, url: str, token: str | None) -> GitContent:
    secret = SecretStr(token) if token else None
    return GitContent(remote=Remote(url=url, token=secret), root=folder / "state")


async def test_a_server_that_is_silent_holds_up_neither_the_loop_nor_the_end(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        git = content(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}/blog.git", seconds=30)
        beats = 0
        pull = asyncio.create_task(git.pull(alone))
        for _ in range(20):
            await asyncio.sleep(0.01)
            beats += 1
        assert beats == 20
        assert not pull.done()
        git.stopping.set()
        async with asyncio.timeout(2):
            assert await pull == "the bot is about to stop"
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "git")


async def test_a_server_that_is_silent_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        git = content(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}/blog.git", seconds=0.3)
        async with asyncio.timeout(20):
            said = await git.pull(alone)
    assert said is not None
    assert "could not be fetched" in said
