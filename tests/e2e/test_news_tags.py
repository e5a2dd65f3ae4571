"""/news tag, /news topic, /news tags: ranked suggestions, timelines, and a way on from a wrong tag."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.answers import buttons, kept, options, shown
from tests.support.posts import write_post
from tests.support.stage import Stage, text_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def write_posts(stage: Stage) -> None:
    for day in range(1, 8):
        body = f"## 인사\n\n안녕하세요.\n\n## 소식\n\n오픈소스 모형 {day}호가 나왔어요. 다른 일은 없었어요."
        write_post(stage.content, f"2024-04-{day:02}-p.md", f"글 {day}", body, tags="[오픈소스, 하드웨어]")
    write_post(
        stage.content, "2024-04-20-q.md", "글 20", description="'그날의 요약이에요.'", tags="[오픈소스]"
    )


async def test_autocomplete_ranks_counts_and_knows_hangul_initials(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        for command in ("news tag", "news topic"):
            for typed in ("", "ㅇㅍ", "소스", "#오픈"):
                choices = await play.reader.autocomplete(play.channel, command, "tag", typed)
                assert (choices[0]["name"], choices[0]["value"]) == ("오픈소스 (8)", "오픈소스")


async def test_a_korean_name_with_its_number_is_offered_opened_and_searched_for(stage: Stage) -> None:
    for name in "ab":
        write_post(stage.content, f"2024-04-01-{name}.md", f"글 {name}", "모형 소식", tags="[llama-3]")
    write_post(stage.content, "2024-04-02-c.md", "글 c", "다른 소식", tags="[ollama, mamba, sama]")
    async with stage.play() as play:
        for typed in ("라마 3", "라마3", "ㄹㅁ3"):
            (choice,) = await play.reader.autocomplete(play.channel, "news tag", "tag", typed)
            assert (choice["name"], choice["value"]) == ("llama-3 (2)", "llama-3")
        choices = await play.reader.autocomplete(play.channel, "news tag", "tag", "메타 라마")
        assert choices[0]["value"] == "llama-3"
        (person,) = await play.reader.autocomplete(play.channel, "news tag", "tag", "@sama")
        assert person["value"] == "sama"
        opened = await play.reader.slash(play.channel, "news tag", tag="라마 3")
        assert "#llama-3 태그가 달린 글" in text_of(opened)
        for search in ("tag:라마3", "tag:라마3 소식"):
            found = await play.reader.slash(play.channel, "news search", text=search)
            assert "글 2편을 찾았어요" in str(shown(found).embeds[0].footer.text), search
        wrong = await play.reader.slash(play.channel, "news tag", tag="라마 4")
        assert buttons(shown(wrong))[0] == "llama-3 (2)"


async def test_a_tag_of_more_than_a_hundred_characters_is_offered_and_found(stage: Stage) -> None:
    long = "아주 긴 태그 " * 20
    for name in "ab":
        write_post(stage.content, f"2024-04-01-{name}.md", f"글 {name}", tags=f'["{long}"]')
    async with stage.play() as play:
        (choice,) = await play.reader.autocomplete(play.channel, "news tag", "tag", "아주")
        assert choice["name"].endswith("… (2)")
        assert len(choice["name"]) <= 100
        listed = await play.reader.slash(play.channel, "news tag", tag=choice["value"])
        assert {"글 a", "글 b"} == set(options(shown(listed), "news:open").values())


async def test_a_topic_tells_day_by_day_what_happened_and_opens_the_section(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        timeline = await play.reader.slash(play.channel, "news topic", tag="오픈소스")
        text = text_of(timeline)
        assert timeline.ephemeral
        assert "#오픈소스 흐름" in text
        assert text.index("글 20") < text.index("글 7") < text.index("글 4")
        assert "7호가 나왔어요" in text
        assert "그날의 요약이에요" in text  # no sentence of that post names the tag
        values = list(options(shown(timeline), "news:open"))
        opened = await play.reader.select(shown(timeline), [values[1]], custom_id="news:open")
        assert "7호가 나왔어요" in text_of(opened)
        assert "안녕하세요" not in text_of(opened)
    async with stage.play() as play:
        older = await play.reader.click(kept(play, shown(timeline)), label="다음")
        assert "1호가 나왔어요" in text_of(older)
        assert "7호가 나왔어요" not in text_of(older)


async def test_an_unknown_tag_offers_similar_ones_and_a_search(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        wrong = await play.reader.slash(play.channel, "news tag", tag="오픈소쓰")
        assert "‘오픈소쓰’ 태그가 달린 글이 없어요" in text_of(wrong)
        assert "오픈소스 (8)" in buttons(shown(wrong))
        found = await play.reader.click(shown(wrong), label="오픈소스 (8)")
        assert "#오픈소스 태그가 달린 글" in text_of(found)
        unknown = await play.reader.slash(play.channel, "news topic", tag="모형")
        searched = await play.reader.click(shown(unknown), label="본문에서 찾기")
        assert "글 7편을 찾았어요" in str(shown(searched).embeds[0].footer.text)


async def test_a_search_is_offered_for_an_unknown_tag_only_where_it_finds_something(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        for typed in ("🎉", "...", "없는태그"):
            for command in ("news tag", "news topic"):
                unknown = await play.reader.slash(play.channel, command, tag=typed)
                assert buttons(shown(unknown)) == ["모든 태그"], typed
        known = await play.reader.slash(play.channel, "news tag", tag="모형")
        assert buttons(shown(known)) == ["본문에서 찾기", "모든 태그"]


async def test_an_unknown_topic_offers_timelines(stage: Stage) -> None:
    write_posts(stage)
    async with stage.play() as play:
        wrong = await play.reader.slash(play.channel, "news topic", tag="오픈소쓰")
        found = await play.reader.click(shown(wrong), label="오픈소스 (8)")
        assert "#오픈소스 흐름" in text_of(found)


async def test_all_tags_are_listed_with_counts_and_open(stage: Stage) -> None:
    write_posts(stage)
    write_post(stage.content, "2024-03-01-r.md", tags="[" + ", ".join(f"꼬리{n}" for n in range(60)) + "]")
    async with stage.play() as play:
        listed = await play.reader.slash(play.channel, "news tags")
        assert "오픈소스 (8)" in text_of(listed)
        assert "하드웨어 (7)" in text_of(listed)
        assert "1 / 3" in str(shown(listed).components)
        value = next(iter(options(shown(listed), "news:open")))
        opened = await play.reader.select(shown(listed), [value], custom_id="news:open")
        assert "#오픈소스 태그가 달린 글" in text_of(opened)
        turned = await play.reader.click(shown(listed), label="다음")
        assert "오픈소스" not in text_of(turned)


async def test_posts_without_tags_are_no_error(stage: Stage) -> None:
    write_post(stage.content, "2024-03-01-r.md")
    async with stage.play() as play:
        assert "태그가 달린 글이 없어요" in text_of(await play.reader.slash(play.channel, "news tags"))
