"""The state that the doctor's buttons carry: which channel's subscription they are about."""

from __future__ import annotations

from typing import Final

CHECK: Final = r"doctor:check:(?P<channel>\d{1,20})"
TEST: Final = r"doctor:test:(?P<channel>\d{1,20})"
RETRY: Final = r"doctor:retry:(?P<channel>\d{1,20})"
SERVER: Final = r"doctor:server"
PICK: Final = r"doctor:pick"
REMOVE: Final = r"doctor:remove"
ALL: Final = (CHECK, TEST, RETRY, SERVER, PICK, REMOVE)


def check_id(channel_id: int) -> str:
    """Looks at a channel again."""
    return f"doctor:check:{channel_id}"


def test_id(channel_id: int) -> str:
    """Posts a test in a channel."""
    return f"doctor:test:{channel_id}"


def retry_id(channel_id: int) -> str:
    """Tries again where deliveries stopped."""
    return f"doctor:retry:{channel_id}"


def server_id() -> str:
    """Looks at every channel of the server."""
    return SERVER


def pick_id() -> str:
    """A select that shows one channel's findings; its options' values are channel ids."""
    return PICK


def remove_id() -> str:
    """On a test post: takes that very message away."""
    return REMOVE
