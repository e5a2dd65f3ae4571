"""Every sentence exists in every language, and the code asks only for sentences that exist."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

import pytest

from bot.i18n.catalogue import LOCALES, load_catalogues
from tests.meta.source import ROOT, Module, project_modules

CATALOGUES = load_catalogues()
TEXTS = {locale: CATALOGUES.by_locale[locale].texts for locale in LOCALES}
REFERENCE = TEXTS[CATALOGUES.default]


def placeholders(text: str) -> set[str]:
    """The names between braces; ValueError where a brace stands alone."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def asked_for(module: Module) -> Iterator[tuple[str, str, set[str] | None]]:
    """Every ``words("key", name=...)``: where it is, the key, the names (None where ``**`` hides them)."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        callee = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        key = node.args[0]
        # Keys have a dot; ``catalogues.words("ko")`` asks for a language.
        if callee != "words" or not isinstance(key, ast.Constant) or "." not in str(key.value):
            continue
        names = {keyword.arg for keyword in node.keywords}
        known = {name for name in names if name is not None}
        yield f"{module.name}:{node.lineno}", str(key.value), None if None in names else known


@pytest.mark.parametrize("locale", LOCALES)
def test_every_catalogue_holds_the_same_keys(locale: str) -> None:
    assert set(TEXTS[locale]) == set(REFERENCE)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_empty(locale: str) -> None:
    assert not [key for key, text in TEXTS[locale].items() if not text.strip()]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_has_the_same_placeholders_in_every_language(locale: str) -> None:
    assert {key: placeholders(text) for key, text in TEXTS[locale].items()} == {
        key: placeholders(text) for key, text in REFERENCE.items()
    }


def test_the_form_for_one_has_the_placeholders_of_the_form_for_many() -> None:
    for words in CATALOGUES.by_locale.values():
        assert {key: placeholders(text) for key, text in words.singular.items()} == {
            key: placeholders(words.texts[key]) for key in words.singular
        }


def test_every_command_is_named_as_its_readers_client_shows_it() -> None:
    wrong = []
    for locale, texts in TEXTS.items():
        named = {key: text for key, text in texts.items() if re.fullmatch(r"command(\.\w+){1,2}\.name", key)}
        shown = {text: key.split(".")[1:-1] for key, text in named.items()}
        for key, text in texts.items():
            for said in re.findall(r"`/([^`{]+)`", text):
                path = [shown.get(word) for word in said.split()[:2] if ":" not in word]
                if path[0] is None or (len(path) > 1 and (path[1] is None or path[1][0] != path[0][0])):
                    wrong.append(f"{locale} {key}: /{said}")
    assert not wrong


@pytest.mark.parametrize("locale", LOCALES)
def test_no_command_is_named_as_the_clients_of_other_readers_show_it(locale: str) -> None:
    names = {
        each: {text for key, text in texts.items() if re.fullmatch(r"command\.\w+\.name", key)}
        for each, texts in TEXTS.items()
    }
    foreign = set().union(*names.values()) - names[locale]
    assert foreign
    said = re.compile(rf"(?<![\w/.])/({'|'.join(foreign)})(?![\w.])(?=[^a-z]|$)")
    assert not [key for key, text in TEXTS[locale].items() if said.search(text)]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_key_is_written_twice(locale: str) -> None:
    """The reader of ``.po`` files keeps the last one without a word."""
    files = (ROOT / "bot" / "i18n" / "locales" / locale).glob("*.po")
    source = "\n".join(file.read_text("utf-8") for file in files)
    counts = Counter(re.findall(r'^msgid "(.+)"$', source, re.MULTILINE))
    assert set(counts) == set(TEXTS[locale])
    assert not [key for key, count in counts.items() if count > 1]


def test_the_code_asks_for_sentences_that_exist_with_the_values_they_need() -> None:
    calls = [call for module in project_modules().values() for call in asked_for(module)]
    wrong = [
        f"{where}: {key}"
        for where, key, names in calls
        if key not in REFERENCE or (names is not None and names != placeholders(REFERENCE[key]))
    ]
    assert not wrong
