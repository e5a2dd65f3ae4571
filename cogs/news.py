"""/news: look up posts by date and tag."""

from __future__ import annotations

from datetime import date

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.adapters.client import NewsBot
from bot.adapters.embeds import reply_of
from bot.formatting.messages import Message
from bot.i18n import Words
from bot.posts.archive import TagCount

Interaction = discord.Interaction[NewsBot]

MOST_CHOICES = 25
"""Choices an autocompletion may offer (Discord's limit)."""
MOST_NAME = 100


class News(
    commands.GroupCog,
    group_name=locale_str("news", key="command.news.name"),
    group_description=locale_str("Find and read AI-news posts", key="command.news.description"),
):
    """Parses what the reader asks for, looks it up, replies to the reader alone."""

    def __init__(self, bot: NewsBot) -> None:
        self.bot = bot

    @app_commands.command(
        name=locale_str("latest", key="command.news.latest.name"),
        description=locale_str("Read the newest post", key="command.news.latest.description"),
    )
    async def latest(self, interaction: Interaction) -> None:
        """The newest post, page by page."""
        words = self._words(interaction)
        newest = self.bot.library.archive.latest(1)
        if not newest:
            await self._reply(interaction, Message(content=words("news.none")))
            return
        await self._reply(interaction, await self.bot.lookups.page(newest[0], words))

    @app_commands.command(
        name=locale_str("date", key="command.news.date.name"),
        description=locale_str("Read the post of a day", key="command.news.date.description"),
    )
    @app_commands.rename(day=locale_str("day", key="command.news.date.day.name"))
    @app_commands.describe(
        day=locale_str(
            "Write it like 2024-05-04, or choose from the list", key="command.news.date.day.description"
        )
    )
    async def on_date(self, interaction: Interaction, day: str) -> None:
        """The posts of a day."""
        words = self._words(interaction)
        try:
            asked = date.fromisoformat(day.strip())
        except ValueError:
            await self._reply(interaction, Message(content=words("news.not_a_date", text=_quoted(day))))
            return
        page = await self.bot.lookups.on_day(asked, words)
        await self._reply(interaction, page or self._nothing_on(asked, words))

    @on_date.autocomplete("day")
    async def days(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Days that have posts, newest first, matching what was typed anywhere."""
        words = self._words(interaction)
        choices = []
        for post in reversed(self.bot.library.archive.posts):
            name = f"{post.date.isoformat()} · {words.date(post.date)} · {post.title}"
            if current.strip().casefold() in name.casefold():
                choices.append(app_commands.Choice(name=name[:MOST_NAME], value=post.date.isoformat()))
            if len(choices) == MOST_CHOICES:
                break
        return choices

    @app_commands.command(
        name=locale_str("tag", key="command.news.tag.name"),
        description=locale_str("Find the posts under a tag", key="command.news.tag.description"),
    )
    @app_commands.rename(tag=locale_str("tag", key="command.news.tag.tag.name"))
    @app_commands.describe(
        tag=locale_str("Start typing to see the tags", key="command.news.tag.tag.description")
    )
    async def with_tag(self, interaction: Interaction, tag: str) -> None:
        """The posts under a tag, newest first."""
        words = self._words(interaction)
        page = await self.bot.lookups.with_tag(tag.strip(), words)
        missing = Message(content=words("news.none_with_tag", tag=_quoted(tag)))
        await self._reply(interaction, page or missing)

    @with_tag.autocomplete("tag")
    async def tags(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Tags that hold what was typed, the most used first, with their counts."""
        words = self._words(interaction)
        wanted = current.strip().lstrip("#").casefold()
        found = [
            tag
            for tag in self.bot.library.archive.tags()
            if wanted in tag.name.casefold() and len(tag.name) <= MOST_NAME
        ]
        return [
            app_commands.Choice(name=_counted(tag, words), value=tag.name) for tag in found[:MOST_CHOICES]
        ]

    def _nothing_on(self, asked: date, words: Words) -> Message:
        days = self.bot.library.archive.days()
        if not days:
            return Message(content=words("news.none"))
        nearest = min(days, key=lambda day: abs(day - asked))
        return Message(content=words("news.none_on_day", day=words.date(asked), nearest=words.date(nearest)))

    def _words(self, interaction: Interaction) -> Words:
        return self.bot.catalogues.words(interaction.locale.value)

    async def _reply(self, interaction: Interaction, message: Message) -> None:
        await interaction.response.send_message(**reply_of(message), ephemeral=True)


def _counted(tag: TagCount, words: Words) -> str:
    return words("news.tag_count", tag=tag.name, count=words.number(tag.count))[:MOST_NAME]


def _quoted(text: str) -> str:
    """What a reader typed, short and without Markdown, to be shown back."""
    return discord.utils.escape_markdown(discord.utils.escape_mentions(text.strip()))[:100]


async def setup(bot: NewsBot) -> None:
    """discord.py's entry point of an extension."""
    await bot.add_cog(News(bot))
