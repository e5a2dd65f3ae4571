"""Whatever bytes a file holds, reading it ends in a post or in a ``PostError``, and fixing it is minimal."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import PostError
from bot.posts.decoding import decode
from bot.posts.findings import Findings
from bot.posts.fixing import fix
from bot.posts.parsing import ParsedPost, parse_post
from bot.posts.problems import Severity

TODAY = date(2024, 6, 1)
PATH = "2024-05-04-x.md"

_KEYS = [
    "title",
    "description",
    "date",
    "update",
    "tags",
    "slug",
    "image",
    "lang",
    "draft",
    "x",
    "seo",
    "cover",
]
_SPICE = [
    ": ",
    " #",
    "#",
    "@",
    "`",
    "%",
    "*",
    "&",
    "!",
    "|",
    ">",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "\t",
    "- ",
    ", ",
    "?",
]
_WORDS = [
    "AI",
    "뉴스",
    "2024-05-04",
    "true",
    "~",
    "007",
    "한",
    "a",
    "\\",
    "…",
    "🚀",
    "<<",
    "!!str",
    "---",
    "\u2028",
    "x" * 9,
]

values = st.lists(st.sampled_from([*_SPICE, *_WORDS, " "]), max_size=8).map("".join)
heads = st.one_of(
    st.sampled_from(_KEYS).map(lambda key: f"{key}: "),
    st.sampled_from(["- ", "  - ", "\t- ", "  ", "title:", "title：", "  k: ", "# ", "? ", ": ", ""]),
)
lines = st.tuples(heads, values).map("".join)
ends = st.sampled_from(["\n", "\r\n", "\r"])
fronts = st.lists(st.tuples(lines, ends).map("".join), max_size=8).map("".join)
marks = st.sampled_from([("---", "---"), ("---", "---"), ("+++", "+++"), ("{", "}"), ("---", "")])
files = st.tuples(st.sampled_from(["", "\ufeff", "\n\n"]), marks, ends, fronts, values).map(
    lambda parts: f"{parts[0]}{parts[1][0]}{parts[2]}{parts[3]}{parts[1][1]}{parts[2]}\n{parts[4]}"
)
written = files.map(lambda text: text.encode())


def read(data: bytes) -> ParsedPost | PostError:
    try:
        return parse_post(data, PATH, today=TODAY)
    except PostError as error:
        return error


@given(st.binary(max_size=400))
def test_any_bytes_end_in_a_post_or_a_refusal(data: bytes) -> None:
    check_outcome(data)


@given(written)
def test_any_front_matter_ends_in_a_post_or_a_refusal(data: bytes) -> None:
    check_outcome(data)


def check_outcome(data: bytes) -> None:
    outcome = read(data)
    last_line = len(re.split(rb"\r\n|\r|\n", data))
    assert all(1 <= problem.line <= last_line for problem in outcome.problems)
    assert all(problem.cause and problem.fix and problem.path == PATH for problem in outcome.problems)
    if isinstance(outcome, PostError):
        assert [problem.severity for problem in outcome.problems].count(Severity.ERROR) == 1
    else:
        post = outcome.post
        assert post.title.strip() == post.title != ""
        assert post.slug == post.slug.strip() != ""
        assert "\r" not in post.body
        assert all(problem.severity is Severity.WARNING for problem in outcome.problems)
        (post.title + post.slug + post.body + repr(dict(post.meta.extra))).encode()


def mend(data: bytes) -> bytes | None:
    try:
        return fix(data)
    except PostError:
        return None


@given(written)
def test_a_fix_changes_only_reported_lines_and_the_post_stays_the_same(data: bytes) -> None:
    before = read(data)
    mended = mend(data)
    if mended is None or mended == data:
        return
    old, new = (re.split(rb"(\r\n|\r|\n)", text) for text in (data, mended))
    assert len(old) == len(new)
    changed = {place // 2 + 1 for place, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]}
    assert old[1::2] == new[1::2]
    reported = {problem.line for problem in before.problems if problem.fixable}
    assert changed == reported
    after = read(mended)
    assert isinstance(after, ParsedPost) == isinstance(before, ParsedPost)
    if isinstance(after, ParsedPost) and isinstance(before, ParsedPost):
        assert after.post.meta == before.post.meta
        assert after.post.body == before.post.body


@given(written)
def test_fixing_twice_changes_nothing_more(data: bytes) -> None:
    mended = mend(data)
    if mended is not None:
        assert fix(mended) == mended
        assert not [problem for problem in read(mended).problems if problem.fixable]


_PLAIN = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"])


@given(st.lists(_PLAIN | st.sampled_from([" ", ": ", "“", " #1", "@"]), min_size=1, max_size=30).map("".join))
def test_an_unquoted_title_is_kept_whole(title: str) -> None:
    title = " ".join(title.split())
    meant_otherwise = not title or title[0] in "\"'|>" or re.search(r"(^|\s)#(\s|$)", title)
    is_broken_off = not title.strip("[]{}|>\"' ")  # which is refused, and said
    if meant_otherwise or is_broken_off or title in {"~", "null"} or title.startswith(("!!", "#")):
        return
    outcome = read(f"---\ntitle: {title}\ndate: 2024-05-04\n---\nx".encode())
    assert isinstance(outcome, ParsedPost), outcome
    assert outcome.post.title == title


@given(st.text(max_size=200))
def test_the_body_is_the_text_after_the_front_matter(body: str) -> None:
    data = f"---\ntitle: x\n---\n{body}".encode(errors="replace")
    outcome = read(data)
    if isinstance(outcome, ParsedPost):
        text = decode(data, Findings(PATH))
        assert outcome.post.body == text.split("---\n", 2)[2].lstrip("\n")
        assert outcome.post.body_line == text[: len(text) - len(outcome.post.body)].count("\n") + 1
