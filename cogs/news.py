"""/news: look up posts by date, tag, topic and words, browse them, or let chance choose."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.adapters.answers import Choices, offering, reply
from bot.adapters.client import NewsBot
from bot.formatting.findings import LONGEST_SEARCH
from bot.formatting.offers import day_offers, tag_offers
from bot.formatting.places import Kind, Place
from bot.i18n import Words

Interaction = discord.Interaction[NewsBot]


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
        await reply(interaction, words, self.bot.lookups.newest(words))

    @app_commands.command(
        name=locale_str("date", key="command.news.date.name"),
        description=locale_str("Read the post of a day", key="command.news.date.description"),
    )
    @app_commands.rename(day=locale_str("day", key="command.news.date.day.name"))
    @app_commands.describe(
        day=locale_str(
            "2024-05-04, 5/4, yesterday, last friday, 3 days ago … or choose from the list",
            key="command.news.date.day.description",
        )
    )
    async def on_date(self, interaction: Interaction, day: str) -> None:
        """The posts of a day."""
        words = self._words(interaction)
        await reply(interaction, words, self.bot.lookups.on_day(day, words))

    @on_date.autocomplete("day")
    @offering
    async def days(self, interaction: Interaction, current: str) -> Choices:
        """Days that have posts: those nearest to the day that is typed, or whose title holds it."""
        today = self.bot.lookups.today()
        offers = day_offers(self.bot.lookups.archive, current, today, self._words(interaction))
        return [app_commands.Choice(name=offer.name, value=offer.value) for offer in offers]

    @app_commands.command(
        name=locale_str("tag", key="command.news.tag.name"),
        description=locale_str("Find the posts under a tag", key="command.news.tag.description"),
    )
    @app_commands.rename(tag=locale_str("tag", key="command.news.tag.tag.name"))
    @app_commands.describe(
        tag=locale_str(
            "Start typing to see the tags and how many posts they have",
            key="command.news.tag.tag.description",
        )
    )
    async def with_tag(self, interaction: Interaction, tag: str) -> None:
        """The posts under a tag, newest first."""
        await self._show(interaction, Kind.TAG, tag)

    @app_commands.command(
        name=locale_str("topic", key="command.news.topic.name"),
        description=locale_str("Follow one tag day by day", key="command.news.topic.description"),
    )
    @app_commands.rename(tag=locale_str("tag", key="command.news.topic.tag.name"))
    @app_commands.describe(
        tag=locale_str(
            "A company, a model, a person, a subject: what happened about it",
            key="command.news.topic.tag.description",
        )
    )
    async def topic(self, interaction: Interaction, tag: str) -> None:
        """What each day's post says about a tag, newest first."""
        await self._show(interaction, Kind.TOPIC, tag)

    @with_tag.autocomplete("tag")
    @topic.autocomplete("tag")
    @offering
    async def tags_like(self, interaction: Interaction, current: str) -> Choices:
        """Tags that hold what was typed, with their counts."""
        offers = tag_offers(self.bot.lookups.archive, current, self._words(interaction))
        return [app_commands.Choice(name=offer.name, value=offer.value) for offer in offers]

    @app_commands.command(
        name=locale_str("search", key="command.news.search.name"),
        description=locale_str("Search all posts for words", key="command.news.search.description"),
    )
    @app_commands.rename(text=locale_str("text", key="command.news.search.text.name"))
    @app_commands.describe(
        text=locale_str(
            'Words; also "a phrase" -without tag:llm before:2024-05-04 after:2024-05 lang:ko',
            key="command.news.search.text.description",
        )
    )
    async def search(
        self, interaction: Interaction, text: app_commands.Range[str, 1, LONGEST_SEARCH]
    ) -> None:
        """The posts that hold all that is asked, the best first."""
        await self._show(interaction, Kind.SEARCH, text)

    @app_commands.command(
        name=locale_str("browse", key="command.news.browse.name"),
        description=locale_str("Browse posts by month and day", key="command.news.browse.description"),
    )
    async def browse(self, interaction: Interaction) -> None:
        """The newest month, with selects for its days and for other months."""
        await self._show(interaction, Kind.MONTH)

    @app_commands.command(
        name=locale_str("random", key="command.news.random.name"),
        description=locale_str("Read a post that chance chooses", key="command.news.random.description"),
    )
    async def random(self, interaction: Interaction) -> None:
        """Any post."""
        await self._show(interaction, Kind.RANDOM)

    @app_commands.command(
        name=locale_str("tags", key="command.news.tags.name"),
        description=locale_str(
            "See all tags and how many posts they have", key="command.news.tags.description"
        ),
    )
    async def all_tags(self, interaction: Interaction) -> None:
        """All tags, the most used first."""
        await self._show(interaction, Kind.TAGS)

    async def _show(self, interaction: Interaction, kind: Kind, what: str = "") -> None:
        words = self._words(interaction)
        place = Place(kind=kind, what=" ".join(what.split()))  # line ends can be pasted, also into a tag
        await reply(interaction, words, self.bot.lookups.at(place, words))

    def _words(self, interaction: Interaction) -> Words:
        return self.bot.catalogues.words(interaction.locale.value)


async def setup(bot: NewsBot) -> None:
    """discord.py's entry point of an extension."""
    await bot.add_cog(News(bot))
