"""Mutates bot/formatting with mutmut, runs the tests on a random sample, prints the score and the survivors.

    uv run --with 'mutmut>=3.8,<4' python benchmarks/mutation.py [--seed 1] [--sample 300]

Every mutant is as likely as any other. The work is done in a copy in a temporary folder: the tree stays
clean. Progress goes to standard error. mutation.md beside this file holds the last figures, and why the
survivors live. mutmut needs ``fork``.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.85
COPIED = ("bot", "cogs", "content", "tests", "pyproject.toml")
SETTINGS = """[mutmut]
source_paths=bot
timeout_multiplier=3
only_mutate=bot/formatting/*.py
do_not_mutate=bot/formatting/discord/*.py
pytest_add_cli_args_test_selection=
  tests/unit/formatting
  tests/unit/test_pages.py
  tests/unit/test_places.py
pytest_add_cli_args=
  -p
  no:cacheprovider
  --deselect
  tests/unit/formatting/test_hostile_input.py::test_hostile_input_is_bounded_and_linear
  --deselect
  tests/unit/test_pages.py::test_a_post_of_300_kilobytes_is_read_page_by_page_within_every_limit
"""
"""bot/formatting/discord is left out: it does not format, it reads what was formatted as Discord's client
does, and the tests judge with it. Two tests are left out for they take longer than all others together."""

KILLED = frozenset({1, 3, 24, -24, 36, 152, 255})
"""mutmut's exit codes for a failed test and for a run that never ended."""


def main() -> int:
    """Print the figures; exit code 1 when fewer mutants than the goal are killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=300, help="mutants to try")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        copy_project(place)
        mutmut(place, "run", "bot.formatting.urls.x_clean__mutmut_1")  # makes all mutants, tries one
        names = sorted(exit_codes(place))
        sample = random.Random(wanted.seed).sample(names, min(wanted.sample, len(names)))  # noqa: S311 - no secret
        mutmut(place, "run", *sample)
        codes = exit_codes(place)
        alive = sorted(name for name in sample if codes[name] not in KILLED)
        for name in alive:
            print(mutmut(place, "show", name))
    print_modules(sample, alive)
    share = 1 - len(alive) / len(sample)
    print(
        f"seed {wanted.seed}: {len(sample)} of {len(names)} mutants, {len(alive)} survive, {share:.1%} killed"
    )
    return int(share < GOAL)


def print_modules(sample: list[str], alive: list[str]) -> None:
    """How many mutants of each module were tried, and how many survived."""
    tried, survived = (Counter(module_of(name) for name in names) for names in (sample, alive))
    for module, count in sorted(tried.items()):
        print(f"{module:<24} {count:>4} tried {survived[module]:>4} survive")


def module_of(mutant: str) -> str:
    """``render.page`` of ``bot.formatting.render.page.x_mark__mutmut_1``."""
    return mutant.removeprefix("bot.formatting.").rsplit(".", 1)[0]


def copy_project(place: Path) -> None:
    """What the tests read, and mutmut's settings."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / name)
    (place / "setup.cfg").write_text(SETTINGS, "utf-8")


def mutmut(place: Path, *arguments: str) -> str:
    """What mutmut prints, also on standard error; its failure ends this run."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    said: list[str] = []
    with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 - our own
        for line in running.stdout or ():
            said.append(line)
            print(line, end="", file=sys.stderr, flush=True)
    if running.returncode:
        sys.exit(f"mutmut {arguments[0]} ended with {running.returncode}")
    return "".join(said)


def exit_codes(place: Path) -> dict[str, int | None]:
    """Each mutant's name and what its tests ended with; None where it was not tried."""
    found: dict[str, int | None] = {}
    for path in (place / "mutants" / "bot" / "formatting").rglob("*.meta"):
        found |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


if __name__ == "__main__":
    sys.exit(main())
