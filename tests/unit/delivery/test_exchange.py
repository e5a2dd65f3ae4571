"""What a file of subscriptions may say."""

from __future__ import annotations

import json

import pytest

from bot.delivery.exchange import imported


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"channel": "123"}, []),
        ({"channel": "0123"}, ["channel"]),  # else one channel could stand there twice
        ({"channel": "0"}, ["channel"]),
        ({"channel": "１２３"}, ["channel"]),
        ({"channel": 123}, ["channel"]),
        ({"channel": "123", "timezone": "localtime"}, ["timezone"]),
        ({"channel": "123", "timezone": "right/UTC"}, ["timezone"]),
    ],
)
def test_an_id_has_one_spelling_and_a_zone_is_a_place(values: dict[str, object], wrong: list[str]) -> None:
    entry = {"time": "09:00", "timezone": "Asia/Seoul", "language": "ko", **values}
    found = imported(json.dumps({"version": 1, "subscriptions": [entry]}).encode())
    assert [fault.key for fault in found.faults] == wrong
