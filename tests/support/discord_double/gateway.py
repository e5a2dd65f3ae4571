"""The gateway: HELLO, IDENTIFY, READY, GUILD_CREATE, heartbeats, RESUME, and events to the right shard.

Opcodes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.discord_double.payloads import guild_json
from tests.support.discord_double.world import World
from tests.support.rest import APPLICATION, ME

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
HEARTBEAT_MS = 41_250
ACK_SECONDS = 0.02
"""discord.py takes an acknowledgement that comes at once for the answer to the heartbeat before."""


@dataclass(slots=True)
class Session:
    """One shard's session: it outlives its connection so that it can be resumed."""

    id: str
    shard: int
    shards: int
    socket: web.WebSocketResponse
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event, and keep it for a RESUME."""
        self.sent.append({"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data})
        await _say(self.socket, self.sent[-1])


@dataclass(slots=True)
class Gateway:
    """All sessions, and round trips of pings while ``probing`` (seconds between two; 0: none).

    A client answers a ping from its event loop, so the longest round trip bounds how long that was blocked.
    """

    world: World
    address: str = ""
    sessions: dict[str, Session] = field(default_factory=dict)
    identifies: int = 0
    resumes: int = 0
    probing: float = 0.0
    round_trips: list[float] = field(default_factory=list)
    _answering: set[asyncio.Task[None]] = field(default_factory=set)

    def open(self) -> list[Session]:
        """The sessions with a living connection."""
        return [session for session in self.sessions.values() if not session.socket.closed]

    async def tell(self, guild_id: int, event: str, data: dict[str, Any]) -> int:
        """Send an event of a server to every open session on its shard; how many there were."""
        guild = self.world.guilds[guild_id]
        hearers = [session for session in self.open() if guild.shard(session.shards) == session.shard]
        for session in hearers:
            await session.dispatch(event, data)
        return len(hearers)

    async def drop(self, *, op: int | None = None, resumable: bool = True, code: int = 4000) -> None:
        """End all connections: by an opcode (RECONNECT, INVALID_SESSION), or with a close code."""
        for session in self.open():
            if op is None:
                await session.socket.close(code=code)
            else:
                await _say(session.socket, {"op": op, "d": resumable if op == INVALID_SESSION else None})
            if not resumable:
                del self.sessions[session.id]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from HELLO to its end."""
        socket = web.WebSocketResponse(autoping=False, max_msg_size=0)
        await socket.prepare(request)
        await _say(socket, {"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        probe = asyncio.create_task(self._probe(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.PONG:
                    self.round_trips.append(time.monotonic() - float(bytes(message.data).decode()))
                elif message.type is WSMsgType.PING:
                    await socket.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    await self._hear(socket, json.loads(message.data))
        finally:
            probe.cancel()
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        if said["op"] == HEARTBEAT:
            answering = asyncio.create_task(_acknowledge(socket))
            self._answering.add(answering)
            answering.add_done_callback(self._answering.discard)
        elif said["op"] == IDENTIFY:
            await self._identify(socket, said["d"])
        elif said["op"] == RESUME:
            await self._resume(socket, said["d"])

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        self.identifies += 1
        shard, shards = data.get("shard") or (0, 1)
        session = Session(secrets.token_hex(8), shard, shards, socket)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if guild.shard(shards) == shard]
        ready = {
            "v": 10,
            "user": ME,
            "application": {"id": APPLICATION["id"], "flags": 0},
            "session_id": session.id,
            "resume_gateway_url": self.address,
            "shard": [shard, shards],
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "private_channels": [],
        }
        await session.dispatch("READY", ready)
        for guild in guilds:
            await session.dispatch("GUILD_CREATE", guild_json(guild))

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            await _say(socket, {"op": INVALID_SESSION, "d": False})
            return
        self.resumes += 1
        session.socket = socket
        for missed in session.sent[data["seq"] or 0 :]:
            await _say(socket, missed)
        await session.dispatch("RESUMED", {})

    async def _probe(self, socket: web.WebSocketResponse) -> None:
        while not socket.closed:
            if self.probing:
                await socket.ping(str(time.monotonic()).encode())
            await asyncio.sleep(self.probing or 0.1)


async def _acknowledge(socket: web.WebSocketResponse) -> None:
    await asyncio.sleep(ACK_SECONDS)
    await _say(socket, {"op": ACK})


async def _say(socket: web.WebSocketResponse, payload: dict[str, Any]) -> None:
    """Send, unless the other side is gone: then a RESUME asks for it."""
    try:
        await socket.send_str(json.dumps(payload, ensure_ascii=False))
    except ConnectionError:
        return
