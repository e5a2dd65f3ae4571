"""What tests ask of the double and tell it: ``/_control/...``, outside of Discord's API."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.support.discord_double import gateway
from tests.support.discord_double.faults import fault_of
from tests.support.discord_double.payloads import READER, message_json, thread_json
from tests.support.discord_double.rest import Rest
from tests.support.discord_double.traffic import Traffic
from tests.support.discord_double.world import Channel
from tests.support.rest import json_answer

PREFIX = "/_control"
LOOK_SECONDS = 0.005
OPCODES = {"reconnect": gateway.RECONNECT, "invalidate": gateway.INVALID_SESSION, "close": None}


@dataclass(slots=True)
class Control:
    """The handlers; every one answers JSON."""

    rest: Rest
    traffic: Traffic

    def add_routes(self, app: web.Application) -> None:
        """Register everything below ``/_control``."""
        app.router.add_get(f"{PREFIX}/channels", self.channels)
        app.router.add_get(f"{PREFIX}/messages", self.messages)
        app.router.add_get(f"{PREFIX}/threads", self.threads)
        app.router.add_post(f"{PREFIX}/threads/{{channel}}", self.set_thread)
        app.router.add_get(f"{PREFIX}/counts", self.counts)
        app.router.add_get(f"{PREFIX}/traffic", self.arrivals)
        app.router.add_post(f"{PREFIX}/settings", self.settings)
        app.router.add_post(f"{PREFIX}/faults", self.faults)
        app.router.add_delete(f"{PREFIX}/faults", self.faults)
        app.router.add_post(f"{PREFIX}/messages/{{channel}}", self.say)
        app.router.add_post(f"{PREFIX}/commands/{{channel}}", self.use_command)
        app.router.add_post(f"{PREFIX}/gateway", self.disturb)

    async def channels(self, _: web.Request) -> web.Response:
        """The channels' ids, by server."""
        guilds = self.rest.world.guilds.values()
        return json_answer(
            {str(guild.id): [str(channel.id) for channel in guild.channels] for guild in guilds}
        )

    async def messages(self, _: web.Request) -> web.Response:
        """Every stored message, by channel, oldest first."""
        channels = self.rest.world.channels.values()
        return json_answer(
            {
                str(channel.id): [message_json(one) for one in channel.messages.values()]
                for channel in channels
            }
        )

    async def threads(self, _: web.Request) -> web.Response:
        """Every thread."""
        world = self.rest.world
        return json_answer([thread_json(thread) for guild in world.guilds for thread in world.threads(guild)])

    async def set_thread(self, request: web.Request) -> web.Response:
        """A moderator sets ``archived`` or ``locked``."""
        thread = self._channel(request)
        wanted: dict[str, bool] = await request.json()
        thread.archived = wanted.get("archived", thread.archived)
        thread.locked = wanted.get("locked", thread.locked)
        return json_answer(thread_json(thread))

    async def counts(self, request: web.Request) -> web.Response:
        """How much of everything there was; with such a name given (``?stored=3``), once there is that much.

        After ``timeout`` seconds (30) it answers with what there is.
        """
        wanted = {key: float(value) for key, value in request.query.items()}
        timeout = time.monotonic() + wanted.pop("timeout", 30)
        while any(self._counts()[key] < value for key, value in wanted.items()):
            if time.monotonic() > timeout:
                break
            await asyncio.sleep(LOOK_SECONDS)
        return json_answer({**self._counts(), "requests": dict(self.traffic.counts)})

    async def arrivals(self, _: web.Request) -> web.Response:
        """When requests came (seconds of a clock of its own), and the round trips of pings."""
        return json_answer({"arrivals": self.traffic.arrivals, "round_trips": self.rest.gateway.round_trips})

    async def settings(self, request: web.Request) -> web.Response:
        """Change ``latency``, ``nonce_seconds`` or ``probing``, all in seconds."""
        wanted: dict[str, float] = await request.json()
        places: dict[str, Any] = {
            "latency": self.traffic,
            "nonce_seconds": self.rest.world,
            "probing": self.rest.gateway,
        }
        for name, value in wanted.items():
            setattr(places[name], name, value)
        return json_answer(wanted)

    async def faults(self, request: web.Request) -> web.Response:
        """POST adds a fault (see ``Fault``), DELETE ends them all."""
        if request.method == "DELETE":
            self.traffic.faults.clear()
        else:
            self.traffic.faults.append(fault_of(await request.json()))
        return json_answer(len(self.traffic.faults))

    async def say(self, request: web.Request) -> web.Response:
        """A member writes a message into a channel."""
        channel = self._channel(request)
        message = self.rest.world.post(channel, int(str(READER["id"])), await request.json(), time.time())
        return json_answer(message_json(message))

    async def use_command(self, request: web.Request) -> web.Response:
        """A member uses a slash command; the bot's answer, and after how many seconds (null: over 5)."""
        channel = self._channel(request)
        data = await request.json()
        answered = await self.rest.use_command(channel, data, request.query.get("locale", "ko"))
        for _ in range(1000):
            if answered.seconds is not None:
                break
            await asyncio.sleep(LOOK_SECONDS)
        return json_answer({"seconds": answered.seconds, "answer": answered.body})

    async def disturb(self, request: web.Request) -> web.Response:
        """End the gateway's connections: ``how`` is close (with a ``code``), reconnect or invalidate."""
        wanted = await request.json()
        await self.rest.gateway.drop(
            op=OPCODES[wanted["how"]],
            resumable=wanted.get("resumable", True),
            code=wanted.get("code", 4000),
        )
        return json_answer(None)

    def _channel(self, request: web.Request) -> Channel:
        return self.rest.world.channels[int(str(request.match_info["channel"]))]

    def _counts(self) -> dict[str, int]:
        gateway = self.rest.gateway
        return {
            "stored": self.rest.world.stored(),
            "repeats": self.rest.world.repeats,
            "hung": self.traffic.hung,
            "ready": len(gateway.open()),
            "identifies": gateway.identifies,
            "resumes": gateway.resumes,
        }
