"""The search index on a real disk: it follows the archive, and no harm to its files costs a post."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

import pytest

from bot.adapters.alias_files import load_aliases
from bot.adapters.search_engine import VERSION
from bot.adapters.search_index import AT_ONCE, SearchIndex
from bot.errors import PostError
from bot.posts.archive import Archive
from bot.posts.findings import Findings
from bot.posts.models import Post, Tag, TagKind
from bot.posts.search.aliases import spellings_in
from bot.posts.search.query import parse_query
from bot.posts.stored import StoredPost
from bot.replacing import replace
from tests.support.posts import post

TODAY = dt.date(2024, 6, 1)


@asynccontextmanager
async def index_in(folder: Path | None, *posts: Post) -> AsyncIterator[SearchIndex]:
    index = SearchIndex(folder)
    await index.update(Archive.of(posts))
    await index.settled()
    yield index
    await index.close()


async def found(index: SearchIndex, text: str) -> list[str]:
    result = await index.search(parse_query(text, TODAY), 100)
    assert len(result.matches) == result.total
    return [match.post.slug for match in result.matches]


def files_of(folder: Path) -> Path:
    return folder / f"search-{VERSION}"


A, B = post("a", body="수박을 먹었어요."), post("b", body="참외가 익었어요.", day="2024-05-05")


async def test_it_follows_new_changed_and_removed_posts(tmp_path: Path) -> None:
    async with index_in(tmp_path, A) as index:
        assert await found(index, "수박") == ["a"]
        await index.update(Archive.of([replace(A, body="자두예요.", content_hash="2"), B]))
        assert await found(index, "수박") == []
        assert await found(index, "자두") == ["a"]
        assert await found(index, "참외") == ["b"]
        await index.update(Archive.of([B]))
        assert await found(index, "자두") == []


async def test_many_posts_are_indexed_in_the_background_and_counted_until_then() -> None:
    posts = [post(f"p{number}", body=f"글 {number} 수박") for number in range(AT_ONCE * 8)]
    index = SearchIndex()
    await index.update(Archive.of(posts))
    result = await index.search(parse_query("수박", TODAY), 5)
    assert result.total + result.pending >= len(posts)
    await index.settled()
    result = await index.search(parse_query("수박", TODAY), 5)
    assert (result.total, result.pending) == (len(posts), 0)
    await index.close()


async def test_a_newer_archive_overtakes_the_indexing_of_an_older_one() -> None:
    old = [post(f"p{number}", body="수박") for number in range(AT_ONCE * 10)]
    index = SearchIndex()
    await index.update(Archive.of(old))
    await index.update(Archive.of([*old[: AT_ONCE * 2], B]))
    await index.settled()
    assert len(await found(index, "수박")) == AT_ONCE * 2
    assert await found(index, "참외") == ["b"]
    await index.close()


async def test_a_start_on_a_kept_index_reads_no_text(tmp_path: Path) -> None:
    async with index_in(tmp_path, A):
        pass

    class Unread:
        def body(self, post: Post) -> str:
            raise AssertionError(f"{post.slug} was read")

    stored = StoredPost.of(A, Unread())
    index = SearchIndex(tmp_path)
    await index.update(Archive.of([stored]))
    assert index.body(stored) == A.body
    await index.close()


async def test_closing_in_the_middle_keeps_what_was_indexed_and_the_next_start_does_the_rest(
    tmp_path: Path,
) -> None:
    posts = [post(f"p{number}", body="수박") for number in range(AT_ONCE * 12)]
    index = SearchIndex(tmp_path)
    await index.update(Archive.of(posts))
    await index.close()
    async with index_in(tmp_path, *posts) as again:
        assert (await again.search(parse_query("수박", TODAY), 5)).total == len(posts)


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def scramble(file: Path) -> None:
    file.write_bytes(b"\x00garbage" * 20)


def _largest(folder: Path, ending: str) -> Path:
    return max(folder.glob(f"*{ending}"), key=lambda file: file.stat().st_size)


@pytest.mark.parametrize("harm", [cut, scramble, Path.unlink], ids=["cut", "scrambled", "gone"])
@pytest.mark.parametrize("ending", ["meta.json", "posts.json", ".store", ".term", ".fast", ".idx", ".pos"])
async def test_a_harmed_file_costs_no_post(tmp_path: Path, ending: str, harm: Callable[[Path], None]) -> None:
    async with index_in(tmp_path, A, B):
        pass
    harm(_largest(files_of(tmp_path), ending))
    async with index_in(tmp_path, A, B) as index:
        assert await found(index, "수박을") == ["a"]
        assert await found(index, "참외") == ["b"]
        assert index.body(A) == A.body


async def test_stamps_that_promise_more_than_there_is_are_not_believed(tmp_path: Path) -> None:
    async with index_in(tmp_path, A):
        pass
    stamps = files_of(tmp_path) / "posts.json"
    known = json.loads(stamps.read_text())
    stamps.write_text(json.dumps(known | {"b": f"{B.content_hash}:{B.date}"}))
    async with index_in(tmp_path, A, B) as index:
        assert await found(index, "참외") == ["b"]


async def test_a_folder_that_another_process_uses_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with index_in(tmp_path, A, B) as first:
        (files_of(tmp_path) / "posts.json").unlink()  # as if the first were still writing its first posts
        async with index_in(tmp_path, A, B) as second:
            assert "kept in memory" in caplog.text
            assert await found(second, "수박") == ["a"]
        assert await found(first, "참외") == ["b"]
        assert files_of(tmp_path).is_dir()


async def test_a_file_in_the_folders_place_keeps_the_index_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("in the way")
    async with index_in(tmp_path / "cache", A) as index:
        assert await found(index, "수박") == ["a"]
    assert "kept in memory" in caplog.text


async def test_indexes_of_other_versions_are_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "search-0").mkdir()
    (tmp_path / "search-0" / "big").write_text("x")
    async with index_in(tmp_path, A):
        assert names_in(tmp_path) == [f"search-{VERSION}"]


async def test_an_index_that_cannot_be_written_is_made_anew_by_the_next_reload(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with index_in(tmp_path, A) as index:
        shutil.rmtree(files_of(tmp_path))
        await index.update(Archive.of([A, B]))
        assert "cannot be searched for until the next reload" in caplog.text
        assert await found(index, "수박") == ["a"]
        assert (await index.search(parse_query("참외", TODAY), 5)).pending == 1
        await index.update(Archive.of([A, B]))
        assert await found(index, "참외") == ["b"]


async def test_a_post_whose_file_vanished_is_left_out_until_the_next_reload(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Gone:
        def body(self, post: Post) -> str:
            raise Findings(post.path).refusal(1, "text-gone", "It is gone.", "Reload.")

    gone = StoredPost.of(B, Gone())
    with pytest.raises(PostError):
        _ = gone.body
    with caplog.at_level(logging.WARNING):
        async with index_in(None, A, gone) as index:
            assert await found(index, "수박") == ["a"]
            assert await found(index, "참외") == []
    assert "not indexed" in caplog.text


async def test_a_post_that_could_not_be_read_is_tried_again_by_the_next_update() -> None:
    class Away:
        text: str | None = None

        def body(self, post: Post) -> str:
            if self.text is None:
                raise Findings(post.path).refusal(1, "text-gone", "It is gone.", "Reload.")
            return self.text

    bodies = Away()
    late = StoredPost.of(B, bodies)
    async with index_in(None, A, late) as index:
        assert await found(index, "참외") == []
        bodies.text = B.body
        await index.update(Archive.of([A, late]))
        assert await found(index, "참외") == ["b"]
        assert await found(index, "수박") == ["a"]


async def test_filters_without_words_list_the_newest_first() -> None:
    tagged = replace(A, meta=replace(A.meta, tags=(Tag(name="여름"),)))
    async with index_in(None, tagged, B) as index:
        assert await found(index, "tag:여름") == ["a"]
        assert await found(index, "after:2024-05-01") == ["b", "a"]
        assert await found(index, "lang:en") == []
        assert await found(index, "lang:en lang:ko") == ["b", "a"]
        assert await found(index, "lang:en lang:ko 수박") == ["a"]
        assert await found(index, "-수박") == ["b"]


async def test_an_excerpt_has_its_words_in_bold_and_nothing_typed_by_authors_acts() -> None:
    body = "## 여름\n\n*별* 그리고 수박을 @everyone 먹었어요."
    async with index_in(None, post("a", body=body)) as index:
        (match,) = (await index.search(parse_query("수박", TODAY), 5)).matches
        assert "**수박**을" in match.excerpt
        assert "*별*" not in match.excerpt
        assert match.section is not None
        assert match.section.title == "여름"


@pytest.mark.parametrize(
    ("body", "phrase"),
    [
        ("**12와트**로 언어 모델을 돌려요.", "12와트로 언어 모델을"),
        ("오늘 **자두 모델**을 공개했어요.", "자두 모델을 공개"),
        ("새 *참외 칩*이 나왔어요.", "참외 칩이 나왔어요"),
        ("[포도 서버](https://example.org/a)를 보면 돼요.", "포도 서버를 보면"),
        ("**[포도 서버](https://example.org/a)**를 보면 돼요.", "포도 서버를 보면"),
        ("`수박 도구`로 만들어요.", "수박 도구로 만들어요"),
        ("맛있는 딸**기잼**", "딸기잼"),
        ("<b>감자 모델</b>이 나왔어요.", "감자 모델이 나왔어요"),
        ("## **감자 연구**의 결과", "감자 연구의 결과"),
    ],
)
async def test_a_phrase_is_found_as_it_is_read_where_markup_parts_a_word(body: str, phrase: str) -> None:
    body = f"다른 이야기예요.\n\n{body}\n\n또 다른 이야기예요."
    async with index_in(None, post("p", body=body), A, B) as index:
        (match,) = (await index.search(parse_query(f'"{phrase}"', TODAY), 5)).matches
        assert match.post.slug == "p"
        assert f"**{phrase}**" in match.excerpt


async def test_two_lines_of_a_post_do_not_become_one_word_in_an_excerpt() -> None:
    async with index_in(None, post("p", body="오늘은 키위<br>차를 마셔요.")) as index:
        (match,) = (await index.search(parse_query("키위", TODAY), 5)).matches
        assert match.excerpt == "오늘은 **키위** 차를 마셔요."


async def test_where_a_tag_alone_matches_the_excerpt_says_so() -> None:
    tagged = replace(A, meta=replace(A.meta, tags=(Tag(name="여름"), Tag(name="open-source"))))
    index = SearchIndex()
    await index.update(Archive.of([tagged, B], load_aliases()))
    for text, begins in (("여름", "#**여름** · "), ("오픈소스", "#**open-source** · ")):
        (match,) = (await index.search(parse_query(text, TODAY), 5)).matches
        assert match.excerpt.startswith(begins)
    await index.close()


async def test_a_number_keeps_its_ten_thousands() -> None:
    posts = [post("a", body="10만 대를 팔았어요."), post("b", body="10개를 팔았어요.")]
    async with index_in(None, *posts) as index:
        assert await found(index, "10만") == ["a"]
        assert await found(index, "10만이나") == ["a"]


async def test_pages_go_on_where_the_one_before_ended() -> None:
    posts = [post(f"p{number}", body="수박", day=f"2024-05-{number + 1:02}") for number in range(12)]
    async with index_in(None, *posts) as index:
        pages = [await index.search(parse_query("수박", TODAY), 5, offset) for offset in (0, 5, 10, 15)]
        slugs = [match.post.slug for page in pages for match in page.matches]
        assert slugs == [f"p{number}" for number in range(11, -1, -1)]
        assert {page.total for page in pages} == {12}


async def test_hidden_posts_are_neither_found_nor_counted() -> None:
    async with index_in(None, A, replace(B, body="수박도 참외도 있어요.")) as index:
        for text in ("수박", "after:2024-01-01", "-자두"):
            query = parse_query(text, TODAY)
            assert (await index.search(query, 5)).total == 2, text
            result = await index.search(query, 5, hidden={"b"})
            assert [match.post.slug for match in result.matches] == ["a"], text
            assert result.total == 1, text


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("라마3", "Llama 3 모델"),
        ("라마3를", "Llama-3 모델"),
        ('"라마 3"', "Llama 3 모델"),
        ("딥시크v2", "DeepSeek-V2 모델"),
        ("지피티4o", "GPT-4o 모델"),
        ("클로드3.5", "Claude 3.5 모델"),
        ("llama3", "라마 3 모델"),
    ],
)
async def test_a_name_written_against_its_number_is_found_in_any_spelling(text: str, body: str) -> None:
    named = post("named", body=body)
    index = SearchIndex()
    await index.update(Archive.of([named, A, B], load_aliases()))
    result = await index.search(parse_query(text, TODAY), 5)
    assert [match.post.slug for match in result.matches] == ["named"]
    assert "**" in result.matches[0].excerpt
    await index.close()


async def test_an_excluded_word_is_excluded_without_its_particle_too() -> None:
    async with index_in(None, A, B, post("c", body="긴 문맥은 어려워요.", day="2024-05-06")) as index:
        assert await found(index, "-수박을") == ["c", "b"]
        assert await found(index, '-"긴 문맥을"') == ["b", "a"]


@pytest.mark.parametrize(
    "text",
    ["강화 학습을", "강화 학습에서는", "허깅 페이스에서", "대규모 언어 모델이", "오픈 소스를", "오픈 AI가"],
)
async def test_a_name_of_several_words_is_found_with_a_particle_on_its_last(text: str) -> None:
    names = ("강화학습", "Hugging Face", "LLM", "오픈소스", "OpenAI")
    posts = [post(f"p{number}", body=f"오늘 {name} 소식") for number, name in enumerate(names)]
    index = SearchIndex()
    await index.update(Archive.of(posts, load_aliases()))
    await index.settled()
    assert len(await found(index, text)) == 1
    await index.close()


async def test_the_place_of_a_word_counts_before_how_often_it_stands_and_how_new_the_post_is() -> None:
    def made(slug: str, day: str, title: str = "제목", about: str = "", body: str = "글") -> Post:
        plain = post(slug, day=day, body=body)
        return replace(plain, meta=replace(plain.meta, title=title, description=about))

    several = [
        made("title", "2018-05-04", title="수박 이야기"),
        made("description", "2020-05-04", about="오늘은 수박이 나왔고 다른 이야기도 조금 있어요."),
        made("heading", "2022-05-04", body="## 수박\n\n글"),
        made("body", "2024-05-04", body="수박 " * 30),
        made("newer", "2024-05-20", body="수박"),
        made("longer", "2024-05-22", title="수박씨 이야기"),
    ]
    async with index_in(None, *several) as index:
        assert await found(index, "수박") == ["title", "description", "heading", "newer", "body", "longer"]


async def test_of_posts_that_say_it_at_the_same_place_the_newest_comes_first() -> None:
    many = [
        replace(made, meta=replace(made.meta, title="조용한 하루", description="소식 " * (day % 3)))
        for day in range(1, 29)
        for made in [post(f"p{day:02}", day=f"2024-05-{day:02}", body="조용한 하루 " * (day % 5 + 1))]
    ]
    async with index_in(None, *many) as index:
        newest_first = [f"p{day:02}" for day in range(28, 0, -1)]
        assert await found(index, '"조용한 하루"') == await found(index, "조용한 하루") == newest_first


@pytest.mark.parametrize(
    ("text", "itself", "longer"),
    [
        ("애플", "애플이 새 기기를 냈어요.", "배달 애플리케이션 만들기"),
        ("인텔", "인텔에서는 조용해요.", "인텔리전스란"),
        ("이미", "이미 나왔어요.", "이미지를 만들어요"),
        ("표", "표는 여기 있어요.", "표준을 정했어요"),
        ("라마", "라마만으로도 돼요.", "드라마 추천"),
    ],
)
async def test_a_word_itself_comes_before_longer_words_that_hold_it(
    text: str, itself: str, longer: str
) -> None:
    late = post("longer", day="2024-06-01")
    late = replace(late, meta=replace(late.meta, title=longer))
    async with index_in(None, post("itself", body=itself), late) as index:
        assert (await found(index, text))[0] == "itself"
        assert await found(index, f"-{text}") == ["longer"]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("추론모델", "새 추론 모델이 나왔어요."),
        ("전력소모", "전력 소모가 적어요."),
        ("추론 모델", "추론모델이에요."),
        ("저전력칩", "새 저전력 칩을 냈어요."),
        ("저전력칩을", "새 저전력 칩이에요."),
        ("긴문맥", "긴 문맥에서도 잘해요."),
    ],
)
async def test_a_compound_is_found_in_two_words_and_in_one(text: str, body: str) -> None:
    async with index_in(None, A, post("p", body=body)) as index:
        assert await found(index, text) == ["p"]


async def test_all_spellings_of_the_bundled_table_find_one_another() -> None:
    table = resources.files("bot.posts.search").joinpath("aliases.txt").read_text("utf-8")
    groups = [spellings for line in table.splitlines() if (spellings := spellings_in(line))]
    written = {
        f"p{at}-{number}": spelling
        for at, group in enumerate(groups)
        for number, spelling in enumerate(group)
    }
    index = SearchIndex()
    posts = [post(slug, body=f"오늘 {spelling} 이야기") for slug, spelling in written.items()]
    await index.update(Archive.of(posts, load_aliases()))
    await index.settled()
    apart = []
    for at, group in enumerate(groups):
        meant = {slug for slug in written if slug.startswith(f"p{at}-")}
        for spelling in group:
            apart += [(spelling, written[slug]) for slug in meant - set(await found(index, spelling))]
    await index.close()
    assert apart == []


@pytest.mark.parametrize(
    ("text", "body", "excerpt"),
    [
        ("gpt 4o", "오늘 GPT4o가 나왔어요.", "오늘 **GPT4o**가 나왔어요."),
        ("3.5 모델", "이 3.5 모델과 35B 모델이에요.", "이 **3.5** **모델**과 35B **모델**이에요."),
        ("윤슬 6.8B", "| 윤슬 2 | 6.8B |", "**윤슬** 2 · **6.8B**"),
    ],
)
async def test_words_in_bold_are_just_those_that_were_looked_for(text: str, body: str, excerpt: str) -> None:
    async with index_in(None, post("p", body=body)) as index:
        (match,) = (await index.search(parse_query(text, TODAY), 5)).matches
        assert match.excerpt == excerpt


async def test_tags_are_found_by_their_kind_with_words_and_without() -> None:
    names = (Tag(name="Claude", kind=TagKind.MODEL), Tag(name="클로드", kind=TagKind.TOPIC))
    model = replace(A, meta=replace(A.meta, tags=names))
    person = replace(B, meta=replace(B.meta, tags=(Tag(name="claude", kind=TagKind.PERSON),)))
    index = SearchIndex()
    await index.update(Archive.of([model, person], load_aliases()))
    await index.settled()
    for text, slugs in (
        ("tag:claude", ["b", "a"]),
        ("model:클로드", ["a"]),
        ("인물:Claude", ["b"]),
        ("topic:claude", ["a"]),
        ("먹었어요 topic:claude", ["a"]),
        ("company:claude", []),
        ("-model:claude", ["b"]),
        ("익었어요 person:claude", ["b"]),
        ("익었어요 model:claude", []),
        ("먹었어요 -person:claude", ["a"]),
    ):
        assert await found(index, text) == slugs, text
    await index.close()


async def test_excluded_tags_and_languages_take_away_posts_that_have_them_and_no_others() -> None:
    tagged = replace(A, meta=replace(A.meta, tags=(Tag(name="OpenAI"),)))
    said = post("said", day="2024-05-06", body="OpenAI 수박")
    english = replace(B, meta=replace(B.meta, lang="en"))
    index = SearchIndex()
    await index.update(Archive.of([tagged, english, said], load_aliases()))
    await index.settled()
    assert await found(index, "-tag:오픈AI") == ["said", "b"]
    assert await found(index, "수박 -tag:openai") == ["said"]
    assert await found(index, "-lang:ko") == ["b"]
    assert await found(index, "-lang:en -자두") == ["said", "a"]
    await index.close()
