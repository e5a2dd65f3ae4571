"""``ainews show``: composes post files and hands the messages out as JSON, as drawings, or as a page."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.progress import track

from bot.adapters.drawing.terminal import draw_post
from bot.adapters.drawing.webpage import page
from bot.adapters.files import ContentFolder
from bot.adapters.loaded import load_file
from bot.errors import AinewsError, PostError
from bot.formatting.compose import ComposeOptions, compose
from bot.formatting.messages import Message
from bot.posts.models import Post
from bot.posts.problems import Problem
from bot.redaction import visible_lines
from bot.replacing import replace


class Shown(Struct, frozen=True, kw_only=True):
    """One file, its post and what it composes to."""

    file: Path
    post: Post
    messages: tuple[Message, ...]

    def to_payload(self) -> list[dict[str, object]]:
        """The bodies of the requests that would publish it, in order."""
        return [message.to_payload() for message in self.messages]


class Showing(Struct, frozen=True, kw_only=True):
    """What to show and how.

    Attributes:
        paths: files, and folders that stand for every post below them.
        options: how posts are composed.
        now: aware, in the editor's zone.
        complain: gets one line a problem of each post that cannot be shown.
    """

    paths: Sequence[Path]
    options: ComposeOptions
    now: dt.datetime
    complain: Callable[[str], None]

    def draw(self, console: Console) -> bool:
        """Draw every post in the terminal; False when one could not be shown."""
        drawn = 0
        files = self._files()
        for shown in self._compose(files):
            draw_post(console, shown.post, shown.messages)
            drawn += 1
        return 0 < drawn == len(files)

    def print_json(self, write: Callable[[str], object]) -> bool:
        """Write one JSON document: for a single file its list of bodies, else an object of lists by path."""
        files = self._files()
        bodies = {shown.file.as_posix(): shown.to_payload() for shown in self._compose(files)}
        single = len(self.paths) == 1 and not self.paths[0].is_dir()
        write(_as_json(next(iter(bodies.values()), []) if single else bodies))
        return 0 < len(bodies) == len(files)

    def write_json(self, folder: Path) -> bool:
        """Write ``<file stem>.json`` a post into ``folder``; False when one could not be written.

        Raises:
            AinewsError: the folder or a file cannot be written.
        """
        files = self._files()
        written: dict[str, Path] = {}
        for shown in self._compose(self._with_progress(files)):
            first = written.setdefault(shown.file.stem, shown.file)
            if first is shown.file:
                _write(folder / f"{shown.file.stem}.json", _as_json(shown.to_payload()))
            else:
                self.complain(f"{shown.file}: {first} has the same name, so only that one was written.")
        return 0 < len(written) == len(files)

    def write_page(self, target: Path) -> bool:
        """Write every post into one self-contained HTML page; False when one could not be shown.

        Raises:
            AinewsError: the file cannot be written.
        """
        files = self._files()
        shown = list(self._compose(self._with_progress(files)))
        _write(target, page([(each.post, each.messages) for each in shown]))
        return 0 < len(shown) == len(files)

    def _files(self) -> list[Path]:
        """Each file once, in the order of the paths."""
        found: list[Path] = []
        for path in self.paths:
            below = [path / name for name in ContentFolder(path).paths()] if path.is_dir() else [path]
            if not below:
                self.complain(f"{path}: There is no post in this folder.")
            found.extend(below)
        return list(dict.fromkeys(found))

    def _compose(self, files: Iterator[Path] | Sequence[Path]) -> Iterator[Shown]:
        """The posts that can be shown; the others are complained about."""
        for file in files:
            loaded = load_file(Path(), file.as_posix(), None, self.now)
            if loaded.post is None:
                self._refuse(loaded.problems)
                continue
            try:
                messages = compose(loaded.post, self.options)
            except PostError as error:
                self._refuse(error.problems)
                continue
            yield Shown(file=file, post=loaded.post, messages=messages)

    def _refuse(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self.complain(str(replace(problem, path=Path(problem.path).as_posix())))

    @staticmethod
    def _with_progress(files: Sequence[Path]) -> Iterator[Path]:
        """The files, with a bar on standard error where that is a terminal."""
        console = Console(stderr=True)
        yield from track(files, description="Composing", console=console, disable=not console.is_terminal)


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _write(file: Path, text: str) -> None:
    """Write UTF-8; half of a surrogate pair becomes its escape, which JSON knows and HTML shows."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise AinewsError(f"{file}: cannot be written: {error.strerror or error}.") from None


def echo(text: str) -> None:
    """Print to standard output, whatever the characters; what commands a terminal becomes its escape."""
    sys.stdout.buffer.write(visible_lines(text).encode() + b"\n")
    sys.stdout.flush()
