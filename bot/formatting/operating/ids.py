"""The state that the operator's buttons carry: a post by its key, a channel by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.posts.keys import short_key

if TYPE_CHECKING:
    from bot.delivery.models import DeliveryKey

_DELIVERY: Final = r"(?P<post>[0-9a-f]{16}):(?P<channel>\d{1,20}):(?P<part>\d{1,5})"

STATUS: Final = r"admin:status"
DOUBT: Final = r"admin:doubt"
CANCEL: Final = r"admin:no"
POST: Final = r"admin:post:(?P<post>[0-9a-f]{16})"
WITHDRAW: Final = r"admin:withdraw:(?P<post>[0-9a-f]{16})"
AGAIN: Final = rf"admin:again:{_DELIVERY}"
MARK: Final = rf"admin:mark:{_DELIVERY}"
ALL: Final = (STATUS, DOUBT, CANCEL, POST, WITHDRAW, AGAIN, MARK)


def status_id() -> str:
    """Shows the status as it is now."""
    return STATUS


def doubt_id() -> str:
    """Shows what is in doubt now."""
    return DOUBT


def cancel_id() -> str:
    """Takes a question away."""
    return CANCEL


def post_id(slug: str) -> str:
    """Sends a post to every active channel."""
    return f"admin:post:{short_key(slug)}"


def withdraw_id(slug: str) -> str:
    """Takes a post back everywhere."""
    return f"admin:withdraw:{short_key(slug)}"


def again_id(key: DeliveryKey) -> str:
    """Sends a delivery in doubt again."""
    return f"admin:again:{short_key(key.slug)}:{key.channel_id}:{key.part}"


def mark_id(key: DeliveryKey) -> str:
    """Records a delivery in doubt as sent."""
    return f"admin:mark:{short_key(key.slug)}:{key.channel_id}:{key.part}"
