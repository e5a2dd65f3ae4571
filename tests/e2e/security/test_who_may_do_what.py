"""Every command, for everybody: allowed or refused, also where the interaction is forged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.support.forging import People, everybody_sees_every_command, nothing_happens, told
from tests.support.posts import write_post
from tests.support.stage import Play, Stage

READERS = {"member", "manager", "operator", "stranger"}
MANAGERS = {"manager", "stranger"}
"""A stranger manages another server, and only that."""
OPERATORS = {"operator"}
REFUSALS = ("봇 운영자만", "이 서버를 관리할 수 있는 사람만")
HERE = "000"
"""Stands for the id of the first server's channel."""

MATRIX: list[tuple[str, dict[str, Any], set[str]]] = [
    ("news latest", {}, READERS),
    ("news date", {"day": "2024-05-03"}, READERS),
    ("news tag", {"tag": "LLM"}, READERS),
    ("news topic", {"tag": "LLM"}, READERS),
    ("news search", {"text": "첫째"}, READERS),
    ("news browse", {}, READERS),
    ("news random", {}, READERS),
    ("news tags", {}, READERS),
    ("setup", {}, MANAGERS),
    ("setup", {"action": "doctor"}, MANAGERS),
    ("setup", {"action": "export"}, MANAGERS),
    ("setup", {"action": "import"}, MANAGERS),
    ("setup", {"action": "import", "file": ("ainews-setup.json", b"{}")}, MANAGERS),
    ("admin reload", {}, OPERATORS),
    ("admin status", {}, OPERATORS),
    ("admin post now", {}, OPERATORS),
    ("admin post now", {"post": "a", "channel": HERE}, OPERATORS),
    ("admin preview", {"post": "a"}, OPERATORS),
    ("admin trace", {"post": "a", "channel": HERE}, OPERATORS),
    ("admin retry", {}, OPERATORS),
    ("admin mark sent", {"post": "a", "channel": HERE}, OPERATORS),
    ("admin pause", {}, OPERATORS),
    ("admin pause", {"channel": HERE}, OPERATORS),
    ("admin resume", {}, OPERATORS),
    ("admin withdraw", {"post": "a"}, OPERATORS),
    ("admin sync", {}, OPERATORS),
    ("admin log tail", {}, OPERATORS),
]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, settings={"post_time": "immediately"})
    write_post(stage.content, "2024-05-03-a.md", "첫째", slug="a", tags="[LLM]")
    return stage


def commands(play: Play) -> Iterator[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu]:
    """Everything in the tree that can be called, of all servers and kinds."""
    for guild in (None, play.app.bot.operator_guild):
        for kind in discord.AppCommandType:
            for command in play.app.bot.tree.walk_commands(guild=guild, type=kind):
                if not isinstance(command, app_commands.Group):
                    yield command


def definition(play: Play, name: str) -> dict[str, Any]:
    """The command as Discord knows it in the first server."""
    found = play.env.backend.find_command(name.split(maxsplit=1)[0], play.stage.guild.id, type=1)
    assert found is not None, name
    return found


async def test_no_command_of_the_tree_is_missing_here(stage: Stage) -> None:
    async with stage.play() as play:
        assert {command.qualified_name for command in commands(play)} == {name for name, _, _ in MATRIX}


@pytest.mark.parametrize("who", sorted(READERS))
async def test_a_command_does_what_its_caller_may_and_nothing_else(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    everybody_sees_every_command(monkeypatch)
    async with stage.play() as play:
        people = People.of(stage, play)
        person = getattr(people, who)
        await play.env.settle()
        for name, given, allowed in MATRIX:
            options = {key: str(stage.channel.id) if value == HERE else value for key, value in given.items()}
            if who not in allowed:
                with nothing_happens(stage, play):
                    said = told(await person.commands(name, options, definition(play, name)))
                assert any(refusal in said for refusal in REFUSALS), (name, said)
            elif who == "stranger":
                with nothing_happens(stage, play, but=people.theirs):
                    said = told(await person.commands(name, options, definition(play, name)))
                assert "ai-news" not in said, name
            else:
                said = told(await person.commands(name, options, definition(play, name)))
                assert not any(refusal in said for refusal in REFUSALS), (name, said)
        causes = [getattr(error, "original", error) for error in play.env.errors]
        assert all(isinstance(cause, app_commands.CheckFailure) for cause in causes), causes


async def test_options_of_operators_commands_offer_others_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_sees_every_command(monkeypatch)
    operators = {name for name, _, allowed in MATRIX if allowed == OPERATORS}
    async with stage.play() as play:
        people = People.of(stage, play)
        await play.env.settle()
        for command in commands(play):
            name = command.qualified_name
            if name not in operators or not isinstance(command, app_commands.Command):
                continue
            for option in (one.display_name for one in command.parameters if one.autocomplete):
                root = definition(play, name)
                assert await people.operator.types(name, option, root), (name, option)
                for person in (people.member, people.manager, people.stranger):
                    assert await person.types(name, option, root) == [], (name, option)


async def test_a_command_that_is_no_more_is_answered_politely(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_sees_every_command(monkeypatch)
    async with stage.play() as play:
        people = People.of(stage, play)
        await play.env.settle()
        gone = {**definition(play, "setup"), "name": "gone"}
        elsewhere = {key: value for key, value in definition(play, "admin").items() if key != "guild_id"}
        other = {**definition(play, "news"), "options": [{"type": 1, "name": "gone", "description": "x"}]}
        with nothing_happens(stage, play):
            for name, root in (("gone", gone), ("admin status", elsewhere), ("news gone", other)):
                said = told(await people.stranger.commands(name, {}, root))
                assert "명령이 바뀌었어요" in said, name
        assert {type(error).__name__ for error in play.env.errors} == {"CommandNotFound"}
