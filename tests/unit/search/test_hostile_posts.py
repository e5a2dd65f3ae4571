"""Posts written to stop the bot are read, indexed and quoted in time that grows with their size only."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import pytest

from bot.posts.date_words import read_day
from bot.posts.language import guess_language
from bot.posts.search.aliases import Aliases
from bot.posts.search.excerpt import Finder
from bot.posts.search.plan import plan
from bot.posts.search.query import parse_query
from bot.posts.search.source import fields_of
from bot.posts.sections import plain_heading
from tests.support.posts import post

SMALL, LARGE = 30_000, 60_000
NOTICEABLE = 0.5
"""Seconds; one that is quadratic takes several for the large size."""
TODAY = dt.date(2024, 6, 1)
FINDER = Finder(plan(parse_query("수박", TODAY), Aliases()).required)

UNITS = {
    "link targets": "](",
    "link targets with titles": '](a "',
    "links": "[a](",
    "labels": "[a[]",
    "comments": "<!--",
    "tags": "<a ",
    "addresses": "http://",
    "cells": "|   ",
    "blanks": " ",
    "blank lines": "\n ",
    "words far apart": "# a" + " " * 2_000,
    "headings": "## 수박\n\n",
    "underlines": "수박\n=\n",
    "boxes": "<div>\n수박\n",
    "fences": "```\n수박\n",
    "stars": "*_",
    "stars in a word": "가" + "*" * 1_000,
    "tags in a word": "가<b ",
    "links in a word": "가](",
    "ampersands": "&",
    "commas": ", ",
}
JOBS: dict[str, Callable[[str], object]] = {
    "indexed": lambda text: fields_of(post("p", body=text)),
    "quoted from its line": lambda text: FINDER.excerpt(f"| {text} 수박", ""),
    "quoted from below it": lambda text: FINDER.excerpt(f"# a {text}b\n\n수박", ""),
    "quoted from a description": lambda text: FINDER.excerpt("", f"{text} 수박"),
    "read for its language": lambda text: guess_language("1", text),
    "read as a day": lambda text: read_day(f"{text}x", TODAY),
    "read as a heading": plain_heading,
}


def seconds(job: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    job(text)
    return time.thread_time() - started


@pytest.mark.parametrize("kind", UNITS)
@pytest.mark.parametrize("job", JOBS)
def test_twice_the_text_takes_twice_the_time(job: str, kind: str) -> None:
    unit = UNITS[kind]
    small, large = ((unit * (size // len(unit) + 1))[:size] for size in (SMALL, LARGE))
    taken = seconds(JOBS[job], large)
    assert taken < NOTICEABLE or taken < 3 * seconds(JOBS[job], small)


def test_of_a_very_long_line_the_excerpt_is_cut_around_the_word() -> None:
    pieces = FINDER.excerpt("가나 " * 100_000 + "수박이에요. " + "다라 " * 100_000, "").pieces
    assert ("수박", True) in pieces
    assert pieces[0][0].startswith("…")
