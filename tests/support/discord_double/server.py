"""The double as one web server: REST, gateway and control on a port of 127.0.0.1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.support.discord_double.control import Control
from tests.support.discord_double.gateway import Gateway
from tests.support.discord_double.rest import Rest
from tests.support.discord_double.traffic import PREFIX, Handler, Traffic
from tests.support.discord_double.world import World

GATEWAY_PATH = "/gateway"


@asynccontextmanager
async def serve(world: World, traffic: Traffic, *, shards: int = 1, port: int = 0) -> AsyncIterator[str]:
    """Serve until the end; the address, such as ``http://127.0.0.1:4000``. Port 0: any that is free."""
    gateway = Gateway(world)
    rest = Rest(world, gateway, shards)

    @web.middleware
    async def carry(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(PREFIX):
            return await handler(request)
        return await traffic.carry(request, handler)

    app = web.Application(middlewares=[carry])
    rest.add_routes(app)
    Control(rest, traffic).add_routes(app)
    app.router.add_get(f"{GATEWAY_PATH}/", gateway.serve)
    app.router.add_get(GATEWAY_PATH, gateway.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    gateway.address = f"ws://{host}{GATEWAY_PATH}"
    try:
        yield f"http://{host}"
    finally:
        await runner.cleanup()
