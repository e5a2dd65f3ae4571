"""What the publisher needs from the outside world, and which errors it may meet there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Protocol

from bot.delivery.forum_tags import ForumPost
from bot.delivery.models import Delivery, DeliveryKey, History, Subscription
from bot.delivery.steps import Step, StepKind
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.posts.archive import Archive
from bot.posts.models import Post

Clock = Callable[[], datetime]
"""Gives the present instant, aware, in UTC."""


NONE_LISTED: Final[Mapping[str, str]] = MappingProxyType({})
"""What a claim names that is no list card's."""


class Steps(Protocol):
    """What became of deliveries, step by step. Every method raises StoreError."""

    async def steps(self, slug: str, channel_id: int) -> Sequence[Step]:
        """What became of a post in a channel, in order."""

    async def note(self, key: DeliveryKey, kind: StepKind, detail: str) -> None:
        """Write down something that leaves the delivery's row as it is."""

    async def forget_steps(self, before: datetime) -> int:
        """Forget the steps before an instant; how many there were."""


class SentMessages(Steps, Protocol):
    """What the ledger keeps of messages that are in the channels. Every method raises StoreError."""

    async def parts(self, slug: str, channel_id: int) -> Sequence[Delivery]:
        """Every row of a post in a channel, by part."""

    async def everywhere(self, slug: str) -> Sequence[Delivery]:
        """What is, or may be, in any channel of a post (SENT, CLAIMED), by channel, the last part first."""

    async def amend(self, delivery: Delivery) -> None:
        """Record that a sent message was edited: its payload's hash, fingerprint and ``retry_at``."""

    async def postpone(self, key: DeliveryKey, cause: str, retry_at: datetime) -> None:
        """Record why a sent message could not be edited, and when to try again."""

    async def remove(self, key: DeliveryKey, again_at: datetime) -> None:
        """Record that a sent message was taken back, and from when on its part may be claimed again.

        Unless the post is withdrawn.
        """

    async def unpublished(self, channel_id: int, since: datetime) -> Sequence[Delivery]:
        """The channel's messages that were sent since then and not handed on, in order."""

    async def published_since(self, channel_id: int, since: datetime) -> int:
        """How many of the channel's messages were handed on since then."""

    async def published(self, key: DeliveryKey, at: datetime) -> None:
        """Record that a message was handed on to the servers that follow the channel."""

    async def corrected(self, slug: str, channel_id: int, parts: int, content_hash: str) -> None:
        """Record that the channel has the post as of this content, in so many parts."""

    async def relisted(self, slug: str, channel_id: int, contents: Mapping[str, str]) -> None:
        """Record which of its posts a list card names now, by slug, and as of which content.

        The others stay recorded without any content: should they come back, the card is corrected.
        """

    async def outdated(self, contents: Mapping[str, str]) -> frozenset[str]:
        """Of these contents by slug, the slugs that some channel has as of another one, however long ago."""

    async def channels_of(self, contents: Mapping[str, str]) -> Mapping[int, frozenset[str]]:
        """By channel, which of these posts it has as of another content; for a few posts at a time."""


class Ledger(SentMessages, Protocol):
    """The table of deliveries. Its unique key makes a second claim impossible.

    Every method raises StoreError when the database is out of reach.
    """

    async def claim(self, delivery: Delivery, listed: Mapping[str, str] = NONE_LISTED) -> int | None:
        """Insert the claim, or take over a failed or removed one whose time has come.

        ``listed`` are the contents, by slug, of the posts that a list card names: with a first claim, in the
        same transaction, each is recorded as LISTED in it. If one has a row already nothing is claimed.

        Returns the number of the attempt, from 1; 0 when the message is in the channel already (or the post
        was listed, or the message was removed for good); None when another process has it, or its time has
        not come, or an operator has stopped all deliveries.
        """

    async def pause_all(self, now: datetime) -> None:
        """Let nothing be claimed any more, by any process, until ``resume_all``."""

    async def resume_all(self) -> None:
        """Let deliveries go on."""

    async def paused_since(self) -> datetime | None:
        """Since when an operator has stopped all deliveries; None while they go on."""

    async def listed(self, slug: str, channel_id: int) -> Sequence[str]:
        """The slugs of the posts that the list card of this slug names."""

    async def end(self, slug: str, channel_id: int) -> None:
        """Record that a post was withdrawn half-way: what was refused is not owed any more.

        What is in the channel stays, with an empty ``content_hash``: if the post comes back, the correction
        brings the rest. Of a list card that never went out, the posts it named are forgotten.
        """

    async def take(self, key: DeliveryKey, now: datetime) -> bool:
        """Take over a claim that nobody confirmed; False while another may have it, or once it is settled."""

    async def renew(self, delivery: Delivery) -> None:
        """Write anew what a claim is about to send, and when."""

    async def confirm(
        self, key: DeliveryKey, message_id: int, now: datetime, step: StepKind = StepKind.SENT
    ) -> bool:
        """Record that the message is in the channel: sent just now, or found there.

        False where an operator has withdrawn the post meanwhile, so that the message must go again.
        """

    async def fail(self, key: DeliveryKey, cause: str, retry_at: datetime) -> None:
        """Record that it is certainly not in the channel, and when to try again, unless it is withdrawn."""

    async def abandon(self, slug: str) -> None:
        """Let no more of a post go to the channels that have begun it, as it is withdrawn.

        Begun: a message of it is there, or may be. Every part that is not there, also one that was never
        claimed, is GONE, so that it cannot be claimed. What is in doubt stays CLAIMED, with its cause, until
        it is found (``confirm``) or is known not to be there (``fail``, ``give_up``): then it is GONE too.
        """

    async def hasten(self, channel_id: int, now: datetime) -> None:
        """Let what was refused in the channel be tried again from now on."""

    async def give_up(
        self,
        key: DeliveryKey,
        cause: str,
        step: StepKind = StepKind.GONE,
        again_at: datetime | None = None,
    ) -> None:
        """Record that it is no more, or never will be: it counts as there and is not sent.

        The server removed it, or the place where it belongs; or an operator has withdrawn it. What is left
        out may be claimed again from ``again_at`` on, see ``reopen``.
        """

    async def reopen(self, now: datetime, channel_id: int | None = None) -> None:
        """Let what was left out be claimed again: where its time has come, or all of late in one channel."""

    async def shorten(self, slug: str, channel_id: int, parts: int) -> None:
        """Record that the post has no more than so many parts: what was claimed beyond is not owed."""

    async def first_message(self, slug: str, channel_id: int) -> int | None:
        """The id of a post's part 0 in the channel, which is also its thread's; None until it is there."""

    async def unfinished(self) -> frozenset[int]:
        """The channels in which some part was claimed or refused and is not there yet."""

    async def claimed(self, channel_id: int) -> Sequence[Delivery]:
        """Claims of this channel that nobody confirmed, oldest part first."""

    async def history(self, channel_id: int, since: datetime, slugs: Collection[str] = ()) -> History:
        """What the channel has had since then; what is unfinished, and these posts, however old they are."""


