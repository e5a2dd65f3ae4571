"""``ainews check`` and ``ainews new``: looks at post files for an editor, mends them, and begins new ones."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.adapters.files import ContentFolder
from bot.adapters.loaded import load_file
from bot.errors import PostError
from bot.posts.decoding import MAX_BYTES
from bot.posts.fixing import fix
from bot.posts.names import file_name
from bot.posts.problems import Problem, Severity
from bot.posts.template import new_post
from bot.redaction import visible
from bot.replacing import replace

_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}
_WIDTH_OF_SENTENCES = 110
"""Columns beside the path where the table is not drawn on a terminal, so that lines can be searched."""


class Report(Struct, frozen=True, kw_only=True):
    """What a check of ``places`` found: usable posts, problems, and the files that were mended."""

    places: tuple[str, ...]
    posts: int
    problems: tuple[Problem, ...]
    fixed: tuple[str, ...] = ()

    def failed(self, *, strict: bool) -> bool:
        """Whether a post cannot be used; ``strict`` counts warnings too."""
        return any(strict or problem.severity is Severity.ERROR for problem in self.problems)


_Found = tuple[int, tuple[Problem, ...]]
"""How many posts one file or folder holds, and what is wrong there."""


def check_paths(paths: Sequence[Path], now: dt.datetime, *, mend: bool, site_url: str | None) -> Report:
    """Check files and folders; ``now`` is aware, in the editor's zone. ``mend`` writes what can be fixed."""
    fixed = [str(file) for file in _files(paths) if mend and _mend(file)]
    found = [_check_file(path, now) if path.is_file() else _check_folder(path, now) for path in paths]
    problems = (problem for _, problems in found for problem in problems)
    return Report(
        places=tuple(map(str, paths)),
        posts=sum(posts for posts, _ in found),
        problems=tuple(p for p in problems if not (site_url and p.code == "relative-image")),
        fixed=tuple(dict.fromkeys(fixed)),
    )


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from (path / name for name in ContentFolder(path).paths()) if path.is_dir() else (path,)


def _check_folder(folder: Path, now: dt.datetime) -> _Found:
    snapshot = ContentFolder(folder, zone=now.tzinfo or dt.UTC).scan(None, now)
    problems = (replace(p, path=Path(folder, p.path).as_posix()) for p in snapshot.problems)
    return len(snapshot.archive) + len(snapshot.drafts), tuple(problems)


def _check_file(file: Path, now: dt.datetime) -> _Found:
    loaded = load_file(Path(), file.as_posix(), None, now)
    return int(loaded.post is not None), loaded.problems


def _mend(file: Path) -> bool:
    """Whether the file was rewritten. One that cannot be read is left to the check to report."""
    try:
        if not file.is_file() or file.stat().st_size > MAX_BYTES:
            return False
        data = file.read_bytes()
        mended = fix(data)
    except (OSError, PostError):
        return False
    if mended == data:
        return False
    _replace(file.resolve(), mended)
    return True


def _replace(file: Path, data: bytes) -> None:
    """Swap a file's content in one step, so that no reader meets half of it; a link stays a link."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".", suffix=".tmp", delete=False) as fresh:
        fresh.write(data)
    shutil.copymode(file, fresh.name)
    os.replace(fresh.name, file)  # noqa: PTH105 - beside the calls that take the name


def as_json(report: Report) -> str:
    """The problems as a JSON list of objects."""
    return json.dumps(
        [msgspec.structs.asdict(problem) for problem in report.problems], ensure_ascii=False, indent=2
    )


def show(report: Report, console: Console) -> None:
    """Draw the problems as a table, or say that there are none."""
    for path in report.fixed:
        console.print(Text(visible(f"Fixed {path}")))
    posts = _count(report.posts, "post")
    if not report.posts and not report.problems:
        places = ", ".join(report.places)
        nothing = f'There are no posts in {places}: `ainews new "A title"` begins one.'
        console.print(Text(visible(nothing), style="yellow"))
        return
    if not report.problems:
        console.print(Text(f"{posts}, no problems", style="green"))
        return
    console.print(_table(report.problems, wrap=console.is_terminal))
    errors = sum(problem.severity is Severity.ERROR for problem in report.problems)
    fixable = sum(problem.fixable for problem in report.problems)
    warnings = len(report.problems) - errors
    summary = f"{posts} usable, {_count(errors, 'error')}, {_count(warnings, 'warning')}"
    hint = f"; `ainews check --fix` mends {fixable}" if fixable else ""
    console.print(Text(summary + hint, style="bold"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _table(problems: Iterable[Problem], *, wrap: bool) -> Table:
    table = Table(show_lines=True)
    table.add_column("Where", no_wrap=not wrap, overflow="fold")
    for heading in ("Severity", "Cause", "Fix"):
        table.add_column(heading)
    for problem in problems:
        where = Text(_where(problem))
        severity = Text(problem.severity, style=_COLOURS[problem.severity])
        table.add_row(where, severity, Text(visible(problem.cause)), Text(visible(problem.fix)))
    return table


def _where(problem: Problem) -> str:
    return visible(f"{problem.path}:{problem.line}")


def console_for(report: Report) -> Console:
    """Standard output; where it is no terminal, wide enough to keep every path in one piece."""
    console = Console()
    if console.is_terminal:
        return console
    longest = max((cell_len(_where(problem)) for problem in report.problems), default=0)
    return Console(width=longest + _WIDTH_OF_SENTENCES)


def create_post(
    folder: Path, title: str, day: dt.date, lang: str, tags: Sequence[str], *, draft: bool = True
) -> Path:
    """Write a new post's file from the template into a folder that is there, and return its path.

    Raises:
        PostError: a file of that name exists (it is never overwritten), or the folder cannot be written.
    """
    path = folder / file_name(title, day)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(new_post(title, day, lang, tags, draft=draft))
    except FileExistsError:
        raise _not_created(path, "The file exists already.", "Open it, or choose another title.") from None
    except OSError as error:
        cause = f"The file cannot be written: {error.strerror or error}."
        raise _not_created(path, cause, "Check the folder's permissions.") from None
    return path


def _not_created(path: Path, cause: str, fix: str) -> PostError:
    return PostError((Problem(path=str(path), line=1, code="not-created", cause=cause, fix=fix),))
