"""The main job, end to end: the real bot, a real database file, a real post, a simulated Discord."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from simcord.results import ResponseMessage

from tests.support.answers import public
from tests.support.corpus import corpus
from tests.support.posts import write_post
from tests.support.stage import Play, Stage, text_of

NINE_IN_SEOUL = datetime(2024, 5, 5, 0, 0, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, now=NINE_IN_SEOUL - timedelta(hours=10))


def shown(play: Play) -> str:
    """All text of all cards in the news channel."""
    embeds = [embed for body in play.posted() for embed in body["embeds"]]
    return "\n".join(f"{embed.get('title', '')}\n{embed.get('description', '')}" for embed in embeds)


async def test_at_nine_in_seoul_exactly_one_delivery_of_the_corpus_post_happens(stage: Stage) -> None:
    shutil.copy(corpus("ko/2024-05-04-kaggle-lmsys.md"), stage.content)
    async with stage.play() as play:
        stage.now = NINE_IN_SEOUL - timedelta(seconds=1)
        await play.deliver()
        assert play.posted() == []
        stage.now = NINE_IN_SEOUL
        await play.deliver()
        text = shown(play)
        once = len(play.posted())
        for _ in range(3):
            stage.now += timedelta(minutes=10)
            await play.deliver()
        assert len(play.posted()) == once > 0
        assert all(len(body["nonce"]) <= 25 and body["enforce_nonce"] for body in play.posted())
    for words in (
        "AI 분야의 최신 동향: $100k Kaggle 대회와 LLM의 인간 선호 예측",
        "Today's Preview",
        "AI Viewpoint 🤖",
        "Today's Overview",
        "LLM 모델 출시 및 벤치마킹",
        "Hackathon 및 경연 대회",
        "커뮤니티 구성원들의 협업과 학습을 촉진",
    ):
        assert words in text
    assert "https://lmsys.org/blog/2024-05-02-kaggle-competition" in text
    assert "https://twitter.com/DrJimFan/status/1786429467537088741" in text
    assert "utm_" not in text

    async with stage.play() as play:
        stage.now += timedelta(minutes=1)
        await play.deliver()
        assert play.posted() == []


async def test_date_and_tag_find_the_corpus_post(stage: Stage) -> None:
    shutil.copy(corpus("ko/2024-05-04-kaggle-lmsys.md"), stage.content)
    async with stage.play() as play:
        for answer in (
            await play.reader.slash(play.channel, "news date", day="2024-05-04"),
            await play.reader.slash(play.channel, "news tag", tag="LLM"),
            await play.reader.slash(play.channel, "news tag", tag="llm"),
            await play.reader.slash(play.channel, "news latest"),
        ):
            assert answer.ephemeral
            assert "$100k Kaggle 대회" in text_of(answer)


async def test_autocomplete_offers_days_and_tags(stage: Stage) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째", tags="[LLM, 하드웨어]")
    write_post(stage.content, "2024-05-04-b.md", "둘째", tags="[LLM]")
    async with stage.play() as play:
        days = await play.reader.autocomplete(play.channel, "news date", "day", "")
        assert [choice["value"] for choice in days] == ["2024-05-04", "2024-05-03"]
        assert "2024년 5월 4일 (토)" in days[0]["name"]
        assert "둘째" in days[0]["name"]
        by_title = await play.reader.autocomplete(play.channel, "news date", "day", "첫")
        assert [choice["value"] for choice in by_title] == ["2024-05-03"]
        tags = await play.reader.autocomplete(play.channel, "news tag", "tag", "")
        assert [(choice["name"], choice["value"]) for choice in tags] == [
            ("LLM (2)", "LLM"),
            ("하드웨어 (1)", "하드웨어"),
        ]
        typed = await play.reader.autocomplete(play.channel, "news tag", "tag", "#하드")
        assert [choice["value"] for choice in typed] == ["하드웨어"]


async def test_a_list_opens_posts_and_sections_and_turns_pages_after_a_restart(stage: Stage) -> None:
    long = "\n\n".join(f"## 부분 {n}\n\n" + f"{n}번째 이야기예요. " * 700 for n in (1, 2, 3))
    for day in range(1, 13):
        write_post(stage.content, f"2024-04-{day:02}-p.md", f"글 {day}", long, tags="[LLM]")
    async with stage.play() as play:
        listed = await play.reader.slash(play.channel, "news tag", tag="LLM")
        assert "2024년 4월 12일 (금)" in text_of(listed)
        assert "글 2편" not in text_of(listed)
        assert listed.response is not None
    async with stage.play() as play:
        listed_message = ResponseMessage(
            play.env, listed.response._message
        )  # as the new bot's Discord has it
        turned = await play.reader.click(listed_message, label="다음")
        assert "글 2" in text_of(turned)
        assert "글 12" not in text_of(turned)
        key = play.app.library.archive.posts[0].key
        opened = await play.reader.select(listed_message, [key], custom_id="news:open")
        assert opened.ephemeral
        assert "글 1" in text_of(opened)
        assert opened.response is not None
        second = await play.reader.click(opened.response, label="다음")
        assert "번째 이야기예요" in text_of(second)
        assert second.response is not None
        section = await play.reader.select(second.response, ["2"], custom_id=f"news:goto:{key}")
        assert "3번째 이야기예요" in text_of(section)
        assert "1번째 이야기예요" not in text_of(section)


async def test_answers_speak_the_readers_language(stage: Stage) -> None:
    async with stage.play(locale="ko") as play:
        assert "아직 올라온 글이 없어요" in text_of(await play.reader.slash(play.channel, "news latest"))
    async with stage.play(locale="en-GB") as play:
        assert "There are no posts yet" in text_of(await play.reader.slash(play.channel, "news latest"))
    async with stage.play(locale="fr") as play:
        assert "아직 올라온 글이 없어요" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_wrong_dates_and_unknown_tags_get_a_sentence(stage: Stage) -> None:
    write_post(stage.content, "2024-05-04-a.md")
    async with stage.play() as play:
        wrong = await play.reader.slash(play.channel, "news date", day="@everyone **어제**")
        assert "날짜로 읽을 수 없어요" in text_of(wrong)
        assert "@everyone" not in text_of(wrong)
        empty = await play.reader.slash(play.channel, "news date", day="2024-05-01")
        assert "2024년 5월 4일 (토)" in text_of(empty)
        unknown = await play.reader.slash(play.channel, "news tag", tag="없는태그")
        assert "‘없는태그’ 태그가 달린 글이 없어요" in text_of(unknown)


async def test_a_post_that_was_deleted_since_is_told(stage: Stage) -> None:
    for name in ("2024-05-03-a.md", "2024-05-04-b.md"):
        write_post(stage.content, name, tags="[LLM]")
    async with stage.play() as play:
        listed = await play.reader.slash(play.channel, "news tag", tag="LLM")
        key = play.app.library.archive.latest()[0].key
        (stage.content / "2024-05-04-b.md").unlink()
        await play.app.content_changed()
        assert listed.response is not None
        gone = await play.reader.select(listed.response, [key], custom_id="news:open")
        assert "더 이상 제공되지 않아요" in text_of(gone)


async def test_a_refused_token_closes_the_bot_and_is_kept_as_the_reason(stage: Stage) -> None:
    write_post(stage.content, "2024-05-04-a.md")
    stage.now = NINE_IN_SEOUL - timedelta(hours=1)
    async with stage.play() as play:
        stage.now = NINE_IN_SEOUL
        play.env.inject_error("POST", "/channels/*/messages", status=401)
        await play.deliver()
        assert "DISCORD_TOKEN" in str(play.app.failure)
        assert play.app._closing is not None
        await play.app._closing
        assert play.app.bot.is_closed()


async def test_a_corrected_post_is_edited_where_it_was_sent(stage: Stage) -> None:
    write_post(stage.content, "2024-05-05-a.md", "오늘의 소식", "## 첫째\n\n틀린 숫자는 7이에요.")
    async with stage.play() as play:
        stage.now = NINE_IN_SEOUL
        await play.deliver()
        write_post(
            stage.content,
            "2024-05-05-a.md",
            "오늘의 소식",
            "## 첫째\n\n맞는 숫자는 8이에요.",
            update="2024-05-06",
        )
        stage.now += timedelta(days=1)
        await play.app.content_changed()
        await play.deliver()
        (message,) = public(play)
        assert message.content == "-# ✏️ 정정 · 2024-05-06"
        said = "\n".join(embed.description or "" for embed in message.embeds)
        assert "8이에요" in said
        assert "7이에요" not in said
        assert len(play.posted()) == 1


async def test_a_server_sees_why_its_channel_gets_nothing(stage: Stage) -> None:
    write_post(stage.content, "2024-05-05-a.md")
    stage.guild.system_channel_id = stage.backend.create_channel(stage.guild.id, "general").id
    async with stage.play() as play:
        path = f"/channels/{stage.channel.id}/messages"
        play.env.inject_error("POST", path, status=403, code=50013, times=None)
        stage.now = NINE_IN_SEOUL
        await play.deliver()
        (notice,) = play.env.backend.messages[stage.guild.system_channel_id].values()
        said = str(notice.embeds)
        assert f"<#{stage.channel.id}>" in said
        assert "메시지 보내기" in said
