"""What the client asks of Discord is timed and counted, against a loopback Discord."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from aiohttp import web
from discord.ext import commands
from discord.http import Route

from bot.adapters.metrics import Metrics
from bot.adapters.pacing import paced
from tests.support.rest import json_answer, loopback_rest


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


async def test_sends_interactions_and_429s_are_in_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[None] = []

    async def message(_: web.Request) -> web.Response:
        asked.append(None)
        if len(asked) == 1:
            refused = json_answer({"message": "slow down", "retry_after": 0.01, "global": False}, 429)
            refused.headers["Via"] = "1.1 google"
            return refused
        return json_answer({"id": "5"})

    async def nothing(_: web.Request) -> web.Response:
        return web.Response(status=204)

    metrics = Metrics()
    client = commands.AutoShardedBot("!", intents=discord.Intents.none(), http_trace=paced())
    metrics.watch_client(client)
    async with loopback_rest() as rest, client:
        rest.on("POST", "/channels/1/messages", message)
        rest.on("POST", "/channels/2/threads", nothing)
        rest.on("POST", "/interactions/77/secret/callback", nothing)
        rest.on("POST", "/interactions/78/secret/callback", nothing)
        monkeypatch.setattr(Route, "BASE", rest.address)
        await client.login("a token")
        came = SimpleNamespace(id=77, type=discord.InteractionType.application_command)
        await metrics._interaction_came(cast("discord.Interaction[Any]", came))
        await client.http.request(Route("POST", "/channels/{channel_id}/messages", channel_id=1), json={})
        await client.http.request(Route("POST", "/channels/{channel_id}/threads", channel_id=2), json={})
        for number in (77, 77, 78):  # answered, answered again, never seen to come
            await client.http.request(Route("POST", f"/interactions/{number}/secret/callback"))
    assert value(metrics, "ainews_send_seconds_count") == 3
    assert value(metrics, "ainews_rate_limited_total") == 1
    assert value(metrics, "ainews_interaction_seconds_count", type="application_command") == 1
    assert value(metrics, "ainews_requests_waiting") == 0
    assert b"secret" not in metrics.exposed()
