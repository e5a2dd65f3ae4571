"""Reading YAML event by event gives what any other reader of YAML gives, and nothing is lost on the way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.posts.yaml_scan import scan

# Surrogates are no text; YAML forbids most control characters, and breaks lines at U+0085, U+2028, U+2029.
_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufffe\uffff")
)
_SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | _TEXTS
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner), max_leaves=12
)


@given(st.dictionaries(_TEXTS.filter(lambda key: len(key) < 100), _VALUES))
def test_what_json_writes_is_read_back_with_its_types(values: dict[str, object]) -> None:
    assert scan(json.dumps(values, ensure_ascii=False)).values == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("# nothing\n", {}),
        ("a: &x [1, {b: c}]\nd: *x", {"a": [1, {"b": "c"}], "d": [1, {"b": "c"}]}),
        ("a: &x 007\nb: [*x, *x]", {"a": "007", "b": ["007", "007"]}),
        ("a: 1\na: 2", {"a": 2}),
        ("1: a\ntrue: b\n~: c\n1.50: d", {"1": "b", "": "c", "1.50": "d"}),
        ("a: -0\nb: -0.5\nc: 1.\nd: 2.10\ne: 1e3", {"a": 0, "b": -0.5, "c": "1.", "d": "2.10", "e": "1e3"}),
        ("a: !!str 1\nb: '2'\nc: ! 3\nd: |\n  4\n", {"a": "1", "b": "2", "c": 3, "d": "4\n"}),
        (
            "a:\n- b\n-\n- [c, ~]\nd: {e: , f: [ ]}",
            {"a": ["b", None, ["c", None]], "d": {"e": None, "f": []}},
        ),
    ],
)
def test_what_yaml_has_beyond_json(text: str, values: dict[str, object]) -> None:
    found = scan(text)
    assert found.fault is None
    assert found.values == values


def test_a_forbidden_character_is_named_with_its_line_after_letters_of_many_bytes() -> None:
    fault = scan("제목: 하나\n설명: 둘\x07셋").fault
    assert fault
    assert (fault.line, fault.cause) == (1, "The character U+0007 is not allowed.")
