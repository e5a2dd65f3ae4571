"""Every command, option and button of /admin is the operator's alone, also where an interaction is forged."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from simcord import SetupError

from bot.posts.keys import short_key
from tests.support.answers import kept, shown
from tests.support.openapi import is_checked
from tests.support.operating import break_database, everybody_sees_every_command, forged, in_doubt
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of

REFUSED = "봇 운영자만"

COMMANDS: dict[str, dict[str, Any]] = {
    "admin reload": {},
    "admin status": {},
    "admin post now": {"post": "a", "channel": "1"},
    "admin preview": {"post": "a"},
    "admin trace": {"post": "a", "channel": "1"},
    "admin retry": {},
    "admin mark sent": {"post": "a", "channel": "1"},
    "admin pause": {},
    "admin resume": {},
    "admin withdraw": {"post": "a"},
    "admin sync": {},
    "admin log tail": {},
}
OPTIONS = [(command, option) for command, options in COMMANDS.items() for option in options] + [
    (command, "channel") for command in ("admin retry", "admin pause", "admin resume")
]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, settings={"post_time": "immediately"})
    write_post(stage.content, "2024-05-03-a.md", "첫째", slug="a")
    return stage


async def test_no_command_is_missing_here(stage: Stage) -> None:
    async with stage.play() as play:
        found = {name for name in play.operator.available_commands(play.channel) if name.startswith("admin")}
    assert found == set(COMMANDS)


@pytest.mark.parametrize("who", ["a member", "an administrator of the server"])
async def test_every_command_is_refused_to_others_however_it_comes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    stage.settings["owner_ids"] = (1,)
    async with stage.play() as play:
        actor = play.reader if who == "a member" else play.operator
        everybody_sees_every_command(monkeypatch)
        for command, options in COMMANDS.items():
            refused = await actor.slash(play.channel, command, **options)
            assert REFUSED in text_of(refused), command
            assert refused.ephemeral, command
        assert {type(error).__name__ for error in play.env.errors} == {"CheckFailure"}
        assert play.posted() == []
        assert await play.app.bot.services.room.ledger.paused_since() is None


async def test_the_client_hides_the_commands_from_members(stage: Stage) -> None:
    async with stage.play() as play:
        with pytest.raises(SetupError):
            await play.reader.slash(play.channel, "admin status")


@pytest.mark.parametrize(("command", "option"), OPTIONS)
async def test_options_are_offered_to_operators_alone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, command: str, option: str
) -> None:
    async with stage.play() as play:
        everybody_sees_every_command(monkeypatch)
        assert await play.reader.autocomplete(play.channel, command, option, "") == []
        (offered,) = await play.operator.autocomplete(play.channel, command, option, "")
        assert ("첫째" if option == "post" else "#ai-news · 뉴스 서버") in offered["name"]


async def test_every_button_is_refused_to_others_also_on_a_forged_message(stage: Stage) -> None:
    async with stage.play() as play:
        stage.now += timedelta(minutes=1)
        await play.deliver()
        key = await in_doubt(play, "b")
        delivery = f"{short_key('b')}:{key.channel_id}:0"
        for custom_id in (
            "admin:status",
            "admin:doubt",
            "admin:no",
            f"admin:post:{short_key('a')}",
            f"admin:withdraw:{short_key('a')}",
            f"admin:again:{delivery}",
            f"admin:mark:{delivery}",
        ):
            message = await forged(play, custom_id)
            before = len(play.posted())
            refused = await play.reader.click(message, label="위조")
            assert REFUSED in text_of(refused), custom_id
            assert refused.ephemeral
            assert len(play.posted()) == before
        room = play.app.bot.services.room
        assert len(await room.operating.in_doubt(stage.now)) == 1
        assert len(await room.ledger.everywhere("a")) == 1


async def test_the_operators_own_buttons_work_in_public_without_touching_what_others_see(
    stage: Stage,
) -> None:
    async with stage.play() as play:
        message = await forged(play, "admin:status")
        before = message.content
        told = await play.operator.click(message, label="위조")
        assert told.ephemeral
        assert "봇 상태" in text_of(told)
        assert message.content == before


async def test_a_forged_number_that_means_nothing_is_answered_politely(stage: Stage) -> None:
    async with stage.play() as play:
        for custom_id, said in (
            ("admin:post:" + "0" * 16, "그런 글을 찾지 못했어요"),
            ("admin:withdraw:" + "0" * 16, "그런 글을 찾지 못했어요"),
            ("admin:again:" + "0" * 16 + ":99999999999999999999:0", "이미 정리된 전송이에요"),
            ("admin:mark:" + "0" * 16 + ":1:0", "이미 정리된 전송이에요"),
        ):
            told = await play.operator.click(await forged(play, custom_id), label="위조")
            assert said in text_of(told), custom_id


async def test_buttons_work_after_a_restart(stage: Stage) -> None:
    async with stage.play() as play:
        status = shown(await play.operator.slash(play.channel, "admin status"))
    async with stage.play() as play:
        again = await play.operator.click(kept(play, status), label="새로 고침")
        assert "받는 채널 1곳" in text_of(again)


@pytest.mark.parametrize("seconds", [0.0, 3.5])
async def test_a_slow_or_broken_database_leaves_nobody_without_an_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    stage.settle_seconds = 2.2
    async with stage.play() as play:
        with monkeypatch.context() as patch:
            break_database(patch, seconds)
            for command, options in COMMANDS.items():
                if command in {"admin reload", "admin sync", "admin preview", "admin log tail"}:
                    continue  # they ask the database for nothing
                began = time.monotonic()
                answer = await play.operator.slash(play.channel, command, **options)
                assert time.monotonic() - began < 3, command
                assert answer.ephemeral, command
                said = "시작했어요" if command == "admin post now" else "찾고 있어요"
                assert (said if seconds else "문제가 생겨") in text_of(answer), command
                assert "db.internal" not in text_of(answer), command
            began = time.monotonic()
            assert await play.operator.autocomplete(play.channel, "admin pause", "channel", "") == []
            assert time.monotonic() - began < 3


async def test_in_english_and_as_discords_api_wants_it(stage: Stage) -> None:
    async with stage.play("en-US") as play:
        stage.now += timedelta(minutes=1)
        await play.deliver()
        await in_doubt(play, "b")
        options = {"post": "a", "channel": str(stage.channel.id)}
        for command, given in COMMANDS.items():
            wanted = {name: options[name] for name in given}
            answer = text_of(await play.operator.slash(play.channel, command, **wanted))
            assert not any("가" <= letter <= "힣" for letter in _own_words(answer)), answer
        checked = [request for request in play.env.http_requests if is_checked(request)]
        assert len(checked) > len(COMMANDS)


def _own_words(answer: str) -> str:
    """Without what is the posts' and the server's."""
    for word in ("첫째", "본문이에요", "뉴스 서버", "오늘의"):
        answer = answer.replace(word, "")
    return "\n".join(line for line in answer.splitlines() if "[info" not in line and "[warning" not in line)
