"""Whatever a post says, nobody is pinged: not by it, nor by an answer, a notice, or a report to operators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.formatting.compose import Layout
from tests.support.answers import parts, public, shown
from tests.support.posts import write_post
from tests.support.servers import deny_bot, subscribe
from tests.support.stage import Play, Stage

PINGS = "@everyone @here <@1> <@!1> <@&1> <#1> </x:1>"
BODY = (
    f"{PINGS}\n\n## {PINGS}\n\n- {PINGS}\n\n> {PINGS}\n\n```\n{PINGS}\n```\n\n[{PINGS}](https://example.com)"
)


async def comes(play: Play) -> None:
    """The day's post comes and goes out."""
    play.stage.now += timedelta(days=1)
    write_post(play.stage.content, "2024-05-05-p.md", f"{PINGS} 5", BODY * 5, importance="major")
    await play.app.content_changed()
    await play.deliver()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, settings={"post_time": "immediately"})
    stage.settings["ops_channel_id"] = stage.backend.create_channel(stage.guild.id, "operators").id
    tags = f'["{PINGS}", "LLM"]'
    for day in (1, 2, 3, 4):
        name = f"2024-05-{day:02}-p.md"
        write_post(
            stage.content,
            name,
            f"{PINGS} {day}",
            BODY * day,
            tags=tags,
            description=f'"{PINGS}"',
            importance="major",
        )
    (stage.content / "@everyone <@1>.md").write_text("---\ntitle: a\n  date: b\n---\nx\n", "utf-8")
    return stage


def bodies(play: Play) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that says something, of messages and of answers, with the path that it went to."""
    for request in play.env.http_requests:
        if isinstance(request.json, dict) and request.method in {"POST", "PATCH"}:
            for body in (request.json, request.json.get("data"), request.json.get("message")):
                if isinstance(body, dict) and {"content", "embeds", "components"} & body.keys():
                    yield request.path, body


def assert_closed(play: Play, *, role: int | None = None) -> int:
    """Each of them mentions nobody, but for one role where a server chose that; how many there were."""
    count = 0
    for path, body in bodies(play):
        allowed = body.get("allowed_mentions")
        assert allowed is not None, (path, body)
        assert allowed.get("parse", None) == [], (path, allowed)
        assert not allowed.get("users"), (path, allowed)
        assert not allowed.get("replied_user"), (path, allowed)
        assert set(map(str, allowed.get("roles") or ())) <= {str(role)}, (path, allowed)
        assert not {"@everyone", "@here"} & set(str(body.get("content") or "").split()), (path, body)
        count += 1
    return count


@pytest.mark.parametrize("layout", list(Layout))
async def test_a_post_in_every_layout_mentions_the_chosen_role_at_most(stage: Stage, layout: Layout) -> None:
    async with stage.play() as play:
        role = next(iter(stage.guild.roles))
        other = stage.backend.create_channel(stage.guild.id, "other")
        await subscribe(play, other, layout=layout, role_id=role)
        await comes(play)
        assert assert_closed(play, role=role) >= 2
        assert public(play)
        before = len(play.env.http_requests)
        write_post(stage.content, "2024-05-05-p.md", f"{PINGS} 5", BODY + PINGS, importance="major")
        await play.app.content_changed()
        await play.deliver()
        assert len(play.env.http_requests) > before
        assert_closed(play, role=role)


async def test_answers_and_what_is_shared_of_them_mention_nobody(stage: Stage) -> None:
    async with stage.play() as play:
        asked = [
            await play.reader.slash(play.channel, "news latest"),
            await play.reader.slash(play.channel, "news date", day="2024-05-03"),
            await play.reader.slash(play.channel, "news tag", tag="LLM"),
            await play.reader.slash(play.channel, "news tag", tag=PINGS),
            await play.reader.slash(play.channel, "news topic", tag="LLM"),
            await play.reader.slash(play.channel, "news search", text=PINGS),
            await play.reader.slash(play.channel, "news browse"),
            await play.reader.slash(play.channel, "news tags"),
            await play.reader.slash(play.channel, "news random"),
        ]
        for answer in asked:
            for part in parts(shown(answer)):
                if part["type"] == 2 and not part.get("disabled") and "custom_id" in part:
                    await play.reader.click(shown(answer), custom_id=part["custom_id"])
        assert assert_closed(play) > len(asked)
        assert public(play), "something was shared"


async def test_panels_doctors_and_operators_answers_mention_nobody(stage: Stage) -> None:
    async with stage.play() as play:
        panel = await play.operator.slash(play.channel, "setup")
        await play.operator.slash(play.channel, "setup", action="doctor")
        await play.operator.slash(play.channel, "admin reload")
        for part in parts(shown(panel)):
            if part["type"] == 2 and not part.get("disabled") and "custom_id" in part:
                await play.operator.click(shown(panel), custom_id=part["custom_id"])
                break
        assert assert_closed(play) >= 4


async def test_notices_and_the_operators_channel_mention_nobody(stage: Stage) -> None:
    general = stage.backend.create_channel(stage.guild.id, "general")
    stage.guild.system_channel_id = general.id
    async with stage.play() as play:
        deny_bot(play, stage.channel.id, "send_messages")
        await comes(play)
        await play.app.tell_operators()
        told = [path for path, _ in bodies(play)]
        assert f"/channels/{general.id}/messages" in told
        assert f"/channels/{stage.settings['ops_channel_id']}/messages" in told
        assert_closed(play)