class Subscriptions(Protocol):
    """Which channels get posts. Raises StoreError when the database is out of reach."""

    async def active(self, now: datetime) -> Sequence[Subscription]:
        """Those that are not paused, or whose pause is due for another look."""

    async def publishing(self) -> Sequence[Subscription]:
        """Those of announcement channels whose messages are to be handed on."""

    async def pause(self, channel_id: int, cause: str, retry_at: datetime | None = None) -> None:
        """Stop delivering to the channel for a cause, but for a look at ``retry_at``.

        What a person paused (``bot.delivery.causes.BY_HAND``) stays so whatever Discord refuses.
        """

    async def resume(self, channel_id: int, cause: str) -> None:
        """Deliver again, where the channel is paused for this cause."""


class Postbox(Protocol):
    """Where messages are dropped: Discord."""

    async def send(self, channel_id: int, message: Message, nonce: str, reply_to: int | None = None) -> int:
        """Send it, as a reply if need be, and return the message's id.

        Within Discord's few minutes of memory the same nonce returns the message already there.

        Raises:
            SendRefused: it is certainly not in the channel.
            SendUncertain: it may be.
            TokenRefused: nothing can be sent at all.
        """

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        """Replace what a message says, without notifying anybody. Raises as ``send`` does."""

    async def remove(self, channel_id: int, message_id: int) -> None:
        """Delete a message. Raises as ``send`` does."""

    async def publish(self, channel_id: int, message_id: int) -> None:
        """Hand a message on to the servers that follow the channel. Raises as ``send`` does."""

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        """Start a thread on a message, unless it has one. Raises as ``send`` does."""

    async def start_post(self, forum_id: int, post: ForumPost, message: Message) -> int:
        """Start a forum's thread with this first message; the id of both. Raises as ``send`` does.

        There is no nonce: whoever calls it twice has two threads.
        """

    async def find_post(self, forum_id: int, name: str, fingerprint: str, since: datetime) -> int | None:
        """The id of our own thread in the forum since then, by its first message or else its name.

        Raises:
            HistoryUnreadable: the bot may not look at the threads, or Discord did not answer.
            TokenRefused: nothing can be done at all.
        """

    async def find(self, channel_id: int, fingerprint: str, since: datetime) -> int | None:
        """The id of our own message with this fingerprint, sent since then; None if there is none.

        ``channel_id`` may be a thread's; None as well where it is no more.

        Raises:
            HistoryUnreadable: the bot may not read the channel's history, or it did not answer.
            TokenRefused: nothing can be done at all.
        """


class Composer(Protocol):
    """Composes away from the event loop: a long post takes a good part of a second."""

    async def messages(self, post: Post, layout: Layout, locale: str) -> tuple[Message, ...]:
        """The post's messages, in order."""

    def corrected(self, message: Message, on: date, locale: str) -> Message:
        """A post's first message with a line that says that it was corrected, and when."""

    async def listed(self, posts: Sequence[Post], locale: str) -> Message:
        """One message that names these posts and lets a reader open each."""


class News(Protocol):
    """The posts at hand."""

    @property
    def archive(self) -> Archive:
        """The present snapshot."""

    @property
    def first_seen(self) -> Mapping[str, datetime]:
        """By slug, the instant at which a post was first found in the content folder."""
