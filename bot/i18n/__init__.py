"""User-facing words in Korean and English, and how dates and numbers are written in each."""

from bot.i18n.catalogue import LOCALES, Catalogues, Words, load_catalogues

__all__ = ["LOCALES", "Catalogues", "Words", "load_catalogues"]
