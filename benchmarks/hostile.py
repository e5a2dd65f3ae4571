"""Times composing hostile posts at two sizes, and prints how much longer four times the text takes.

    uv run python benchmarks/hostile.py [KIND...]

Linear work gives a ratio of about 4. The goal is 7 at most, and no post above 30 seconds. A body over
``bot.posts.lengths.MAX_CHARACTERS`` is refused at once: the last line times that, at 5 MB.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import time

from bot.errors import PostError
from bot.formatting.compose import ComposeOptions, compose
from bot.i18n import load_catalogues
from bot.posts.models import FrontMatter, Post

SMALL, LARGE, REFUSED = 40_000, 160_000, 5_000_000
MOST_RATIO, MOST_SECONDS = 7.0, 30.0
NOTICEABLE = 0.2
"""Seconds; shorter work is too short for its ratio to say anything."""

KINDS = {
    "[": "[",
    "]": "]",
    "*": "*",
    "* in words": "a*",
    "**a": "**a ",
    "****X** and**": "****X** and** ",
    "_": "_",
    "~~": "~~a",
    ">": ">",
    "> on lines": "> \n",
    "![": "![",
    "](": "](",
    "[a](": "[a](",
    "[a](b": "[a](b ",
    "[[a]](u)": "[[a]](u)",
    "links": "[a](https://a.example) ",
    "reference links": "[a][b] ",
    "definitions": "[a]: b\n",
    "footnotes": "[^a] ",
    "<": "<",
    "<a": "<a ",
    '<a href="': '<a href="',
    "<b>": "<b>",
    "<div>": "<div>\n\n",
    "<!--": "<!-- ",
    "<!-- on lines": "<!--\n",
    "<!-- in blocks": "<div><!--",
    "<li>": "<ul><li>",
    "<table>": "<table><tr><td>",
    "<pre>": "<pre>",
    "&": "&",
    "&amp;": "&amp;",
    "`": "`",
    "` of many lengths": None,
    "|": "|",
    "| on lines": "|a|\n",
    "table rows": "|a|b|\n|-|-|\n",
    "\\": "\\",
    "#": "#",
    "headings": "# a\n\n",
    "- ": "- ",
    "nested list": None,
    "nested quotes": None,
    "numbers": "1. a\n",
    "```": "```\n",
    "addresses": "https://a.example/x ",
    "://": "://",
    "a line of letters": "a",
    "a line of Korean": "가",
    "a line of emoji": "😀",
    "combining marks": "e\u0301",
    "joined emoji": "👨\u200d",
    "NUL": "\x00",
    "U+202E": "\u202ea",
    "mixed": "*_`[<!&~|\\",
}


def main(arguments: list[str]) -> int:
    """Print the table; exit code 1 when a kind is over a goal."""
    options = ComposeOptions(words=load_catalogues().words("ko"))
    failed = False
    print(f"{'kind':24} {SMALL:>9,} {LARGE:>10,}  ratio")
    for kind in arguments or KINDS:
        small, large = (seconds(text_of(kind, size), options) for size in (SMALL, LARGE))
        ratio = large / max(small, 0.001)
        bad = large > MOST_SECONDS or (ratio > MOST_RATIO and large > NOTICEABLE)
        failed = failed or bad
        print(
            f"{kind:24} {small:8.2f}s {large:9.2f}s {ratio:6.1f}{'  over the goal' if bad else ''}",
            flush=True,
        )
    print(f"{'refused at ' + format(REFUSED, ','):24} {seconds('[' * REFUSED, options):8.2f}s")
    return int(failed)


def text_of(kind: str, size: int) -> str:
    """That many characters of a kind."""
    if kind == "` of many lengths":
        return " ".join("`" * length for length in range(1, int((2 * size) ** 0.5)))[:size]
    if kind == "nested list":
        return "".join("  " * level + "- a\n" for level in range(int(size**0.5)))[:size]
    if kind == "nested quotes":
        return "".join(">" * level + " a\n" for level in range(int((2 * size) ** 0.5)))[:size]
    unit = KINDS[kind] or kind
    return (unit * (size // len(unit) + 1))[:size]


def seconds(body: str, options: ComposeOptions) -> float:
    """Processor seconds that composing, or refusing, a body takes."""
    meta = FrontMatter(title="t", date=dt.date(2026, 11, 23), slug="x")
    started = time.process_time()
    with contextlib.suppress(PostError):  # a body too long is refused, which has to be quick as well
        compose(Post(meta=meta, body=body, path="x.md"), options)
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
