"""What an operator looks at: the status card, a preview, the log; and the forced sync."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from simcord.results import InteractionResult

from tests.support.answers import buttons, shown
from tests.support.git import Blog
from tests.support.git import post as file_of
from tests.support.posts import write_post
from tests.support.stage import Play, Stage, text_of

LONG = "\n\n".join(f"## 부분 {number}\n\n" + "긴 문장이 이어져요. " * 300 for number in range(2))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, settle_seconds=30)
    write_post(stage.content, "2024-05-03-a.md", "긴 **글**", LONG, slug="a")
    write_post(stage.content, "2024-05-04-b.md", "짧은 글", slug="b")
    return stage


async def admin(play: Play, command: str, **options: object) -> InteractionResult:
    return await play.operator.slash(play.channel, f"admin {command}", **options)


async def test_the_status_shows_what_matters_and_is_drawn_anew(stage: Stage) -> None:
    (stage.content / "2024-05-04-broken.md").write_bytes(b"")
    async with stage.play() as play:
        await admin(play, "post now", post="b", channel=str(stage.channel.id))
        told = await admin(play, "status")
        said = text_of(told)
        for wanted in (
            "봇 상태",
            "서버 1곳",
            "받는 채널 1곳",
            "2편",
            "짧은 글",
            "읽지 못한 파일 1개",
            "오늘 1건",
            "보냄 1",
            "데이터베이스 SQLite",
            "<t:1714867200:f> (<t:1714867200:R>) · 채널 1곳",
            "1/1",
            "MB",
        ):
            assert wanted in said, wanted
        logging.getLogger("bot.test").error("가짜 오류 https://discord.com/api/webhooks/1/geheim-geheim")
        again = text_of(await play.operator.click(shown(told), label="새로 고침"))
        assert "가짜 오류" in again
        assert "geheim" not in again
        assert buttons(shown(told)) == ["새로 고침"]


async def test_an_error_is_no_news_after_a_day(stage: Stage) -> None:
    async with stage.play() as play:
        for hours, is_fine in ((25, True), (23, False)):
            record = logging.makeLogRecord({"name": "bot.test", "levelno": logging.ERROR, "msg": "altes"})
            record.created -= hours * 3600
            logging.getLogger().handle(record)
            said = text_of(await admin(play, "status"))
            assert "altes" in said
            assert ("✅ 모두 잘 돌아가고 있어요." in said) is is_fine
        assert "최근 하루 동안 로그에 오류가 1건" in said


async def test_the_status_is_not_fine_while_the_only_channel_is_closed_to_the_bot(stage: Stage) -> None:
    async with stage.play() as play:
        play.env.inject_error("POST", "/channels/*/messages", status=403, code=50001, message="No")
        await admin(play, "post now", post="b", channel=str(stage.channel.id))
        said = text_of(await admin(play, "status"))
    assert "받는 채널 0곳" in said
    assert "🔴 글을 받는 채널이 하나도 없어요." in said
    assert "✅" not in said


async def test_the_status_says_that_the_posts_repository_is_not_taken_in(stage: Stage) -> None:
    blog = Blog(stage.folder / "blog")
    blog.push({"2024-05-03-a.md": file_of("가", "2024-05-03")})
    stage.settings["content_git_url"] = blog.url
    async with stage.play() as play:
        assert "✅ 모두 잘 돌아가고 있어요." in text_of(await admin(play, "status"))
        blog.remove_branch()
        await play.app._look()
        said = text_of(await admin(play, "status"))
        assert "⚠️ 글 저장소의 새 글을 반영하지 못하고 있어요." in said
        assert "has no branch" in said
        blog.push({"2024-05-03-a.md": file_of("가", "2024-05-03")})
        await play.app._look()
        again = text_of(await admin(play, "status"))
        assert "글 저장소의 새 글" not in again


async def test_a_preview_is_what_the_channel_gets_with_the_counts_before_it(stage: Stage) -> None:
    async with stage.play() as play:
        account = await admin(play, "preview", post="2024-05-03")
        said = text_of(account)
        assert "미리보기: 긴 글" in said
        assert "카드 글자 수" in said
        assert "/6,000" in said
        previewed = [
            request.json or {}
            for request in play.env.http_requests[play.before :]
            if request.method == "POST" and "/webhooks/" in request.path
        ]
        await admin(play, "post now", post="a", channel=str(stage.channel.id))
        sent = play.posted()
        assert len(previewed) == len(sent) > 1
        for shown_there, got in zip(previewed, sent, strict=True):
            for part in ("embeds", "components", "content"):
                assert (shown_there.get(part) or None) == (got.get(part) or None)
            assert shown_there["flags"] & 64


async def test_a_preview_has_the_layout_and_language_that_are_asked_for_and_the_files_warnings(
    stage: Stage,
) -> None:
    write_post(stage.content, "2024-05-04-c.md", "경고 글", LONG, slug="c", date="someday", draft="true")
    async with stage.play() as play:
        full = len(await _followups(play, post="a"))
        digest = await _followups(play, post="a", layout="digest")
        assert len(digest) < full
        english = str(await _followups(play, post="a", layout="digest", language="en"))
        assert english != str(digest)
        draft = text_of(await admin(play, "preview", post="c"))
        assert "경고 글" in draft
        assert "고칠 것" in draft
        assert "2024-05-04-c.md" in draft


async def _followups(play: Play, **options: object) -> list[object]:
    before = len(play.env.http_requests)
    await admin(play, "preview", **options)
    requests = play.env.http_requests[before:]
    return [one.json for one in requests if one.method == "POST" and "/webhooks/" in one.path]


async def test_the_log_is_shown_without_secrets_and_cannot_be_forged(stage: Stage) -> None:
    async with stage.play() as play:
        log = logging.getLogger("bot.test")
        log.warning("제목 %s", "```\n2024-05-04 [error] forged\x1b[31m @everyone")
        log.warning("https://discord.com/api/webhooks/1/geheim-geheim")
        log.error("letzte Zeile")
        said = text_of(await admin(play, "log tail", level="warning"))
        assert said.startswith("```\n")
        assert said.count("```") == 2
        assert "geheim" not in said
        assert "\x1b" not in said
        assert not [line for line in said.splitlines() if line.startswith("2024-05-04 [error] forged")]
        only = text_of(await admin(play, "log tail", lines=5, level="error"))
        assert "letzte Zeile" in only
        assert "제목" not in only
        assert len(text_of(await admin(play, "log tail", lines=1, level="warning")).splitlines()) == 3


async def test_a_long_log_comes_as_a_file(stage: Stage) -> None:
    async with stage.play() as play:
        log = logging.getLogger("bot.test")
        for number in range(300):
            log.warning("줄 %d %s", number, "x" * 50)
        told = shown(await admin(play, "log tail", lines=250, level="warning"))
        assert "파일로 드려요" in told.content
        (file,) = told.attachments
        assert file.filename == "ainews.log"


async def test_a_sync_tells_discord_of_the_commands_though_nothing_changed(stage: Stage) -> None:
    async with stage.play() as play:
        before = len(play.env.http_requests)
        told = text_of(await admin(play, "sync"))
        assert "명령을 디스코드에 알렸어요: 모두의 명령 2개, 이 봇 운영 서버의 명령 1개" in told
        puts = [one for one in play.env.http_requests[before:] if one.method == "PUT"]
        assert len(puts) == 2
        play.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035, message="No")
        assert "디스코드가 명령을 받지 않았어요" in text_of(await admin(play, "sync"))
