"""Sending over real HTTP: what goes out, and how every failure comes back as ours."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from aiohttp import web
from discord.http import Route

from bot.adapters.channels import DiscordPostbox
from bot.adapters.pacing import ChannelPace
from bot.delivery.causes import Cause
from bot.delivery.forum_tags import ForumPost
from bot.delivery.identity import fingerprint_of
from bot.discord_codes import PERMANENT
from bot.errors import DeliveryError, Doing, HistoryUnreadable, SendRefused, SendUncertain, TokenRefused
from bot.formatting.messages import Card, Message
from bot.formatting.stopped import cause_in_words
from bot.i18n import load_catalogues
from bot.replacing import replace
from tests.support.rest import ME, Rest, json_answer, loopback_rest, refusal

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CHANNEL = 700000000000000001
PATH = f"/channels/{CHANNEL}/messages"
NEWS = Message(cards=(Card(title="제목", description="본문 **굵게**"),))


@pytest.fixture
async def rest(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rest]:
    async with loopback_rest() as server:
        monkeypatch.setattr(Route, "BASE", server.address)
        yield server


@pytest.fixture
async def postbox(rest: Rest) -> AsyncIterator[DiscordPostbox]:
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login("x" * 24 + ".y.z")  # answered by the loopback
        assert rest.address in Route("GET", "/").url
        yield DiscordPostbox(client)


def stored(message_id: int, embeds: list[dict[str, Any]], author: dict[str, Any] = ME) -> dict[str, Any]:
    return {
        "id": str(message_id),
        "channel_id": str(CHANNEL),
        "author": author,
        "content": "",
        "timestamp": NOW.isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": embeds,
        "pinned": False,
        "type": 0,
    }


async def test_a_message_carries_its_nonce_and_closed_mentions(rest: Rest, postbox: DiscordPostbox) -> None:
    async def accept(_: web.Request) -> web.Response:
        return json_answer(stored(42, []))

    rest.on("POST", PATH, accept)
    assert await postbox.send(CHANNEL, NEWS, "nonce-1") == 42
    (body,) = rest.bodies
    assert (body["nonce"], body["enforce_nonce"]) == ("nonce-1", True)
    assert body["allowed_mentions"] == {"parse": []}
    assert body["embeds"][0]["description"] == "본문 **굵게**"


async def test_a_message_notifies_as_it_says(rest: Rest, postbox: DiscordPostbox) -> None:
    async def accept(_: web.Request) -> web.Response:
        return json_answer(stored(42, []))

    rest.on("POST", PATH, accept)
    role = 314159265358979323
    await postbox.send(CHANNEL, replace(NEWS, content=f"<@&{role}>", role_id=role), "nonce-1")
    await postbox.send(CHANNEL, replace(NEWS, silent=True), "nonce-2")
    loud, quiet = rest.bodies
    assert (loud["content"], loud["allowed_mentions"]) == (f"<@&{role}>", {"parse": [], "roles": [role]})
    assert loud.get("flags", 0) == 0
    assert (quiet["flags"], quiet["allowed_mentions"]) == (1 << 12, {"parse": []})


@pytest.mark.parametrize(
    ("status", "code", "kind", "permanent"),
    [
        (403, 50013, SendRefused, True),
        (403, 50001, SendRefused, True),
        (404, 10003, SendRefused, True),
        (400, 50035, SendRefused, False),
        (401, 0, TokenRefused, None),
        (503, 0, SendUncertain, None),
        (520, 0, SendUncertain, None),
    ],
)
async def test_discords_answers_become_ours(
    rest: Rest,
    postbox: DiscordPostbox,
    status: int,
    code: int,
    kind: type[DeliveryError],
    permanent: object,
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return refusal(status, code)

    rest.on("POST", PATH, refuse)
    with pytest.raises(DeliveryError) as caught:
        await postbox.send(CHANNEL, NEWS, "n")
    assert type(caught.value) is kind
    assert getattr(caught.value, "permanent", None) is permanent


async def test_a_connection_that_breaks_leaves_the_message_in_doubt(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    async def cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    rest.on("POST", PATH, cut)
    with pytest.raises(SendUncertain):
        await postbox.send(CHANNEL, NEWS, "n")


async def test_our_message_is_found_again_though_discord_trimmed_it(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    embeds = [{"title": "제목 ", "description": "본문  **굵게**\n"}]
    stranger = {**ME, "id": "5"}

    async def history(_: web.Request) -> web.Response:
        return json_answer(
            [stored(9, embeds), stored(8, embeds, stranger), stored(7, [{"title": "다른 글"}])]
        )

    rest.on("GET", PATH, history)
    since = NOW - timedelta(minutes=5)
    assert await postbox.find(CHANNEL, fingerprint_of(NEWS), since) == 9
    assert await postbox.find(CHANNEL, fingerprint_of(Message(content="없는 글")), since) is None


async def test_a_message_whose_cards_a_moderator_hid_since_the_claim_may_be_the_one(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    now = discord.utils.time_snowflake(NOW)

    async def history(_: web.Request) -> web.Response:
        return json_answer([{**stored(now, []), "flags": 4}])

    rest.on("GET", PATH, history)
    with pytest.raises(HistoryUnreadable, match="hidden"):
        await postbox.find(CHANNEL, fingerprint_of(NEWS), NOW - timedelta(minutes=5))
    assert await postbox.find(CHANNEL, fingerprint_of(NEWS), NOW + timedelta(minutes=5)) is None


async def test_where_the_clock_was_ahead_at_the_claim_the_newest_messages_are_looked_at_all_the_same(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    ours = [{"title": "제목 ", "description": "본문  **굵게**\n"}]
    asked = []

    async def history(request: web.Request) -> web.Response:
        asked.append(request.query.get("before"))
        newest = int(asked[-1] or 1000)
        number_of_ours = 700
        return json_answer(
            [
                stored(number, ours if number == number_of_ours else [{"title": "다른 글"}])
                for number in range(newest - 1, newest - 101, -1)
            ]
        )

    rest.on("GET", PATH, history)
    in_far_future = NOW + timedelta(days=400)
    assert (
        await postbox.find(CHANNEL, fingerprint_of(Message(cards=(Card(title="다른 글"),))), in_far_future)
        == 999
    )
    assert await postbox.find(CHANNEL, fingerprint_of(NEWS), in_far_future) is None
    assert asked == [None, None], "the first page shows that all the rest is older"


@pytest.mark.parametrize("place", [1, 399, 650, 1250])
async def test_in_a_busy_channel_our_message_is_found_right_behind_its_claim_and_among_the_newest(
    rest: Rest, postbox: DiscordPostbox, place: int
) -> None:
    claimed = discord.utils.time_snowflake(NOW)
    said = [stored(claimed + number, [{"title": "다른 글"}]) for number in range(1, 1300)]
    said[place]["embeds"] = [{"title": "제목", "description": "본문 **굵게**"}]

    async def history(request: web.Request) -> web.Response:
        after, before = (int(request.query.get(name, 0)) for name in ("after", "before"))
        found = [one for one in said if int(one["id"]) > after and (not before or int(one["id"]) < before)]
        return json_answer((found[:100] if after else found[-100:])[::-1])

    rest.on("GET", PATH, history)
    looked_for = postbox.find(CHANNEL, fingerprint_of(NEWS), NOW)
    if place == 650:
        with pytest.raises(HistoryUnreadable, match="more than 500"):
            await looked_for
    else:
        assert await looked_for == claimed + place + 1


async def test_a_token_that_is_refused_while_something_is_looked_for_stops_everything(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    rest.on("GET", PATH, lambda _: _answer(refusal(401, 0)))
    rest.on("GET", f"/channels/{CHANNEL}", lambda _: _answer(refusal(401, 0)))
    with pytest.raises(TokenRefused):
        await postbox.find(CHANNEL, "f", NOW)
    with pytest.raises(TokenRefused):
        await postbox.find_post(CHANNEL, "name", "f", NOW)


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize(
    "code", [10003, 10004, 40067, 50001, 50008, 50013, 50024, 50083, 160005, 200000, 240000]
)
async def test_what_only_a_person_can_mend_is_told_in_words_of_its_own(
    rest: Rest, postbox: DiscordPostbox, code: int, locale: str
) -> None:
    rest.on("POST", PATH, lambda _: _answer(refusal(400, code)))
    with pytest.raises(SendRefused) as caught:
        await postbox.send(CHANNEL, NEWS, "n")
    assert caught.value.permanent
    words = load_catalogues().words(locale)
    told = cause_in_words(str(Cause.of(caught.value)), words)
    assert told != words("cause.other", code=str(code))
    assert str(code) not in told
    assert len({cause_in_words(f"send:{other}", words) for other in PERMANENT}) == len(PERMANENT)


async def test_starting_forum_posts_keeps_the_channels_pace(rest: Rest, postbox: DiscordPostbox) -> None:
    forum = {"id": str(CHANNEL), "guild_id": "1", "type": 15, "name": "f", "available_tags": [], "flags": 0}
    rest.on(
        "GET",
        f"/channels/{CHANNEL}",
        lambda _: _answer(json_answer({**forum, "position": 0, "permission_overwrites": []})),
    )
    rest.on("POST", f"/channels/{CHANNEL}/threads", lambda _: _answer(json_answer({"id": "42"}, 201)))
    paced = replace(postbox, pace=ChannelPace(most=2, seconds=0.5))
    began = time.monotonic()
    for _ in range(3):
        await paced.start_post(CHANNEL, ForumPost(name="제목"), NEWS)
    assert time.monotonic() - began >= 0.5


async def test_a_history_that_may_not_be_read_is_told(rest: Rest, postbox: DiscordPostbox) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return refusal(403, 50001)

    rest.on("GET", PATH, refuse)
    with pytest.raises(HistoryUnreadable) as caught:
        await postbox.find(CHANNEL, "f", NOW)
    assert not caught.value.is_passing


@pytest.mark.parametrize("status", [None, 503, 520])
async def test_a_history_that_an_outage_hides_is_told_from_one_that_may_not_be_read(
    rest: Rest, postbox: DiscordPostbox, status: int | None
) -> None:
    async def fail(request: web.Request) -> web.Response:
        if status:
            return refusal(status, 0)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    rest.on("GET", PATH, fail)
    with pytest.raises(HistoryUnreadable) as caught:
        await postbox.find(CHANNEL, "f", NOW)
    assert caught.value.is_passing


@pytest.mark.parametrize("body", ["<html>a proxy's page</html>", "{}", '{"id": "4'])
async def test_an_answer_that_is_none_of_discords_leaves_the_message_in_doubt(
    rest: Rest, postbox: DiscordPostbox, body: str
) -> None:
    async def nonsense(_: web.Request) -> web.Response:
        return web.Response(body=body.encode(), headers={"Content-Type": "application/json"})

    rest.on("POST", PATH, nonsense)
    rest.on("GET", PATH, nonsense)
    with pytest.raises(SendUncertain):
        await postbox.send(CHANNEL, NEWS, "n")
    if body != "{}":  # which discord.py takes for an empty list
        with pytest.raises(HistoryUnreadable):
            await postbox.find(CHANNEL, "f", NOW)


async def test_a_thread_is_started_on_a_message_and_one_that_is_there_will_do(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    path = f"/channels/{CHANNEL}/messages/42/threads"

    async def start(_: web.Request) -> web.Response:
        return json_answer({"id": "42"}, 201)

    async def known(_: web.Request) -> web.Response:
        return refusal(400, 160004)

    async def forbid(_: web.Request) -> web.Response:
        return refusal(403, 50013)

    rest.on("POST", path, start)
    await postbox.open_thread(CHANNEL, 42, "제목")
    assert rest.bodies == [{"name": "제목"}]
    rest.on("POST", path, known)
    await postbox.open_thread(CHANNEL, 42, "제목")
    rest.on("POST", path, forbid)
    with pytest.raises(SendRefused) as caught:
        await postbox.open_thread(CHANNEL, 42, "제목")
    assert (caught.value.code, caught.value.permanent, caught.value.doing) == (50013, True, Doing.OPEN_THREAD)


async def test_an_archived_thread_is_opened_again_and_a_locked_one_refuses(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    is_open = False

    async def accept(_: web.Request) -> web.Response:
        return json_answer(stored(42, [])) if is_open else refusal(400, 50083)

    async def reopen(_: web.Request) -> web.Response:
        nonlocal is_open
        is_open = True
        return json_answer({"id": str(CHANNEL)})

    async def forbid(_: web.Request) -> web.Response:
        return refusal(403, 50013)

    rest.on("POST", PATH, accept)
    rest.on("PATCH", f"/channels/{CHANNEL}", forbid)
    with pytest.raises(SendRefused) as caught:
        await postbox.send(CHANNEL, NEWS, "n")
    assert (caught.value.code, caught.value.permanent) == (50083, True)
    rest.on("PATCH", f"/channels/{CHANNEL}", reopen)
    assert await postbox.send(CHANNEL, NEWS, "n") == 42
    assert {"archived": False} in rest.bodies


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_message_in_an_archived_thread_is_changed_and_the_thread_archived_again(
    rest: Rest, postbox: DiscordPostbox, method: str
) -> None:
    is_archived = True

    async def change(_: web.Request) -> web.Response:
        if is_archived:
            return refusal(400, 50083)
        return json_answer(stored(42, [])) if method == "PATCH" else web.Response(status=204)

    async def archive(_: web.Request) -> web.Response:
        nonlocal is_archived
        is_archived = rest.bodies[-1]["archived"]
        return json_answer({"id": str(CHANNEL)})

    rest.on(method, f"{PATH}/42", change)
    rest.on("PATCH", f"/channels/{CHANNEL}", archive)
    act = postbox.remove(CHANNEL, 42) if method == "DELETE" else postbox.edit(CHANNEL, 42, NEWS)
    await act
    assert [body["archived"] for body in rest.bodies if "archived" in body] == [False, True]


@pytest.mark.parametrize("code", [50013, 50001])
async def test_a_message_in_a_locked_thread_stays_as_it_is(
    rest: Rest, postbox: DiscordPostbox, code: int
) -> None:
    rest.on("PATCH", f"{PATH}/42", lambda _: _answer(refusal(400, 50083)))
    rest.on("PATCH", f"/channels/{CHANNEL}", lambda _: _answer(refusal(403, code)))
    with pytest.raises(SendRefused) as caught:
        await postbox.edit(CHANNEL, 42, NEWS)
    assert caught.value.code == 50083


async def test_in_a_thread_that_is_no_more_there_is_no_message(rest: Rest, postbox: DiscordPostbox) -> None:
    async def unknown(_: web.Request) -> web.Response:
        return refusal(404, 10003)

    rest.on("GET", PATH, unknown)
    assert await postbox.find(CHANNEL, "f", NOW) is None


MESSAGE = f"{PATH}/42"


async def test_an_edit_replaces_everything_and_notifies_nobody(rest: Rest, postbox: DiscordPostbox) -> None:
    async def accept(_: web.Request) -> web.Response:
        return json_answer(stored(42, []))

    rest.on("PATCH", MESSAGE, accept)
    await postbox.edit(CHANNEL, 42, replace(NEWS, content="<@&5>", role_id=5))
    (body,) = rest.bodies
    assert (body["content"], body["components"]) == ("<@&5>", [])
    assert body["allowed_mentions"] == {"parse": []}
    assert body["embeds"][0]["description"] == "본문 **굵게**"
    assert "flags" not in body  # embeds that somebody suppressed stay so


async def test_too_many_edits_are_a_clear_no(rest: Rest, postbox: DiscordPostbox) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return refusal(429, 30046, "Maximum number of edits to messages older than 1 hour reached.")

    rest.on("PATCH", MESSAGE, refuse)
    with pytest.raises(SendRefused) as caught:
        await postbox.edit(CHANNEL, 42, NEWS)
    assert (caught.value.code, caught.value.permanent) == (30046, False)


async def test_a_message_is_deleted(rest: Rest, postbox: DiscordPostbox) -> None:
    async def done(_: web.Request) -> web.Response:
        return web.Response(status=204)

    rest.on("DELETE", MESSAGE, done)
    await postbox.remove(CHANNEL, 42)
    rest.on("DELETE", MESSAGE, lambda _: _answer(refusal(404, 10008)))
    with pytest.raises(SendRefused) as caught:
        await postbox.remove(CHANNEL, 42)
    assert caught.value.code == 10008


async def _answer(response: web.Response) -> web.Response:
    return response


async def test_a_reply_names_what_it_continues_even_where_that_is_gone(
    rest: Rest, postbox: DiscordPostbox
) -> None:
    rest.on("POST", PATH, lambda _: _answer(json_answer(stored(43, []))))
    assert await postbox.send(CHANNEL, NEWS, "nonce", 42) == 43
    reference = rest.bodies[-1]["message_reference"]
    assert (int(reference["message_id"]), reference["fail_if_not_exists"]) == (42, False)
    assert rest.bodies[-1]["allowed_mentions"] == {"parse": [], "replied_user": False}
