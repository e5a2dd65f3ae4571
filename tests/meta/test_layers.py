"""The arrows between the packages point one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.meta.source import PURE, ROOT, chain_to, is_within, project_modules

MODULES = project_modules()
FOREIGN = ("discord", "sqlalchemy", "apscheduler", "aiohttp", "bot.adapters")


@pytest.mark.parametrize("name", [name for name in MODULES if is_within(name, PURE)])
def test_a_pure_module_reaches_no_foreign_library(name: str) -> None:
    chain = chain_to(name, FOREIGN, MODULES)
    assert not chain, " -> ".join(chain)


@pytest.mark.parametrize("name", [name for name in MODULES if is_within(name, ["bot.adapters"])])
def test_an_adapter_reaches_no_cog(name: str) -> None:
    chain = chain_to(name, ("cogs",), MODULES)
    assert not chain, " -> ".join(chain)


def test_nothing_beside_the_import_path_shadows_the_discord_library() -> None:
    """``bot/discord`` or ``cogs/discord`` would be found first when a file of that folder is run."""
    shadows = [folder / name for folder in (ROOT, ROOT / "bot", ROOT / "cogs") for name in ("discord",)]
    assert not [path for path in shadows if path.exists() or path.with_suffix(".py").exists()]


def test_a_chain_is_found_through_relative_typing_only_and_nested_imports(tmp_path: Path) -> None:
    files = {
        "bot/__init__.py": '"""Root."""\n',
        "bot/posts/__init__.py": '"""Package."""\nfrom . import clean\n',
        "bot/posts/clean.py": '"""Clean."""\nif TYPE_CHECKING:\n    from ..middle import thing\n',
        "bot/middle.py": '"""Middle."""\ndef late():\n    import discord.ext.commands\n',
        "bot/lonely.py": '"""No imports but a name that only looks alike."""\nimport discordant\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    modules = project_modules(tmp_path)
    assert chain_to("bot.posts", FOREIGN, modules) == (
        "bot.posts",
        "bot.posts.clean",
        "bot.middle",
        "discord.ext.commands",
    )
    assert chain_to("bot.lonely", FOREIGN, modules) == ()
