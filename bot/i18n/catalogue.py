"""Reads the Babel catalogues (``locales/<language>/*.po``) and hands out words by key.

A key names a place and a thing (``news.none``); the catalogues hold the sentence in each language, with
``{name}`` placeholders, a file for each group of readers. Both languages hold every key: ``tests/meta``
compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType

from babel.core import Locale
from babel.dates import format_date, format_interval
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from msgspec import Struct, field

from bot.i18n.particles import filled

LOCALES = ("ko", "en")
"""The languages the bot speaks, the first being the default."""


class Words(Struct, frozen=True, kw_only=True):
    """The words of one language.

    ``Words("news.none", date="...")`` is the sentence with its placeholders filled. An unknown key
    raises KeyError: a sentence that exists in no catalogue is a mistake in the program.
    """

    locale: str
    texts: Mapping[str, str]
    singular: Mapping[str, str] = field(default_factory=dict)
    """The sentences that say something else where ``count`` is one (``msgstr[0]``)."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence for ``key``, placeholders filled, in Korean with the particles that fit."""
        is_one = str(values.get("count")) == "1"
        text = self.singular.get(key, self.texts[key]) if is_one else self.texts[key]
        return filled(text, values) if values else text

    def days(self, first: date, last: date) -> str:
        """Days on end: ``2024년 4월 22일~28일`` or ``Apr 22 – 28, 2024``."""
        return format_interval(first, last, "yMMMd", locale=self.locale).replace("\u2009", " ")

    def date(self, day: date) -> str:
        """A day with its weekday: ``2024년 5월 4일 (토)`` or ``Sat, May 4, 2024``."""
        pattern = "y년 M월 d일 (E)" if self.locale == "ko" else "EEE, MMM d, y"
        return format_date(day, format=pattern, locale=self.locale)

    def month(self, year: int, month: int) -> str:
        """A month: ``2024년 5월`` or ``May 2024``."""
        pattern = "y년 M월" if self.locale == "ko" else "MMMM y"
        return format_date(date(year, month, 1), format=pattern, locale=self.locale)

    def month_alone(self, month: int) -> str:
        """A month of any year: ``5월`` or ``May``."""
        return format_date(date(2000, month, 1), format="LLLL", locale=self.locale)

    def number(self, value: int) -> str:
        """A whole number with the language's digit grouping."""
        return format_decimal(value, locale=self.locale)


class Catalogues(Struct, frozen=True, kw_only=True):
    """All languages; ``default`` answers for those the bot does not speak."""

    by_locale: Mapping[str, Words]
    default: str

    def words(self, locale: str | None) -> Words:
        """The words for a Discord or BCP 47 locale (``ko``, ``en-US``); unknown ones get the default."""
        language = (locale or "").replace("_", "-").split("-")[0].lower()
        return self.by_locale.get(language) or self.by_locale[self.default]


@cache
def load_catalogues(default: str = LOCALES[0]) -> Catalogues:
    """Read every catalogue that ships with the package, once: they change with the code alone.

    Raises:
        KeyError: ``default`` is not one of LOCALES.
    """
    by_locale = {}
    for locale in LOCALES:
        texts: dict[str, str] = {}
        singular: dict[str, str] = {}
        for source in (resources.files("bot.i18n") / "locales" / locale).iterdir():
            if source.name.endswith(".po"):
                with source.open("rb") as file:
                    catalogue = read_po(file, locale=Locale.parse(locale))
                for entry in catalogue:
                    if isinstance(entry.id, str):
                        texts |= {entry.id: str(entry.string)} if entry.id else {}
                    else:
                        forms = tuple(entry.string or ())
                        singular[entry.id[0]], texts[entry.id[0]] = forms[0], forms[-1]
        by_locale[locale] = Words(
            locale=locale, texts=MappingProxyType(texts), singular=MappingProxyType(singular)
        )
    return Catalogues(by_locale=MappingProxyType({**by_locale}), default=by_locale[default].locale)
