"""Uses every command of the bot again and again where it has thousands of servers, and times its answers.

    uv run python -m benchmarks.commands [--guilds 5000] [--rounds 200] [--posts 300] [--write]

The bot runs as a process against a Discord on this machine (tests/support/discord_double), in which each
server has a channel with a subscription. A time is that from the interaction to its first answer, over
gateway and REST, one command after the other; what a command that defers adds later is not in it. ``--write``
writes the figures to commands.md beside this file. Exit code 1 when a goal is missed. Linux only.

A new command is measured once it is in ``USES``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import insert

from benchmarks.make_archive import ROOT, make_archive
from bot.adapters.database.engine import open_database
from bot.adapters.database.tables import deliveries, subscriptions
from tests.support.discord_double.bot_process import BotProcess, start_bot
from tests.support.discord_double.payloads import READER
from tests.support.discord_double.process import Double, start_double

REPORT = Path(__file__).with_suffix(".md")
GOAL_SECONDS = 0.1
CALM_SECONDS = 3.0
LONGEST_WAIT = 240.0
"""Seconds that the bot has, once it is ready, to look at every channel once and to come to rest."""
AT_REST = 0.1
"""Of one processor, over CALM_SECONDS."""
WARM_ROUNDS = 3
"""Uses of each command that are not counted."""
_STRING = 3
_SUBCOMMAND = 1
_GROUP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A command and what is typed into it; of several texts one is taken by chance."""

    command: str
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    by_operator: bool = False

    def options_for(self, chance: random.Random) -> list[dict[str, Any]]:
        """As Discord nests them: groups, then the subcommand, then what was typed."""
        typed: list[dict[str, Any]] = [
            {"type": _STRING, "name": name, "value": chance.choice(texts)}
            for name, texts in self.options.items()
        ]
        path = self.command.split()[1:]
        for depth, name in enumerate(reversed(path)):
            typed = [{"type": _GROUP if depth else _SUBCOMMAND, "name": name, "options": typed}]
        return typed


WORDS: Final = ("모델", "오픈AI", "reasoning", "긴 문맥", "tag:openai", '"language model"', "없는말이에요")
USES: Final = (
    Use(command="news latest"),
    Use(command="news date", options={"day": ("어제", "2026-11", "last friday", "5/4", "nonsense")}),
    Use(command="news tag", options={"tag": ("openai", "llama", "opnai", "없는 태그")}),
    Use(command="news topic", options={"tag": ("openai", "llama", "anthropic")}),
    Use(command="news search", options={"text": WORDS}),
    Use(command="news browse"),
    Use(command="news random"),
    Use(command="news tags"),
    Use(command="setup"),
    Use(command="setup", options={"action": ("doctor",)}),
    Use(command="setup", options={"action": ("export",)}),
    Use(command="admin status", by_operator=True),
    Use(command="admin reload", by_operator=True, options={"what": ("content",)}),
)


async def measure(guilds: int, rounds: int, posts: int, folder: Path) -> tuple[dict[str, list[float]], float]:
    """Seconds of each command's answers, sorted, and of the processor for a command.

    A command that was not answered takes for ever.
    """
    make_archive(folder / "content", posts, ROOT / "content")
    url = f"sqlite+aiosqlite:///{folder}/ainews.db"
    async with start_double(guilds=guilds, channels=1) as double:
        channels = await double.channels()
        await subscribe(url, channels)
        settings = {
            "DATABASE_URL": url,
            "OWNER_IDS": str(READER["id"]),
            "ADMIN_GUILD_ID": str(channels[0] - 1),
        }
        async with start_bot(double, folder, **settings) as bot:
            await double.wait(ready=1, timeout=120)
            await at_rest(bot)
            before = processor_seconds(bot)
            times = await use_all(double, channels, rounds)
            used = (processor_seconds(bot) - before) / ((rounds + WARM_ROUNDS) * len(USES))
            await bot.stop()
    return times, used


async def at_rest(bot: BotProcess) -> None:
    """Wait until the bot does next to nothing."""
    waited = 0.0
    while waited < LONGEST_WAIT:
        before = processor_seconds(bot)
        await asyncio.sleep(CALM_SECONDS)
        waited += CALM_SECONDS
        if (processor_seconds(bot) - before) / CALM_SECONDS < AT_REST:
            return


