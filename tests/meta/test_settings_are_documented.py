"""Every setting is in .env.example and in README's table, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = sorted(name.upper() for name in Settings.model_fields)


def test_the_example_file_names_every_setting() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    assert sorted(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) == NAMES


def test_the_readme_table_names_every_setting() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)) == NAMES


def test_the_defaults_in_the_readme_are_the_real_ones() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]*)` \|", text, re.MULTILINE))
    for name, value in shown.items():
        default = Settings.model_fields[name.lower()].default
        real = default.strftime("%H:%M") if hasattr(default, "strftime") else str(default)
        assert value == real, name


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
