"""The loopback Discord itself: where it forgets, limits or breaks things, it must do so as Discord does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jsonschema
import pytest

from tests.support.corpus import openapi
from tests.support.discord_double.gateway import ACK, HEARTBEAT, HELLO, IDENTIFY, INVALID_SESSION, RESUME
from tests.support.discord_double.limits import FixedWindow, SlidingWindow
from tests.support.discord_double.process import Double, start_double
from tests.support.discord_double.server import serve
from tests.support.discord_double.traffic import Traffic
from tests.support.discord_double.world import World


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    """Two servers with a channel each, within this process."""
    async with serve(World.of(2, 1), Traffic()) as address, aiohttp.ClientSession() as session:
        yield Double(address, session)


async def send(double: Double, channel: int, content: str, **more: Any) -> aiohttp.ClientResponse:
    """A message as discord.py sends it; the answer is read already."""
    url = f"{double.api}/channels/{channel}/messages"
    async with double.session.post(url, json={"content": content, **more}) as answer:
        await answer.read()
        return answer


async def stored(double: Double, channel: int) -> list[str]:
    return [message["content"] for message in (await double.messages())[channel]]


async def test_the_same_nonce_returns_the_message_that_is_there(double: Double) -> None:
    first, second = await double.channels()
    known = await send(double, first, "one", nonce="n", enforce_nonce=True)
    again = await send(double, first, "other", nonce="n", enforce_nonce=True)
    assert (await again.json())["id"] == (await known.json())["id"]
    assert await stored(double, first) == ["one"]
    # A nonce is the author's, not the channel's.
    await send(double, second, "elsewhere", nonce="n", enforce_nonce=True)
    assert await stored(double, second) == []
    assert (await double.counts())["repeats"] == 2


async def test_a_nonce_does_nothing_unenforced_or_after_its_time(double: Double) -> None:
    channel, _ = await double.channels()
    await send(double, channel, "one", nonce="n", enforce_nonce=True)
    await send(double, channel, "two", nonce="n")
    await double.set(nonce_seconds=0)
    await send(double, channel, "three", nonce="n", enforce_nonce=True)
    assert await stored(double, channel) == ["one", "two", "three"]


async def test_a_sixth_message_within_five_seconds_is_refused_with_the_channels_headers(
    double: Double,
) -> None:
    first, second = await double.channels()
    answers = [await send(double, first, str(number)) for number in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    refused = answers[-1]
    body = await refused.json()
    assert refused.headers["X-RateLimit-Limit"] == "5"
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["Via"], "discord.py takes a 429 without it for a ban"
    assert refused.content_type == "application/json"
    assert 4 < body["retry_after"] <= 5
    assert body["retry_after"] == pytest.approx(float(refused.headers["X-RateLimit-Reset-After"]), abs=0.01)
    assert body["global"] is False
    assert (await send(double, second, "elsewhere")).status == 200
    assert (await double.counts())["requests"] == {"POST 200": 6, "POST 429": 1}


async def test_the_51st_request_within_a_second_is_refused_for_the_whole_bot(double: Double) -> None:
    async def ask() -> aiohttp.ClientResponse:
        async with double.session.get(f"{double.api}/users/@me") as answer:
            await answer.read()
            return answer

    answers = await asyncio.gather(*(ask() for _ in range(55)))
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) == 5
    assert refused[0].headers["X-RateLimit-Global"] == "true"
    assert refused[0].headers["X-RateLimit-Scope"] == "global"
    body = await refused[0].json()
    assert body["global"] is True
    assert 0 < body["retry_after"] <= 1


def test_windows_open_again_when_they_are_over() -> None:
    channel = FixedWindow(2, 5.0)
    assert [channel.take(now).allowed for now in (0.0, 4.9, 4.95)] == [True, True, False]
    assert channel.take(4.95).reset_after == pytest.approx(0.05)
    assert channel.take(5.0).remaining == 1
    whole = SlidingWindow(2, 1.0)
    assert [whole.take(now).allowed for now in (0.0, 0.9, 0.95, 1.0, 1.05)] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert whole.take(1.05).reset_after == pytest.approx(0.85)


async def test_a_reset_strikes_before_or_after_the_message_is_stored(double: Double) -> None:
    channel, _ = await double.channels()
    await double.fault("reset")
    with pytest.raises(aiohttp.ClientError):
        await send(double, channel, "never there")
    assert await stored(double, channel) == []
    await double.fault("reset", after=True)
    with pytest.raises(aiohttp.ClientError):
        await send(double, channel, "there")
    assert await stored(double, channel) == ["there"]
    assert (await send(double, channel, "a fault strikes once")).status == 200
    assert (await double.counts())["requests"] == {"POST 0": 2, "POST 200": 1}


async def test_faults_answer_hang_and_wait_for_their_turn(double: Double) -> None:
    channel, other = await double.channels()
    await double.fault("answer", status=403, code=50013, skip=1, times=2)
    answers = [await send(double, channel, str(number)) for number in range(4)]
    assert [answer.status for answer in answers] == [200, 403, 403, 200]
    assert (await answers[1].json())["code"] == 50013
    await double.fault("hang", after=True, path=f"/channels/{channel}/messages")
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(send(double, channel, "4"), 0.1)
    assert await stored(double, channel) == ["0", "3", "4"]
    await double.fault("hang", seconds=0.1, path=f"/channels/{channel}/messages")
    late, early = await asyncio.gather(send(double, channel, "late"), send(double, other, "early"))
    assert int((await early.json())["id"]) < int((await late.json())["id"]), "one waited to be stored"
    await double.fault("answer", status=503, times=None)
    assert (await send(double, channel, "5")).status == 503
    await double.mend()
    assert (await send(double, channel, "5")).status == 200


async def test_history_is_read_after_an_id_and_messages_are_edited_and_deleted(double: Double) -> None:
    channel, _ = await double.channels()
    ids = [(await (await send(double, channel, str(number))).json())["id"] for number in range(4)]
    url = f"{double.api}/channels/{channel}/messages"
    async with double.session.get(url, params={"after": ids[0], "limit": 2}) as answer:
        assert [message["content"] for message in await answer.json()] == ["2", "1"]
    async with double.session.get(url, params={"limit": 2}) as answer:
        assert [message["content"] for message in await answer.json()] == ["3", "2"]
    async with double.session.patch(f"{url}/{ids[0]}", json={"content": "mended"}) as answer:
        assert (await answer.json())["edited_timestamp"]
    async with double.session.delete(f"{url}/{ids[1]}") as answer:
        assert answer.status == 204
    assert await stored(double, channel) == ["mended", "2", "3"]


class Shard:
    """A gateway client that says what it is told to and hears what comes."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, op: int, data: Any) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def hear(self) -> dict[str, Any]:
        return dict(await self.socket.receive_json(timeout=5))

    async def identify(self, shard: int, shards: int) -> str:
        """The session's id, once READY came."""
        assert (await self.hear())["op"] == HELLO
        await self.say(IDENTIFY, {"token": "t", "shard": [shard, shards], "intents": 1})
        ready = await self.hear()
        assert ready["t"] == "READY"
        return str(ready["d"]["session_id"])


