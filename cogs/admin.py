"""/admin: the operator's commands."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.adapters.answers import Choices, offering, reply
from bot.adapters.client import NewsBot
from bot.adapters.embeds import reply_of
from bot.adapters.operating import log_tail, mending, pausing, posting, previewing, withdrawing
from bot.adapters.operating.progress import work
from bot.adapters.operating.room import ControlRoom
from bot.adapters.operating.status import status
from bot.adapters.operating.syncing import sync
from bot.adapters.operating.tracing import trace
from bot.adapters.reloading import Scope, reload
from bot.adapters.reports import reload_message
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.formatting.operating.asking import asks_to_post
from bot.formatting.operating.choosing import channel_offers, post_offers
from bot.formatting.plain import title_of
from bot.i18n import LOCALES, Words

Interaction = discord.Interaction[NewsBot]

_POST = locale_str("post", key="command.admin.post.name")
_CHANNEL = locale_str("channel", key="command.admin.channel.name")
_WHICH_POST = locale_str("Its title, date or slug", key="command.admin.post.description")
_WHICH_CHANNEL = locale_str("A subscribed channel of any server", key="command.admin.channel.description")
_ALL_CHANNELS = locale_str("Default: everything", key="command.admin.channel.default")
_NEWEST = locale_str("Default: the newest", key="command.admin.post.default")


@app_commands.default_permissions()
@app_commands.guild_only()
class Admin(
    commands.GroupCog,
    group_name=locale_str("admin", key="command.admin.name"),
    group_description=locale_str("For the bot’s operator", key="command.admin.description"),
):
    """Only the application's owner or team, or OWNER_IDS; the check holds for forged interactions too."""

    sending = app_commands.Group(
        name=locale_str("post", key="command.admin.sending.name"),
        description=locale_str("Send posts", key="command.admin.sending.description"),
    )
    marking = app_commands.Group(
        name=locale_str("mark", key="command.admin.marking.name"),
        description=locale_str("Settle what is in doubt", key="command.admin.marking.description"),
    )
    logged = app_commands.Group(
        name=locale_str("log", key="command.admin.logged.name"),
        description=locale_str("The bot’s log", key="command.admin.logged.description"),
    )

    def __init__(self, bot: NewsBot) -> None:
        self.bot = bot

    async def interaction_check(self, interaction: Interaction) -> bool:  # type: ignore[override]  # our client's type
        """Called by discord.py before every command of the group; False raises CheckFailure."""
        return await self.bot.is_owner(interaction.user)

    @app_commands.command(
        name=locale_str("reload", key="command.admin.reload.name"),
        description=locale_str(
            "Reload posts and commands without downtime", key="command.admin.reload.description"
        ),
    )
    @app_commands.rename(scope=locale_str("what", key="command.admin.reload.what.name"))
    @app_commands.describe(
        scope=locale_str("Default: everything", key="command.admin.reload.what.description")
    )
    @app_commands.choices(
        scope=[
            Choice(name=locale_str(one.value, key=f"command.admin.reload.what.{one}"), value=one.value)
            for one in Scope
        ]
    )
    async def reload(self, interaction: Interaction, scope: str = Scope.ALL) -> None:
        """Take settings, content and cogs into service, all or none, and report what changed."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        words = self._words(interaction)
        self.bot.has_ended(interaction)  # no reload waits for a reload
        report = await reload(self.bot, Scope(scope))
        await interaction.followup.send(**reply_of(reload_message(report, words)))

    @app_commands.command(
        name=locale_str("status", key="command.admin.status.name"),
        description=locale_str("See how the bot is doing", key="command.admin.status.description"),
    )
    async def status(self, interaction: Interaction) -> None:
        """A card with everything that matters."""
        words = self._words(interaction)
        await reply(interaction, words, status(self._room, words))

    @sending.command(
        name=locale_str("now", key="command.admin.now.name"),
        description=locale_str(
            "Send a post at once, whatever the timetables say", key="command.admin.now.description"
        ),
    )
    @app_commands.rename(post=_POST, channel=_CHANNEL)
    @app_commands.describe(post=_NEWEST, channel=_ALL_CHANNELS)
    async def post_now(
        self, interaction: Interaction, post: str | None = None, channel: str | None = None
    ) -> None:
        """Send it to a channel, or ask before sending it to many."""
        words, room = self._words(interaction), self._room
        found = room.post_meant(post)
        if found is None:
            await interaction.response.send_message(words("admin.no_post"), ephemeral=True)
        elif channel is not None:
            await work(
                interaction,
                words,
                lambda report: posting.post_to_channel(room, found, channel, report, words),
            )
        else:

            async def question() -> Message:
                channels = len(await posting.everywhere(room))
                return asks_to_post(found.slug, title_of(found), channels, words)

            await reply(interaction, words, question())

    @app_commands.command(
        name=locale_str("preview", key="command.admin.preview.name"),
        description=locale_str("See a post as its readers will", key="command.admin.preview.description"),
    )
    @app_commands.rename(
        post=_POST,
        layout=locale_str("layout", key="command.admin.preview.layout.name"),
        language=locale_str("language", key="command.admin.preview.language.name"),
    )
    @app_commands.describe(
        post=_NEWEST,
        layout=locale_str("Default: full", key="command.admin.preview.layout.description"),
        language=locale_str(
            "Of the words around the post; default: yours", key="command.admin.preview.language.description"
        ),
    )
    @app_commands.choices(
        layout=[
            Choice(name=locale_str(one.value, key=f"command.admin.preview.layout.{one}"), value=one.value)
            for one in Layout
        ],
        language=[
            Choice(name=locale_str(one, key=f"command.admin.preview.language.{one}"), value=one)
            for one in LOCALES
        ],
    )
    async def preview(
        self,
        interaction: Interaction,
        post: str | None = None,
        layout: str = Layout.FULL,
        language: str | None = None,
    ) -> None:
        """Its messages, the counts of each card, and the warnings of its file."""
        words = self._words(interaction)
        locale = language or words.locale
        await previewing.preview(interaction, self._room, post, Layout(layout), locale, words)

    @app_commands.command(
        name=locale_str("trace", key="command.admin.trace.name"),
        description=locale_str(
            "See every step of a delivery, or why there is none", key="command.admin.trace.description"
        ),
    )
    @app_commands.rename(post=_POST, channel=_CHANNEL)
    @app_commands.describe(post=_WHICH_POST, channel=_WHICH_CHANNEL)
    async def trace(self, interaction: Interaction, post: str, channel: str) -> None:
        """What happened, and what is the matter now."""
        words = self._words(interaction)
        await reply(interaction, words, trace(self._room, post, channel, words))

    @app_commands.command(
        name=locale_str("retry", key="command.admin.retry.name"),
        description=locale_str(
            "Try again what failed, and see what is in doubt", key="command.admin.retry.description"
        ),
    )
    @app_commands.rename(channel=_CHANNEL)
    @app_commands.describe(channel=_ALL_CHANNELS)
    async def retry(self, interaction: Interaction, channel: str | None = None) -> None:
        """End every wait."""
        words = self._words(interaction)
        await reply(interaction, words, mending.retry(self._room, channel, interaction.user.id, words))

    @marking.command(
        name=locale_str("sent", key="command.admin.sent.name"),
        description=locale_str("Record a delivery in doubt as sent", key="command.admin.sent.description"),
    )
    @app_commands.rename(
        post=_POST, channel=_CHANNEL, part=locale_str("part", key="command.admin.sent.part.name")
    )
    @app_commands.describe(
        post=_WHICH_POST,
        channel=_WHICH_CHANNEL,
        part=locale_str("Which of its messages; default: all", key="command.admin.sent.part.description"),
    )
    async def mark_sent(
        self,
        interaction: Interaction,
        post: str,
        channel: str,
        part: app_commands.Range[int, 1, 10_000] | None = None,
    ) -> None:
        """It is in the channel, says the operator."""
        words = self._words(interaction)
        await reply(interaction, words, mending.mark_sent(self._room, post, channel, part, words))

    @app_commands.command(
        name=locale_str("pause", key="command.admin.pause.name"),
        description=locale_str("Stop all deliveries, or a channel’s", key="command.admin.pause.description"),
    )
    @app_commands.rename(channel=_CHANNEL)
    @app_commands.describe(channel=_ALL_CHANNELS)
    async def pause(self, interaction: Interaction, channel: str | None = None) -> None:
        """Nothing is sent until it is resumed."""
        words = self._words(interaction)
        await reply(interaction, words, pausing.pause(self._room, channel, interaction.user.id, words))

    @app_commands.command(
        name=locale_str("resume", key="command.admin.resume.name"),
        description=locale_str("Let deliveries go on", key="command.admin.resume.description"),
    )
    @app_commands.rename(channel=_CHANNEL)
    @app_commands.describe(channel=_ALL_CHANNELS)
    async def resume(self, interaction: Interaction, channel: str | None = None) -> None:
        """End a pause."""
        words = self._words(interaction)
        await reply(interaction, words, pausing.resume(self._room, channel, interaction.user.id, words))

    @app_commands.command(
        name=locale_str("withdraw", key="command.admin.withdraw.name"),
        description=locale_str(
            "Delete a post’s messages in every channel", key="command.admin.withdraw.description"
        ),
    )
    @app_commands.rename(post=_POST)
    @app_commands.describe(post=_WHICH_POST)
    async def withdraw(self, interaction: Interaction, post: str) -> None:
        """Ask first, and say how many there are."""
        words = self._words(interaction)
        await reply(interaction, words, withdrawing.ask(self._room, post, words))

    @app_commands.command(
        name=locale_str("sync", key="command.admin.sync.name"),
        description=locale_str("Tell Discord of the commands again", key="command.admin.sync.description"),
    )
    async def sync(self, interaction: Interaction) -> None:
        """Whether or not they changed."""
        words = self._words(interaction)
        await reply(interaction, words, sync(self._room, words))

    @logged.command(
        name=locale_str("tail", key="command.admin.tail.name"),
        description=locale_str("See the latest lines of the log", key="command.admin.tail.description"),
    )
    @app_commands.rename(
        lines=locale_str("lines", key="command.admin.tail.lines.name"),
        level=locale_str("level", key="command.admin.tail.level.name"),
    )
    @app_commands.describe(
        lines=locale_str("Default: 20", key="command.admin.tail.lines.description"),
        level=locale_str("Default: all", key="command.admin.tail.level.description"),
    )
    @app_commands.choices(
        level=[
            Choice(name=locale_str(one.value, key=f"command.admin.tail.level.{one}"), value=one.value)
            for one in log_tail.Level
        ]
    )
    async def tail(
        self,
        interaction: Interaction,
        lines: app_commands.Range[int, 1, log_tail.MOST] = 20,
        level: str = log_tail.Level.ALL,
    ) -> None:
        """Of this process, secrets left out."""
        words = self._words(interaction)
        await log_tail.tail(interaction, self._room, lines, log_tail.Level(level), words)

    @post_now.autocomplete("post")
    @preview.autocomplete("post")
    @trace.autocomplete("post")
    @mark_sent.autocomplete("post")
    @withdraw.autocomplete("post")
    @offering
    async def posts_like(self, interaction: Interaction, current: str) -> Choices:
        """Posts, the newest first; nothing for anybody but an operator."""
        if not await self.bot.is_owner(interaction.user):
            return []
        offers = post_offers(self.bot.library.archive, current, self._words(interaction))
        return [Choice(name=offer.name, value=offer.value) for offer in offers]

    @post_now.autocomplete("channel")
    @trace.autocomplete("channel")
    @retry.autocomplete("channel")
    @mark_sent.autocomplete("channel")
    @pause.autocomplete("channel")
    @resume.autocomplete("channel")
    @offering
    async def channels_like(self, interaction: Interaction, current: str) -> Choices:
        """Subscribed channels of all servers; nothing for anybody but an operator."""
        if not await self.bot.is_owner(interaction.user):
            return []
        offers = channel_offers(await self._room.channels(), current)
        return [Choice(name=offer.name, value=offer.value) for offer in offers]

    @property
    def _room(self) -> ControlRoom:
        return self.bot.services.room

    def _words(self, interaction: Interaction) -> Words:
        return self.bot.catalogues.words(interaction.locale.value)


async def setup(bot: NewsBot) -> None:
    """discord.py's entry point of an extension."""
    await bot.add_cog(Admin(bot))
