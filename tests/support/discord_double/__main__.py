"""``python -m tests.support.discord_double``: serves a Discord on this machine and prints its address."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from tests.support.discord_double.server import serve
from tests.support.discord_double.traffic import Traffic
from tests.support.discord_double.world import NONCE_SECONDS, World


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--guilds", type=int, default=1, help="servers")
    parser.add_argument("--channels", type=int, default=1, help="text channels in each server")
    parser.add_argument("--shards", type=int, default=1, help="shards that GET /gateway/bot asks for")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each REST request takes")
    parser.add_argument("--nonce-seconds", type=float, default=NONCE_SECONDS, help="how long nonces are kept")
    asyncio.run(_serve(parser.parse_args()))


async def _serve(wanted: argparse.Namespace) -> None:
    world = World.of(wanted.guilds, wanted.channels)
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
