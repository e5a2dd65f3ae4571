"""A backup's file: gzip of JSON lines: a head, a line for each row, and an end that counts them.

The rows of a table stand together, in the order of their keys. The file is of one database kind no more than
of the other: instants are ISO 8601 in UTC, numbers are numbers.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
from msgspec import Struct, field

from bot.adapters.backup.rows import check_row, from_json, is_instant, to_json
from bot.adapters.database.migrating import newest_revision
from bot.adapters.database.tables import metadata
from bot.errors import BackupError

FORMAT = 1
TABLES = ("subscriptions", "deliveries", "posts_seen", "marks", "steps", "audit")
"""What is kept. Half-finished set-ups (``drafts``) are not: who began one begins it again."""
_ESCAPED = "backslashreplace"
"""Half of a surrogate pair, which UTF-8 cannot hold, becomes its escape, which JSON reads as the same."""
_GZIP = b"\x1f\x8b"
_NO_MORE = object()
_CHANGED = "{} is no whole backup: it was cut off or changed"
_NEWER = "{} was written by a newer version of the bot: upgrade this one first"

Row = dict[str, Any]


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup says of itself.

    Attributes:
        id: of this backup alone; the database that it was taken from remembers it.
        taken_at: ISO 8601, UTC.
        program: the version of the bot that took it.
        revision: that of the tables.
        database: ``sqlite`` or ``postgresql``.
        format: of the file.
    """

    id: str
    taken_at: str
    program: str
    revision: str
    database: str
    format: int = FORMAT

    def __post_init__(self) -> None:
        if not is_instant(self.taken_at):
            raise ValueError("taken_at is no instant")


class Contents(Struct, frozen=True, kw_only=True):
    """A whole backup that was looked through: its head, and how many rows each table has."""

    path: Path
    head: Head
    counts: Mapping[str, int]

    def rows(self, table: str) -> Iterator[Row]:
        """The table's rows, as SQLAlchemy takes them. Raises BackupError where the file broke meanwhile."""
        for name, row in _rows(self.path):
            if name == table:
                yield from_json(metadata.tables[table], row)


class Writer(Struct):
    """Takes the rows of a backup that is being written."""

    stream: IO[str]
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """Write one row."""
        self.line([table, to_json(row)])
        self.counts[table] += 1

    def line(self, value: object) -> None:
        """Write one line of JSON."""
        self.stream.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


@contextmanager
def writing(path: Path, head: Head) -> Iterator[Writer]:
    """A backup that is at ``path`` once the block has ended well, whole and for its owner alone (0600).

    Raises:
        BackupError: it cannot be written, or something is there that is no backup.
    """
    _refuse_to_replace(path)
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False
        ) as raw:
            fresh = Path(raw.name)  # tempfile makes it for its owner alone
            try:
                with gzip.open(raw, "wt", encoding="utf-8", errors=_ESCAPED, newline="\n") as text:
                    writer = Writer(text)
                    writer.line({"ainews_backup": msgspec.structs.asdict(head)})
                    yield writer
                    writer.line({"end": dict(writer.counts)})
                raw.flush()
                os.fsync(raw.fileno())
                fresh.replace(path)
            except BaseException:
                fresh.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}") from error


def examine(path: Path) -> Contents:
    """Look through a whole backup before anything is done with it.

    Raises:
        BackupError: it cannot be read, is none, is cut off or damaged, is newer than this program, or holds
            what no database of ours does.
    """
    head = _head(path)
    if head.revision > newest_revision():
        raise BackupError(_NEWER.format(path))
    counts: Counter[str] = Counter()
    for number, (name, row) in enumerate(_rows(path), start=2):
        problem = f"has no table {name}" if name not in TABLES else check_row(metadata.tables[name], row)
        if problem:
            raise BackupError(f"{path}, line {number}: the bot {problem}")
        counts[name] += 1
    return Contents(path=path, head=head, counts=counts)


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Table and row, line by line, until an end that counts them rightly."""
    counts: Counter[str] = Counter()
    lines = _lines(path)
    _head_of(next(lines, None), path)
    for line in lines:
        match line:
            case [str() as name, dict() as row]:
                counts[name] += 1
                yield name, row
            case {"end": dict() as told} if told == dict(counts) and next(lines, _NO_MORE) is _NO_MORE:
                return  # gzip has compared its checksum by now
            case _:
                break
    raise BackupError(_CHANGED.format(path))


def _head(path: Path) -> Head:
    return _head_of(next(_lines(path), None), path)


def _head_of(line: object, path: Path) -> Head:
    match line:
        case {"ainews_backup": {"format": int() as number}} if number > FORMAT:
            raise BackupError(_NEWER.format(path))
        case {"ainews_backup": dict() as said}:
            try:
                return msgspec.convert(said, Head)
            except msgspec.ValidationError:
                raise BackupError(_CHANGED.format(path)) from None
    raise BackupError(f"{path} is no backup of ainews")


def _lines(path: Path) -> Iterator[object]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as text:
            for line in text:
                yield json.loads(line)
    except gzip.BadGzipFile:
        raise BackupError(
            _CHANGED.format(path) if _is_gzip(path) else f"{path} is no backup of ainews"
        ) from None
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}") from error
    except (EOFError, zlib.error, ValueError, RecursionError):
        raise BackupError(_CHANGED.format(path)) from None


def _is_gzip(path: Path) -> bool:
    """Whether it begins as one (RFC 1952), so that it was one before it was damaged."""
    with path.open("rb") as raw:
        return raw.read(len(_GZIP)) == _GZIP


def _refuse_to_replace(path: Path) -> None:
    """An earlier backup may be replaced, anything else may not: it could be the database."""
    if path.is_dir():
        raise BackupError(f"{path} is a folder: name a file in it")
    if path.exists():
        try:
            _head(path)
        except BackupError as error:
            raise BackupError(f"{path} is there already and is no backup: name another file") from error
