"""Posts that try to reach beyond their folder, and beyond their line of the log."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.support.discord_double.bot_process import start_bot
from tests.support.discord_double.process import start_double
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of

SLUGS = (
    "../../../escaped",
    "/escaped",
    "..\\\\..\\\\escaped",
    "%2e%2e/escaped",
    "a/../../escaped",
    "~/escaped",
    "..",
)
TITLE = '글\\n{\\"event\\": \\"forged\\"}\\r\\e[2J\\e]0;x\\a\\u202e\\u2028\\x85'
"""As YAML spells it: newlines, ANSI, a terminal's title, directions."""


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


async def test_no_slug_leads_out_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "a" / "b" / "home"
    home.mkdir(parents=True)
    monkeypatch.chdir(home)
    stage = Stage(home, settings={"post_time": "immediately"})
    for number, slug in enumerate(SLUGS):
        write_post(stage.content, f"2024-05-03-{number}.md", f"글 {number}", slug=f'"{slug}"')
    async with stage.play() as play:
        slugs = {post.slug for post in play.app.library.archive.posts}
        assert slugs, "some of them can be used"
        assert not any(set("/\\") & set(slug) or slug in {".", ".."} for slug in slugs)
        await play.deliver()
        for number in range(len(SLUGS)):
            await play.reader.slash(play.channel, "news search", text=f"글 {number}")
        listed = await play.reader.slash(play.channel, "news date", day="2024-05-03")
        assert "글" in text_of(listed)
    out = home / "out"
    result = CliRunner().invoke(app, ["show", "--json", "--out", str(out), str(stage.content)])
    assert result.exit_code == 0
    assert {path.parent for path in files_in(out)} == {out}
    assert all(path.is_relative_to(home) for path in files_in(tmp_path))


async def test_a_post_that_is_a_link_out_of_the_folder_brings_nothing_of_what_it_names_to_a_channel(
    tmp_path: Path,
) -> None:
    (tmp_path / "secret.txt").write_text("root:x:0:0")
    stage = Stage(tmp_path)
    write_post(stage.content, "2024-05-03-a.md", "글")
    (stage.content / "2024-05-03-link.md").symlink_to(tmp_path / "secret.txt")
    (stage.content / "folder").symlink_to("/etc")
    async with stage.play() as play:
        found = await play.reader.slash(play.channel, "news search", text="root")
        assert "root:x" not in text_of(found)
        assert not any(path.startswith("folder") for path in play.app.library.snapshot.files)


@pytest.mark.parametrize("form", ["json", "human"])
async def test_a_hostile_title_writes_no_line_of_its_own_in_a_real_bots_log(
    tmp_path: Path, form: str
) -> None:
    content = tmp_path / "content"
    content.mkdir()
    async with start_double() as double:
        (channel,) = await double.channels()
        settings = {"NEWS_CHANNEL_ID": str(channel), "LOG_FORMAT": form, "LOG_LEVEL": "DEBUG"}
        write_post(content, "2026-01-05-bad\x1b[31m\nforged.md", "no", "x", date="2026-13-99")
        async with start_bot(double, tmp_path, **settings) as bot:
            await double.wait(identifies=1)
            post = write_post(content, "2026-01-06-a.md", "x", "본문이에요.")
            post.write_text(post.read_text("utf-8").replace('"x"', f'"{TITLE}"'), "utf-8")
            await double.wait(stored=1)
            word = {"type": 3, "name": "text", "value": "글\n\x1b[2Jforged"}
            await double.slash(channel, "news", {"type": 1, "name": "search", "options": [word]})
            await asyncio.sleep(0.5)
            await bot.stop()
            log = bot.log.read_bytes().decode("utf-8")
    lines = log.split("\n")
    assert len(lines) > 5
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith(('{"event": "forged', "forged")) for line in lines)
    if form == "json":
        assert all("event" in json.loads(line) for line in lines if line)
