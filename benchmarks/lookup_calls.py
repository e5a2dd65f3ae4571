"""Opens the bot without Discord over a content folder and times its look-ups as the cog calls them."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import discord

from bot.app import open_app
from bot.background import App
from bot.settings import Settings
from cogs.news import News

ROUNDS = 300
SEARCHES = 400
RELOADS = 5
LOOKUPS_BESIDE = 60
"""Of each kind, while reloads run beside."""

Call = Callable[[], Awaitable[object]]
Figures = dict[str, Any]

WORDS = (
    *(
        "모델",
        "모델을",
        "성능에서",
        "오픈AI",
        "라마",
        "인공지능",
        "추론",
        "벤치마크에서",
        "긴 문맥",
        "양자화",
    ),
    *("GPT-4o", "open source", "reasoning models", "quantization", "the", "ai", '"language model"', "agents"),
    *(
        "大语言模型",
        "模型",
        "推理",
        "성능 -openai",
        "tag:openai gpt",
        "llama before:2024-05-01",
        "lang:ko 에이전트",
    ),
)
INITIALS = ("ㅇㅍㅇ", "ㅁㄷ", "ㄱㄱ", "오ㅍ", "ㄹㅁ", "ㅇ")
DAYS = ("", "어제", "지난주 금요일", "5/4", "5월", "2024", "2024-05", "not much", "gpt", "zzzz")


@dataclass(slots=True)
class Asked:
    """Stands where discord.py's interaction stands; takes the answer instead of sending it."""

    locale: discord.Locale = discord.Locale.korean
    answered: bool = False
    response: Any = field(init=False)

    def __post_init__(self) -> None:
        self.response = self

    def is_done(self) -> bool:
        """As discord.py's response has it."""
        return self.answered

    async def send_message(self, *_: object, **__: object) -> None:
        """Take the answer."""
        self.answered = True

    async def edit_original_response(self, **_: object) -> None:
        """Take the answer of a look-up that took long."""


class Lookups:
    """The calls that are timed, each time with something else to look for."""

    def __init__(self, app: App) -> None:
        self.cog: Any = News(app.bot)  # discord.py's types want a real interaction
        self.chance = random.Random(2026)  # noqa: S311 - the same questions each time
        self.tags = [tag.name for tag in app.library.archive.tags()]
        self.days = [day.isoformat() for day in app.library.archive.days_before(date.max)]

    def quick(self) -> dict[str, Call]:
        """Autocompletions, and look-ups that compose no new post."""
        known = self.chance.sample(self.days, 12)
        return {
            "autocomplete: tags": lambda: self.cog.tags_like(_asked(), self._typed()),
            "autocomplete: initials": lambda: self.cog.tags_like(_asked(), self.chance.choice(INITIALS)),
            "autocomplete: days": lambda: self.cog.days(
                _asked(), self.chance.choice((*DAYS, *self.days[:30]))
            ),
            "/news tag": lambda: self._call("with_tag", self.chance.choice(self.tags[:200])),
            "/news tag, misspelt": lambda: self._call("with_tag", self._typed() + "qz"),
            "/news browse": lambda: self._call("browse"),
            "/news tags": lambda: self._call("all_tags"),
            "/news latest": lambda: self._call("latest"),
            "/news date, read before": lambda: self._call("on_date", self.chance.choice(known)),
        }

    def new_post(self) -> Awaitable[object]:
        """A post that nobody has read since the start."""
        return self._call("random")

    def search(self) -> Awaitable[object]:
        """A search for words, or for a tag's name in the texts."""
        text = self.chance.choice(WORDS if self.chance.random() < 1 / 2 else self.tags[:3000])
        return self._call("search", text)

    def topic(self) -> Awaitable[object]:
        """A tag's timeline, which is a search too."""
        return self._call("topic", self.chance.choice(self.tags[:300]))

    def in_vain(self) -> Awaitable[object]:
        """A search that finds nothing, and what it offers instead."""
        return self._call("search", self._typed() + "qz")

    def searches(self) -> dict[str, Call]:
        """What asks the index."""
        return {"/news search": self.search, "/news topic": self.topic, "/news search in vain": self.in_vain}

    def _typed(self) -> str:
        name = self.chance.choice(self.tags)
        return name[: self.chance.randint(1, len(name))]

    def _call(self, command: str, *arguments: str) -> Awaitable[object]:
        callback: Any = getattr(self.cog, command).callback
        awaited: Awaitable[object] = callback(self.cog, _asked(), *arguments)
        return awaited


