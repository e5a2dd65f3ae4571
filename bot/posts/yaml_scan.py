"""Reads YAML event by event, in bounded time and memory: its values, and where its keys stand."""

from __future__ import annotations

from collections.abc import Mapping

import yaml
from msgspec import Struct, field
from yaml import CSafeLoader
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from bot.posts.values import MAX_DEPTH
from bot.posts.yaml_values import plain_value

MAX_ALIASES = 8
"""How many ``*aliases`` a front matter may hold: an "alias bomb" needs dozens."""

_CODE_TAGS = "tag:yaml.org,2002:python"
_COLLECTION_TAGS = ("!",)
_TEXT_TAGS = (*_COLLECTION_TAGS, "tag:yaml.org,2002:str")


class Fault(Struct, frozen=True, kw_only=True):
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


class Scan(Struct, frozen=True, kw_only=True):
    """What was found: the 0-based lines of the top-level keys, and the first fault if there is one.

    ``values`` is the mapping that the text stands for, of a repeated key the last value; empty with a fault.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    fault: Fault | None = None
    keys: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)


class _FaultFoundError(Exception):
    """Carries a fault out of the guard."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.cause)
        self.fault = fault


def scan(text: str) -> Scan:
    """Read a front matter's YAML in one go.

    The events come one at a time, so that a nesting that would take libyaml quadratic time ends at
    MAX_DEPTH, and nothing recursive ever sees it.
    """
    guard = _Guard()
    try:
        parser = CSafeLoader(text)
        while (event := parser.get_event()) is not None:
            guard.see(event)
    except _FaultFoundError as found:
        return Scan(fault=found.fault, keys=guard.keys)
    except yaml.YAMLError as error:
        return Scan(fault=_fault_of(error, text), keys=guard.keys)
    return Scan(values=guard.values(), keys=guard.keys, repeated=guard.repeated)


_NO_KEY = object()


class _Collection:
    """A mapping or a list whose end has not come yet."""

    __slots__ = ("anchor", "key", "value")

    def __init__(self, anchor: str | None, value: dict[object, object] | list[object]) -> None:
        self.anchor = anchor
        self.value = value
        self.key: object = _NO_KEY


class _Guard:
    """Builds one document's values from its events and refuses what a front matter has no need of."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.repeated: dict[str, int] = {}
        self._root: dict[object, object] = {}
        self._open: list[_Collection] = []
        self._anchors: dict[str, object] = {}
        self._aliases = 0
        self._documents = 0

    def values(self) -> dict[str, object]:
        """The top-level keys as text, and what they hold; nothing where there are only comments."""
        return {"" if key is None else str(key): value for key, value in self._root.items()}

    def see(self, event: Event) -> None:
        if isinstance(event, ScalarEvent):
            if event.tag or event.anchor:
                self._see_tag_and_anchor(event)
            self._take(event, plain_value(event.value) if event.implicit[0] else event.value)
        elif isinstance(event, CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, CollectionStartEvent):
            self._see_tag_and_anchor(event)
            self._see_collection(event)
        elif isinstance(event, AliasEvent):
            self._take(event, self._meant_by(event))
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(event, "yaml-documents", "It holds more than one YAML document.")

    def _see_collection(self, event: CollectionStartEvent) -> None:
        value: dict[object, object] | list[object] = {} if isinstance(event, MappingStartEvent) else []
        self._take(event, value)
        self._open.append(_Collection(event.anchor, value))
        if len(self._open) > MAX_DEPTH:
            cause = f"Collections lie more than {MAX_DEPTH} deep in each other."
            self._stop(event, "yaml-too-deep", cause, repairable=False)

    def _take(self, event: NodeEvent, value: object) -> None:
        """Put a node where it belongs; only a mapping may stand for itself."""
        if event.anchor:
            self._anchors[event.anchor] = value
        if self._open:
            self._put(event, value, self._open[-1])
        elif isinstance(value, dict) and isinstance(event, MappingStartEvent):
            self._root = value
        else:
            self._stop(event, "front-matter-not-keys", "It holds no `key: value` lines.")

    def _put(self, event: NodeEvent, value: object, collection: _Collection) -> None:
        """Every other node of a mapping is a key."""
        if isinstance(collection.value, list):
            collection.value.append(value)
        elif collection.key is _NO_KEY:
            self._see_key(event)
            collection.key = value
        else:
            collection.value[collection.key] = value
            collection.key = _NO_KEY

    def _see_tag_and_anchor(self, event: ScalarEvent | CollectionStartEvent) -> None:
        tag: str | None = event.tag
        allowed = _TEXT_TAGS if isinstance(event, ScalarEvent) else _COLLECTION_TAGS
        if tag is not None and tag not in allowed:
            cause = f"The YAML tag {tag[:60]} is not allowed."
            self._stop(event, "yaml-tag", cause, repairable=not tag.startswith(_CODE_TAGS))
        if event.anchor in self._anchors:
            self._stop(event, "yaml-alias", f"The YAML anchor &{event.anchor[:40]} is defined twice.")

    def _meant_by(self, event: AliasEvent) -> object:
        name = event.anchor or ""
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            cause = f"There are more than {MAX_ALIASES} YAML aliases."
            self._stop(event, "yaml-aliases", cause, repairable=False)
        if any(collection.anchor == name for collection in self._open):
            self._stop(event, "yaml-aliases", f"*{name[:40]} stands inside of itself.", repairable=False)
        if name not in self._anchors:
            self._stop(event, "yaml-alias", f"*{name[:40]} is a YAML alias that stands for nothing here.")
        return self._anchors[name]

    def _see_key(self, event: NodeEvent) -> None:
        if not isinstance(event, ScalarEvent):
            self._stop(event, "yaml-key", "A key is no plain text.")
        elif len(self._open) == 1:
            seen = self.repeated if event.value in self.keys else self.keys
            seen[event.value] = _place(event)[0]

    def _stop(self, event: Event, code: str, cause: str, *, repairable: bool = True) -> None:
        line, column = _place(event)
        raise _FaultFoundError(Fault(line=line, column=column, code=code, cause=cause, repairable=repairable))


def _place(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _fault_of(error: yaml.YAMLError, text: str) -> Fault:
    """Where and why libyaml stopped.

    A quotation or a ``[`` that is never closed swallows what follows, so its beginning is the place.
    """
    code = "front-matter-invalid"
    if isinstance(error, yaml.reader.ReaderError):
        data = text.encode()  # libyaml counts bytes
        cause = f"The character U+{ord(data[error.position :].decode()[0]):04X} is not allowed."
        return Fault(
            line=data.count(b"\n", 0, error.position), column=0, code=code, cause=cause, repairable=False
        )
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