def processor_seconds(bot: BotProcess) -> float:
    """What the bot's process has used so far."""
    fields = Path(f"/proc/{bot.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def subscribe(url: str, channels: Sequence[int]) -> None:
    """A subscription in each channel, none of them due, and a month of deliveries."""
    now = datetime.now(UTC)
    common = {
        "kind": "text",
        "post_time": f"{(now + timedelta(hours=12)):%H:%M}",
        "timezone": "UTC",
        "weekdays": "0123456",
        "layout": "full",
        "locale": "ko",
        "origin": "server",
        "created_at": now,
    }
    sent = {
        "part": 0,
        "parts": 1,
        "state": "sent",
        "fingerprint": "f" * 64,
        "payload_hash": "p" * 64,
        "attempts": 1,
        "message_id": 1,
    }
    async with open_database(url) as engine, engine.begin() as connection:
        rows = [{**common, "channel_id": channel, "guild_id": channel - 1} for channel in channels]
        await connection.execute(insert(subscriptions), rows)
        for day in range(30):
            at = {"slug": f"past-{day}", "claimed_at": now - timedelta(days=day)}
            await connection.execute(
                insert(deliveries), [{**sent, **at, "channel_id": channel} for channel in channels]
            )


async def use_all(double: Double, channels: Sequence[int], rounds: int) -> dict[str, list[float]]:
    """Every command so many times, mixed, each time in another server."""
    chance = random.Random(2026)  # noqa: S311 - the same questions each time
    times: dict[str, list[float]] = {name_of(use): [] for use in USES}
    for _ in track(range(rounds + WARM_ROUNDS), "rounds"):
        for use in USES:
            channel = channels[0] if use.by_operator else chance.choice(channels)
            name = use.command.split()[0]
            used = await double.slash(channel, name, *use.options_for(chance))
            seconds = used["seconds"]
            times[name_of(use)].append(float("inf") if seconds is None else seconds)
    counted = {name: sorted(found[WARM_ROUNDS:]) for name, found in times.items()}
    counted["any of them"] = sorted(seconds for found in counted.values() for seconds in found)
    return counted


def name_of(use: Use) -> str:
    """How it is called in the report."""
    action = use.options.get("action")
    return f"/{use.command}{f' {action[0]}' if action else ''}"


def percentile(times: Sequence[float], share: float) -> float:
    """The time that so large a share of the sorted times do not exceed."""
    return times[min(len(times) - 1, int(len(times) * share))]


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--guilds", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--posts", type=int, default=300)
    parser.add_argument("--write", action="store_true", help="write commands.md")
    wanted = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="commands-") as folder:
        times, used = asyncio.run(measure(wanted.guilds, wanted.rounds, wanted.posts, Path(folder)))
        log = (Path(folder) / "bot.log").read_text("utf-8").splitlines()
    table = Table("", "p50", "p99", "goal", "")
    lines = ["| | p50 | p99 | goal | |", "| --- | --- | --- | --- | --- |"]
    missed = False
    for name, found in times.items():
        p50, p99 = (f"{percentile(found, share) * 1000:.0f} ms" for share in (0.5, 0.99))
        met = percentile(found, 0.99) < GOAL_SECONDS
        missed |= not met
        row = (name, p50, p99, f"< {GOAL_SECONDS * 1000:.0f} ms", "met" if met else "MISSED")
        table.add_row(*row)
        lines.append(f"| {' | '.join(row)} |")
    Console().print(table)
    print(f"processor: {used * 1000:.1f} ms a command")
    print("\n".join([line for line in log if '"level": "info"' not in line][:20]))
    if wanted.write:
        said = (
            f"{wanted.rounds} uses of each command, {wanted.guilds:,} servers with a subscription each, "
            f"{30 * wanted.guilds:,} deliveries, {wanted.posts:,} posts; {os.cpu_count()} processors, "
            f"load average {before:.1f} before. The processor works {used * 1000:.0f} ms for a command, "
            "with all that the bot does besides."
        )
        heading = f"Written by `uv run python -m benchmarks.commands {' '.join(sys.argv[1:])}`."
        text = [f"# Commands in {wanted.guilds:,} servers", "", heading, said, "", *lines, ""]
        REPORT.write_text("\n".join(text), "utf-8")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
