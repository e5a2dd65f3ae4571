"""Front matter as the authors of several site generators really write it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.errors import PostError
from bot.posts.models import Importance, Post, TagKind
from bot.posts.parsing import ParsedPost, parse_post

REAL = Path(__file__).parents[2] / "data" / "posts" / "real"
TODAY = date(2024, 6, 1)
SEOUL = timezone(timedelta(hours=9))


def read(text: str, path: str = "2024-05-04-x.md") -> ParsedPost:
    return parse_post(text.encode(), path, today=TODAY)


def with_keys(lines: str, path: str = "2024-05-04-x.md") -> Post:
    return read(f"---\ntitle: T\n{lines}\n---\n\nBody.\n", path).post


def codes(parsed: ParsedPost) -> list[str]:
    return [problem.code for problem in parsed.problems]


def real(name: str) -> ParsedPost:
    return parse_post((REAL / name).read_bytes(), name, today=TODAY)


def test_a_jekyll_post() -> None:
    parsed = real("jekyll.md")
    meta = parsed.post.meta
    assert meta.slug == "news-2024-open-weights"
    assert meta.published_at == datetime(2024, 5, 4, 9, 30, tzinfo=SEOUL)
    assert [tag.name for tag in meta.tags] == ["open-weights", "llama", "long context"]
    assert meta.description == "What was released this week."
    assert not meta.draft
    assert meta.extra["layout"] == "post"
    assert parsed.problems == ()


def test_a_hugo_post_in_toml() -> None:
    meta = real("hugo.md").post.meta
    assert meta.title == "공개 모델 소식"
    assert meta.published_at == datetime(2024, 5, 4, 9, 30, tzinfo=SEOUL)
    assert meta.updated == date(2024, 5, 6)
    assert meta.image == "https://example.com/cover.png"
    assert [tag.name for tag in meta.tags] == ["LLM", "오픈소스"]
    assert meta.extra == {"weight": 3}
    assert meta.slug == "hugo"


def test_a_hugo_post_in_json() -> None:
    post = real("hugo-json.md").post
    assert post.meta.title == "JSON front matter"
    assert post.slug == "json-post"
    assert [tag.name for tag in post.meta.tags] == ["LLM", "7"]
    assert post.meta.draft
    assert post.body == "Body.\n"
    assert post.body_line == 9


def test_an_astro_post() -> None:
    parsed = real("astro.md")
    meta = parsed.post.meta
    assert (meta.date, meta.updated) == (date(2024, 5, 4), date(2024, 5, 6))
    assert meta.image == "/images/phones.png"
    assert meta.url == "https://example.com/phones"
    assert codes(parsed) == ["relative-image"]


def test_an_obsidian_note_keeps_the_tags_that_yaml_takes_for_a_comment() -> None:
    parsed = real("2024-05-04-obsidian.md")
    meta = parsed.post.meta
    assert [tag.name for tag in meta.tags] == ["llm", "에이전트"]
    assert meta.published_at == datetime(2024, 5, 4, 21, 7, tzinfo=UTC)
    assert meta.authors == ("홍길동",)
    assert codes(parsed) == ["unquoted-value"]


def test_an_ainews_post_joins_its_typed_lists_into_tags() -> None:
    parsed = real("24-05-04-ainews.md")
    meta = parsed.post.meta
    assert meta.title == "A headline that is folded over two lines"
    assert meta.description == "First line.\n\nSecond line."
    assert meta.slug == "ainews-a-headline"
    assert [(tag.name, tag.kind) for tag in meta.tags] == [
        ("openai", TagKind.COMPANY),
        ("qwen", TagKind.COMPANY),
        ("gpt-4", TagKind.MODEL),
        ("karpathy", TagKind.PERSON),
    ]
    assert meta.extra == {"id": "7f3c"}
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "keys", ["tags: [Meta AI]\ncompanies: [meta-ai]", "companies: [meta-ai]\ntags: [Meta AI]"]
)
def test_of_a_plain_tag_and_one_that_says_its_kind_the_latter_stays(keys: str) -> None:
    tags = with_keys(f"date: 2024-05-04\n{keys}").meta.tags
    assert [(tag.name, tag.kind) for tag in tags] == [("meta-ai", TagKind.COMPANY)]


def test_the_time_of_day_of_an_update_is_kept() -> None:
    meta = with_keys("date: 2024-05-04\nlastmod: 2024-05-05T15:00:00+09:00").meta
    assert meta.updated == date(2024, 5, 5)
    assert meta.updated_at == datetime(2024, 5, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize("alias", ["update", "updated", "lastmod", "Updated", "updatedDate"])
def test_every_name_of_the_update(alias: str) -> None:
    assert with_keys(f"date: 2024-05-04\n{alias}: 2024-05-06").meta.updated == date(2024, 5, 6)


@pytest.mark.parametrize("alias", ["slug", "permalink", "original_slug"])
def test_every_name_of_the_slug(alias: str) -> None:
    assert with_keys(f"{alias}: my-slug").slug == "my-slug"


@pytest.mark.parametrize("alias", ["image", "cover", "thumbnail"])
def test_every_name_of_the_image(alias: str) -> None:
    assert with_keys(f"{alias}: https://example.com/a.png").meta.image == "https://example.com/a.png"


@pytest.mark.parametrize("alias", ["url", "canonical"])
def test_every_name_of_the_address(alias: str) -> None:
    assert with_keys(f"{alias}: https://example.com/a").meta.url == "https://example.com/a"


def test_slug_is_preferred_to_permalink_and_that_to_the_original_slug() -> None:
    assert with_keys("original_slug: c\npermalink: /b/\nslug: a").slug == "a"
    assert with_keys("original_slug: c\npermalink: /b/").slug == "b"


def test_values_are_kept_as_they_are_written() -> None:
    assert read("---\ntitle: 2.10\n---\nx").post.title == "2.10"
    assert [t.name for t in with_keys("tags: [007, 1e3, no, 2024-01-01, 4.50]").meta.tags] == [
        "007",
        "1e3",
        "no",
        "2024-01-01",
        "4.50",
    ]
    assert with_keys("lang: no").meta.lang == "no"


def test_unknown_keys_are_kept_with_their_types() -> None:
    extra = with_keys("weight: 3\nratio: 0.5\npinned: true\nnested:\n  a: [1, b]\nnothing:").meta.extra
    assert extra == {"weight": 3, "ratio": 0.5, "pinned": True, "nested": {"a": [1, "b"]}, "nothing": None}


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("tags: []", []),
        ("tags:", []),
        ("tags: null", []),
        ("tags: [null, '', LLM]", ["LLM"]),
        ("tags: LLM", ["LLM"]),
        ("tags: LLM, Kaggle 대회", ["LLM", "Kaggle 대회"]),
        ("tags: ['#LLM', '# 에이전트']", ["LLM", "에이전트"]),
        ("tags: [LLM, llm, L-L M]", ["LLM"]),
        ("tags: [1, 2]", ["1", "2"]),
        ("tags:\n  - name: LLM\n  - AI: 소식", ["LLM", "AI: 소식"]),
    ],
)
def test_tags_in_every_form(lines: str, names: list[str]) -> None:
    assert [tag.name for tag in with_keys(lines).meta.tags] == names


def test_a_decomposed_tag_and_a_decomposed_file_name_are_composed() -> None:
    post = with_keys("tags: [한글]", path="2024-05-04-한글.md")
    assert post.meta.tags[0].name == "한글"
    assert post.slug == "2024-05-04-한글"


@pytest.mark.parametrize("value", ["true", "True", "yes", "on", "1", '"true"'])
def test_a_draft_is_a_draft_however_it_is_written(value: str) -> None:
    assert with_keys(f"draft: {value}").meta.draft


def test_drafts_by_other_means() -> None:
    assert with_keys("published: false").meta.draft
    assert with_keys("", path="_drafts/2024-05-04-x.md").meta.draft
    assert not with_keys("draft: no").meta.draft
    assert not with_keys("draft:").meta.draft


def test_a_doubtful_draft_is_held_back() -> None:
    parsed = read("---\ntitle: T\ndraft: maybe\n---\nx")
    assert parsed.post.meta.draft
    assert codes(parsed) == ["bad-draft"]


@pytest.mark.parametrize(
    ("lines", "title", "body", "lang"),
    [
        ("lang: en-US", "제목", "본문", "en"),
        ("", "제목 with English", "English body", "ko"),
        ("", "Claude Sonnet 4.6:利落升级", "x", "zh"),
        ("", "今日のAIニュース", "x", "ja"),
        ("", "not much happened", "오늘은 조용한 하루였습니다. [link](https://example.com/abc)", "ko"),
        ("", "not much happened", "A quiet day, says 김철수 in a long text of English words.", "en"),
        ("lang: '???'", "제목", "x", "ko"),
    ],
)
def test_the_language_is_given_or_guessed_from_the_script(
    lines: str, title: str, body: str, lang: str
) -> None:
    assert read(f"---\ntitle: {title}\n{lines}\n---\n{body}").post.meta.lang == lang


def test_importance_is_read_and_an_unknown_one_is_a_warning() -> None:
    assert with_keys("importance: Major").meta.importance is Importance.MAJOR
    parsed = read("---\ntitle: T\nimportance: huge\n---\nx")
    assert parsed.post.meta.importance is Importance.NORMAL
    assert codes(parsed) == ["bad-importance"]


@pytest.mark.parametrize(
    ("value", "image"),
    [
        ("javascript:alert(1)", None),
        ("ftp://example.com/a.png", None),
        ("http://", None),
        ("https://example.com/a b.png", None),
        ("https://example.com/" + "a" * 2048, None),
        ("//example.com/a.png", "https://example.com/a.png"),
        ("{url: 'https://example.com/a.png', alt: x}", "https://example.com/a.png"),
        ("[https://example.com/a.png, https://example.com/b.png]", "https://example.com/a.png"),
    ],
)
def test_only_web_addresses_become_images(value: str, image: str | None) -> None:
    parsed = read(f"---\ntitle: T\nimage: {value}\n---\nx")
    assert parsed.post.meta.image == image
    assert codes(parsed) == ([] if image else ["bad-image"])


def test_the_date_comes_from_the_name_where_none_is_written() -> None:
    assert with_keys("", path="24-05-04-x.md").date == date(2024, 5, 4)
    assert with_keys("date:", path="2024-05-04-x.md").date == date(2024, 5, 4)
    assert with_keys("", path="blog/2024-05-04-x/index.md").slug == "2024-05-04-x"


def test_an_unreadable_date_falls_back_to_the_name_with_a_warning() -> None:
    parsed = read("---\ntitle: T\ndate: 05/04/2024\n---\nx", "2024-05-04-x.md")
    assert parsed.post.date == date(2024, 5, 4)
    assert [(p.code, p.line) for p in parsed.problems] == [("bad-date", 3)]


@pytest.mark.parametrize("lines", ["", "date: soon", "date: 2024-13-45"])
def test_a_post_without_any_date_is_refused(lines: str) -> None:
    with pytest.raises(PostError, match=r"no date") as caught:
        with_keys(lines, path="x.md")
    assert caught.value.problems[-1].code == "no-date"


def test_a_title_can_come_from_the_first_heading_outside_fences() -> None:
    parsed = read(
        "---\ndate: 2024-05-04\n---\n```\n# not this\n```\n## **굵은** [제목](https://example.com) ##\n"
    )
    assert parsed.post.title == "굵은 제목"
    assert codes(parsed) == ["title-from-heading"]


def test_plain_markdown_with_a_dated_name_and_a_heading_is_a_post() -> None:
    parsed = read("# 오늘의 소식\n\n본문")
    assert (parsed.post.title, parsed.post.body_line) == ("오늘의 소식", 1)


def test_a_post_without_title_and_heading_is_refused() -> None:
    with pytest.raises(PostError) as caught:
        read("---\ndate: 2024-05-04\n---\nbody")
    assert caught.value.problems[-1].code == "no-title"


@pytest.mark.parametrize(
    ("lines", "slug"),
    [
        ("slug: 한글 슬러그", "한글-슬러그"),
        ("permalink: https://example.com/2024/a.html", "2024-a"),
        ("permalink: /:categories/:title/", "2024-05-04-x"),
        ("slug: " + "a" * 201, "2024-05-04-x"),
        ("slug: ///", "2024-05-04-x"),
        ("slug: /%ED%95%9C/", "한"),
    ],
)
def test_slugs_are_made_usable(lines: str, slug: str) -> None:
    assert with_keys(lines).slug == slug


def test_the_body_keeps_its_place() -> None:
    post = read("\ufeff\r\n---\r\ntitle: T\r\n---\r\n\r\n\r\nFirst.\r\nSecond.\r\n").post
    assert post.body == "First.\nSecond.\n"
    assert post.body_line == 7


def test_a_rule_in_the_body_does_not_end_the_post() -> None:
    assert read("---\ntitle: T\n---\na\n\n---\n\nb\n").post.body == "a\n\n---\n\nb\n"


@pytest.mark.parametrize("title", ["[", '"["', "{", '">"'])
def test_a_title_of_marks_alone_is_a_file_that_broke_off(title: str) -> None:
    with pytest.raises(PostError) as caught:
        read(f"---\ndate: 2024-05-04\ntitle: {title}\n---\nbody")
    problem = caught.value.problems[-1]
    assert (problem.code, problem.line) == ("no-title", 3)
