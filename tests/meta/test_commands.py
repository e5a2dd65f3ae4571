"""Every command speaks Korean and English within Discord's limits, and is what Discord's API takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.formatting.setup.ids import Verb, setup_id
from tests.support.answers import shown
from tests.support.openapi import is_checked
from tests.support.posts import write_post
from tests.support.stage import Play, Stage

# https://discord.com/developers/docs/interactions/application-commands
NAME = re.compile(r"[-_'\w]{1,32}", re.UNICODE)
MOST_DESCRIPTION = 100
MOST_CHOICE = 100
MOST_TOGETHER = 8000
LOCALES = {"ko", "en-US", "en-GB"}


@pytest.fixture
async def definitions(tmp_path: Path) -> list[dict[str, Any]]:
    """The commands as they are sent to Discord when the bot starts, for all servers or one."""
    stage = Stage(tmp_path)
    async with stage.play() as play:
        requests = [r for r in play.env.http_requests if r.method == "PUT" and "commands" in r.path]
    assert len(requests) == 2
    assert all(map(is_checked, requests))
    return [command for request in requests for command in request.json or []]


def parts(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The command, its subcommands, and their options."""
    yield command
    for option in command.get("options", []):
        yield from parts(option)


def choices(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What can be chosen in the command's options."""
    for part in parts(command):
        yield from part.get("choices", [])


def longest(part: dict[str, Any], key: str) -> int:
    return max(map(len, [part[key], *part[f"{key}_localizations"].values()]))


def test_all_commands_are_there(definitions: list[dict[str, Any]]) -> None:
    assert {command["name"] for command in definitions} == {"news", "setup", "admin"}


def test_every_name_and_description_is_localised_within_the_limits(definitions: list[dict[str, Any]]) -> None:
    for command in definitions:
        for part in parts(command):
            assert set(part["name_localizations"]) == LOCALES, part["name"]
            assert set(part["description_localizations"]) == LOCALES, part["name"]
            for name in (part["name"], *part["name_localizations"].values()):
                assert NAME.fullmatch(name), name
                assert name == name.lower()
            assert 0 < longest(part, "description") <= MOST_DESCRIPTION
            korean = part["name_localizations"]["ko"] + part["description_localizations"]["ko"]
            assert re.search("[가-힣]", korean), part["name"]
            # One text in the code and in the English catalogue, not two that drift apart.
            assert part["name"] == part["name_localizations"]["en-US"]
            assert part["description"] == part["description_localizations"]["en-US"]


@pytest.mark.parametrize("name", ["setup", "admin"])
def test_every_choice_is_localised_within_the_limit(definitions: list[dict[str, Any]], name: str) -> None:
    (command,) = [command for command in definitions if command["name"] == name]
    offered = list(choices(command))
    assert offered
    for choice in offered:
        assert set(choice["name_localizations"]) == LOCALES, choice["name"]
        assert 0 < longest(choice, "name") <= MOST_CHOICE
        assert re.search("[가-힣]", choice["name_localizations"]["ko"]), choice["name"]
        assert choice["name"] == choice["name_localizations"]["en-US"]


def test_a_command_stays_within_its_length_altogether(definitions: list[dict[str, Any]]) -> None:
    for command in definitions:
        total = sum(longest(part, "name") + longest(part, "description") for part in parts(command))
        total += sum(longest(choice, "name") + len(choice["value"]) for choice in choices(command))
        assert total <= MOST_TOGETHER
        for part in parts(command):
            assert len(part.get("options", [])) <= 25
            assert len(part.get("choices", [])) <= 25


def test_each_command_is_shown_to_those_who_may_use_it_and_where_they_can(
    definitions: list[dict[str, Any]],
) -> None:
    manage_guild = discord.Permissions(manage_guild=True).value
    shown_to = {
        command["name"]: (command["default_member_permissions"], command["dm_permission"])
        for command in definitions
    }
    assert shown_to == {
        "news": (None, True),
        "setup": (manage_guild, False),
        "admin": (0, False),  # administrators alone
    }


async def test_what_the_bot_requests_is_valid_by_discords_api_description(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    for day in ("03", "04"):
        write_post(
            stage.content,
            f"2024-05-{day}-x.md",
            f"글 {day}",
            "## 하나\n\n본문\n\n## 둘\n\n본문",
            tags="[LLM]",
        )
    async with stage.play() as play:
        stage.now = stage.now.replace(day=6)
        await play.deliver()
        await play.reader.slash(play.channel, "news latest")
        listed = await play.reader.slash(play.channel, "news tag", tag="LLM")
        await play.reader.slash(play.channel, "news date", day="x")
        await play.reader.autocomplete(play.channel, "news tag", "tag", "L")
        assert listed.response is not None
        key = play.app.library.archive.posts[0].key
        await play.reader.select(listed.response, [key], custom_id="news:open")
        await play.operator.slash(play.channel, "admin reload")
        await _set_up(play)
        requests = list(play.env.http_requests)
    checked = [request for request in requests if is_checked(request)]
    assert {request.method for request in checked} >= {"PUT", "POST"}
    assert any(request.path.endswith("/callback") for request in checked)
    assert any(request.path.endswith("/messages") for request in checked)


async def _set_up(play: Play) -> None:
    """Every kind of control and form that admins get."""
    listed = await play.operator.slash(play.channel, "setup")
    panel = await play.operator.select(shown(listed), [str(play.channel.id)], custom_id=setup_id(Verb.EDIT))
    more = await play.operator.click(shown(panel), label="더 보기")
    await play.operator.click(shown(more), label="태그")
    await play.operator.slash(play.channel, "setup", action="export")
