"""Importing any module of the project does nothing but define things."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.meta.source import ROOT, project_modules

SETTINGS = [name.upper() for name in Settings.model_fields]
# Alembic runs this file itself, inside a migration; nothing imports it.
NOT_IMPORTED = {"bot.adapters.database.migrations.env"}


def watch(modules: list[str], folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """Import ``modules`` found below ``path`` in a process of its own that stands in ``folder``."""
    script = Path(__file__).with_name("import_watch.py")
    # Every setting is there and wrong, so that reading one cannot go unseen.
    environment = {**os.environ, **dict.fromkeys(SETTINGS, "wrong"), "PYTHONPATH": str(path)}
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-B", "-P", script, ",".join(SETTINGS), *modules],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_importing_every_module_has_no_effect(tmp_path: Path) -> None:
    modules = [name for name in project_modules() if name not in NOT_IMPORTED]
    run = watch(modules, tmp_path, ROOT)
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("open('left-behind.txt', 'w').close()", "opens left-behind.txt for writing"),
        ("import pathlib; pathlib.Path('left-behind').mkdir()", "os.mkdir"),
        ("import os; os.environ.get('DISCORD_TOKEN')", "reads the setting DISCORD_TOKEN"),
        ("import os; dict(os.environ.items())", "reads the setting"),
        ("import os; os.getenv('POST_TIME')", "reads the setting POST_TIME"),
        ("import asyncio; asyncio.new_event_loop().close()", "makes an event loop"),
        ("import socket; socket.socket().close()", "socket.__new__"),
        ("import sqlite3; sqlite3.connect(':memory:').close()", "sqlite3.connect"),
        ("import threading; threading.Thread(target=print).start()", "starts a thread"),
        ("import subprocess, sys; subprocess.run([sys.executable, '-V'])", "subprocess.Popen"),
        ("print('hello')", "hello"),
    ],
)
def test_an_effect_at_import_is_seen(code: str, effect: str, tmp_path: Path) -> None:
    (tmp_path / "offender.py").write_text(code, "utf-8")
    run = watch(["offender"], tmp_path, tmp_path)
    assert effect in run.stdout
