"""The watch over everything that tests print: it fails a test that lets a secret out, by whatever way."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEAKS = """
import logging, subprocess, sys
from tests.support.secret_watch import SECRETS

def test_nothing(): print("hello")
def test_print(): print(SECRETS[0])
def test_log(): logging.getLogger("x").error(SECRETS[1])
def test_process(): subprocess.run([sys.executable, "-c", f"print({SECRETS[2]!r})"], capture_output=True)
def test_nothing_more(): print("hello")
"""


def test_a_test_that_lets_a_secret_out_fails_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(LEAKS, "utf-8")
    (tmp_path / "none.ini").write_text("[pytest]\n", "utf-8")
    with (tmp_path / "out.txt").open("wb") as out:
        subprocess.run(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "pytest", "-p", "tests.support.secret_watch", "--tb=no", "-rA"),
                *("--rootdir", str(tmp_path), "-c", str(tmp_path / "none.ini"), str(tmp_path)),
            ],
            cwd=ROOT,
            stdout=out,
            check=False,
            timeout=60,
        )
    text = (tmp_path / "out.txt").read_text("utf-8")
    # Summary lines only: what was captured of the tests that passed is above them.
    outcomes = dict(re.findall(r"^(?:(?:PASSED|FAILED)) \S+::(\w+)()", text, re.MULTILINE))
    failed = set(re.findall(r"^FAILED \S+::(\w+)", text, re.MULTILINE))
    assert set(outcomes) == {"test_nothing", "test_print", "test_log", "test_process", "test_nothing_more"}
    assert failed == {"test_print", "test_log", "test_process"}
