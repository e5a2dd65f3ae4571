"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import copy
import importlib
import pickle
import re
from collections.abc import Iterator

import pytest

from bot import patterns
from bot.patterns import regex
from tests.meta.source import project_modules

WORD = r"(?P<word>[a-z]+)"
TEXT = "ab, CD ef"


def later_ones(value: object) -> Iterator[re.Pattern[str]]:
    """Our patterns in a value of a module, also those in its tuples and tables."""
    if isinstance(value, patterns._Later):
        yield value  # type: ignore[misc]  # mypy is not told that it is a pattern
    elif isinstance(value, tuple | list | set | frozenset | dict):
        for part in (*value, *(value.values() if isinstance(value, dict) else ())):
            yield from later_ones(part)


def test_it_answers_as_a_compiled_one() -> None:
    compiled = re.compile(WORD, re.IGNORECASE)
    later = regex(WORD, re.IGNORECASE)
    for _ in ("at first", "and afterwards"):
        assert [match.span() for match in later.finditer(TEXT)] == [(0, 2), (4, 6), (7, 9)]
        assert later.findall(TEXT) == compiled.findall(TEXT)
        assert later.split(TEXT) == compiled.split(TEXT)
        assert later.sub("x", TEXT, 1) == compiled.sub("x", TEXT, 1) == "x, CD ef"
        assert later.subn("x", TEXT) == compiled.subn("x", TEXT)
        assert (later.pattern, later.flags, later.groups) == (WORD, compiled.flags, 1)
        assert later.groupindex == compiled.groupindex
        found = (later.search(TEXT, 1), later.match(TEXT, 4), later.fullmatch("ab"), later.fullmatch("ab,"))
        assert [match and match["word"] for match in found] == ["b", "CD", "ab", None]


def test_each_attribute_may_be_the_first_that_is_asked_for() -> None:
    compiled = re.compile(WORD)
    for name in (name for name in dir(compiled) if not name.startswith("_")):
        assert (
            repr(getattr(regex(WORD), name)).partition(" at ")[0]
            == (repr(getattr(compiled, name)).partition(" at ")[0])
        )


def test_it_can_be_copied_as_a_compiled_one_can() -> None:
    later = regex(WORD)
    for copied in (copy.copy(later), copy.deepcopy(later), pickle.loads(pickle.dumps(later))):  # noqa: S301 - ours
        assert copied.findall(TEXT) == ["ab", "ef"]
    assert not hasattr(later, "nothing")


def test_a_pattern_of_bytes_reads_bytes() -> None:
    assert regex(rb"\r\n|\n").split(b"one\r\ntwo\nthree") == [b"one", b"two", b"three"]


def test_nothing_is_compiled_before_the_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_really = re.compile

    def counted(text: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(text)
        return compile_really(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    later = regex(WORD)
    assert compiled == []
    assert later.match(TEXT)
    assert later.search(TEXT)
    assert later.flags
    assert compiled == [WORD]


def test_a_name_that_no_pattern_has_is_an_error() -> None:
    with pytest.raises(AttributeError, match="searches"):
        _ = regex(WORD).searches  # type: ignore[attr-defined]  # that is the test


def test_every_pattern_of_the_bot_compiles() -> None:
    names = [name for name in project_modules() if not name.endswith(".migrations.env")]
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    found = {later.pattern for value in values for later in later_ones(value)}
    assert len(found) > 150