async def connect(double: Double) -> Shard:
    async with double.session.get(f"{double.api}/gateway/bot") as answer:
        return Shard(await double.session.ws_connect(f"{(await answer.json())['url']}/?v=10&encoding=json"))


async def test_each_shard_hears_of_its_own_servers_and_resumes_where_it_was(double: Double) -> None:
    even, odd = await connect(double), await connect(double)
    channels = await double.channels()
    sessions = [await even.identify(0, 2), await odd.identify(1, 2)]
    servers = [await even.hear(), await odd.hear()]
    assert [server["t"] for server in servers] == ["GUILD_CREATE"] * 2
    assert {int(server["d"]["channels"][0]["id"]) for server in servers} == set(channels)
    assert [(int(server["d"]["id"]) >> 22) % 2 for server in servers] == [0, 1]
    await odd.say(HEARTBEAT, 2)
    assert (await odd.hear())["op"] == ACK
    await double.disturb("close")
    assert (await odd.socket.receive()).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
    again = await connect(double)
    assert (await again.hear())["op"] == HELLO
    await again.say(RESUME, {"token": "t", "session_id": sessions[1], "seq": 1})
    assert [(await again.hear())["t"] for _ in range(2)] == ["GUILD_CREATE", "RESUMED"]
    counts = await double.counts()
    assert (counts["identifies"], counts["resumes"], counts["ready"]) == (2, 1, 1)
    await again.say(RESUME, {"token": "t", "session_id": "unknown", "seq": 1})
    assert (await again.hear())["op"] == INVALID_SESSION


