"""Rewrites the front-matter lines that authors get wrong in YAML, as few as make it readable.

A line is rewritten only if the text is then sound further than before, or if YAML would silently drop
part of what the author wrote; every rewriting is judged by scanning the whole text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from bot.patterns import regex
from bot.posts.values import text_of
from bot.posts.yaml_lines import Entry, is_block_header, quoted, read_entry
from bot.posts.yaml_scan import Fault, Scan, scan

_SCAN_BUDGET = 4 * 1024 * 1024
"""Characters that may be scanned in all while one text is repaired."""

_NEAREST = 8
"""How many suspicious lines before a fault are tried."""

_PROSE_KEYS = frozenset({"title", "description"})
_TAG_KEYS = frozenset({"tags"})
_HASH_WORD = regex(r"(?:^|[ \t])#[^\s#]")


class Rewriting(Struct, frozen=True, kw_only=True):
    """One line made readable; ``line`` counts from 0."""

    line: int
    before: str
    after: str


class Repair(Struct, frozen=True, kw_only=True):
    """A text's values and rewritings; ``scan`` is of the text as it now stands, ``fault`` of the original.

    ``values`` is empty while ``scan`` has a fault.
    """

    values: Mapping[str, object]
    rewritings: tuple[Rewriting, ...]
    scan: Scan
    fault: Fault | None


def repair(text: str) -> Repair:
    """Make a front matter's YAML readable where that is possible; time is bounded by a budget."""
    first = scan(text)
    bench = _Bench(text, first)
    bench.mend_faults()
    if bench.scan.fault is None:
        bench.mend_losses()
    return Repair(values=bench.scan.values, rewritings=bench.rewritings(), scan=bench.scan, fault=first.fault)


class _Bench:
    """The text under repair, line by line."""

    def __init__(self, text: str, first: Scan) -> None:
        self.original = text.split("\n")
        self.lines = list(self.original)
        self.scan = first
        self._budget = _SCAN_BUDGET

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def rewritings(self) -> tuple[Rewriting, ...]:
        pairs = zip(self.original, self.lines, strict=True)
        changed = ((i, a, b) for i, (a, b) in enumerate(pairs) if a != b)
        return tuple(Rewriting(line=i, before=a, after=b) for i, a, b in changed)

    def mend_faults(self) -> None:
        """Rewrite one line after another, each time the nearest that helps."""
        while self.scan.fault and self.scan.fault.repairable and self._mend_one(self.scan.fault):
            pass

    def _mend_one(self, fault: Fault) -> bool:
        tried = 0
        for line in range(min(fault.line, len(self.lines) - 1), -1, -1):
            options = list(_options(self.lines[line]))
            tried += bool(options)
            if any(self._try(line, option, fault) for option in options):
                return True
            if tried >= _NEAREST:
                break
        return False

    def _try(self, line: int, option: str, fault: Fault) -> bool:
        """Keep the rewriting if the text is sound further than up to ``fault``."""
        before = self.lines[line]
        self.lines[line] = option
        text = self.text
        self._budget -= len(text)
        after = scan(text) if self._budget >= 0 else self.scan
        if after.fault is None or after.fault.position > fault.position:
            self.scan = after
            return True
        self.lines[line] = before
        return False

    def mend_losses(self) -> None:
        """Quote values of which YAML would drop a part without a word: ``title: C #1`` is ``C``."""
        sound = list(self.lines)
        once = {key: line for key, line in self.scan.keys.items() if key not in self.scan.repeated}
        for line in _lossy_lines(self.lines, once, self.scan.values):
            entry = read_entry(self.lines[line])
            if entry:
                self.lines[line] = f"{entry.head}{quoted(entry.value)}{entry.tail}"
        if self.lines == sound:
            return
        after = scan(self.text)
        if after.fault:
            self.lines = sound
        else:
            self.scan = after


def _options(line: str) -> Iterator[str]:
    """Ways to write the line that YAML may like better; none for a line that is right by itself."""
    if line.startswith("\t"):
        indent = len(line) - len(line.lstrip("\t"))
        yield "  " * indent + line[indent:]
    spaced = _with_space(line)
    if spaced:
        yield spaced
    entry = read_entry(line)
    if entry is None or is_block_header(entry.value) or scan(f"k: {entry.value}").fault is None:
        return
    is_prose = entry.head.strip(" \t:").lower() in _PROSE_KEYS
    if entry.value[0] == "[" and not is_prose and not scan(f"k: {entry.value}]").fault:
        yield f"{entry.head}{entry.value}]{entry.tail}"
    closed = entry.value + entry.value[0]
    if entry.value[0] in "\"'" and entry.value.count(entry.value[0]) == 1 and not scan(f"k: {closed}").fault:
        yield f"{entry.head}{closed}{entry.tail}"
    yield f"{entry.head}{quoted(entry.value)}{entry.tail}"


_UNSPACED = regex(
    r"(title|description|date|updated?|lastmod|tags|slug|image|lang|draft|url|authors)"
    r"(?::(?=[^\s:/])|：[ \t]*)",
    re.IGNORECASE,
)


def _with_space(line: str) -> str | None:
    """``title:x`` and ``title：x`` (the full-width colon of an input method) as ``title: x``."""
    match = _UNSPACED.match(line)
    return f"{match[1]}: {line[match.end() :]}" if match else None


def _lossy_lines(lines: list[str], keys: Mapping[str, int], values: Mapping[str, object]) -> Iterator[int]:
    for key, line in keys.items():
        name = key.lower()
        if name not in _PROSE_KEYS and name not in _TAG_KEYS:
            continue
        entry = read_entry(lines[line]) if line < len(lines) else None
        if name in _TAG_KEYS:
            if entry and _HASH_WORD.search(entry.value) and not _is_quoted_or_flow(entry.value):
                yield line
            yield from _hash_items(lines, line)
        elif entry and not _continued(lines, line) and _loses(entry, values.get(key)):
            yield line


def _loses(entry: Entry, value: object) -> bool:
    plain = not is_block_header(entry.value) and entry.value[0] not in "\"'"
    return plain and entry.value not in {"~", "null"} and text_of(value) != entry.value


def _continued(lines: list[str], line: int) -> bool:
    """Whether the value goes on in the next line."""
    following = next((text for text in lines[line + 1 :] if text.strip()), "")
    return following[:1] in {" ", "\t"}


def _is_quoted_or_flow(value: str) -> bool:
    return value[0] in "\"'[{"


def _hash_items(lines: list[str], key_line: int) -> Iterator[int]:
    """Items such as ``- #llm``, as Obsidian's users write tags."""
    for line in range(key_line + 1, len(lines)):
        stripped = lines[line].strip()
        if stripped and not stripped.startswith(("-", "#")):
            return
        if re.match(r"-[ \t]+#[^\s#]", stripped):
            yield line
