"""A loopback Discord that answers REST calls as a test scripts them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
ME = {"id": "900000000000000001", "username": "bot", "discriminator": "0", "avatar": None, "bot": True}

APPLICATION: dict[str, Any] = {
    "id": ME["id"],
    "name": "bot",
    "description": "",
    "icon": None,
    "flags": 0,
    "team": None,
    "owner": ME,
    "bot_public": True,
    "bot_require_code_grant": False,
    "rpc_origins": [],
    "summary": "",
    "verify_key": "",
}


def json_answer(body: Any, status: int = 200) -> web.Response:
    """Discord's content type exactly: discord.py reads anything else as text."""
    body = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(status=status, body=body, headers={"Content-Type": "application/json"})


def refusal(status: int, code: int, text: str = "no") -> web.Response:
    """An error as Discord words it."""
    return json_answer({"code": code, "message": text}, status)


@dataclass(slots=True)
class Rest:
    """Answers to ``METHOD /path`` (below ``/api/v10``); what is not scripted is 404."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    bodies: list[Any] = field(default_factory=list)
    address: str = ""

    def on(self, method: str, path: str, answer: Answer) -> None:
        """Script one route."""
        self.answers[method, path] = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Aiohttp's handler for everything."""
        if request.can_read_body:
            self.bodies.append(await request.json())
        answer = self.answers.get((request.method, request.path.removeprefix("/api/v10")))
        return await answer(request) if answer else refusal(404, 0, "not scripted")


@asynccontextmanager
async def loopback_rest() -> AsyncIterator[Rest]:
    """The server on a free port of 127.0.0.1; login is scripted already."""
    rest = Rest()

    async def me(_: web.Request) -> web.Response:
        return json_answer(ME)

    async def application(_: web.Request) -> web.Response:
        return json_answer(APPLICATION)

    rest.on("GET", "/users/@me", me)
    rest.on("GET", "/oauth2/applications/@me", application)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", rest.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    rest.address = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    try:
        yield rest
    finally:
        await runner.cleanup()
