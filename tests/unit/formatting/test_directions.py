"""No character of a post can turn around the text that the bot writes beside it."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from bot.formatting.compose import ComposeOptions, Layout, compose
from bot.formatting.lines import post_entry, post_option
from bot.i18n import load_catalogues
from bot.posts.models import FrontMatter, Post

WORDS = load_catalogues().words("ko")
CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Embeddings, overrides and isolates (Unicode annex 9, 2.1 to 2.4)."""
ARABIC = "\u200fمرحبا\u200f"
BODY = f"""# A {CONTROLS}heading

Text {CONTROLS}{ARABIC} [label{CONTROLS}](https://a.example) `code{CONTROLS}` ![alt {CONTROLS}text](https://a.example/i.png)

```
fence {CONTROLS}
```

| cell {CONTROLS} |
|--|
| <b>{CONTROLS}</b> |
"""
POST = Post(
    meta=FrontMatter(
        title=f"Title {CONTROLS}",
        description=f"About {CONTROLS}it",
        authors=(f"{CONTROLS}bob",),
        date=dt.date(2026, 11, 23),
        slug="x",
    ),
    body=BODY,
    path="x.md",
)


@pytest.mark.parametrize("layout", Layout)
def test_direction_controls_are_left_out_and_right_to_left_words_stay(layout: Layout) -> None:
    messages = compose(POST, ComposeOptions(words=WORDS, layout=layout))
    written = json.dumps([message.to_payload() for message in messages], ensure_ascii=False)
    assert not set(CONTROLS) & set(written)
    assert ARABIC in written


def test_direction_controls_are_left_out_of_lists_of_posts() -> None:
    option = post_option(POST, WORDS)
    assert not set(CONTROLS) & set("".join([*post_entry(POST, WORDS), option.label]))
