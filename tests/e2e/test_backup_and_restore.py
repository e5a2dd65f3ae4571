"""``ainews backup`` and ``restore`` as an operator runs them, beside a bot that delivers."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.discord_double.bot_process import start_bot
from tests.support.discord_double.long_posts import parts_of, whole, write_long_post
from tests.support.discord_double.process import ROOT, start_double
from tests.support.postgres import fresh_database, start_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server for this module."""
    with start_postgres() as address:
        yield address


async def ainews(folder: Path, *arguments: str, stdin: str = "", **settings: str) -> tuple[int, str]:
    """The command's exit code and all that it said."""
    inherited = {key: value for key, value in os.environ.items() if key.startswith(("PATH", "COVERAGE"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **settings},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
    return process.returncode or 0, said.decode()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_beside_a_bot_that_delivers_nothing_is_lost_or_doubled(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings = {}
    if kind == "postgresql":
        settings["DATABASE_URL"] = await fresh_database(request.getfixturevalue("postgres"))
    content = tmp_path / "content"
    content.mkdir()
    write_long_post(content, "first")
    async with start_double() as double:
        (channel,) = await double.channels()
        async with start_bot(double, tmp_path, NEWS_CHANNEL_ID=str(channel), **settings) as bot:
            await double.wait(stored=3)

            async def write_posts() -> None:
                for number in range(4):
                    write_long_post(content, f"post-{number}")
                    await asyncio.sleep(0.5)
                await double.wait(stored=15, timeout=60)

            writing = asyncio.create_task(write_posts())
            number = 0
            while not writing.done():
                number += 1
                code, said = await ainews(tmp_path, "backup", "state.gz", **settings)
                assert code == 0, said
                code, said = await ainews(tmp_path, "restore", "state.gz", "--yes", **settings)
                assert code == 0, said
                assert "went on from this backup" in said
            await writing
            assert number >= 2
            write_long_post(content, "last")
            await double.wait(stored=18, timeout=60)
            assert await bot.stop() == 0
        seen = Counter(parts_of((await double.messages())[channel]))
    slugs = ("first", *(f"post-{number}" for number in range(4)), "last")
    assert seen == Counter(part for slug in slugs for part in whole(slug))


async def test_a_bot_that_lost_its_database_sends_nothing_again_and_goes_on(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    write_long_post(content, "first")
    async with start_double() as double:
        (channel,) = await double.channels()
        async with start_bot(double, tmp_path, NEWS_CHANNEL_ID=str(channel)) as bot:
            await double.wait(stored=3)
            assert (await ainews(tmp_path, "backup", "state.gz"))[0] == 0
            write_long_post(content, "second")
            await double.wait(stored=6)
            await bot.stop()
        for file in (tmp_path / "data").glob("ainews.db*"):
            file.unlink()
        code, said = await ainews(tmp_path, "restore", "state.gz", stdin="y\n")
        assert code == 0, said
        assert "Posts that are out now count as past" in said
        for file in content.iterdir():
            file.touch()  # as a new host's copy has it
        async with start_bot(double, tmp_path, NEWS_CHANNEL_ID=str(channel)) as bot:
            await double.wait(identifies=2)
            write_long_post(content, "third")
            await double.wait(stored=9)
            await asyncio.sleep(1)
            await bot.stop()
        seen = parts_of((await double.messages())[channel])
    assert seen == [*whole("first"), *whole("second"), *whole("third")]


async def test_who_does_not_confirm_changes_nothing_and_wrong_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    code, said = await ainews(tmp_path, "restore", "notes.txt", "--yes")
    assert (code, said) == (1, "notes.txt is no backup of ainews\n")
    code, said = await ainews(tmp_path, "backup", "state.gz")
    assert code == 4
    assert "there is no database at data/ainews.db" in said
    assert not (tmp_path / "data").exists()
    assert (await ainews(tmp_path, "restore", "nowhere.gz", "--yes"))[0] == 1
    await _make_a_state(tmp_path)
    code, said = await ainews(tmp_path, "backup", "state.gz")
    assert code == 0
    assert said.startswith("state.gz: ")
    before = (tmp_path / "data" / "ainews.db").read_bytes()
    code, said = await ainews(tmp_path, "restore", "state.gz", stdin="n\n")
    assert code == 1
    assert "A backup of" in said
    assert (tmp_path / "data" / "ainews.db").read_bytes() == before


async def _make_a_state(folder: Path) -> None:
    (folder / "content").mkdir()
    async with start_double() as double:
        (channel,) = await double.channels()
        async with start_bot(double, folder, NEWS_CHANNEL_ID=str(channel)) as bot:
            await double.wait(ready=1)
            await bot.stop()
