"""One process a SQLite file: the second one is told so, whatever became of the first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.adapters.database.alone import alone_with, is_held
from bot.errors import StoreError

HOLD = """
import sys
from bot.adapters.database.alone import alone_with
with alone_with(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(  # noqa: S603 - this interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process


def test_a_second_process_is_refused_with_the_way_out(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/state/ainews.db"
    with another_process(url), pytest.raises(StoreError) as caught, alone_with(url):
        pass
    assert f"{tmp_path}/state/ainews.db" in str(caught.value)
    assert "stop that one" in str(caught.value)
    with alone_with(url):
        pass


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/ainews.db"
    with another_process(url) as process:
        os.kill(process.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        process.wait()
        with alone_with(url):
            pass


def test_two_files_are_two_bots(tmp_path: Path) -> None:
    with another_process(f"sqlite+aiosqlite:///{tmp_path}/a.db"), alone_with(f"sqlite:///{tmp_path}/b.db"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_to_the_file_is_no_way_around(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "state" / "ainews.db")
    (tmp_path / "folder").symlink_to(tmp_path / "state")
    with another_process(f"sqlite+aiosqlite:///{tmp_path}/state/ainews.db"):
        for path in ("link.db", "folder/ainews.db", "state/../state/ainews.db"):
            url = f"sqlite+aiosqlite:///{tmp_path}/{path}"
            assert is_held(url)
            with pytest.raises(StoreError, match=r"another process"), alone_with(url):
                pass
    assert not is_held(f"sqlite+aiosqlite:///{tmp_path}/link.db")


def test_several_processes_may_share_a_postgresql() -> None:
    url = "postgresql+asyncpg://bot@localhost/ainews"
    with alone_with(url), alone_with(url):
        pass


def test_a_folder_without_locks_is_told_of_and_no_hindrance(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "ainews.db.lock").mkdir()
    with alone_with(f"sqlite+aiosqlite:///{tmp_path}/ainews.db"):
        pass
    assert "cannot be locked" in caplog.text