async def test_a_command_reaches_the_bot_and_its_answer_is_timed(double: Double) -> None:
    channel, _ = await double.channels()
    shard = await connect(double)
    await shard.identify(0, 1)
    url = f"{double.api}/applications/1/commands"
    async with double.session.put(url, json=[{"name": "news", "description": "d"}]) as answer:
        command = (await answer.json())[0]["id"]
    using = asyncio.create_task(double.slash(channel, "news"))
    while (event := await shard.hear())["t"] != "INTERACTION_CREATE":
        pass
    interaction = event["d"]
    assert (interaction["data"]["id"], interaction["channel_id"]) == (command, str(channel))
    await asyncio.sleep(0.05)
    callback = f"{double.api}/interactions/{interaction['id']}/{interaction['token']}/callback"
    reply = {"type": 4, "data": {"content": "hello"}}
    async with double.session.post(callback, json=reply) as answer:
        assert answer.status == 200
    used = await using
    assert used["answer"] == reply
    assert 0.05 <= used["seconds"] < 1
    async with double.session.post(callback, json=reply) as answer:
        assert answer.status == 404, "an interaction is answered once"


async def test_its_answers_are_those_of_discords_api_description(double: Double) -> None:
    components = json.loads(openapi().read_text("utf-8"))["components"]

    def check(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema.validate(value, schema, jsonschema.Draft202012Validator)

    async def ask(path: str, method: str = "GET", body: Any = None) -> Any:
        async with double.session.request(method, f"{double.api}{path}", json=body) as answer:
            return await answer.json()

    channel, _ = await double.channels()
    card = {
        "title": "t",
        "description": "d",
        "footer": {"text": "f"},
        "fields": [{"name": "n", "value": "v"}],
    }
    button = {"type": 2, "style": 1, "label": "open", "custom_id": "x"}
    message = {"embeds": [card], "components": [{"type": 1, "components": [button]}], "nonce": "n"}
    check("MessageResponse", await ask(f"/channels/{channel}/messages", "POST", message))
    check("GuildChannelResponse", await ask(f"/channels/{channel}"))
    check("GatewayBotResponse", await ask("/gateway/bot"))
    check("ErrorResponse", await ask(f"/channels/{channel}/messages/1"))
    check("ErrorResponse", await ask("/users/@me/unheard-of"))
    assert (await double.counts())["requests"]["GET 404"] == 2
    command = {"name": "news", "description": "d"}
    check("ApplicationCommandResponse", (await ask("/applications/1/commands", "PUT", [command]))[0])
    check("RatelimitedResponse", [await (await send(double, channel, "x")).json() for _ in range(5)][-1])


async def test_it_runs_as_a_process_of_its_own_that_takes_its_time() -> None:
    async with start_double(channels=2, latency=0.2) as double:
        channels = await double.channels()
        assert len(channels) == 2
        clock = asyncio.get_running_loop().time
        start = clock()
        assert (await send(double, channels[0], "slow")).status == 200
        assert 0.2 <= clock() - start < 1
        assert await stored(double, channels[0]) == ["slow"]
