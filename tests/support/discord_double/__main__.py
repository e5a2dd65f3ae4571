"""``python -m tests.support.discord_double``: serves a Discord on this machine and prints its address."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from tests.support.discord_double.server import serve
from tests.support.discord_double.traffic import Traffic
from tests.support.discord_double.world import NONCE_SECONDS, TEXT, World


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--guilds", type=int, default=1, help="servers")
    parser.add_argument("--channels", type=int, default=1, help="channels in each server")
    parser.add_argument("--kind", type=int, default=TEXT, help="of the channels: 0 text, 5 news, 15 forum")
    parser.add_argument("--tags", default="", help="names of a forum's tags, with commas")
    parser.add_argument("--requires-tag", type=int, default=0, help="1: a forum takes no post without one")
    parser.add_argument("--shards", type=int, default=1, help="shards that GET /gateway/bot asks for")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each REST request takes")
    parser.add_argument("--nonce-seconds", type=float, default=NONCE_SECONDS, help="how long nonces are kept")
    asyncio.run(_serve(parser.parse_args()))


async def _serve(wanted: argparse.Namespace) -> None:
    tags = [name for name in wanted.tags.split(",") if name]
    requires_tag = bool(wanted.requires_tag)
    world = World.of(wanted.guilds, wanted.channels, wanted.kind, tags, requires_tag=requires_tag)
    world.nonce_seconds = wanted.nonce_seconds
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    traffic = Traffic(latency=wanted.latency)
    async with serve(world, traffic, shards=wanted.shards, port=wanted.port) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await ended.wait()


if __name__ == "__main__":
    main()
