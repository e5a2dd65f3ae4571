"""The unit that README hands out: systemd reads it, and it restarts the bot where that helps."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

from bot.exit_codes import ExitCode

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "docs" / "ainews.service"


def read_unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    parser.read_string(UNIT.read_text("utf-8"))
    return parser


def test_readme_points_at_it() -> None:
    assert "(docs/ainews.service)" in (ROOT / "README.md").read_text("utf-8")


def test_a_restart_is_tried_where_it_may_help_and_only_there() -> None:
    service = read_unit()["Service"]
    assert service["Restart"] == "on-failure"
    never = {ExitCode(int(code)) for code in service["RestartPreventExitStatus"].split()}
    assert never == {ExitCode.SETTINGS, ExitCode.TOKEN}


def test_a_long_outage_does_not_end_the_tries() -> None:
    unit = read_unit()["Unit"]
    assert unit["StartLimitIntervalSec"] == "0"
    assert "StartLimitBurst" not in unit


def test_the_nightly_backup_of_readme_makes_its_folder() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    crontab = re.search(r"^15 4 \* \* \* (.+)$", readme, re.MULTILINE)
    assert crontab
    assert "mkdir -p backups && /opt/ainews" in crontab[1]


def test_it_starts_the_command_and_leaves_it_time_to_end() -> None:
    service = read_unit()["Service"]
    assert service["ExecStart"].endswith("/ainews run")
    assert int(service["TimeoutStopSec"]) > 10
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""


def test_systemd_itself_reads_every_line(tmp_path: Path) -> None:
    """Where there is no systemd, as on a Mac, the tests above have read it."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    text = UNIT.read_text("utf-8").replace("/opt/ainews/.venv/bin/ainews", "/bin/true")
    unit = tmp_path / "ainews.service"
    unit.write_text(text.replace("file:///opt/ainews/README.md", "man:true(1)"), "utf-8")
    said = subprocess.run(  # noqa: S603 - systemd's own checker
        [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in said.stderr.splitlines() if "ainews.service" in line]
    assert ours == []
