"""The web server: health, readiness, figures, and the hook; off unless a port is set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST

from bot.adapters.metrics import Metrics
from bot.adapters.web.health import Readiness
from bot.adapters.web.hooks import MOST_BYTES, ContentHook
from bot.errors import SettingsError

log = logging.getLogger(__name__)
_requests = logging.getLogger(f"{__name__}.requests")

IDLE_SECONDS = 15.0
"""How long a connection may be open without a whole request: its headers may come slowly, but must come."""
_CLOSING_SECONDS = 1.0
"""How long a connection that is to be closed may go on sending, so that it reads the answer."""


class Pages(Struct, frozen=True, kw_only=True):
    """What the server shows."""

    readiness: Readiness
    metrics: Metrics
    hook: ContentHook

    def application(self) -> web.Application:
        """The routes; anything else is 404, and another method 405."""
        application = web.Application(client_max_size=MOST_BYTES)
        application.router.add_get("/healthz", self._alive)
        application.router.add_get("/readyz", self._ready)
        application.router.add_get("/metrics", self._figures)
        application.router.add_post("/hooks/content", self.hook.handle)
        application.on_response_prepare.append(_say_little)
        return application

    async def _alive(self, _: web.Request) -> web.Response:
        """Whoever gets this answer knows that the event loop runs."""
        return web.json_response({"status": "ok"})

    async def _ready(self, _: web.Request) -> web.Response:
        report, deliveries = await asyncio.gather(self.readiness.report(), self.readiness.deliveries())
        is_ready = set(report.values()) == {"ok"}
        body = {"status": "ok" if is_ready else "not ready", "checks": report, "deliveries": deliveries}
        return web.json_response(body, status=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)

    async def _figures(self, _: web.Request) -> web.Response:
        return web.Response(body=self.metrics.exposed(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@asynccontextmanager
async def serving(
    application: web.Application, host: str, port: int, idle_seconds: float = IDLE_SECONDS
) -> AsyncIterator[int]:
    """The application at an address while inside; gives the port, which the system chose where it is 0.

    A connection is closed that has no whole request for ``idle_seconds``.

    Raises:
        SettingsError: the address is taken, or none of this machine's.
    """
    _requests.addFilter(_is_ours)
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=_requests,
        shutdown_timeout=_CLOSING_SECONDS,
        lingering_time=_CLOSING_SECONDS,
        keepalive_timeout=idle_seconds,  # aiohttp counts from the moment a connection is made
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError) as error:
            cause = getattr(error, "strerror", None) or error
            raise SettingsError((f"WEB_PORT: {host}:{port} cannot be listened at: {cause}.",)) from error
        bound: int = runner.addresses[0][1]
        log.info("listening at http://%s:%s", host, bound)
        yield bound
    finally:
        await runner.cleanup()


def _is_ours(record: logging.LogRecord) -> bool:
    """False for a request that is no HTTP, or whose rest cannot be read: strangers must not fill the log."""
    theirs = HttpProcessingError, web.RequestPayloadError, ConnectionError
    return not (record.exc_info and isinstance(record.exc_info[1], theirs))


async def _say_little(_: web.Request, response: web.StreamResponse) -> None:
    """Neither versions to attackers nor figures to caches.

    What is no HTTP never gets here: aiohttp refuses it by itself, in its own name.
    """
    response.headers["Server"] = "ainews"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
