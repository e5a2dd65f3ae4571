"""Posts a test where a subscription's posts go, in the way they go there, and takes it away again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.doctor.reports import subscription_of
from bot.adapters.refusals import NO_ANSWER, NONSENSE
from bot.delivery.causes import is_failure
from bot.delivery.forum_tags import ForumPost
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.places import is_threaded
from bot.delivery.ports import Postbox
from bot.errors import DeliveryError, Doing, SendRefused
from bot.formatting import doctor_ids
from bot.formatting.messages import Message
from bot.formatting.trial import trial_continued, trial_post, trial_result
from bot.i18n import Words

if TYPE_CHECKING:
    from bot.adapters.client import NewsBot


async def post_trial(bot: NewsBot, guild_id: int, channel_id: int, number: int, words: Words) -> Message:
    """Post it, and tell what Discord said; ``number`` is what makes it this test and no other.

    What is posted stays until somebody removes it: an admin wants to see it where readers will. It is never
    published, since other servers would get it.

    Raises:
        StoreError: the database is out of reach.
    """
    subscription = await subscription_of(bot, guild_id, channel_id)
    if subscription is None:
        return Message(content=words("doctor.foreign"))
    trial = _Trial(
        bot.services.publisher.postbox, subscription, number, bot.catalogues.words(subscription.locale)
    )
    error = None
    try:
        await trial.post()
    except DeliveryError as failure:
        error = failure
    return trial_result(
        channel_id,
        [f"https://discord.com/channels/{guild_id}/{place}/{message}" for place, message in trial.posted],
        error,
        words,
        publishes=subscription.publish,
        stopped=is_failure(subscription.paused_because),
    )


class _Trial:
    """A test post on its way; ``posted`` are the messages that arrived, by channel or thread and id."""

    def __init__(self, postbox: Postbox, subscription: Subscription, number: int, words: Words) -> None:
        self.postbox = postbox
        self.subscription = subscription
        self.number = number
        self.words = words
        self.posted: list[tuple[int, int]] = []

    async def post(self) -> None:
        """Everything that a post of several messages takes. Raises DeliveryError."""
        channel_id = self.subscription.channel_id
        message = trial_post(self.words)
        if self.subscription.kind is ChannelKind.FORUM:
            post = ForumPost(name=self.words("trial.name"), tags=self.subscription.forum_tags)
            first = await self.postbox.start_post(channel_id, post, message)
            self.posted.append((first, first))
        else:
            first = await self.postbox.send(channel_id, message, f"test{self.number}")
            self.posted.append((channel_id, first))
            if is_threaded(self.subscription):
                await self.postbox.open_thread(channel_id, first, self.words("trial.name"))
        if is_threaded(self.subscription):
            await self._continue(first)

    async def _continue(self, thread_id: int) -> None:
        try:
            more = await self.postbox.send(thread_id, trial_continued(self.words), f"more{self.number}")
        except SendRefused as refusal:
            if refusal.doing is Doing.SEND:
                refusal.doing = Doing.SEND_IN_THREAD
            raise
        self.posted.append((thread_id, more))


async def remove_trial(interaction: discord.Interaction[NewsBot], words: Words) -> Message:
    """Take away the test post whose button was pressed, and its thread; nothing else can be removed so."""
    message = interaction.message
    if message is None or not _is_trial(message, interaction.client):
        return Message(content=words("trial.not_removed"))
    try:
        return Message(content=words(await _remove(message)))
    except (*NO_ANSWER, *NONSENSE):
        return Message(content=words("trial.not_removed"))


async def _remove(message: discord.Message) -> str:
    """The key of the sentence that says what became of it. A thread has its first message's id."""
    thread = message.guild.get_thread(message.id) if message.guild else None
    if thread is None:
        await message.delete()
        return "trial.removed"
    starts_a_forum_post = message.channel.id == thread.id
    try:
        await thread.delete()
    except discord.Forbidden:  # only who may manage threads can
        await message.delete()
        await thread.edit(archived=True)
        return "trial.closed"
    if not starts_a_forum_post:
        await message.delete()
    return "trial.removed"


def _is_trial(message: discord.Message, client: discord.Client) -> bool:
    is_ours = client.user is not None and message.author.id == client.user.id
    parts: list[Any] = [part for row in message.components for part in getattr(row, "children", ())]
    return is_ours and any(part.custom_id == doctor_ids.remove_id() for part in parts)
