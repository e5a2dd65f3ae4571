"""One ``replace`` for all values, as ``copy.replace`` of Python 3.13 is."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

import msgspec

_Value = TypeVar("_Value")


def replace(value: _Value, **changes: Any) -> _Value:
    """A copy of a struct or a dataclass in which some fields are others.

    Raises:
        TypeError: it has no such field.
    """
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **changes)
    return cast("_Value", dataclasses.replace(cast("Any", value), **changes))