def _asked() -> Any:
    return Asked()


async def timed(call: Call, rounds: int) -> list[float]:
    """Milliseconds of each call, sorted."""
    times = []
    for _ in range(rounds):
        awaited = call()
        started = time.perf_counter()
        await awaited
        times.append((time.perf_counter() - started) * 1e3)
    return sorted(times)


def spread(times: list[float]) -> Figures:
    """What a table shows of sorted times."""
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: times[int(len(times) * share)] for name, share in at.items()} | {"max": times[-1]}


async def look(app: App, content: Path) -> Figures:
    """All look-ups, quiet and beside reloads."""
    lookups = Lookups(app)
    quick = lookups.quick()
    for call in quick.values():
        await timed(call, 40)  # as in a bot that has run for a minute
    figures: Figures = {name: spread(await timed(call, ROUNDS)) for name, call in quick.items()}
    for name, call in lookups.searches().items():
        figures[name] = spread(await timed(call, SEARCHES))
    figures["/news random, never read before"] = spread(await timed(lookups.new_post, ROUNDS))
    memory = resident_megabytes()
    changes = changed_files(content)
    reloads = [await reload(app, next(changes)) for _ in range(RELOADS)]
    beside: Figures = {}
    reloading = asyncio.create_task(keep_reloading(app, changes))
    for name, call in (*quick.items(), *lookups.searches().items()):
        beside[name] = (await timed(call, LOOKUPS_BESIDE))[-1]
    reloading.cancel()
    with suppress(asyncio.CancelledError):
        await reloading
    return {"looked": figures, "beside": beside, "reload": sorted(reloads), "memory": memory}


def changed_files(content: Path) -> Iterator[Path]:
    """Files that each get one line more, one whenever the next is asked for."""
    for file in sorted(content.rglob("*.md"))[::37]:
        with file.open("a", encoding="utf-8") as opened:
            opened.write("\n덧붙인 줄이에요.\n")
        yield file


async def reload(app: App, file: Path) -> tuple[float, float]:
    """Seconds, by the clock and of the processor, until a changed file can be read and searched for."""
    started, worked = time.perf_counter(), time.process_time()
    difference = await app.library.reload()
    seconds = time.perf_counter() - started, time.process_time() - worked
    if len(difference.changed) != 1:
        raise RuntimeError(f"the reload after a change of {file} found {difference.changed}")
    return seconds


async def keep_reloading(app: App, changes: Iterator[Path]) -> None:
    """One changed file after another."""
    for file in changes:
        await reload(app, file)
        await asyncio.sleep(0.05)


def resident_megabytes() -> dict[str, float]:
    """Resident memory: all, and without pages of files, which the system takes back when it likes."""
    lines = (line.split() for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    found = {
        words[0]: int(words[1]) / 1024 for words in lines if words[0] in ("VmRSS:", "RssAnon:", "VmHWM:")
    }
    return {"all": found["VmRSS:"], "own": found["RssAnon:"], "peak": found["VmHWM:"]}


async def most_own_megabytes(work: Awaitable[object]) -> float:
    """The most resident memory without pages of files, seen ten times a second, while ``work`` lasts."""
    most, working = 0.0, asyncio.ensure_future(work)
    while not working.done():
        most = max(most, resident_megabytes()["own"])
        await asyncio.wait((working,), timeout=0.1)
    await working
    return most


async def run(started: float, content: Path, work: Path, phase: str) -> Figures:
    """The figures of one phase (start, compose or look); ``started`` by ``time.monotonic()``, wall clock."""
    database = f"sqlite+aiosqlite:///{work}/state.db"
    # Pydantic's plugin does not know this argument of pydantic-settings.
    settings = Settings(_env_file=None, content_dir=content, database_url=database)  # type: ignore[call-arg]
    async with open_app(settings) as app:
        figures: Figures = {"service": time.monotonic() - started, "cpu": sum(os.times()[:4])}
        own = await most_own_megabytes(app.library.search.settled())
        figures |= {"searchable": time.monotonic() - started, "memory": resident_megabytes()}
        figures["memory"]["own peak"] = own
        if phase == "compose":
            started = time.monotonic()
            figures["posts"] = await app.ahead.compose(app.library.archive)
            figures["composed"] = time.monotonic() - started
            figures["kept"] = app.ahead.store.cache.file.stat().st_size / 1e6
        if phase == "look":
            figures |= await look(app, content)
    return figures
