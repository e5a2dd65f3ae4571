"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.meta.source import PURE, ROOT, Module, is_within, parse_module, project_modules

MODULES = project_modules()
MOST_LINES = 400
LONGER: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""

OUTSIDE = re.compile(r"\.\./shared|/work/")
"""Folders beside the project that exist on no reader's machine."""
MAY_LOOK_OUTSIDE = re.compile(r"tests/.*|\.ci/run")


def clock_readings(module: Module) -> list[str]:
    """Where ``module`` asks for the present: ``datetime.now()``, ``date.today()``, ``import time``."""
    return [
        f"{module.name}:{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Attribute) and _asks_the_day(node))
        or (isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "time" and not node.level)
    ]


def _asks_the_day(node: ast.Attribute) -> bool:
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return node.attr in {"now", "utcnow", "today"} and owner in {"datetime", "date", "dt"}


def compiled_at_import(module: Module) -> list[str]:
    """Where ``module`` compiles a regular expression outside a function, as it is imported."""
    return [
        f"{module.name}:{node.lineno}: {ast.unparse(node)}"
        for node in _run_at_import(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"re.compile", "compile"}
    ]


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _run_at_import(child)


@pytest.mark.parametrize("name", [name for name in MODULES if is_within(name, ["bot", "cogs"])])
def test_a_regular_expression_is_compiled_when_it_is_used(name: str) -> None:
    assert not compiled_at_import(MODULES[name]), "take bot.patterns.regex"


@pytest.mark.parametrize(
    "line",
    [
        'WORD = re.compile(r"\\w+")',
        'WORDS = {"word": (re.compile(r"\\w+"), 1)}',
        'class Words:\n    word: re.Pattern[str] = re.compile(r"\\w+")',
        'if True:\n    word = re.compile(r"\\w+").fullmatch',
        'from re import compile\nWORD = compile(r"\\w+")',
    ],
)
def test_a_regular_expression_that_is_compiled_at_import_is_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text(line, "utf-8")
    assert compiled_at_import(parse_module("early", tmp_path / "early.py"))


def test_a_regular_expression_may_be_compiled_in_a_function(tmp_path: Path) -> None:
    (tmp_path / "late.py").write_text("def late(text):\n    return re.compile(text)\n", "utf-8")
    assert not compiled_at_import(parse_module("late", tmp_path / "late.py"))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_opens_with_its_job(name: str) -> None:
    assert ast.get_docstring(MODULES[name].tree)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_one_room(name: str) -> None:
    lines = len(MODULES[name].path.read_text("utf-8").splitlines())
    if name in LONGER:
        assert lines > MOST_LINES, f"{name} is short again: take it off the list"
    else:
        assert lines <= MOST_LINES


@pytest.mark.parametrize("name", [name for name in MODULES if is_within(name, PURE)])
def test_a_pure_module_never_reads_the_clock(name: str) -> None:
    assert not clock_readings(MODULES[name])


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "dt.datetime.now()",
        "dt.date.today()",
        "today = date.today",
        "datetime.datetime.utcnow()",
        "import time",
        "from time import monotonic",
    ],
)
def test_a_reading_of_the_clock_is_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "late.py").write_text(f"def late():\n    {line}\n", "utf-8")
    assert clock_readings(parse_module("late", tmp_path / "late.py"))


def test_no_file_speaks_of_folders_beside_the_project() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone: no list of the project's files")
    listing = subprocess.run(  # noqa: S603 - a fixed command
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listing.stdout.split("\0") if name and not MAY_LOOK_OUTSIDE.fullmatch(name)]
    assert "pyproject.toml" in names
    texts = {
        name: (ROOT / name).read_bytes().decode("utf-8", "replace")
        for name in names
        if (ROOT / name).is_file()
    }
    assert not {name: found[0] for name, text in texts.items() if (found := OUTSIDE.search(text))}
