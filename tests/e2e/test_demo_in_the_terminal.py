"""``ainews demo`` seen from the terminal: what it needs, what it says, how it ends."""

from __future__ import annotations

import signal
import socket
import time
import tomllib
from pathlib import Path

import pytest

from bot.demo import requirements
from bot.errors import DemoError
from tests.support.browser import open_browser
from tests.support.demo import ROOT, start_demo
from tests.support.posts import write_post


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """An empty content folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def test_a_missing_extra_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "SIMULATOR", "a-package-that-is-not-installed")
    with pytest.raises(DemoError, match="uv run --extra demo ainews demo"):
        requirements.require_simulator()


def test_an_unknown_version_of_the_simulator_ends_the_demo_at_once(content: Path, tmp_path: Path) -> None:
    _pretend_installed("simcord", "9.9.9", tmp_path)
    with start_demo(content, home=tmp_path) as demo:
        assert demo.process.wait(timeout=30) == 2
    message = demo.output
    assert "simcord 3.2.1" in message
    assert "9.9.9" in message
    assert "uv run --extra demo ainews demo" in message
    assert "Traceback" not in message


def test_the_known_version_is_the_one_the_project_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["optional-dependencies"]["demo"] == [
        f"{requirements.SIMULATOR}[preview]=={requirements.KNOWN_VERSION}"
    ]


def test_a_taken_port_is_said_before_anything_starts_with_the_way_out(content: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with start_demo(content, "--port", port, home=tmp_path) as demo:
            assert demo.process.wait(timeout=60) == 2
    (line,) = demo.output.splitlines()
    assert line.startswith(f"Port {port} cannot be used (")
    assert "choose another with --port" in line


def test_no_log_line_stands_in_the_greeting(content: Path, tmp_path: Path) -> None:
    write_post(content, "2024-05-04-a.md")
    with start_demo(content, home=tmp_path) as demo:
        assert demo.url()
        time.sleep(3)
        assert demo.stop() == 0
    for line in demo.output.splitlines():
        assert "event" not in line
        assert "[info" not in line
    assert demo.output.splitlines()[-1] == "끝났습니다. · The demo has ended."


def test_a_warning_can_be_read_in_the_demo(content: Path, tmp_path: Path) -> None:
    (content / "bad.md").write_bytes(b"---\ntitle: [\n---\n")
    with start_demo(content, home=tmp_path) as demo:
        assert demo.url()
        assert demo.stop() == 0
    lines = [line for line in demo.output.splitlines() if "bad.md" in line]
    assert lines
    assert all("[warning" in line and not line.startswith("{") for line in lines)


def test_a_folder_without_posts_is_pointed_out_and_sigterm_ends_the_demo(
    content: Path, tmp_path: Path
) -> None:
    with start_demo(content, home=tmp_path) as demo:
        assert demo.url()
        assert demo.stop(signal.SIGTERM) == 0
    assert f"no posts: {content}" in demo.output
    assert "Traceback" not in demo.output


def test_the_demo_leaves_nothing_where_it_stood(content: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with start_demo(content, home=home) as demo:
        assert demo.url()
        assert demo.stop() == 0
    assert not list(home.iterdir())
    assert not list(content.iterdir())


def test_ending_the_session_on_the_page_ends_the_demo(content: Path, tmp_path: Path) -> None:
    with start_demo(content, home=tmp_path) as demo, open_browser(demo.url()) as page:
        page.get_by_text("More", exact=True).click()
        page.get_by_role("button", name="End preview session").click()
        assert demo.process.wait(timeout=20) == 0
    assert "Traceback" not in demo.output


def _pretend_installed(name: str, version: str, folder: Path) -> None:
    """Metadata that Python finds before the real package's, since the demo's own folder comes first."""
    metadata = folder / f"{name}-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
