"""Looks at YAML event by event, in bounded time and memory, before anything is built from it."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml
from yaml import CSafeLoader, events

from bot.posts.values import MAX_DEPTH

MAX_ALIASES = 8
"""How many ``*aliases`` a front matter may hold: an "alias bomb" needs dozens."""

_CODE_TAGS = "tag:yaml.org,2002:python"
_COLLECTION_TAGS = ("!",)
_TEXT_TAGS = (*_COLLECTION_TAGS, "tag:yaml.org,2002:str")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing wrong with a YAML text; ``line`` and ``column`` count from 0.

    ``repairable`` is False where no rewriting of a line can help.
    """

    line: int
    column: int
    code: str
    cause: str
    repairable: bool = True

    @property
    def position(self) -> tuple[int, int]:
        """How far the text is sound."""
        return self.line, self.column


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a look found: the 0-based lines of the top-level keys, and the first fault if there is one."""

    fault: Fault | None = None
    keys: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)


class _FaultFoundError(Exception):
    """Carries a fault out of the guard."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.cause)
        self.fault = fault


def scan(text: str) -> Scan:
    """Look at a front matter's YAML without building anything.

    The events come one at a time, so that a nesting that would take libyaml quadratic time ends at
    MAX_DEPTH, and nothing recursive ever sees it.
    """
    guard = _Guard()
    try:
        for event in yaml.parse(text, Loader=CSafeLoader):
            guard.see(event)
    except _FaultFoundError as found:
        return Scan(fault=found.fault, keys=guard.keys)
    except yaml.YAMLError as error:
        return Scan(fault=_fault_of(error, text), keys=guard.keys)
    return Scan(keys=guard.keys, repeated=guard.repeated)


class _Collection:
    """A mapping or a list whose end has not come yet."""

    def __init__(self, anchor: str | None, *, is_mapping: bool) -> None:
        self.anchor = anchor
        self.is_mapping = is_mapping
        self.nodes = 0

    def key_comes_next(self) -> bool:
        """Count one more node; every other one of a mapping is a key."""
        self.nodes += 1
        return self.is_mapping and self.nodes % 2 == 1


class _Guard:
    """Follows the events of one document and refuses what a front matter has no need of."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.repeated: dict[str, int] = {}
        self._open: list[_Collection] = []
        self._anchors: set[str] = set()
        self._aliases = 0
        self._documents = 0

    def see(self, event: events.Event) -> None:
        if isinstance(event, events.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, events.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(event, "yaml-documents", "It holds more than one YAML document.")
        elif isinstance(event, events.NodeEvent):
            self._see_node(event)

    def _see_node(self, event: events.NodeEvent) -> None:
        if isinstance(event, events.AliasEvent):
            self._see_alias(event)
        else:
            self._see_tag_and_anchor(event)
        if not self._open:
            self._see_root(event)
        elif self._open[-1].key_comes_next():
            self._see_key(event)
        if isinstance(event, events.CollectionStartEvent):
            is_mapping = isinstance(event, events.MappingStartEvent)
            self._open.append(_Collection(event.anchor, is_mapping=is_mapping))
            if len(self._open) > MAX_DEPTH:
                cause = f"Collections lie more than {MAX_DEPTH} deep in each other."
                self._stop(event, "yaml-too-deep", cause, repairable=False)

    def _see_tag_and_anchor(self, event: events.NodeEvent) -> None:
        tag: str | None = getattr(event, "tag", None)
        allowed = _TEXT_TAGS if isinstance(event, events.ScalarEvent) else _COLLECTION_TAGS
        if tag is not None and tag not in allowed:
            cause = f"The YAML tag {tag[:60]} is not allowed."
            self._stop(event, "yaml-tag", cause, repairable=not tag.startswith(_CODE_TAGS))
        if event.anchor in self._anchors:
            self._stop(event, "yaml-alias", f"The YAML anchor &{event.anchor[:40]} is defined twice.")
        if event.anchor:
            self._anchors.add(event.anchor)

    def _see_alias(self, event: events.AliasEvent) -> None:
        name = event.anchor or ""
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            cause = f"There are more than {MAX_ALIASES} YAML aliases."
            self._stop(event, "yaml-aliases", cause, repairable=False)
        if any(collection.anchor == name for collection in self._open):
            self._stop(event, "yaml-aliases", f"*{name[:40]} stands inside of itself.", repairable=False)
        if name not in self._anchors:
            self._stop(event, "yaml-alias", f"*{name[:40]} is a YAML alias that stands for nothing here.")

    def _see_root(self, event: events.NodeEvent) -> None:
        if not isinstance(event, events.MappingStartEvent):
            self._stop(event, "front-matter-not-keys", "It holds no `key: value` lines.")

    def _see_key(self, event: events.NodeEvent) -> None:
        if not isinstance(event, events.ScalarEvent):
            self._stop(event, "yaml-key", "A key is no plain text.")
        elif len(self._open) == 1:
            seen = self.repeated if event.value in self.keys else self.keys
            seen[event.value] = _place(event)[0]

    def _stop(self, event: events.Event, code: str, cause: str, *, repairable: bool = True) -> None:
        line, column = _place(event)
        raise _FaultFoundError(Fault(line=line, column=column, code=code, cause=cause, repairable=repairable))


def _place(event: events.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _fault_of(error: yaml.YAMLError, text: str) -> Fault:
    """Where and why libyaml stopped.

    A quotation or a ``[`` that is never closed swallows what follows, so its beginning is the place.
    """
    code = "front-matter-invalid"
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        cause = f"The character U+{ord(text[error.position]):04X} is not allowed."
        return Fault(line=before.count("\n"), column=0, code=code, cause=cause, repairable=False)
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Fault(line=0, column=0, code=code, cause=str(error), repairable=False)
    swallowing = "quoted scalar" in (error.context or "") or "parsing a flow" in (error.context or "")
    mark = (error.context_mark if swallowing else None) or error.problem_mark
    return Fault(line=mark.line, column=mark.column, code=code, cause=_explain(error))


_EXPLANATIONS = {
    "mapping values are not allowed in this context": "a `: ` stands inside a value without quotation marks,"
    " or the line is indented too far",
    "found character that cannot start any token": "a value begins with a character that YAML reserves,"
    " or a line with a tab",
    "found unexpected end of stream": "a quotation mark is never closed",
    "did not find expected ',' or ']'": "a `[` is never closed",
    "did not find expected ',' or '}'": "a `{` is never closed",
    "did not find expected key": "text follows a value that had already ended, or the indentation is uneven",
    "did not find expected <document start>": "the line is indented less than the first one",
    "could not find expected ':'": "a line has no `key: ` before its value",
}


def _explain(error: yaml.MarkedYAMLError) -> str:
    """The finding of libyaml in an editor's words."""
    problem = error.problem or "unreadable"
    return f"It is not valid YAML: {_EXPLANATIONS.get(problem, problem)}."
