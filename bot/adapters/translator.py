"""Names and descriptions of commands in Discord's languages, from our catalogues."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.i18n import Catalogues

DISCORD_LOCALES = {
    discord.Locale.korean: "ko",
    discord.Locale.american_english: "en",
    discord.Locale.british_english: "en",
}
"""Discord's locales that the bot speaks; the others see the command's English text."""


class CatalogueTranslator(app_commands.Translator):
    """Looks up the ``key`` that a ``locale_str`` carries; a text without one is not translated."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 - discord.py's signature
    ) -> str | None:
        """The text in Discord's locale, None where the bot does not speak it."""
        language = DISCORD_LOCALES.get(locale)
        key = string.extras.get("key")
        if language is None or key is None:
            return None
        return self._catalogues.by_locale[language](str(key))
