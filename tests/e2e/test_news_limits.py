"""Whatever a post holds, Discord takes the answer: the simulated one enforces its limits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from simcord.results import ResponseMessage

from tests.support.answers import buttons, options, parts, shown
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of

LONG_TITLE = "아주 긴 제목과 🔥 그림 " * 30
LONG_TAG = "꼬리말 " * 40


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    # A huge post takes seconds on a busy machine.
    stage = Stage(tmp_path, now=datetime(2024, 5, 13, tzinfo=UTC), settle_seconds=60)
    paragraph = "이 문단은 **굵은 글**과 [링크](https://example.com/a), `코드`를 담아요. " * 60
    body = "\n\n".join(f"## {n}번째 부분 {LONG_TITLE}\n\n{paragraph}" for n in range(60))
    assert len(body.encode()) > 300_000
    for day in range(1, 13):
        write_post(
            stage.content,
            f"2024-05-{day:02}-a.md",
            LONG_TITLE,
            body if day == 12 else f"## {LONG_TITLE}\n\n{LONG_TAG} 이야기",
            tags=f'["{LONG_TAG}"]',
            url="https://example.com/" + "a" * 1900,
        )
    return stage


def fits(message: ResponseMessage) -> None:
    """What the simulated Discord does not count itself."""
    assert all(len(part["custom_id"]) <= 100 for part in parts(message))
    assert sum(len(embed) for embed in message.embeds) <= 6000


async def test_every_command_and_every_page_is_taken(stage: Stage) -> None:
    async with stage.play() as play:
        (tag,) = await play.reader.autocomplete(play.channel, "news tag", "tag", "꼬리")
        (day, *_) = await play.reader.autocomplete(play.channel, "news date", "day", "")
        for name, typed in (
            ("news latest", {}),
            ("news date", {"day": day["value"]}),
            ("news tag", {"tag": tag["value"]}),
            ("news topic", {"tag": tag["value"]}),
            ("news search", {"text": "이야기 " + "-없는말 " * 35}),
            ("news browse", {}),
            ("news random", {}),
            ("news tags", {}),
        ):
            answer = await play.reader.slash(play.channel, name, **typed)
            fits(shown(answer))
            assert "문제가 생겨" not in text_of(answer), name
            if "다음" in buttons(shown(answer)):
                fits(shown(await play.reader.click(shown(answer), label="다음")))
            await play.reader.click(shown(answer), label="채널에 공유")


async def test_a_long_post_is_read_to_its_end_and_by_its_sixty_sections(stage: Stage) -> None:
    async with stage.play() as play:
        message = shown(await play.reader.slash(play.channel, "news latest"))
        pages = options(message, "news:jump")
        assert 20 < len(pages) <= 25
        last = await play.reader.select(message, [list(pages)[-1]], custom_id="news:jump")
        fits(shown(last))
        assert "다음" not in buttons(shown(last))
        key = play.app.library.archive.latest()[0].key
        menus = [part for part in parts(message) if part["custom_id"].startswith(f"news:goto:{key}")]
        values = [option["value"] for menu in menus for option in menu["options"]]
        assert values == ["all", *map(str, range(60))]
        section = await play.reader.select(message, ["59"], custom_id=menus[-1]["custom_id"])
        assert "59번째 부분" in text_of(section)
        fits(shown(section))
