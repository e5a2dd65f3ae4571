"""What authors write that YAML does not take: it loads whole, it is reported, and ``fix`` mends it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import PostError
from bot.posts.fixing import fix
from bot.posts.parsing import parse_post

TODAY = date(2024, 6, 1)
PATH = "2024-05-04-x.md"


def file_of(front: str) -> bytes:
    return f"---\n{front}\n---\n\n본문: 그대로 # 남아요\n".encode()


TITLES = [
    ("AI 동향: $100k 대회", "AI 동향: $100k 대회", 'title: "AI 동향: $100k 대회"'),
    ("a: b: c", "a: b: c", 'title: "a: b: c"'),
    ("@sama says", "@sama says", 'title: "@sama says"'),
    ("`code` first", "`code` first", 'title: "`code` first"'),
    ("%5 growth", "%5 growth", 'title: "%5 growth"'),
    ("*new* model", "*new* model", 'title: "*new* model"'),
    ("**new** model", "**new** model", 'title: "**new** model"'),
    ("*new", "*new", 'title: "*new"'),
    ("&amp; more", "&amp; more", 'title: "&amp; more"'),
    ("&more text", "&more text", 'title: "&more text"'),
    ("!important news", "!important news", 'title: "!important news"'),
    ("|x| of a number", "|x| of a number", 'title: "|x| of a number"'),
    ("> 90% done", "> 90% done", 'title: "> 90% done"'),
    ("[AI] 소식", "[AI] 소식", 'title: "[AI] 소식"'),
    ("[AI]", "[AI]", 'title: "[AI]"'),
    ("[AI 소식", "[AI 소식", 'title: "[AI 소식"'),
    ("{AI} 소식", "{AI} 소식", 'title: "{AI} 소식"'),
    ("{{ site.title }}", "{{ site.title }}", 'title: "{{ site.title }}"'),
    ("- dash", "- dash", 'title: "- dash"'),
    ("? what", "? what", 'title: "? what"'),
    (", comma", ", comma", 'title: ", comma"'),
    ("}x", "}x", 'title: "}x"'),
    ("C #1 language", "C #1 language", 'title: "C #1 language"'),
    ("a: b  # a note", "a: b", 'title: "a: b"  # a note'),
    ("a:", "a:", 'title: "a:"'),
    ('"GPT-5" 출시', '"GPT-5" 출시', "title: '\"GPT-5\" 출시'"),
    ('"a" vs "b"', '"a" vs "b"', 'title: \'"a" vs "b"\''),
    ('"He said "hi" today"', 'He said "hi" today', "title: 'He said \"hi\" today'"),
    ("'It's here'", "It's here", 'title: "It\'s here"'),
    ('"never closed', "never closed", 'title: "never closed"'),
    ("'never closed", "never closed", "title: 'never closed'"),
    ("C:\\dir: 'x'", "C:\\dir: 'x'", "title: 'C:\\dir: ''x'''"),
    ("“인용”: 부제", "“인용”: 부제", 'title: "“인용”: 부제"'),
]


@pytest.mark.parametrize(("written", "title", "mended"), TITLES, ids=[written for written, *_ in TITLES])
def test_a_title_is_kept_whole_and_only_its_line_is_mended(written: str, title: str, mended: str) -> None:
    data = file_of(f"title: {written}\ndescription: fine")
    parsed = parse_post(data, PATH, today=TODAY)
    assert parsed.post.title == title
    assert parsed.post.meta.description == "fine"
    (problem,) = parsed.problems
    assert (problem.line, problem.code, problem.fixable) == (2, "unquoted-value", True)
    assert mended in problem.fix
    assert fix(data) == file_of(f"{mended}\ndescription: fine")


OTHERS = [
    ("title:붙은 제목\ndate: 2024-05-04", "title: 붙은 제목\ndate: 2024-05-04"),
    ("title：전각\ndate：2024-05-04", "title: 전각\ndate: 2024-05-04"),
    ("title: x\ntags:\n\t- a\n\t- b", "title: x\ntags:\n  - a\n  - b"),
    ("title: x\ntags:\n  - @a\n  - b: c: d\n  - #e", 'title: x\ntags:\n  - "@a"\n  - b: "c: d"\n  - "#e"'),
    ("title: x\ntags: [a, b", "title: x\ntags: [a, b]"),
    ("title: [속보 모델\ntags: a", 'title: "[속보 모델"\ntags: a'),
    ("title: x\ntags: [#a, #b]\ndescription: c: d", 'title: x\ntags: "[#a, #b]"\ndescription: "c: d"'),
    ("title: x\ntags: #a #b", 'title: x\ntags: "#a #b"'),
    ('title: "x\ndescription: "y"', 'title: "x"\ndescription: "y"'),
    ("title: >-\n  a: b\n  c\ndescription: d: e", 'title: >-\n  a: b\n  c\ndescription: "d: e"'),
    ('title: "a\n  b"\ndescription: d: e', 'title: "a\n  b"\ndescription: "d: e"'),
    ("title: x\nauthors: [@a, @b]", 'title: x\nauthors: "[@a, @b]"'),
    ("title: x\nseo:\n  k: v: w\n  l: 1", 'title: x\nseo:\n  k: "v: w"\n  l: 1'),
]


@pytest.mark.parametrize(("front", "mended"), OTHERS)
def test_other_lines_are_mended_alone(front: str, mended: str) -> None:
    data = file_of(front)
    parsed = parse_post(data, PATH, today=TODAY)
    assert fix(data) == file_of(mended)
    again = parse_post(fix(data), PATH, today=TODAY)
    assert again.post.meta == parsed.post.meta
    assert not [problem for problem in again.problems if problem.fixable]


UNTOUCHED = [
    "title: C # a comment",
    'title: "a" # ok',
    "title: plain\ntags: [a, b] # both",
    "title: ~x\nimage: ~",
    "title: |\n  two\n  lines",
    "title: a multi\n  line value\ndate: 2024-05-04",
    "title: x\ntags: # mine\n  - a",
    "title: x\nbase: &b [1]\ncopy: *b",
    "title: https://example.com/a:b",
]


@pytest.mark.parametrize("front", UNTOUCHED)
def test_what_yaml_reads_as_meant_is_left_alone(front: str) -> None:
    data = file_of(front)
    assert fix(data) is data
    assert not [p for p in parse_post(data, PATH, today=TODAY).problems if p.fixable]


def test_byte_order_mark_line_ends_and_comments_survive_a_fix() -> None:
    data = "\ufeff---\r\n# 주석: 둘\r\ntitle: a: b   # note\r\ndate: 2024-05-04\n---\r\n\r\n본문\r".encode()
    mended = '\ufeff---\r\n# 주석: 둘\r\ntitle: "a: b"   # note\r\ndate: 2024-05-04\n---\r\n\r\n본문\r'
    assert fix(data) == mended.encode()


@pytest.mark.parametrize(
    ("front", "line", "code"),
    [
        ("title: a\n  date: 2024-05-04", 3, "front-matter-invalid"),
        ("  title: a\ndate: 2024-05-04", 3, "front-matter-invalid"),
        ("- a\n- b", 2, "front-matter-not-keys"),
        ("title: a\nx: &a\n  - *a", 4, "yaml-aliases"),
        ("title: a\n? [b]\n: c", 3, "yaml-key"),
        ("title: a\n--- b\nc: d", 3, "yaml-documents"),
        ("title: a\x07b", 2, "front-matter-invalid"),
    ],
)
def test_what_cannot_be_repaired_is_refused_with_its_line_and_left_alone(
    front: str, line: int, code: str
) -> None:
    data = file_of(front)
    with pytest.raises(PostError) as caught:
        parse_post(data, PATH, today=TODAY)
    assert [(p.line, p.code) for p in caught.value.problems] == [(line, code)]
    assert fix(data) is data


def test_a_repair_that_does_not_make_the_file_readable_is_not_written() -> None:
    data = file_of("title: a: b\nx: &a\n  - *a")
    assert fix(data) is data


def test_a_key_written_twice_is_a_warning() -> None:
    parsed = parse_post(file_of("title: a\ntitle: b"), PATH, today=TODAY)
    assert parsed.post.title == "b"
    assert [(p.line, p.code) for p in parsed.problems] == [(3, "repeated-key")]
