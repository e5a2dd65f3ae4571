"""Files made to exhaust or confuse their reader are refused, at once and with a clear problem."""

from __future__ import annotations

import tracemalloc
from datetime import date

import pytest

from bot.errors import PostError
from bot.posts.decoding import MAX_BYTES
from bot.posts.lengths import MAX_CHARACTERS
from bot.posts.parsing import parse_post

MANY = 60_000
BOMB = "a: &a [x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
)


def yaml(front: str) -> bytes:
    return f"---\n{front}\n---\nbody\n".encode()


def toml(front: str) -> bytes:
    return f"+++\n{front}\n+++\nbody\n".encode()


REFUSED = {
    "an alias bomb": (yaml(BOMB), "yaml-aliases"),
    "a list inside of itself": (yaml("title: x\na: &a [*a]"), "yaml-aliases"),
    "a python tag": (yaml("title: !!python/object/apply:os.system ['true']"), "yaml-tag"),
    "brackets without end": (yaml("title: x\na: " + "[" * MANY), "yaml-too-deep"),
    "braces without end": (yaml("{" * MANY), "yaml-key"),
    "an indentation without end": (yaml("\n".join(" " * i + "a:" for i in range(300))), "yaml-too-deep"),
    "a key of a megabyte": (yaml("k" * 1_000_000 + ": v"), "front-matter-too-long"),
    "a key of sixty kilobytes": (yaml("k" * MANY + ": v"), "front-matter-not-keys"),
    "a key of ten megabytes": (yaml("k" * 10_000_000 + ": v"), "file-too-large"),
    "thousands of broken lines": (yaml("a: b: c\n" * (MANY // 8)), "front-matter-invalid"),
    "thousands of open quotations": (yaml('a: "b\n' * (MANY // 6)), "front-matter-invalid"),
    "thousands of unknown aliases": (yaml("a: *a\n" * (MANY // 6)), "yaml-alias"),
    "a TOML key of many parts": (toml("a" + ".a" * (MANY // 2) + " = 1"), "front-matter-invalid"),
    "a quoted TOML key of many parts": (toml('"!"' + '."!"' * (MANY // 4) + " = 1"), "front-matter-invalid"),
    "deep TOML": (toml("a = " + "[" * MANY), "front-matter-invalid"),
    "a huge TOML number": (toml("title = 0x" + "f" * MANY), "front-matter-invalid"),
    "broken TOML": (toml("title = x"), "front-matter-invalid"),
    "deep JSON": (b'{"a":' * 10_000, "front-matter-invalid"),
    "NaN in JSON": (b'{"title": NaN}', "front-matter-invalid"),
    "half an emoji in JSON": (b'{"title": "\\ud83d"}', "front-matter-invalid"),
    "broken JSON": (b'{"title": }', "front-matter-invalid"),
    "front matter without end": (b"---\n" + b"a: b\n" * 900_000, "front-matter-unclosed"),
    "TOML without end": (b"+++\na = 1\n", "front-matter-unclosed"),
    "nothing": (b"", "empty-file"),
    "blank lines": (b"\n" * MAX_BYTES, "empty-file"),
    "too many bytes": (b"x" * (MAX_BYTES + 1), "file-too-large"),
    "too many letters": (b"---\ntitle: x\n---\n\n" + b"x" * (MAX_CHARACTERS + 1), "post-too-long"),
    "UTF-16": ("\ufeff---\ntitle: x\n---\n".encode("utf-16-le"), "not-utf-8"),
    "UTF-16 without a mark": ("---\ntitle: x\n---\n".encode("utf-16-le"), "nul-byte"),
    "a NUL": (b"---\ntitle: x\n---\na\0b", "nul-byte"),
    "Latin-1": ("---\ntitle: caf\u00e9\n---\n".encode("latin-1"), "not-utf-8"),
    "Korean Windows": ("---\ntitle: 한글 제목\n---\n".encode("cp949"), "not-utf-8"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_little_memory(data: bytes, code: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(PostError) as caught:
            parse_post(data, "2024-05-04-x.md", today=date(2024, 6, 1))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    problem = caught.value.problems[-1]
    assert problem.code == code
    assert problem.fix
    assert 1 <= problem.line <= data.count(b"\n") + 1
    assert len(str(problem)) < 600
    assert peak < 40_000_000


def test_the_likely_encoding_is_named() -> None:
    with pytest.raises(PostError, match="CP949"):
        parse_post(REFUSED["Korean Windows"][0], "x.md", today=date(2024, 6, 1))
    with pytest.raises(PostError, match="Latin-1"):
        parse_post(REFUSED["Latin-1"][0], "x.md", today=date(2024, 6, 1))


@pytest.mark.parametrize(
    "unit", ["[", "](", "<", "`", "~", "#", "```\n", "# [\n", "\\", "> ", "- ", "\u202e"]
)
def test_a_body_of_a_million_of_one_thing_is_read_in_time(unit: str) -> None:
    body = (unit * (MAX_CHARACTERS // len(unit)))[:MAX_CHARACTERS]
    data = f"---\ntitle: x\n---\n{body}".encode()
    assert parse_post(data, "2024-05-04-x.md", today=date(2024, 6, 1)).post.title == "x"
