"""Forums over real HTTP: tags by name, no repetition, and the search for what is in doubt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from aiohttp import web
from discord.http import Route

from bot.adapters.channels import DiscordPostbox
from bot.adapters.pacing import paced
from bot.delivery.forum_tags import ForumPost
from bot.delivery.identity import fingerprint_of
from bot.errors import Doing, HistoryUnreadable, SendRefused, SendUncertain
from bot.formatting.messages import Card, Message
from tests.support.rest import ME, Rest, json_answer, loopback_rest, refusal

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=5)
GUILD, FORUM = 600000000000000001, 700000000000000001
THREAD = discord.utils.time_snowflake(NOW)
START = f"/channels/{FORUM}/threads"
NEWS = Message(cards=(Card(title="제목", description="본문"),))
POST = ForumPost(name="제목", tags=("뉴스",), own_tags=("open ai",))
REQUIRE_TAG = 1 << 4


@pytest.fixture
async def rest(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rest]:
    async with loopback_rest() as server:
        monkeypatch.setattr(Route, "BASE", server.address)
        offer(server)
        yield server


@pytest.fixture
async def postbox(rest: Rest) -> AsyncIterator[DiscordPostbox]:
    async with discord.Client(intents=discord.Intents.none(), http_trace=paced()) as client:
        await client.login("x" * 24 + ".y.z")  # answered by the loopback
        assert rest.address in Route("GET", "/").url
        yield DiscordPostbox(client)


def answer(rest: Rest, method: str, path: str, body: Any, status: int = 200) -> list[str]:
    """Script a route; the list grows by its name at every call."""
    calls: list[str] = []

    async def act(_: web.Request) -> web.Response:
        calls.append(path)
        return json_answer(body, status)

    rest.on(method, path, act)
    return calls


def offer(rest: Rest, *names: str, flags: int = 0, kind: int = 15) -> None:
    """The forum has these tags, with ids from 1."""
    emoji = {"emoji_id": None, "emoji_name": None, "moderated": False}
    tags = [{"id": str(number), "name": name, **emoji} for number, name in enumerate(names, 1)]
    forum = {
        "id": str(FORUM),
        "guild_id": str(GUILD),
        "type": kind,
        "name": "forum",
        "position": 0,
        "permission_overwrites": [],
        "parent_id": None,
        "flags": flags,
        "available_tags": tags,
    }
    answer(rest, "GET", f"/channels/{FORUM}", forum)


def thread(number: int = THREAD, owner: str = str(ME["id"]), name: str = "제목", parent: int = FORUM) -> Any:
    archive = {"archive_timestamp": NOW.isoformat()}
    return {
        "id": str(number),
        "parent_id": str(parent),
        "owner_id": owner,
        "name": name,
        "thread_metadata": archive,
    }


def threads(rest: Rest, active: list[Any], archived: list[Any], *, has_more: bool = False) -> None:
    answer(rest, "GET", f"/guilds/{GUILD}/threads/active", {"threads": active, "members": []})
    body = {"threads": archived, "members": [], "has_more": has_more}
    answer(rest, "GET", f"/channels/{FORUM}/threads/archived/public", body)


def started_with(rest: Rest, number: int, description: str) -> None:
    embeds = [{"title": "제목 ", "description": description}]
    body = {"content": "", "embeds": embeds}
    answer(rest, "GET", f"/channels/{number}/messages/{number}", body)


async def test_a_thread_is_started_with_the_forums_tags_of_those_names(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    offer(rest, "OpenAI", "기타", "뉴스", flags=REQUIRE_TAG)
    answer(rest, "POST", START, {"id": "42"}, 201)
    assert await postbox.start_post(FORUM, POST, NEWS) == 42
    (body,) = rest.bodies
    assert (body["name"], body["applied_tags"]) == ("제목", ["3", "1"])
    assert body["message"]["embeds"][0]["description"] == "본문"
    assert body["message"]["allowed_mentions"] == {"parse": []}


async def test_a_forum_that_requires_a_tag_which_no_post_has_is_told_without_asking(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    offer(rest, "기타", flags=REQUIRE_TAG)
    with pytest.raises(SendRefused) as caught:
        await postbox.start_post(FORUM, POST, NEWS)
    assert (caught.value.code, caught.value.permanent) == (40067, True)
    assert rest.bodies == []


async def test_a_text_channel_is_no_forum(rest: Rest, postbox: DiscordPostbox) -> None:
    offer(rest, kind=0)
    with pytest.raises(SendRefused) as caught:
        await postbox.start_post(FORUM, POST, NEWS)
    assert (caught.value.permanent, caught.value.doing) == (True, Doing.POST_IN_FORUM)


@pytest.mark.parametrize("status", [500, 502, 504, 503, 520])
async def test_a_fault_is_not_answered_by_a_second_thread(
    rest: Rest, postbox: DiscordPostbox, status: int
) -> None:
    calls = answer(rest, "POST", START, {}, status)
    with pytest.raises(SendUncertain):
        await postbox.start_post(FORUM, POST, NEWS)
    assert len(calls) == 1


async def test_what_a_rate_limit_refused_is_asked_again(rest: Rest, postbox: DiscordPostbox) -> None:
    async def limit(_: web.Request) -> web.Response:
        answer(rest, "POST", START, {"id": "42"}, 201)
        refused = json_answer({"message": "slow", "retry_after": 0.01, "global": False}, 429)
        refused.headers["Via"] = "1.1 google"
        return refused

    rest.on("POST", START, limit)
    assert await postbox.start_post(FORUM, POST, NEWS) == 42


@pytest.mark.parametrize("is_archived", [True, False])
async def test_our_thread_is_found_by_its_first_message(
    rest: Rest, postbox: DiscordPostbox, *, is_archived: bool
) -> None:
    several = [
        thread(THREAD, owner="5"),
        thread(THREAD + 1, parent=1),
        thread(THREAD - (1 << 42)),
        thread(THREAD + 2),
        thread(THREAD + 3, name="다른 이름"),
    ]
    threads(rest, [] if is_archived else several, several if is_archived else [])
    started_with(rest, THREAD - (1 << 42), "다른 글")
    started_with(rest, THREAD + 2, "다른 글")
    started_with(rest, THREAD + 3, "본문\n")
    assert await postbox.find_post(FORUM, "제목", fingerprint_of(NEWS), SINCE) == THREAD + 3
    assert await postbox.find_post(FORUM, "제목", fingerprint_of(Message(content="없음")), SINCE) is None


async def test_a_thread_without_its_first_message_is_known_by_its_name(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    threads(rest, [thread(THREAD, name="다른"), thread(THREAD + 1)], [])
    for number in (THREAD, THREAD + 1):
        gone = {"code": 10008, "message": "Unknown Message"}
        answer(rest, "GET", f"/channels/{number}/messages/{number}", gone, 404)
    assert await postbox.find_post(FORUM, "제목", fingerprint_of(NEWS), SINCE) == THREAD + 1


async def test_where_the_clock_was_ahead_at_the_claim_the_newest_of_its_name_are_looked_at_all_the_same(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    threads(rest, [thread(THREAD + number) for number in range(9)], [])
    for number in range(9):
        started_with(rest, THREAD + number, "본문" if number in (0, 5) else "다른 글")
    in_far_future = SINCE + timedelta(days=400)
    assert await postbox.find_post(FORUM, "제목", fingerprint_of(NEWS), in_far_future) == THREAD + 5
    assert await postbox.find_post(FORUM, "다른 이름", fingerprint_of(NEWS), in_far_future) is None


async def test_what_cannot_be_looked_at_is_told(rest: Rest, postbox: DiscordPostbox) -> None:
    threads(rest, [], [thread(owner="5")], has_more=True)
    with pytest.raises(HistoryUnreadable, match="too many"):
        await postbox.find_post(FORUM, "제목", "f", SINCE)

    async def forbid(_: web.Request) -> web.Response:
        return refusal(403, 50001)

    rest.on("GET", f"/guilds/{GUILD}/threads/active", forbid)
    with pytest.raises(HistoryUnreadable):
        await postbox.find_post(FORUM, "제목", "f", SINCE)
