"""The bot's web server on a free port, and calls of its hook as GitHub makes them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.adapters.metrics import Metrics
from bot.adapters.web.health import Check, Readiness
from bot.adapters.web.hooks import ContentHook, signature_of
from bot.adapters.web.server import Pages, serving

SECRET = SecretStr("a secret that only GitHub and we know")


@dataclass(slots=True)
class Site:
    """A client of the server; ``pushes`` counts what the hook asked for."""

    metrics: Metrics
    port: int = 0
    pushes: list[None] = field(default_factory=list)

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text."""
        async with aiohttp.ClientSession() as session, session.get(self.address(path)) as response:
            return response.status, await response.text()

    async def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Status and text of a call of the hook."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.address("/hooks/content"), data=body, headers=headers) as response,
        ):
            return response.status, await response.text()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def push(branch: str = "main", **more: Any) -> bytes:
    """The body of a push."""
    return json.dumps({"ref": f"refs/heads/{branch}", **more}).encode()


def signed(body: bytes, number: str = "1", secret: SecretStr = SECRET, event: str = "push") -> dict[str, str]:
    """GitHub's headers for a body."""
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": number,
        "X-Hub-Signature-256": signature_of(body, secret),
    }


@asynccontextmanager
async def site(
    *,
    secret: SecretStr | None = SECRET,
    branch: str | None = None,
    patience: float = 10.0,
    idle: float = 10.0,
    behind: Callable[[], bool] = lambda: False,
    checks: Mapping[str, Check] | None = None,
) -> AsyncIterator[Site]:
    """The server as the app makes it."""
    there = Site(Metrics())
    hook = ContentHook(
        secret=secret,
        pushed=lambda: there.pushes.append(None),
        refused=there.metrics.hook_refused,
        behind=behind,
        branch=branch,
        patience=patience,
    )
    pages = Pages(readiness=Readiness(checks=checks or {}), metrics=there.metrics, hook=hook)
    async with serving(pages.application(), "127.0.0.1", 0, idle) as there.port:
        yield there
