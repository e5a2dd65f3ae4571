"""/news date and /news browse: days as people say them, and months as they come."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import buttons, kept, options, shown
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    # Saturday in Seoul already, Friday still in UTC.
    return Stage(tmp_path, now=datetime(2024, 5, 3, 16, 0, tzinfo=UTC))


def write_posts(stage: Stage) -> None:
    for day, title in (
        ("2024-04-26", "지난주 금요일 글"),
        ("2024-05-03", "어제 글"),
        ("2024-05-04", "오늘 글"),
        ("2023-05-04", "작년 글"),
    ):
        write_post(stage.content, f"{day}-x.md", title)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("2024-05-03", "어제 글"),
        ("5/4", "오늘 글"),
        ("오늘", "오늘 글"),
        ("어제", "어제 글"),
        ("지난주 금요일", "지난주 금요일 글"),
        ("last friday", "어제 글"),
        ("a year ago", "작년 글"),
    ],
)
async def test_a_day_is_found_as_people_say_it(stage: Stage, said: str, title: str) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day=said)
        assert answer.ephemeral
        assert title in text_of(answer)


async def test_a_day_without_a_post_offers_the_nearest_days_one_tap_away(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day="2024-05-01")
        assert "2024년 5월 1일 (수)에는 글이 없어요" in text_of(answer)
        assert buttons(shown(answer))[:2] == ["2024년 5월 3일 (금)", "2024년 5월 4일 (토)"]
        found = await play.reader.click(shown(answer), label="2024년 5월 3일 (금)")
        assert "어제 글" in text_of(found)
        assert "글이 없어요" not in text_of(found)


async def test_a_wrong_date_offers_the_newest_days(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day="2024-02-30")
        assert "날짜로 읽을 수 없어요: ‘2024-02-30’" in text_of(answer)
        found = await play.reader.click(shown(answer), label="2024년 5월 4일 (토)")
        assert "오늘 글" in text_of(found)


@pytest.mark.parametrize("year", ["2023", "2023년", "작년"])
async def test_a_year_opens_its_newest_month(stage: Stage, year: str) -> None:
    write_posts(stage)
    write_post(stage.content, "2023-02-04-x.md", "작년 겨울 글")
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day=year)
        assert "작년 글" in text_of(answer)
        assert "작년 겨울 글" not in text_of(answer)
        assert "2023년 2월" in options(shown(answer), "news:jump").values()


async def test_a_year_without_posts_offers_the_nearest_months(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day="재작년")
        assert "2022년에는 글이 없어요" in text_of(answer)
        assert buttons(shown(answer)) == ["2023년 5월", "2024년 4월", "2024년 5월"]
        opened = await play.reader.click(shown(answer), label="2023년 5월")
        assert "작년 글" in text_of(opened)


@pytest.mark.parametrize("week", ["지난주", "last week", "저번 주"])
async def test_a_week_opens_the_list_of_its_days(stage: Stage, week: str) -> None:
    write_posts(stage)
    for day, title in (("21", "지지난주 일요일"), ("22", "월요일"), ("27", "꼭 한 주 전"), ("28", "일요일")):
        write_post(stage.content, f"2024-04-{day}-x.md", f"{title}의 글")
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day=week)
        assert r"2024년 4월 22일\~28일의 글" in text_of(answer)
        listed = options(shown(answer), "news:open")
        assert len(listed) == 4
        assert "지지난주" not in text_of(answer)
        monday = list(listed)[-1]
        opened = await play.reader.select(shown(answer), [monday], custom_id="news:open")
        assert "월요일의 글" in text_of(opened)


@pytest.mark.parametrize("week", ["2024년 4월 넷째 주", "4월 마지막 주", "last week of april"])
async def test_a_week_of_a_month_opens_the_list_of_its_days(stage: Stage, week: str) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day=week)
        assert r"2024년 4월 22일\~28일의 글" in text_of(answer)
        assert "지난주 금요일 글" in text_of(answer)


@pytest.mark.parametrize(
    "typed", ["2023년 5월 초", "작년 5월 1일~6일", "2023-05-01~2023-05-06", "2023년 5월부터 7월까지"]
)
async def test_what_names_a_month_and_no_day_offers_the_days_of_that_month(stage: Stage, typed: str) -> None:
    write_posts(stage)
    for day in ("2023-06-30", "2023-07-02", "2023-08-01"):
        write_post(stage.content, f"{day}-x.md", "여름 글")
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day=typed)
        assert "날짜로 읽을 수 없어요" in text_of(answer)
        assert buttons(shown(answer))[0] == "2023년 5월 4일 (목)"
        offered = await play.reader.autocomplete(play.channel, "news date", "day", typed)
        assert offered[0]["value"] == "2023-05-04"


async def test_a_weekday_beside_a_day_opens_the_year_in_which_it_fell_on_it(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        this = await play.reader.slash(play.channel, "news date", day="5월 4일 토요일")
        assert "오늘 글" in text_of(this)
        last = await play.reader.slash(play.channel, "news date", day="5월 4일 목요일")
        assert "작년 글" in text_of(last)


async def test_autocomplete_reads_a_half_typed_count_of_days(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        near = await play.reader.autocomplete(play.channel, "news date", "day", "8 days")
        assert near[0]["value"] == "2024-04-26"


async def test_weeks_turn_to_their_neighbours_with_posts_after_a_restart(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        this = await play.reader.slash(play.channel, "news date", day="이번 주")
        assert r"2024년 4월 29일 \~ 5월 5일의 글" in text_of(this)
        assert buttons(shown(this))[0] == "2024년 4월 22일~28일"
    async with stage.play() as play:
        last = await play.reader.click(kept(play, shown(this)), label="2024년 4월 22일~28일")
        assert "지난주 금요일 글" in text_of(last)
        assert buttons(shown(last))[:2] == ["2023년 5월 1일~7일", "2024년 4월 29일 ~ 5월 5일"]


async def test_a_week_without_posts_offers_the_nearest_days(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day="지지난주")
        assert "2024년 4월 15일~21일에는 글이 없어요" in text_of(answer)
        found = await play.reader.click(shown(answer), label="2024년 4월 26일 (금)")
        assert "지난주 금요일 글" in text_of(found)


async def test_a_word_of_titles_offers_their_days_and_the_search(stage: Stage) -> None:
    write_posts(stage)
    write_post(stage.content, "2024-03-01-x.md", "강가의  윤슬 이야기")
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day=" 윤슬  이야기")
        assert "‘윤슬 이야기’는 날짜가 아니지만" in text_of(answer)
        assert buttons(shown(answer)) == ["2024년 3월 1일 (금)", "본문에서 찾기"]
        found = await play.reader.click(shown(answer), label="2024년 3월 1일 (금)")
        assert "강가의 윤슬 이야기" in text_of(found)
        part = await play.reader.slash(play.channel, "news date", day="슬 이야")
        assert buttons(shown(part)) == ["2024년 3월 1일 (금)"]  # a search for it finds nothing
        again = await play.reader.slash(play.channel, "news date", day="윤슬")
        searched = await play.reader.click(shown(again), label="본문에서 찾기")
        assert "강가의 **윤슬** 이야기" in text_of(searched)


async def test_a_month_that_no_year_has_offers_days_of_that_year(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day="2023-13-01")
        assert "날짜로 읽을 수 없어요" in text_of(answer)
        assert buttons(shown(answer))[0] == "2023년 5월 4일 (목)"


async def test_a_date_that_can_be_two_days_offers_both(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day="4/5/2024")
        assert "‘4/5/2024’" in text_of(answer)
        assert buttons(shown(answer)) == ["2024년 4월 5일 (금)", "2024년 5월 4일 (토)"]
        found = await play.reader.click(shown(answer), label="2024년 5월 4일 (토)")
        assert "오늘 글" in text_of(found)


async def test_a_month_without_posts_offers_the_nearest_days(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day="2024년 2월")
        assert "2024년 2월에는 글이 없어요" in text_of(answer)
        found = await play.reader.click(shown(answer), label="2024년 4월 26일 (금)")
        assert "지난주 금요일 글" in text_of(found)
        assert "11월에는 글이 없어요" in text_of(
            await play.reader.slash(play.channel, "news date", day="Nov")
        )
        last = await play.reader.slash(play.channel, "news date", day="지난달")
        assert "지난주 금요일 글" in text_of(last)


async def test_autocomplete_shows_date_weekday_and_title_nearest_first(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        near = await play.reader.autocomplete(play.channel, "news date", "day", "어제")
        assert [choice["value"] for choice in near][:3] == ["2024-05-03", "2024-05-04", "2024-04-26"]
        assert near[0]["name"] == "2024년 5월 3일 (금) · 어제 글"
        titled = await play.reader.autocomplete(play.channel, "news date", "day", "작년 글")
        assert [choice["value"] for choice in titled] == ["2023-05-04"]
        month = await play.reader.autocomplete(play.channel, "news date", "day", "4월")
        assert [choice["value"] for choice in month] == ["2024-04-26"]
        nothing = await play.reader.autocomplete(play.channel, "news date", "day", "없는 말")
        assert nothing == []


async def test_several_posts_of_a_day_are_one_offer_and_a_list(stage: Stage) -> None:
    for name in ("a", "b"):
        write_post(stage.content, f"2024-05-04-{name}.md", f"글 {name}")
    async with stage.play() as play:
        (offer,) = await play.reader.autocomplete(play.channel, "news date", "day", "")
        assert "글 2편" in offer["name"]
        listed = await play.reader.slash(play.channel, "news date", day=offer["value"])
        assert len(options(shown(listed), "news:open")) == 2


async def test_browsing_goes_from_month_to_month_and_opens_days_after_a_restart(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        newest = await play.reader.slash(play.channel, "news browse")
        assert "2024년 5월" in text_of(newest)
        assert "지난주 금요일 글" not in text_of(newest)
        assert list(options(shown(newest), "news:jump").values()) == [
            "2024년 5월",
            "2024년 4월",
            "2023년 5월",
        ]
    async with stage.play() as play:
        message = kept(play, shown(newest))
        (last_year,) = [
            value for value, label in options(message, "news:jump").items() if label == "2023년 5월"
        ]
        jumped = await play.reader.select(message, [last_year], custom_id="news:jump")
        assert "작년 글" in text_of(jumped)
        newer = await play.reader.click(shown(jumped), label="2024년 4월")
        assert "지난주 금요일 글" in text_of(newer)
        (day,) = options(shown(newer), "news:open")
        opened = await play.reader.select(shown(newer), [day], custom_id="news:open")
        assert "본문이에요" in text_of(opened)
        assert shown(opened).id != shown(newer).id


async def test_a_random_post_can_be_drawn_again(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        drawn = await play.reader.slash(play.channel, "news random")
        assert "본문이에요" in text_of(drawn)
        again = await play.reader.click(shown(drawn), label="다른 글")
        assert "본문이에요" in text_of(again)
        assert "다른 글" in buttons(shown(again))


async def test_without_any_post_every_command_says_so(stage: Stage) -> None:
    async with stage.play() as play:
        for name, typed in (
            ("news latest", {}),
            ("news date", {"day": "어제"}),
            ("news tag", {"tag": "x"}),
            ("news topic", {"tag": "x"}),
            ("news search", {"text": "x"}),
            ("news browse", {}),
            ("news random", {}),
            ("news tags", {}),
        ):
            assert "아직 올라온 글이 없어요" in text_of(await play.reader.slash(play.channel, name, **typed))
        wrong = await play.reader.slash(play.channel, "news date", day="아무 말")
        assert "날짜로 읽을 수 없어요" in text_of(wrong)


@pytest.mark.parametrize("typed", ["4월", "2024-04", "2024년 4월"])
async def test_a_month_opens_its_page(stage: Stage, typed: str) -> None:
    write_posts(stage)
    async with stage.play() as play:
        answer = await play.reader.slash(play.channel, "news date", day=typed)
        assert "2024년 4월" in text_of(answer)
        assert "지난주 금요일 글" in text_of(answer)


async def test_a_post_that_waits_for_its_time_is_shown_nowhere_before(stage: Stage) -> None:
    write_posts(stage)
    write_post(stage.content, "2024-05-20-later.md", "나중 글", "비밀스러운 소식이에요.", tags="[비밀]")
    stage.now = datetime(2024, 5, 4, 3, tzinfo=UTC)
    async with stage.play() as play:
        ask = partial(play.reader.slash, play.channel)
        asked: list[tuple[str, dict[str, Any]]] = [
            ("news latest", {}),
            ("news browse", {}),
            ("news tags", {}),
            ("news date", {"day": "2024-05-20"}),
            ("news search", {"text": "비밀스러운"}),
            ("news search", {"text": "after:2024-05-10"}),
            ("news search", {"text": "글"}),
            ("news tag", {"tag": "비밀"}),
            ("news topic", {"tag": "비밀"}),
        ]
        for command, typed in asked:
            answer = await ask(command, **typed)
            assert "나중 글" not in text_of(answer), command
            assert "비밀스러운 소식" not in text_of(answer), command
        assert await play.reader.autocomplete(play.channel, "news tag", "tag", "비밀") == []
        stage.now = datetime(2024, 5, 19, 20, tzinfo=UTC)  # the 20th has begun in Korea
        assert "나중 글" in text_of(await ask("news latest"))
        assert "나중 글" in text_of(await ask("news search", text="비밀스러운"))
