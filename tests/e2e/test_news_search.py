"""/news search: results with the matching sentence, pages that outlive the bot, a way on where nothing is."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.answers import buttons, kept, options, shown
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def write_posts(stage: Stage) -> None:
    for day in range(1, 13):
        body = (
            f"## 첫째 부분\n\n날씨가 좋아요.\n\n## 둘째 부분\n\n오늘은 반딧불 모형이 나왔어요, {day}번째예요."
        )
        write_post(stage.content, f"2024-04-{day:02}-p.md", f"글 {day}", body, tags="[하드웨어]")


async def test_results_show_the_sentence_and_open_the_section(stage: Stage) -> None:
    write_posts(stage)
    write_post(
        stage.content, "2024-05-01-q.md", "다른 글", "## 어제\n\n그냥 하루\n\n## 오늘\n\n수박이 익었어요."
    )
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news search", text="수박")
        assert answer.ephemeral
        text = text_of(answer)
        assert "다른 글" in text
        assert "**수박" in text
        assert "익었어요" in text
        (value,) = options(shown(answer), "news:open")
        opened = await play.reader.select(shown(answer), [value], custom_id="news:open")
        assert "수박이 익었어요" in text_of(opened)
        assert "그냥 하루" not in text_of(opened)


async def test_pages_turn_and_jump_after_a_restart(stage: Stage) -> None:
    write_posts(stage)
    seen: list[str] = []
    async with stage.play() as play:
        first = await play.reader.slash(play.channel, "news search", text="반딧불")
        seen += re.findall(r"\)\*\* · 글 (\d+)", text_of(first))
        assert len(seen) == 5
    async with stage.play() as play:
        for _ in range(2):
            turned = await play.reader.click(kept(play, shown(first)), label="다음")
            seen += re.findall(r"\)\*\* · 글 (\d+)", text_of(turned))
        assert sorted(map(int, seen)) == list(range(1, 13))
        assert "다음" not in buttons(shown(turned))
        assert "이전" in buttons(shown(turned))


async def test_a_search_too_long_for_an_id_still_turns_after_a_restart(stage: Stage) -> None:
    write_posts(stage)
    long = "반딧불 모형이 나왔어요 " + " ".join(f"-없는낱말{number}이에요" for number in range(14))
    assert len(long) > 100
    async with stage.play() as play:
        message = shown(await play.reader.slash(play.channel, "news search", text=long))
    async with stage.play() as play:
        turned = await play.reader.click(kept(play, message), label="다음")
        assert "2 / 3" in str(shown(turned).components)
        assert "반딧불" in text_of(turned)


async def test_a_long_search_whose_cards_were_taken_away_says_so(stage: Stage) -> None:
    write_posts(stage)
    long = "반딧불 모형이 나왔어요 " + " ".join(f"-없는낱말{number}이에요" for number in range(14))
    async with stage.play() as play:
        message = shown(await play.reader.slash(play.channel, "news search", text=long))
        message._message.embeds.clear()
        turned = await play.reader.click(message, label="다음")
        assert "찾을 말이 없어요" in text_of(turned)


async def test_operators_narrow_the_results(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        early = await play.reader.slash(play.channel, "news search", text="반딧불 before:2024-04-03")
        assert "글 2" in text_of(early)
        assert "글 3" not in text_of(early)
        phrase = await play.reader.slash(
            play.channel, "news search", text='"모형이 나왔어요, 7번째" tag:하드웨어'
        )
        assert "글 7" in text_of(phrase)
        assert "글 8" not in text_of(phrase)
        without = await play.reader.slash(play.channel, "news search", text="반딧불 -모형")
        assert "찾지 못했어요" in text_of(without)


async def test_nothing_found_offers_the_nearest_spelling_and_tag_one_tap_away(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        nothing = await play.reader.slash(play.channel, "news search", text="하드웨아")
        text = text_of(nothing)
        assert "‘하드웨아’에 맞는 글을 찾지 못했어요" in text
        assert "`tag:태그`" in text
        assert "하드웨어 (12)" in buttons(shown(nothing))
        found = await play.reader.click(shown(nothing), label="하드웨어 (12)")
        assert "#하드웨어 태그가 달린 글" in text_of(found)


async def test_a_misspelt_word_of_a_title_and_too_narrow_a_search_are_mended_by_one_tap(stage: Stage) -> None:
    write_posts(stage)
    write_post(stage.content, "2024-05-01-q.md", "Thunderbird is out", "It flies.")
    async with stage.play() as play:
        nothing = await play.reader.slash(play.channel, "news search", text="thunderbrid lang:ko")
        assert "찾지 못했어요" in text_of(nothing)
        assert buttons(shown(nothing)) == ["Thunderbird"]  # the post is in English
        narrow = await play.reader.slash(play.channel, "news search", text="Thunderbird after:2024-06-01")
        found = await play.reader.click(shown(narrow), label="Thunderbird")
        assert "**Thunderbird** is out" in text_of(found)


@pytest.mark.parametrize(
    ("typed", "offer", "title"),
    [
        ("2024-04-05", "2024년 4월 5일 (금)", "글 5"),
        ("4월 5일", "2024년 4월 5일 (금)", "글 5"),
        ("April 5", "2024년 4월 5일 (금)", "글 5"),
        ("2024-04-30", "2024년 4월 12일 (금)", "글 12"),
        ("4/5/2024", "2024년 4월 5일 (금)", "글 5"),
        ("2024년 4월", "2024년 4월", "글 12"),
        ("2024년", "2024년 4월", "글 12"),
        ("2024년 4월 2째주", "2024년 4월 8일~14일", "글 12"),
        ("2024년 4월 6째주", "2024년 4월", "글 12"),
    ],
)
async def test_days_that_are_looked_for_as_words_are_offered_first_one_tap_away(
    stage: Stage, typed: str, offer: str, title: str
) -> None:
    write_posts(stage)
    async with stage.play() as play:
        nothing = await play.reader.slash(play.channel, "news search", text=typed)
        assert "찾지 못했어요" in text_of(nothing)
        assert buttons(shown(nothing))[0] == offer
        assert title in text_of(await play.reader.click(shown(nothing), label=offer))


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("after:2030", ["2024년 4월 12일 (금)", "2024년 4월 11일 (목)"]),
        ("after:yesterday", ["2024년 4월 12일 (금)", "2024년 4월 11일 (목)"]),
        ("before:2020 lang:ko", ["2024년 4월 1일 (월)", "2024년 4월 2일 (화)", "lang:ko"]),
    ],
)
async def test_days_alone_without_posts_offer_the_nearest_that_have_some(
    stage: Stage, typed: str, offers: list[str]
) -> None:
    write_posts(stage)
    stage.now = datetime(2024, 5, 15, tzinfo=UTC)
    async with stage.play() as play:
        nothing = await play.reader.slash(play.channel, "news search", text=typed)
        assert buttons(shown(nothing)) == offers
        opened = await play.reader.click(shown(nothing), label=offers[0])
        assert "둘째 부분" in text_of(opened)


async def test_a_week_that_is_looked_for_as_a_word_is_offered(stage: Stage) -> None:
    write_posts(stage)
    stage.now = datetime(2024, 4, 15, tzinfo=UTC)
    async with stage.play() as play:
        nothing = await play.reader.slash(play.channel, "news search", text="지난주")
        assert buttons(shown(nothing))[0] == "2024년 4월 8일~14일"
        week = await play.reader.click(shown(nothing), label="2024년 4월 8일~14일")
        assert len(options(shown(week), "news:open")) == 5


@pytest.mark.parametrize("typed", ["2023년 4월 반딧불", "반딧불 23년 4월", "작년 반딧불이", "2023년 반딧뷸"])
async def test_words_beside_a_month_or_year_are_offered_within_it(stage: Stage, typed: str) -> None:
    write_posts(stage)
    write_post(stage.content, "2023-04-05-x.md", "지난 반딧불", "작은 빛이에요.")
    stage.now = datetime(2024, 4, 15, tzinfo=UTC)
    async with stage.play() as play:
        nothing = await play.reader.slash(play.channel, "news search", text=typed)
        offer = buttons(shown(nothing))[0]
        assert re.fullmatch(r"반딧불이? after:2023-0[14]-01 before:202[34]-0[15]-01", offer)
        found = await play.reader.click(shown(nothing), label=offer)
        assert "지난 **반딧불**" in text_of(found)
        assert "글 12" not in text_of(found)


async def test_a_search_for_nothing_is_told_how_to_search(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news search", text="   ...   ")
        assert "찾을 말이 없어요" in text_of(answer)


async def test_what_was_typed_does_not_act(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news search", text="@everyone **굵게** <@1>")
        assert "@everyone" not in text_of(answer)
        assert "**굵게**" not in text_of(answer)


async def test_a_tag_that_nothing_has_is_mended_one_tap_away(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news search", text="tag:하드웨아 반딧불")
        mended = await play.reader.click(shown(answer), label="반딧불 tag:하드웨어")
        assert "반딧불" in text_of(mended)
        assert "1 / 3" in str(shown(mended).components)


async def test_a_day_that_cannot_be_read_is_named(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news search", text="after:2024-13 반딧불")
        assert "‘2024-13’은 날짜로 읽을 수 없어서" in text_of(answer)
        assert "반딧불" in buttons(shown(answer))
        spoken = await play.reader.slash(play.channel, "news search", text='after:"4월 11일" 반딧불')
        assert "글 12" in text_of(spoken)
        assert "글 10" not in text_of(spoken)


async def test_a_word_too_many_is_left_out_one_tap_away(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news search", text="반딧불 없는낱말이에요")
        found = await play.reader.click(shown(answer), label="반딧불")
        assert "**반딧불" in text_of(found)


async def test_of_words_that_go_together_nowhere_each_is_one_tap_away(stage: Stage) -> None:
    write_posts(stage)
    write_post(stage.content, "2024-05-01-q.md", "AND more", "수박이 익은 모델이에요. Not much happened.")
    async with stage.play() as play:
        for typed, offers in (
            ("수박 반딧불", ["반딧불", "수박"]),
            ("반딧불 NOT", ["반딧불"]),
            ("모 델", ["모델", "모"]),
            ("tag:하드웨어 수박", ["수박", "tag:하드웨어"]),
        ):
            nothing = await play.reader.slash(play.channel, "news search", text=typed)
            assert "찾지 못했어요" in text_of(nothing), typed
            assert buttons(shown(nothing)) == offers, typed
            for offer in offers:
                again = await play.reader.slash(play.channel, "news search", text=typed)
                found = await play.reader.click(shown(again), label=offer)
                assert "찾지 못했어요" not in text_of(found), (typed, offer)


async def test_of_a_long_search_words_that_find_something_and_their_tags_are_offered(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        typed = "없는말 다른말 전혀말 무슨말 헛된말 반딧불 하드웨어 아무말"
        answer = await play.reader.slash(play.channel, "news search", text=typed)
        assert "하드웨어 (12)" in buttons(shown(answer))
        found = await play.reader.click(shown(answer), label="반딧불 하드웨어")
        assert "**반딧불" in text_of(found)


async def test_decomposed_text_is_mended_and_not_offered_again(stage: Stage) -> None:
    write_posts(stage)
    typed = unicodedata.normalize("NFD", "하드웨아")
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news search", text=typed)
        assert "하드웨어" in buttons(shown(answer))
        assert "하드웨아" not in buttons(shown(answer))


async def test_posts_of_the_same_title_are_told_apart(stage: Stage) -> None:
    for day, about in (("01", "수박이 나왔어요"), ("02", "참외가 나왔어요")):
        write_post(stage.content, f"2024-04-{day}-p.md", "조용한 하루", tags="[과일]", description=about)
    async with stage.play() as play:
        text = text_of(await play.reader.slash(play.channel, "news tag", tag="과일"))
        assert "> 참외가 나왔어요" in text
        assert "> 수박이 나왔어요" in text


async def test_whatever_is_offered_where_nothing_was_found_finds_something(stage: Stage) -> None:
    write_posts(stage)
    write_post(
        stage.content, "2024-05-01-q.md", "OpenAI released GPT-5", "언어모델 소식이에요.", tags="[openai]"
    )
    write_post(
        stage.content, "2024-05-02-r.md", "하둡과 스파크 모델", "추론 모델과 칩 이야기", tags="[open source]"
    )
    async with stage.play() as play:
        for text, offered in (
            ("opnai gpt5 releas zzzz", "openai gpt5 released"),
            ("모댈", "모델"),
            ("모델 xqx 칩", "모델 칩"),
            ('tag:"open source" 반딧불', "반딧불"),
            ('"OpenAI relaesed GPT-5"', '"OpenAI released GPT-5"'),
            ('"GPT-5 OpenAI"', "GPT-5 OpenAI"),
            ("tag:하드웨어 tag:openai", "tag:하드웨어"),
            ("tag:openai before:2024", "tag:openai"),
            ("tag:openai tag:하드웨어 before:2024", "tag:openai"),
            ("tag:openai 전혀다른말이에요", "tag:openai"),
            ("반딧불 -모형", "반딧불"),
            ("하둡 스파크 추론 칩 없는낱말 다른낱말", "하둡 스파크 추론 칩"),
        ):
            nothing = await play.reader.slash(play.channel, "news search", text=text)
            assert "찾지 못했어요" in text_of(nothing), text
            labels = buttons(shown(nothing))
            assert offered in labels, text
            for label in labels:
                again = await play.reader.slash(play.channel, "news search", text=text)
                found = await play.reader.click(shown(again), label=label)
                assert "찾지 못했어요" not in text_of(found), (text, label)
        unknown = await play.reader.slash(play.channel, "news search", text="tag:전혀없는것")
        assert buttons(shown(unknown)) == ["모든 태그"]


async def test_conditions_that_cannot_be_read_are_told_below_what_was_found_too(stage: Stage) -> None:
    write_post(stage.content, "2024-05-02-s.md", "수박", "수박이에요.")
    async with stage.play() as play:
        found = await play.reader.slash(play.channel, "news search", text="수박 -lang:xx")
        assert "수박" in text_of(found)
        assert "‘xx’는 언어로 읽을 수 없어서" in str(shown(found).embeds[0].footer.text)
        none = await play.reader.slash(play.channel, "news search", text='수박 after:"지난 번"')
        assert "‘지난 번’은 날짜로 읽을 수 없어서" in text_of(none)


async def test_a_tag_of_two_words_needs_no_quotes(stage: Stage) -> None:
    body = "연구소에서 오픈 소스 모형을 냈어요."
    write_post(stage.content, "2024-05-01-a.md", "글 a", body, tags="[달무리 연구소, open-source]")
    write_post(stage.content, "2024-05-02-b.md", "글 b", body, tags="[다른 연구소]")
    async with stage.play() as play:
        for text in (
            "tag:달무리 연구소",
            "tag:오픈 소스",
            "태그: 달무리 연구소 모형",
            "-tag:다른 연구소 모형",
        ):
            found = await play.reader.slash(play.channel, "news search", text=text)
            assert "글 a" in text_of(found), text
            assert "글 b" not in text_of(found), text
        wrong = await play.reader.slash(play.channel, "news search", text="회사:달무리 연구소")
        assert buttons(shown(wrong))[0] == 'tag:"달무리 연구소"'


async def test_a_key_with_nothing_behind_it_is_left_out_and_told(stage: Stage) -> None:
    write_post(stage.content, "2024-05-02-s.md", "수박", "수박이에요.")
    async with stage.play() as play:
        found = await play.reader.slash(play.channel, "news search", text="수박 tag:")
        assert "수박이에요" in text_of(found).replace("*", "")
        assert "‘tag:’ 뒤에 적힌 것이 없어서 뺐어요" in str(shown(found).embeds[0].footer.text)
        none = await play.reader.slash(play.channel, "news search", text="참외 태그:")
        assert "‘태그:’ 뒤에 적힌 것이 없어서 뺐어요" in text_of(none)
        empty = await play.reader.slash(play.channel, "news search", text="before:")
        assert "찾을 말이 없어요" in text_of(empty)
        assert "‘before:’ 뒤에 적힌 것이 없어서 뺐어요" in text_of(empty)
        turned = await play.reader.slash(play.channel, "news search", text="-before:2024 수박")
        assert "읽을 수 없어서" not in str(shown(turned).embeds[0].footer.text)
