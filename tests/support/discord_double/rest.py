"""The REST routes that the bot uses, over the world."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.discord_double.gateway import Gateway
from tests.support.discord_double.payloads import (
    BOT,
    channel_json,
    command_interaction,
    guild_json,
    message_json,
    thread_json,
)
from tests.support.discord_double.traffic import PREFIX
from tests.support.discord_double.world import Channel, Message, UnknownError, World
from tests.support.rest import APPLICATION, ME, json_answer, refusal

END = 1 << 63
MOST_HISTORY = 100


@dataclass(slots=True)
class Answered:
    """A slash command on its way: when it was sent, what was answered and how many seconds later."""

    sent: float
    seconds: float | None = None
    body: dict[str, Any] | None = None


@dataclass(slots=True)
class Rest:
    """The handlers. ``gateway`` names itself in ``GET /gateway/bot``, in so many ``shards``."""

    world: World
    gateway: Gateway
    shards: int = 1
    interactions: dict[str, Answered] = field(default_factory=dict)
    _command_ids: Any = field(default_factory=lambda: itertools.count(1))

    def add_routes(self, app: web.Application) -> None:
        """Register everything below ``/api/v10``."""
        messages, one = "/channels/{channel}/messages", "/channels/{channel}/messages/{message}"
        commands = "/applications/{application}/commands"
        of_guild = "/applications/{application}/guilds/{guild}/commands"
        routes: list[tuple[str, str, Callable[[web.Request], Any]]] = [
            ("GET", "/gateway", self.named_gateway),
            ("GET", "/gateway/bot", self.named_gateway),
            ("GET", "/users/@me", self.me),
            ("GET", "/oauth2/applications/@me", self.application),
            ("GET", "/guilds/{guild}", self.guild),
            ("GET", "/channels/{channel}", self.channel),
            ("GET", messages, self.history),
            ("POST", messages, self.send),
            ("GET", one, self.message),
            ("PATCH", "/channels/{channel}", self.archive),
            ("POST", "/channels/{channel}/threads", self.start_post),
            ("POST", f"{one}/threads", self.start_thread),
            ("POST", f"{one}/crosspost", self.publish),
            ("GET", "/guilds/{guild}/threads/active", self.active_threads),
            ("GET", "/channels/{channel}/threads/archived/public", self.archived_threads),
            ("PATCH", one, self.edit),
            ("DELETE", one, self.delete),
            *((method, path, self.commands) for method in ("GET", "PUT") for path in (commands, of_guild)),
            ("POST", "/interactions/{interaction}/{token}/callback", self.answer),
            ("POST", "/webhooks/{application}/{token}", self.follow_up),
            ("PATCH", "/webhooks/{application}/{token}/messages/{message}", self.follow_up),
        ]
        for method, path, handler in routes:
            app.router.add_route(method, PREFIX + path, handler)

    async def named_gateway(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return json_answer({"url": self.gateway.address, "shards": self.shards, "session_start_limit": limit})

    async def me(self, _: web.Request) -> web.Response:
        return json_answer(ME)

    async def application(self, _: web.Request) -> web.Response:
        return json_answer(APPLICATION)

    async def guild(self, request: web.Request) -> web.Response:
        guild = self.world.guilds.get(int(request.match_info["guild"]))
        return json_answer(guild_json(guild)) if guild else refusal(404, 10004, "Unknown Guild")

    async def channel(self, request: web.Request) -> web.Response:
        return json_answer(channel_json(self._channel(request)))

    async def history(self, request: web.Request) -> web.Response:
        asked = {name: int(value) for name, value in request.query.items()}
        limit = min(asked.get("limit", 50), MOST_HISTORY)
        found = self.world.history(
            self._channel(request), after=asked.get("after", 0), before=asked.get("before", END), limit=limit
        )
        return json_answer([message_json(message) for message in found])

    async def send(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not (body.get("content") or body.get("embeds")):
            return refusal(400, 50006, "Cannot send an empty message")
        message = self.world.post(self._channel(request), BOT, body, time.time())
        return json_answer(message_json(message))

    async def message(self, request: web.Request) -> web.Response:
        return json_answer(message_json(self._message(request)))

    async def edit(self, request: web.Request) -> web.Response:
        message = self._message(request)
        self.world.change(self._channel(request))
        message.body |= await request.json()
        message.edited = time.time()
        return json_answer(message_json(message))

    async def delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        self.world.change(self._channel(request))
        del self._channel(request).messages[message.id]
        return web.Response(status=204)

    async def start_post(self, request: web.Request) -> web.Response:
        thread, message = self.world.start_post(self._channel(request), await request.json(), time.time())
        return json_answer({**thread_json(thread), "message": message_json(message)}, 201)

    async def start_thread(self, request: web.Request) -> web.Response:
        name = (await request.json())["name"]
        message = self._message(request)
        thread = self.world.start_thread(self._channel(request), name, message.id, time.time())
        return json_answer(thread_json(thread), 201)

    async def archive(self, request: web.Request) -> web.Response:
        thread = self._channel(request)
        self.world.archive(thread, archived=(await request.json())["archived"], now=time.time())
        return json_answer(thread_json(thread))

    async def publish(self, request: web.Request) -> web.Response:
        message = self._message(request)
        self.world.publish(self._channel(request), message)
        return json_answer(message_json(message))

    async def active_threads(self, request: web.Request) -> web.Response:
        threads = self.world.threads(int(request.match_info["guild"]))
        shown = [thread_json(thread) for thread in threads if not thread.archived]
        return json_answer({"threads": shown, "members": []})

    async def archived_threads(self, request: web.Request) -> web.Response:
        """Those of one channel, the latest first."""
        channel = self._channel(request)
        threads = self.world.threads(channel.guild_id)
        here = [thread for thread in threads if thread.archived and thread.parent_id == channel.id]
        here.sort(key=lambda thread: thread.archived_at, reverse=True)
        limit = int(request.query.get("limit", 50))
        shown = [thread_json(thread) for thread in here[:limit]]
        return json_answer({"threads": shown, "members": [], "has_more": len(here) > limit})

    async def commands(self, request: web.Request) -> web.Response:
        """The commands of everybody (kept under 0) or of one server; PUT replaces them all."""
        place = int(request.match_info.get("guild", 0))
        if request.method == "PUT":
            identity = {
                "type": 1,
                "application_id": APPLICATION["id"],
                "version": "1",
                "default_member_permissions": None,
                **({"guild_id": str(place)} if place else {}),
            }
            self.world.commands[place] = [
                {**identity, **command, "id": str(600_000_000_000_000_000 + next(self._command_ids))}
                for command in await request.json()
            ]
        return json_answer(self.world.commands.get(place, []))

    async def use_command(self, channel: Channel, data: dict[str, Any], locale: str) -> Answered:
        """A member uses a slash command in a channel; its answer will be noted.

        ``data`` is Discord's, but for the command's id and type, which are filled in.
        """
        number = self.world.new_id(time.time())
        known = [*self.world.commands.get(0, ()), *self.world.commands.get(channel.guild_id, ())]
        command = next(command for command in known if command["name"] == data["name"])
        # Discord names the server that a command belongs to, where it is not everywhere.
        where = {"guild_id": command["guild_id"]} if command.get("guild_id") else {}
        data = {"id": command["id"], "type": 1, **where, **data}
        payload = command_interaction(channel, data, interaction_id=number, locale=locale)
        self.interactions[str(number)] = answered = Answered(time.monotonic())
        await self.gateway.tell(channel.guild_id, "INTERACTION_CREATE", payload)
        return answered

    async def answer(self, request: web.Request) -> web.Response:
        answered = self.interactions.get(request.match_info["interaction"])
        if answered is None or answered.seconds is not None:
            return refusal(404, 10062, "Unknown interaction")
        answered.seconds = time.monotonic() - answered.sent
        answered.body = body = await request.json()
        interaction = {"id": request.match_info["interaction"], "type": 2, "response_message_id": None}
        shown = {"type": body["type"], "message": self._shown(body.get("data") or {})}
        return json_answer({"interaction": interaction, "resource": shown})

    async def follow_up(self, request: web.Request) -> web.Response:
        """More of an answer; with files its body is one part of several."""
        body = await request.read()
        if request.content_type == "multipart/form-data":
            _, _, part = body.partition(b'name="payload_json"')
            body = part.partition(b"\r\n\r\n")[2].partition(b"\r\n--")[0]
        return json_answer(self._shown(json.loads(body)))

    def _shown(self, body: dict[str, Any]) -> dict[str, Any]:
        """A message that only the member sees: nothing is stored."""
        now = time.time()
        message = Message(id=self.world.new_id(now), channel_id=0, author_id=BOT, body=body, created=now)
        return message_json(message)

    def _channel(self, request: web.Request) -> Channel:
        channel = self.world.channels.get(int(request.match_info["channel"]))
        if channel is None:
            raise UnknownError(10003, "Unknown Channel")
        return channel

    def _message(self, request: web.Request) -> Message:
        message = self._channel(request).messages.get(int(request.match_info["message"]))
        if message is None:
            raise UnknownError(10008, "Unknown Message")
        return message
