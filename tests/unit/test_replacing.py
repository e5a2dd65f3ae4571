"""``replace`` copies structs and dataclasses alike, and refuses fields that they lack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery.models import Subscription
from bot.delivery.timetable import Timetable
from bot.posts.models import Tag, TagKind
from bot.replacing import replace

VALUES: dict[str, tuple[Any, dict[str, Any]]] = {
    "struct": (Tag(name="OpenAI"), {"kind": TagKind.COMPANY}),
    "dataclass": (
        Subscription(channel_id=1, timetable=Timetable(), created_at=datetime(2024, 5, 4, tzinfo=UTC)),
        {"channel_id": 2},
    ),
}


@pytest.mark.parametrize("kind", VALUES)
def test_the_copy_has_the_new_fields_and_the_value_stays(kind: str) -> None:
    value, changes = VALUES[kind]
    before = repr(value)
    copy = replace(value, **changes)
    assert type(copy) is type(value)
    assert {name: getattr(copy, name) for name in changes} == changes
    assert copy != value
    assert repr(value) == before


@pytest.mark.parametrize("kind", VALUES)
def test_a_field_that_is_not_there_is_refused(kind: str) -> None:
    with pytest.raises(TypeError):
        replace(VALUES[kind][0], colour="red")
