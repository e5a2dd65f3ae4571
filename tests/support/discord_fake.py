"""A postbox in memory that keeps Discord's promises: a nonce within its memory returns the same message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.channels import NEWEST
from bot.delivery.forum_tags import ForumPost
from bot.delivery.identity import fingerprint_of
from bot.errors import HistoryUnreadable, SendRefused
from bot.formatting.messages import Message

FIRST_ID = 10_000
"""Greater than the tests' channels: a thread has the id of its first message."""
NONCE_MEMORY = timedelta(minutes=5)


@dataclass(slots=True)
class Sent:
    """A message in a channel."""

    id: int
    channel_id: int
    message: Message
    nonce: str
    at: datetime
    reply_to: int | None = None
    is_removed: bool = False


@dataclass(slots=True)
class MemoryPostbox:
    """``bot.delivery.ports.Postbox``; ``before``, ``after`` and ``refuse`` may raise what a network would."""

    clock: Callable[[], datetime]
    sent: list[Sent] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    refuse: Callable[[int], None] = lambda _channel_id: None
    refuse_words: Callable[[Message], None] = lambda _message: None
    history_is_readable: bool = True
    history_is_out: bool = False
    """Discord gives no answer at present when somebody looks into a channel."""
    threads: dict[int, str] = field(default_factory=dict)
    """Names of threads by id, which is that of the message they are on."""
    forum_posts: dict[int, tuple[int, ForumPost]] = field(default_factory=dict)
    """By the id of their thread: which forum they are in, and what was asked for."""
    locked: set[int] = field(default_factory=set)
    """Threads in the archive that the bot may not take out of it."""
    edits: list[int] = field(default_factory=list)
    """Ids of messages in the order of their edits."""
    published: list[int] = field(default_factory=list)
    """Ids of messages in the order in which they were handed on."""
    refuse_publish: Callable[[int], None] = lambda _message_id: None
    refuse_edit: Callable[[int], None] = lambda _channel_id: None
    refuse_edit_of: Callable[[int], None] = lambda _message_id: None
    refuse_thread: Callable[[int], None] = lambda _channel_id: None

    async def send(self, channel_id: int, message: Message, nonce: str, reply_to: int | None = None) -> int:
        self.before()
        self.refuse(channel_id)
        self.refuse_words(message)
        self._not_locked(channel_id)
        if FIRST_ID <= channel_id < FIRST_ID + len(self.sent) and channel_id not in self.threads:
            raise SendRefused("Unknown Channel", status=404, code=10003, permanent=True)
        now = self.clock()
        for known in self.sent:
            if (known.channel_id, known.nonce) == (channel_id, nonce) and now - known.at <= NONCE_MEMORY:
                return known.id
        self.sent.append(Sent(FIRST_ID + len(self.sent), channel_id, message, nonce, now, reply_to))
        self.after()
        return self.sent[-1].id

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        self.before()
        self.refuse_edit(channel_id)
        self.refuse_edit_of(message_id)
        self._there(channel_id, message_id).message = message
        self.edits.append(message_id)
        self.after()

    async def publish(self, channel_id: int, message_id: int) -> None:
        self.refuse_publish(message_id)
        self._there(channel_id, message_id)
        self.published.append(message_id)

    async def remove(self, channel_id: int, message_id: int) -> None:
        self.before()
        self.refuse(channel_id)
        self._there(channel_id, message_id).is_removed = True
        self.after()

    def _there(self, channel_id: int, message_id: int) -> Sent:
        self._not_locked(channel_id)
        for known in self.sent:
            if (known.id, known.channel_id, known.is_removed) == (message_id, channel_id, False):
                return known
        raise SendRefused("Unknown Message", status=404, code=10008, permanent=False)

    def _not_locked(self, channel_id: int) -> None:
        if channel_id in self.locked:
            raise SendRefused("Thread is archived", status=400, code=50083, permanent=True)

    def there(self) -> list[Sent]:
        """The messages that nobody has deleted."""
        return [known for known in self.sent if not known.is_removed]

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        self.refuse_thread(channel_id)
        self.threads.setdefault(message_id, name)

    async def start_post(self, forum_id: int, post: ForumPost, message: Message) -> int:
        self.before()
        self.refuse(forum_id)
        number = FIRST_ID + len(self.sent)
        self.sent.append(Sent(number, number, message, "", self.clock()))
        self.threads[number] = post.name
        self.forum_posts[number] = (forum_id, post)
        self.after()
        return number

    async def find_post(
        self,
        forum_id: int,
        name: str,  # noqa: ARG002 - here nobody removes a thread's first message
        fingerprint: str,
        since: datetime,
    ) -> int | None:
        self._readable()
        for known in self.sent:
            place, _ = self.forum_posts.get(known.id, (None, None))
            if place == forum_id and known.at >= since and fingerprint_of(known.message) == fingerprint:
                return known.id
        return None

    def _readable(self) -> None:
        if self.history_is_out:
            raise HistoryUnreadable("503", is_passing=True)
        if not self.history_is_readable:
            raise HistoryUnreadable("not allowed")

    async def find(self, channel_id: int, fingerprint: str, since: datetime) -> int | None:
        self._readable()
        here = [known for known in self.there() if known.channel_id == channel_id]
        for known in [*(known for known in here if known.at >= since), *here[-NEWEST:]]:
            if fingerprint_of(known.message) == fingerprint:
                return known.id
        return None
